"""Facts about which library decodes a type: the answer is the same with each."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import KW_ONLY, InitVar, dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from ipaddress import IPv4Address
from pathlib import Path
from typing import (
    Annotated,
    Any,
    ClassVar,
    Final,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Optional,
    Required,
    cast,
)
from uuid import UUID

import msgspec
import pydantic
import pytest
from typing_extensions import TypedDict  # pydantic refuses the other up to 3.11

from poorwsgi_forms import InvalidData
from poorwsgi_forms.json import engines
from poorwsgi_forms.json.typed import decode_typed


class Colour(Enum):
    """Some colours."""

    RED = "red"


class Size(IntEnum):
    """Some sizes."""

    SMALL = 1


class Pair(NamedTuple):
    """Two numbers."""

    x: int
    y: int


@dataclass
class Point:
    """A dataclass."""

    x: int
    y: float = 0.5


@dataclass
class Person:
    """One whose names aren't ASCII."""

    jméno: str = "nobody"  # noqa: PLC2401
    věk: int | None = None  # noqa: PLC2401


@dataclass
class Tree:
    """One that holds itself."""

    name: str
    kids: "list[Tree]" = field(default_factory=list["Tree"])


class Place(TypedDict):
    """A TypedDict whose names aren't ASCII."""

    město: str  # noqa: PLC2401
    points: list[Point]


class Patch(TypedDict, total=False):
    """A TypedDict that says which members there must be."""

    id: Required[int]
    name: str
    note: NotRequired[str]


@dataclass
class Window:
    """A dataclass with what only looks like fields."""

    x: int
    kind: ClassVar[str] = "window"
    _: KW_ONLY
    y: int = 1
    z: Final[int] = 2


@dataclass
class Counted:
    """A dataclass with a field that no client sets."""

    x: int
    seen: int = field(default=0, init=False)


@dataclass
class Doubled:
    """A dataclass with an argument that is no field."""

    x: int
    times: InitVar[int] = 1

    def __post_init__(self, times: int) -> None:
        self.x *= times


@dataclass
class Limited:
    """A dataclass with a limit that pydantic knows."""

    n: Annotated[int, pydantic.Field(ge=1)]


@dataclass
class LimitedByDefault:
    """The same, by what stands for the default."""

    n: int = pydantic.Field(default=1, ge=1)


@dataclass
class LimitedForMsgspec:
    """A dataclass with a limit that msgspec knows."""

    n: Annotated[int, msgspec.Meta(ge=1)]


class Struct(msgspec.Struct):
    """A Struct."""

    n: int
    jméno: str = ""  # noqa: PLC2401


class Model(pydantic.BaseModel):
    """A model."""

    n: int


Models = NewType("Models", list[Model])


@dataclass
class Order:
    """A dataclass with models in it."""

    items: list[Model]


@dataclass
class Renamed:
    """The same, under another name."""

    items: Models


@dataclass
class Files:
    """A dataclass with what msgspec doesn't know."""

    path: Path
    address: IPv4Address | None = None


@dataclass
class Blob:
    """A dataclass with what each library reads in its own way."""

    data: bytes


@dataclass
class Mixed:
    """What no library knows both halves of."""

    struct: Struct
    model: Model


class Unknown:
    """What no library knows."""


@dataclass
class Strange:
    """A dataclass with that in a list."""

    things: list[Unknown]


NEUTRAL: list[tuple[Any, str, Any, str | None]] = [
    (int, "1", 1, '"1"'),
    (float, "1.5", 1.5, '"1.5"'),
    (float, "1", 1.0, "true"),
    (bool, "true", True, "1"),
    (str, '"č"', "č", "1"),
    (type(None), "null", None, "0"),
    (list, "[1]", [1], "{}"),
    (dict, '{"a": 1}', {"a": 1}, "[]"),
    (list[int], "[1, 2]", [1, 2], '["1"]'),
    (list[list[str]], '[["a"]]', [["a"]], "[[1]]"),
    (dict[str, int], '{"ž": 1}', {"ž": 1}, '{"ž": "1"}'),
    (dict[str, list[int]], '{"a": [1]}', {"a": [1]}, '{"a": [null]}'),
    (set[int], "[1, 1]", {1}, '["1"]'),
    (frozenset[str], '["a"]', frozenset({"a"}), "[1]"),
    (tuple[int, str], '[1, "a"]', (1, "a"), "[1]"),
    (tuple[int, ...], "[1, 2]", (1, 2), '["1"]'),
    (int | None, "null", None, '"1"'),
    (Optional[str], '"a"', "a", "1"),  # noqa: UP045 - people write it so
    (int | str, '"1"', "1", "[]"),
    (int | list[int], "[1]", [1], '"1"'),
    (Literal["a", "b"], '"a"', "a", '"c"'),
    (Literal[1, 2], "2", 2, "3"),
    (Colour, '"red"', Colour.RED, '"blue"'),
    (Size, "1", Size.SMALL, "2"),
    (datetime, '"2026-11-30T08:00:00Z"', datetime(2026, 11, 30, 8, tzinfo=UTC), '"x"'),
    (date, '"2026-11-30"', date(2026, 11, 30), '"30.11.2026"'),
    (time, '"08:00:00"', time(8), '"8 h"'),
    (UUID, f'"{UUID(int=1)}"', UUID(int=1), '"1"'),
    (Decimal, '"1.50"', Decimal("1.50"), '"x"'),
    (Point, '{"x": 1, "y": 2}', Point(1, 2.0), '{"x": "1"}'),
    (Point, '{"x": 1}', Point(1, 0.5), "{}"),
    (list[Point], '[{"x": 1}]', [Point(1)], '[{"y": 1}]'),
    (dict[str, Point], '{"a": {"x": 1}}', {"a": Point(1)}, '{"a": {}}'),
    (Point | None, "null", None, "[]"),
    (Person, '{"jméno": "Jana"}', Person("Jana"), '{"jméno": 1}'),
    (list[Person], '[{"věk": 7}]', [Person(věk=7)], '[{"věk": "7"}]'),
    (Tree, '{"name": "a", "kids": [{"name": "b"}]}', Tree("a", [Tree("b")]), "{}"),
    (
        Place,
        '{"město": "Brno", "points": [{"x": 1}]}',
        {"město": "Brno", "points": [Point(1)]},
        '{"město": 1, "points": []}',
    ),
    (Patch, '{"id": 1}', {"id": 1}, '{"name": "a"}'),
    (Patch, '{"id": 1, "note": "b"}', {"id": 1, "note": "b"}, '{"id": 1, "note": 1}'),
    (Window, '{"x": 1, "kind": 5}', Window(1), '{"x": 1, "y": "2"}'),
    (Window, '{"x": 1, "y": 3}', Window(1, y=3), '{"x": 1, "z": "2"}'),
    (Pair, "[1, 2]", Pair(1, 2), "[1]"),
    (Annotated[int, "a note"], "1", 1, '"1"'),
    (Annotated[list[Point], ["unhashable"]], '[{"x": 1}]', [Point(1)], "{}"),
    (Any, '{"a": [1]}', {"a": [1]}, None),
]
"""Type, JSON, what it becomes, and JSON that doesn't fit."""

OWN: list[tuple[str, Any, str, Any, str]] = [
    ("msgspec", Struct, '{"n": 1, "jméno": "J"}', Struct(1, "J"), '{"n": "1"}'),
    ("msgspec", list[Struct], '[{"n": 1}]', [Struct(1)], "[{}]"),
    ("msgspec", Blob, '{"data": "eA=="}', Blob(b"x"), '{"data": 1}'),
    ("pydantic", Model, '{"n": "1"}', Model(n=1), '{"n": "x"}'),
    ("pydantic", dict[str, Model], '{"a": {"n": 1}}', {"a": Model(n=1)}, '{"a": 1}'),
    ("pydantic", Order, '{"items": [{"n": 1}]}', Order([Model(n=1)]), '{"items": 1}'),
    (
        "pydantic",
        Renamed,
        '{"items": [{"n": 1}]}',
        Renamed(Models([Model(n=1)])),
        '{"items": 1}',
    ),
    ("pydantic", Counted, '{"x": 1, "seen": 9}', Counted(1), '{"x": "1"}'),
    ("pydantic", Doubled, '{"x": 1, "times": 2}', Doubled(2), '{"times": 2}'),
    ("pydantic", Limited, '{"n": 1}', Limited(1), '{"n": 0}'),
    ("pydantic", LimitedByDefault, "{}", LimitedByDefault(1), '{"n": 0}'),
    ("msgspec", LimitedForMsgspec, '{"n": 1}', LimitedForMsgspec(1), '{"n": 0}'),
    ("pydantic", Files, '{"path": "/x"}', Files(Path("/x")), '{"path": 1}'),
    ("pydantic", complex, '"1j"', 1j, '"x"'),
    ("pydantic", Point | Tree, '{"name": "a"}', Tree("a"), "{}"),
]
"""Library that alone can, type, JSON, what it becomes, and JSON that doesn't fit."""


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Let each test find out anew what is installed."""
    yield
    cast("Any", engines)._find_kept.cache_clear()


@pytest.fixture
def installed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Hide the libraries that the parameter doesn't name."""
    names: str = request.param
    cast("Any", engines)._find_kept.cache_clear()
    find = importlib.util.find_spec
    missing = {"msgspec", "pydantic"} - {*names.split("+")}

    def find_spec(name: str) -> object:
        return None if name in missing else find(name)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    for name in missing:
        monkeypatch.setitem(sys.modules, name, None)
    return names


EACH = pytest.mark.parametrize(
    "installed", ["msgspec", "pydantic", "msgspec+pydantic"], indirect=True
)


@EACH
@pytest.mark.parametrize(("kind", "text", "expected", "wrong"), NEUTRAL, ids=repr)
def test_same_answer_with_each(
    installed: str, kind: Any, text: str, expected: Any, wrong: str | None
) -> None:
    """A value is the same and a mistake is 422, whatever is installed."""
    assert installed
    value: Any = decode_typed(text.encode(), kind)
    assert (value, type(value)) == (expected, type(expected))
    if wrong is not None:
        with pytest.raises(InvalidData) as caught:
            decode_typed(wrong.encode(), kind)
        for error in caught.value.errors:
            assert _exists(json.loads(wrong), error["pointer"])


@EACH
@pytest.mark.parametrize(
    ("library", "kind", "text", "expected", "wrong"), OWN, ids=repr
)
def test_type_of_one_library(
    installed: str, library: str, kind: Any, text: str, expected: Any, wrong: str
) -> None:
    """Its library decodes it; where that is missing, it is no 4xx."""
    if library not in installed.split("+"):
        with pytest.raises((TypeError, RuntimeError), match="json_as"):
            decode_typed(text.encode(), kind)
        return
    assert decode_typed(text.encode(), kind) == expected
    with pytest.raises(InvalidData) as caught:
        decode_typed(wrong.encode(), kind)
    for error in caught.value.errors:
        assert _exists(json.loads(wrong), error["pointer"])


@pytest.mark.parametrize("installed", [""], indirect=True)
@pytest.mark.parametrize("kind", [int, Point, Struct, Model])
def test_without_a_library(installed: str, kind: Any) -> None:
    """The error says what to install."""
    assert not installed
    with pytest.raises(RuntimeError, match="pip install"):
        decode_typed(b"1", kind)


@EACH
@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (Unknown, "Unknown"),
        (Strange, r"Strange\.things"),
        (dict[str, Strange], r"dict\.things"),
    ],
)
def test_field_that_no_library_knows(installed: str, kind: Any, place: str) -> None:
    """It is a TypeError that names the field, for a body that would fit as well."""
    for raw in (b"{}", b'{"things": []}'):
        with pytest.raises(TypeError, match=f"can't decode {place}: .*Unknown"):
            decode_typed(raw, kind)
    assert installed


def test_two_libraries_in_one_type() -> None:
    """A Struct beside a model has nobody who knows both."""
    with pytest.raises(TypeError, match=r"pydantic can't decode Mixed\.struct"):
        decode_typed(b"{}", Mixed)


def test_annotation_that_names_nothing() -> None:
    """A type whose fields can't be read is the application's mistake."""

    @dataclass
    class Lost:
        x: "Nowhere"  # type: ignore[name-defined]  # pyright: ignore[reportUndefinedVariable]  # noqa: F821

    with pytest.raises(TypeError, match="can't read the fields of Lost"):
        decode_typed(b"{}", Lost)


def test_engine_is_kept() -> None:
    """What has been found out for a type isn't looked for again."""
    assert engines.find_engine(Point) is engines.find_engine(Point)


SCRIPT = """
from dataclasses import dataclass
from typing import Optional
from typing_extensions import TypedDict
from poorwsgi_forms.json.typed import decode_typed
@dataclass
class Person:
    jméno: str
    věk: int = 0
class Place(TypedDict):
    město: str
    lidé: Optional[list[Person]]
raw = '{"město": "Brno", "lidé": [{"jméno": "Jana", "věk": 7}]}'
print(ascii(decode_typed(raw.encode(), Place)))
"""


def test_names_in_any_alphabet_from_the_first_request() -> None:
    """Nothing is lost in a process that has not encoded the type (msgspec#1126)."""
    run = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True
    )
    assert (
        run.stdout
        == ascii({"město": "Brno", "lidé": ["Person(jméno='Jana', věk=7)"]}).replace(
            '"', ""
        )
        + "\n"
    )


def _exists(document: Any, pointer: str) -> bool:
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        document = document[int(key) if isinstance(document, list) else key]
    return True
