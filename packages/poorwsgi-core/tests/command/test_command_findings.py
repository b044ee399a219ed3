"""Facts about the forms of findings."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from poorwsgi_core.command.findings import FORMS, Finding, Level, find_home

FINDINGS = [Finding("rule", Level.NOTE, "text"), Finding("rule", Level.NOTE, "more")]


def test_finding_without_a_place() -> None:
    """What is found nowhere has no place, in each form."""
    texts = {name: write(FINDINGS, {"rule": "About."}) for name, write in FORMS.items()}
    assert texts["text"] == "note: text [rule]\nnote: more [rule]\n2 notes\n"
    (first, _) = json.loads(texts["json"])["findings"]
    assert (first["path"], first["line"]) == ("", 0)
    (run,) = json.loads(texts["sarif"])["runs"]
    assert [result["locations"] for result in run["results"]] == [[], []]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import x\n\napp = Application('shop')\n", 3),
        ("\n    app = core.ShopApplication[Request](\n        'shop'\n    )\n", 2),
        ("class Application(Base):\n    pass\n", 1),
        ("", 1),
    ],
)
def test_home_is_where_the_application_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int
) -> None:
    """What is said of a whole application stands at that line of its module."""
    module = ModuleType("shop")
    module.__file__ = str(tmp_path / "shop.py")
    (tmp_path / "shop.py").write_text(text)
    monkeypatch.setitem(sys.modules, "shop", module)
    assert find_home("shop") == (module.__file__, line)
    assert find_home("none") == ("", 0)
