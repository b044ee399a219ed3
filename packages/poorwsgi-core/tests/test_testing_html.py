"""Facts about the HTML of answers, by each library that reads it."""

import sys

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.testing import Client
from poorwsgi_core.testing import html as testing_html
from poorwsgi_core.testing.html import parse_html

PAGE = """<!DOCTYPE html><html lang=en><title>Shop &amp; more</title>
<ul><li class="a b" id=one>first
  <b>bold</b><li class=b>second</ul><input disabled name=q>"""


@pytest.fixture(autouse=True, params=["selectolax.lexbor", "cssselect"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let one of the libraries be there, and the other not."""
    pytest.importorskip(request.param)
    other = {"cssselect": "selectolax.lexbor", "selectolax.lexbor": "cssselect"}
    monkeypatch.setitem(sys.modules, other[request.param], None)
    name: str = request.param
    return name


def test_select() -> None:
    """Elements are found by selector, in order, with text, tag and attributes."""
    page = parse_html(PAGE)
    assert page.tag == "html"
    assert page["lang"] == "en"
    assert [item.text for item in page.select("li")] == ["first bold", "second"]
    item = page.one("li.a.b")
    assert (item.tag, item["id"], item.one("b").text) == ("li", "one", "bold")
    assert page.one("title").text == "Shop & more"
    assert repr(item) == "<Element li: 'first bold'>"
    assert page.select("table") == []
    assert item.select("li") == []


def test_attributes() -> None:
    """An attribute without a value is empty, one that isn't there a KeyError."""
    field = parse_html(PAGE).one("input")
    assert field["disabled"] in {"", "disabled"}
    assert ("disabled" in field, "value" in field) == (True, False)
    with pytest.raises(KeyError):
        _ = field["value"]


@pytest.mark.parametrize(("selector", "count"), [("li", 2), ("table", 0)])
def test_not_one(selector: str, count: int) -> None:
    """Where one is asked for, neither none nor several do."""
    message = f"{count} elements match '{selector}', not one"
    with pytest.raises(AssertionError, match=message):
        parse_html(PAGE).one(selector)


def test_answer(app: Application) -> None:
    """An answer has its HTML, unless it has no body."""
    app.set_route("/", lambda _: PAGE)
    client = Client(app)
    assert client.get("/").html.one("#one")["class"] == "a b"
    with pytest.raises(ValueError, match="the answer has no body"):
        _ = client.head("/").html


def test_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a library it is said what to install."""
    monkeypatch.setattr(testing_html, "_PARSERS", ())
    with pytest.raises(ImportError, match=r"pip install 'poorwsgi-core\[html\]'"):
        parse_html(PAGE)
