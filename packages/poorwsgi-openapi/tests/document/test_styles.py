"""Styles: the examples of OpenAPI, read and written."""

from typing import Any

import pytest

from poorwsgi_openapi.document.styles import Shape, Style, StyleError

TEXT = "blue"
LIST = ["blue", "black", "brown"]
OBJECT = {"R": "100", "G": "200", "B": "150"}

# OAS 3.1.1, "Style Examples": style, explode, and how each kind is written.
PATHS: list[tuple[str, bool, str, str, str, str]] = [
    (
        *("matrix", False, ";color", ";color=blue"),
        *(";color=blue,black,brown", ";color=R,100,G,200,B,150"),
    ),
    (
        *("matrix", True, ";color", ";color=blue"),
        *(";color=blue;color=black;color=brown", ";R=100;G=200;B=150"),
    ),
    ("label", False, ".", ".blue", ".blue,black,brown", ".R,100,G,200,B,150"),
    ("label", True, ".", ".blue", ".blue.black.brown", ".R=100.G=200.B=150"),
    ("simple", False, "", "blue", "blue,black,brown", "R,100,G,200,B,150"),
    ("simple", True, "", "blue", "blue,black,brown", "R=100,G=200,B=150"),
]
Pairs = list[tuple[str, str]]
QUERIES: list[tuple[str, bool, Pairs, Pairs]] = [
    ("form", False, [("color", "blue,black,brown")], [("color", "R,100,G,200,B,150")]),
    (
        *("form", True, [("color", item) for item in LIST]),
        [("R", "100"), ("G", "200"), ("B", "150")],
    ),
    (
        *("spaceDelimited", False, [("color", "blue black brown")]),
        [("color", "R 100 G 200 B 150")],
    ),
    (
        *("pipeDelimited", False, [("color", "blue|black|brown")]),
        [("color", "R|100|G|200|B|150")],
    ),
]


def build(style: str, shape: Shape, place: str, *, explode: bool) -> Style:
    """Return the style of a parameter that is named color."""
    node = {"name": "color", "in": place, "style": style, "explode": explode}
    return Style(node, shape=shape, properties=[*OBJECT])


@pytest.mark.parametrize(
    ("style", "explode", "empty", "text", "listed", "object_"), PATHS
)
def test_path_styles(
    style: str, explode: bool, empty: str, text: str, listed: str, object_: str
) -> None:
    """A text, a list and an object are read and written as OpenAPI shows them."""
    cases: list[tuple[Shape, Any, str]] = [
        ("text", TEXT, text),
        ("list", LIST, listed),
        ("object", OBJECT, object_),
    ]
    for shape, value, written in cases:
        made = build(style, shape, "path", explode=explode)
        assert made.write(value) == [("color", written)]
        assert made.read({"color": written}) == value
    nothing: list[tuple[Shape, Any]] = [("text", ""), ("list", []), ("object", {})]
    for shape, value in nothing:
        made = build(style, shape, "path", explode=explode)
        assert made.read({"color": empty}) == value


@pytest.mark.parametrize(("style", "explode", "listed", "object_"), QUERIES)
def test_query_styles(style: str, explode: bool, listed: Pairs, object_: Pairs) -> None:
    """So they are in a query."""
    cases: list[tuple[Shape, Any, Pairs]] = [
        ("list", LIST, listed),
        ("object", OBJECT, object_),
    ]
    for shape, value, written in cases:
        made = build(style, shape, "query", explode=explode)
        assert made.write(value) == written
        names = dict.fromkeys(name for name, _ in written)
        sent = {name: [v for key, v in written if key == name] for name in names}
        plain = {key: v[0] if len(v) == 1 else v for key, v in sent.items()}
        assert made.read(plain) == value


def test_deep_objects() -> None:
    """Names in brackets are properties, lists and objects of any depth."""
    made = build("deepObject", "object", "query", explode=True)
    pairs = [("color[R]", "100"), ("color[G]", "200"), ("color[B]", "150")]
    assert made.write(OBJECT) == pairs
    assert made.read(dict(pairs)) == OBJECT
    value = {"a": ["1", "2"], "b": {"c": "3"}}
    written = [("color[a]", "1"), ("color[a]", "2"), ("color[b][c]", "3")]
    assert made.write(value) == written
    assert made.read({"color[a]": ["1", "2"], "color[b][c]": "3"}) == value
    assert made.read({"color[a][]": "1", "other": "2"}) == {"a": ["1"]}
    assert made.read({"color[a][]": ["1", "2"]}) == {"a": ["1", "2"]}
    with pytest.raises(KeyError):
        made.read({"color": "1"})


@pytest.mark.parametrize(
    "sent",
    [
        {"color[": "1"},
        {"color[a]b": "1"},
        {"color" + "[a]" * 17: "1"},
        {"color[a]": "1", "color[a][b]": "2"},
        {"color[a][b]": "1", "color[a]": "2"},
    ],
)
def test_brackets_that_do_not_fit(sent: dict[str, str]) -> None:
    """What can't be put together is refused."""
    with pytest.raises(StyleError, match=r"has brackets|is a value and an object"):
        build("deepObject", "object", "query", explode=True).read(sent)


def test_defaults_follow_the_place() -> None:
    """A query has the style form and explodes; a path is simple."""
    query = Style({"name": "a", "in": "query"}, shape="list")
    assert (query.style, query.explode, query.is_spread) == ("form", True, True)
    header = Style({}, "a", "list")
    assert (header.style, header.explode, header.is_header) == ("simple", False, True)
    cookie = Style({"name": "a", "in": "cookie", "style": "cookie"}, shape="list")
    assert (cookie.explode, cookie.is_spread) == (True, True)


def test_properties_in_a_query() -> None:
    """Those that are declared are taken; an open object takes what is left."""
    node = {"name": "v", "in": "query"}
    closed = Style(node, shape="object", properties=["a"])
    sent = {"a": "1", "b": "2", "c": ["3", "4"]}
    assert closed.read(sent) == {"a": "1"}
    with pytest.raises(KeyError):
        closed.read({"b": "2"})
    opened = Style(node, shape="object", properties=["a"], is_open=True)
    assert opened.read(sent, {"b"}) == {"a": "1", "c": ["3", "4"]}


def test_one_or_several_values() -> None:
    """Where both fit, one is a text and several are a list."""
    both = Style({"name": "v", "in": "query"}, shape="any")
    assert [both.read({"v": value}) for value in ("a", ["a", "b"])] == ["a", ["a", "b"]]
    assert both.read({"v": ["a", "b"]}) == ["a", "b"]
    whole = Style({"name": "v", "in": "query", "explode": False}, shape="any")
    assert whole.read({"v": "a,b"}) == "a,b"


def test_first_of_several_values_counts() -> None:
    """A text that was sent twice is the first of them."""
    assert Style({"name": "v", "in": "query"}).read({"v": ["a", "b"]}) == "a"


def test_blanks_in_headers() -> None:
    """Items of a list in a header may have blanks around them."""
    assert Style({}, "v", "list").read({"v": "a , b"}) == ["a", "b"]
    assert Style({}, "v", "object").read({"v": "a, b"}) == {"a": "b"}


@pytest.mark.parametrize(
    ("style", "explode", "shape", "text"),
    [
        ("label", False, "text", "a"),
        ("matrix", False, "text", "a"),
        ("matrix", False, "text", ";other=a"),
        ("matrix", True, "list", ";color=a;other=b"),
        ("matrix", True, "object", ";a"),
        ("simple", False, "object", "a"),
        ("simple", True, "object", "a"),
    ],
)
def test_what_is_not_in_the_style(
    style: str, explode: bool, shape: Shape, text: str
) -> None:
    """A value without its mark or its pairs is refused."""
    with pytest.raises(StyleError, match="has to"):
        build(style, shape, "path", explode=explode).read({"color": text})


def test_values_that_are_no_text_are_written_as_json() -> None:
    """A number or a boolean is written as JSON has it."""
    made = Style({"name": "v", "in": "query"}, shape="list")
    assert made.write([1, True, None]) == [("v", "1"), ("v", "true"), ("v", "null")]
