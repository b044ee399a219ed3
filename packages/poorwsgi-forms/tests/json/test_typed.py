"""Facts about JSON that becomes a type."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

import msgspec
import pydantic
import pydantic.dataclasses
import pytest
from typing_extensions import TypedDict  # pydantic refuses the other up to 3.11

from poorwsgi_forms import FormError, InvalidData
from poorwsgi_forms.json import engines
from poorwsgi_forms.json.typed import decode_typed


@dataclass
class Point:
    """A point as a dataclass."""

    x: int
    label: str = ""


class Mapping(TypedDict):
    """A point as a TypedDict."""

    x: int
    label: str


class Struct(msgspec.Struct):
    """A point as a Struct."""

    x: int
    label: str = ""


class Model(pydantic.BaseModel):
    """A point as a model."""

    x: int
    label: str = ""


@pydantic.dataclasses.dataclass
class Checked:
    """A point as a dataclass of pydantic."""

    x: int
    label: str = ""


class Grouped(pydantic.BaseModel):
    """Points by their names."""

    points: dict[str, list[Model]]


class Lines(msgspec.Struct):
    """Points in lists and mappings."""

    points: list[Point]
    named: dict[str, int] = {}
    numbered: dict[int, int] = {}


RAW = b'{"x": 7, "label": "p"}'
KINDS = [
    (Point, Point(7, "p")),
    (Mapping, {"x": 7, "label": "p"}),
    (Struct, Struct(7, "p")),
    (Model, Model(x=7, label="p")),
    (Checked, Checked(7, "p")),
    (dict[str, Any], {"x": 7, "label": "p"}),
]


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Let each test find out anew what is installed."""
    yield
    cast("Any", engines)._find_kept.cache_clear()


def _without(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    cast("Any", engines)._find_kept.cache_clear()
    find = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> Any:
        return None if name in missing else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize(("kind", "expected"), KINDS)
def test_decodes_into(kind: type[Any], expected: object) -> None:
    """A body becomes an object of the type."""
    value = decode_typed(RAW, kind)
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(("kind", "expected"), [k for k in KINDS if k[0] is not Struct])
def test_pydantic_alone(
    kind: type[Any], expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without msgspec, pydantic decodes all but Structs."""
    _without(monkeypatch, "msgspec")
    assert decode_typed(RAW, kind) == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [k for k in KINDS if k[0] not in (Model, Checked)]
)
def test_msgspec_alone(
    kind: type[Any], expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without pydantic, msgspec decodes all but models."""
    _without(monkeypatch, "pydantic")
    assert decode_typed(RAW, kind) == expected


@pytest.mark.parametrize("missing", ["msgspec", "pydantic"])
@pytest.mark.parametrize("value", ['"7"', "7.5", "true", "null"])
def test_text_is_no_number(
    missing: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever library is installed, types are not converted."""
    _without(monkeypatch, missing)
    raw = f'{{"x": {value}, "label": "p"}}'.encode()
    with pytest.raises(InvalidData) as caught:
        decode_typed(raw, Point)
    assert [error["pointer"] for error in caught.value.errors] == ["/x"]


def test_model_says_how_strict_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of pydantic convert as they do elsewhere."""
    _without(monkeypatch, "msgspec")
    assert decode_typed(b'{"x": "7", "label": "p"}', Model) == Model(x=7, label="p")


def test_neither_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without both, the error says what to install."""
    _without(monkeypatch, "msgspec", "pydantic")
    with pytest.raises(RuntimeError, match="pip install msgspec"):
        decode_typed(RAW, Point)


@pytest.mark.parametrize(
    "kind", [list[Model], list[Checked], list[Point]], ids=["model", "checked", "point"]
)
def test_lists_of_each(kind: type[list[Any]]) -> None:
    """A list goes to the library of its items."""
    assert [point.x for point in decode_typed(b'[{"x": 1}, {"x": 2}]', kind)] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "raw", "pointers"),
    [
        (Point, b'{"x": "a"}', ["/x"]),
        (Point, b"[]", [""]),
        (Point, b"{}", [""]),
        (Lines, b'{"points": [{"x": 1}, {"x": []}]}', ["/points/1/x"]),
        (Lines, b'{"points": [], "named": {"a": "b"}}', ["/named/"]),
        (Lines, b'{"points": [], "numbered": {"a": 1}}', ["/numbered"]),
        (Model, b'{"x": "a", "label": 1}', ["/x", "/label"]),
        (Model, b"{}", [""]),
        (list[Model], b'[{"x": 1}, {"x": null}]', ["/1/x"]),
        (Checked, b'{"x": "a"}', ["/x"]),
        (Literal["a"], b'" - at `$.b"', [""]),
        (Literal["a"], b'"%b"' % (b" - at `$" * 100_000), [""]),
    ],
)
def test_places_that_are_wrong(
    kind: type[Any], raw: bytes, pointers: list[str]
) -> None:
    """What doesn't fit is 422 with JSON pointers to the places."""
    with pytest.raises(InvalidData) as caught:
        decode_typed(raw, kind)
    assert [error["pointer"] for error in caught.value.errors] == [
        pointer.rstrip("/") for pointer in pointers
    ]
    assert all(error["message"] for error in caught.value.errors)
    assert caught.value.status_code == 422


def test_pointer_escapes_what_stands_for_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A slash and a tilde in a key are escaped as RFC 6901 has it."""
    _without(monkeypatch, "msgspec")
    with pytest.raises(InvalidData) as caught:
        decode_typed(b'{"a/b~c": "x"}', dict[str, int])
    assert caught.value.errors[0]["pointer"] == "/a~1b~0c"


def test_answer_has_fifty_places() -> None:
    """However much is wrong: a short body doesn't get a long answer."""
    with pytest.raises(InvalidData) as caught:
        decode_typed(b"[%b1]" % (b'"a",' * 900), list[Model])
    assert len(caught.value.errors) == 50


def test_answer_does_not_repeat_long_names() -> None:
    """A place of 40 kB is told twice: a body has no answer many times as long."""
    raw = json.dumps({"points": {"k" * 40_000: [{"x": "a"}] * 9}}).encode()
    with pytest.raises(InvalidData) as caught:
        decode_typed(raw, Grouped)
    assert len(caught.value.errors) == 2


def test_answer_about_too_many_places() -> None:
    """Of very many only their number is told: to collect them takes much memory."""
    with pytest.raises(InvalidData) as caught:
        decode_typed(b"[%b1]" % (b'"a",' * 5000), list[Model])
    place = {"pointer": "", "message": "5001 places don't fit"}
    assert caught.value.errors == [place]


@pytest.mark.parametrize(
    ("length", "expected"), [(10, InvalidData), (200_000, FormError)]
)
def test_long_names_above_many_values(length: int, expected: type[Exception]) -> None:
    """They are refused before pydantic keeps the names of each."""
    raw = json.dumps({"points": {"k" * length: [{"x": "a"}] * 4000}}).encode()
    with pytest.raises(expected) as caught:
        decode_typed(raw, Grouped)
    assert type(caught.value) is expected


def test_answer_is_a_problem() -> None:
    """The answer is problem+json (RFC 9457) with the places."""
    error = InvalidData([{"pointer": "/x", "message": "wrong"}])
    assert error.response is not None
    assert (error.response.status_code, error.response.content_type) == (
        422,
        "application/problem+json",
    )
    assert str(error) == "/x: wrong"


def test_place_of_the_whole_is_a_slash() -> None:
    """In text, the pointer to the whole document shows as a slash."""
    errors = [{"pointer": "", "message": "a"}, {"pointer": "/x", "message": "b"}]
    assert str(InvalidData(errors)) == "/: a; /x: b"


@pytest.mark.parametrize(
    ("kind", "raw"),
    [(str, b'"\\ud800"'), (Any, b"[" * 100_000), (Any, b"{"), (Point, b'{"x": 1')],
)
def test_decoder_that_is_stricter_is_400(kind: type[Any], raw: bytes) -> None:
    """What the decoder can't read is the client's mistake, never a 500."""
    with pytest.raises(FormError, match="Invalid JSON") as caught:
        decode_typed(raw, kind)
    assert caught.value.status_code == 400


def test_huge_numbers_do_not_fit() -> None:
    """A number that the type can't hold is 422."""
    with pytest.raises(InvalidData):
        decode_typed(b'{"x": %s}' % (b"9" * 100_000), Point)
