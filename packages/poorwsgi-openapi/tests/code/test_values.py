"""Values as types, and answers as JSON."""

from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, Flag
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypedDict, TypeVar
from uuid import UUID

import annotated_types
import msgspec
import pydantic
import pytest

from poorwsgi_openapi import Schema
from poorwsgi_openapi.code.libraries import InvalidArgument
from poorwsgi_openapi.code.values import build_reader, build_writer, to_plain

NULL = UUID(int=0)
DAY = date(2024, 2, 29)


class Kind(Enum):
    """Of what kind."""

    DOG = "dog"


@dataclass
class Pet:
    """A pet."""

    name: str
    born: date | None = None
    kind: Kind = Kind.DOG
    children: list["Pet"] = field(default_factory=list["Pet"])


@dataclass
class Cat:
    """Another one."""

    kind: Literal["cat"]
    name: str


class Item(TypedDict, total=False):
    """An item; the date makes it one that has to be read."""

    id: int
    since: date


class Plain(TypedDict):
    """An item that is as it is."""

    name: str
    more: dict[str, list[str | None]]
    kind: Literal["a", "b"]


class Tree(TypedDict):
    """It holds its kind."""

    inner: "Tree | None"


class Point(NamedTuple):
    """A point."""

    x: float
    y: int = 0


class Day(Enum):
    """A day."""

    LEAP = DAY


class Rights(Flag):
    """What may be done."""

    READ = 1
    WRITE = 2


T = TypeVar("T")


@dataclass
class Of(Generic[T]):
    """It has something."""

    inner: T


@dataclass
class Secret:
    """It is read otherwise than it is written."""

    key: InitVar[str]
    id: int = field(init=False, default=1)

    def __post_init__(self, key: str) -> None:
        """Forget the key."""


class Strict(pydantic.BaseModel):
    """A model that takes no other types, which JSON has none of."""

    model_config = pydantic.ConfigDict(strict=True)

    days: set[date]


class Tag(msgspec.Struct):
    """A tag."""

    name: Annotated[str, msgspec.Meta(min_length=1)]
    since: date | None = None


class Owner(pydantic.BaseModel):
    """An owner."""

    name: str = pydantic.Field(alias="fullName")
    since: date | None = None

    @pydantic.field_validator("name")
    @classmethod
    def check(cls, value: str) -> str:
        """Refuse a name."""
        if value == "nobody":
            raise ValueError("nobody is no owner")
        return value


def read(hint: Any, value: Any) -> Any:
    """Read a value."""
    reader = build_reader(hint)
    return value if reader is None else reader(value)


@pytest.mark.parametrize(
    ("hint", "value", "expected"),
    [
        (int, 3, 3),
        (int, 3.0, 3),
        (float, 3, 3),
        (date, DAY, DAY),
        (date, "2024-02-29", DAY),
        (time, "12:30:00", time(12, 30)),
        (UUID, str(NULL), NULL),
        (Decimal, "1.50", Decimal("1.50")),
        (bytes, "YQ==", b"a"),
        (bytes, b"a", b"a"),
        (Kind, "dog", Kind.DOG),
        (int | None, None, None),
        (Day, "2024-02-29", Day.LEAP),
        (Literal[Kind.DOG, "x"], "dog", Kind.DOG),
        (Literal[Kind.DOG, "x"], "x", "x"),
        (dict[Kind, int], {"dog": 1}, {Kind.DOG: 1}),
        (dict[UUID, date], {str(NULL): "2024-02-29"}, {NULL: DAY}),
        (Annotated[int, pydantic.AfterValidator(abs)], -1, 1),
        (Annotated[date, Schema(ge=DAY)], "2024-02-29", DAY),
        (Annotated[str, annotated_types.Predicate(str.islower)], "a", "a"),
        (Strict, {"days": ["2024-02-29"]}, Strict(days={DAY})),
        (Of[int] | Of[str], {"inner": "a"}, Of("a")),
        (Of[int] | Of[date], {"inner": "2024-02-29"}, Of(DAY)),
        (Of[Of[int]] | Of[list[int]], {"inner": [1]}, Of([1])),
        (Of[int | None] | str, {"inner": None}, Of(None)),
        (Point | str, [1, 2], Point(1.0, 2)),
        (int | date, 3.0, 3),
        (Rights | date, 3, Rights.READ | Rights.WRITE),
        (Kind | list[date], ["2024-02-29"], [DAY]),
        (Secret, {"key": "a", "id": 3}, Secret("a")),
        (date | None, "2024-02-29", DAY),
        (set[str], ["a"], {"a"}),
        (tuple[str, ...], ["a"], ("a",)),
        (tuple[str, date], ["a", "2024-02-29"], ("a", DAY)),
        (list[date], ["2024-02-29"], [DAY]),
        (Sequence[date], ["2024-02-29"], [DAY]),
        (dict[str, date], {"a": "2024-02-29"}, {"a": DAY}),
        (Point, [1, 2], Point(1.0, 2)),
        (Point, [1], Point(1.0)),
        (Item, {"since": "2024-02-29", "x": 1}, {"since": DAY, "x": 1}),
        (Tag, {"name": "a", "since": DAY}, Tag("a", DAY)),
        (Owner, {"fullName": "a", "since": DAY}, Owner(fullName="a", since=DAY)),
        (
            Pet,
            {"name": "a", "born": DAY, "children": [{"name": "b"}], "x": 1},
            Pet("a", DAY, children=[Pet("b")]),
        ),
        (Pet | Cat, {"name": "a"}, Pet("a")),
        (Cat | Pet, {"name": "a", "kind": "dog"}, Pet("a")),
        (Cat | Pet, {"name": "a", "kind": "cat"}, Cat("cat", "a")),
        (Pet | Cat | None, None, None),
        (Cat | str, "x", "x"),
        (Cat | int, 3, 3),
        (Cat | float, 3, 3),
        (Cat | list[date], ["2024-02-29"], [DAY]),
        (Cat | date, "2024-02-29", DAY),
        (Cat | Kind, "dog", Kind.DOG),
        (Cat | Literal["x"], "x", "x"),
        (Cat | Any, 3, 3),
        (Cat | int, "neither", "neither"),
        (Tag | list[str], {"name": "a"}, Tag("a")),
        (dict[str, Tag | str], {"a": {"name": "b"}}, {"a": Tag("b")}),
        (Cat | list[Tag], [{"name": "a"}], [Tag("a")]),
    ],
)
def test_values_are_read(hint: Any, value: Any, expected: Any) -> None:
    """Each type gets its own values, of what its schema allows."""
    made = read(hint, value)
    assert expected == made
    assert type(expected) is type(made)


@pytest.mark.parametrize(
    "hint",
    [str, bool, Any, list, list[str], dict, dict[str, str], Plain, str | None, Literal],
    ids=repr,
)
def test_plain_values_stay(hint: Any) -> None:
    """Nothing is built where there is nothing to do."""
    assert build_reader(hint) is None


@pytest.mark.parametrize(
    ("hint", "value", "message"),
    [
        (bytes, "x", "is no base64"),
        (date, "2024-02-30", "is no date"),
        (time, "25:00", "is no time"),
        (Decimal, "x", "is no decimal number"),
        (timedelta, "P", "is no duration"),
        (set[Any], [[1]], "has a list or an object among its items"),
        (
            Annotated[date, Schema(gt=DAY)],
            "2024-02-29",
            "has to be more than 2024-02-29",
        ),
    ],
)
def test_values_that_there_are_not(hint: Any, value: str, message: str) -> None:
    """What a schema can't know is refused without the value."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        read(hint, value)


@pytest.mark.parametrize(
    ("hint", "value", "places"),
    [
        (Tag, {"name": ""}, [("", "Expected `str` of length >= 1 - at `$.name`")]),
        (
            Owner,
            {"fullName": "nobody"},
            [("/fullName", "Value error, nobody is no owner")],
        ),
    ],
)
def test_libraries_may_refuse(
    hint: Any, value: Any, places: list[tuple[str, str]]
) -> None:
    """What a library refuses yet is told with its place."""
    with pytest.raises(InvalidArgument) as caught:
        read(hint, value)
    assert caught.value.places == places
    assert str(caught.value) == places[0][1]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (Pet("a", DAY), {"name": "a", "born": "2024-02-29", "kind": "dog"}),
        ([DAY, NULL], ["2024-02-29", str(NULL)]),
        (datetime(2024, 2, 29, tzinfo=timezone.utc), "2024-02-29T00:00:00+00:00"),  # noqa: UP017
        (time(12, 30), "12:30:00"),
        (Decimal("1.50"), "1.50"),
        (b"a", "YQ=="),
        ({"a": {1}}, {"a": [1]}),
        ({NULL: Day.LEAP}, {str(NULL): "2024-02-29"}),
        (timedelta(hours=1), "PT3600S"),
        (Secret("a"), {"id": 1}),
        (Point(1, 2), [1, 2]),
        (Tag("a", DAY), {"name": "a", "since": "2024-02-29"}),
        (Owner(fullName="a"), {"fullName": "a", "since": None}),
        (type("Name", (str,), {})("a"), "a"),
    ],
)
def test_answers_are_written(value: Any, expected: Any) -> None:
    """Whatever there is JSON for becomes plain JSON."""
    made = to_plain(value)
    if isinstance(value, Pet):
        assert made.pop("children") == []
    assert expected == made


def test_what_has_no_json_is_told() -> None:
    """It is the application's mistake."""
    with pytest.raises(TypeError, match="complex has no JSON"):
        to_plain(1j)


@pytest.mark.parametrize(
    "hint",
    [str, Any, dict[str, int], Plain, list[Tree | None], Literal["a", 1]],
    ids=repr,
)
def test_plain_answers_stay(hint: Any) -> None:
    """They are handed on as they are."""
    assert build_writer(hint) is None


@pytest.mark.parametrize(
    "hint", [Pet, list[Pet], Item, date, set[str], Point], ids=repr
)
def test_other_answers_are_written(hint: Any) -> None:
    """Their types need it."""
    assert build_writer(hint) is to_plain


def test_libraries_write_their_own() -> None:
    """A list of Structs is written at once."""
    write: Callable[[Any], Any] | None = build_writer(list[Tag])
    assert write is not None
    assert write([Tag("a")]) == [{"name": "a", "since": None}]
