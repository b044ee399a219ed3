"""Members of classes: what they are of, and which way they go."""

from dataclasses import InitVar, dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, Required, TypeVar
from uuid import UUID, uuid4

import pytest
import typing_extensions

from poorwsgi_openapi.code.hints import Field, list_fields, name_type, unwrap
from poorwsgi_openapi.code.markers import ABSENT

T = TypeVar("T")
K = TypeVar("K")


@dataclass
class Page(Generic[T]):
    """It is of something."""

    items: list[T]
    total: InitVar[T | None] = None


@dataclass
class Twice(Page[list[K]], Generic[K]):
    """Its base is of something else than it."""

    first: K | None = None


@dataclass
class Days(Twice[datetime]):
    """It is of nothing."""

    name: str = ""


class Pair(NamedTuple, Generic[T]):
    """A named tuple of something."""

    left: T
    right: int = 1


class Box(typing_extensions.TypedDict, Generic[T], total=False):
    """A TypedDict of something."""

    inner: typing_extensions.ReadOnly[Required[T]]
    note: str


@dataclass
class Order:
    """Its members are of all kinds."""

    key: InitVar[str]
    lines: list[str] = field(default_factory=list[str])
    id: UUID = field(default_factory=uuid4)
    total: int = field(init=False, default=3)
    limit: Final[int] = 5


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (
            Page[int],
            [
                Field("items", list[int], True),
                Field("total", int | None, False, None, "writeOnly"),
            ],
        ),
        (
            Days,
            [
                Field("items", list[list[datetime]], True),
                Field("first", datetime | None, False, None),
                Field("name", str, False, ""),
                Field("total", list[datetime] | None, False, None, "writeOnly"),
            ],
        ),
        (Pair[str], [Field("left", str, True), Field("right", int, False, 1)]),
        (
            Order,
            [
                Field("lines", list[str], False, []),
                Field("id", UUID, False),
                Field("total", int, True, ABSENT, "readOnly"),
                Field("limit", Final[int], False, 5),
                Field("key", str, True, ABSENT, "writeOnly"),
            ],
        ),
    ],
)
def test_members_are_listed(hint: Any, expected: list[Field]) -> None:
    """Type variables are replaced; what a factory makes anew is no default."""
    assert list_fields(hint) == expected


def test_typed_dicts_of_extensions_are_read() -> None:
    """Those of ``typing_extensions`` know more than Python 3.11 does."""
    inner, note = list_fields(Box[int])
    assert (inner.name, inner.is_required, unwrap(inner.hint)[0]) == (
        "inner",
        True,
        int,
    )
    assert note == Field("note", str, False)


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        (Order, "Order"),
        (Page[Pair[str]], "Page_Pair_str"),
        (Page[None], "Page_NoneType"),
    ],
)
def test_names_say_what_a_type_is_of(hint: Any, name: str) -> None:
    """Two of one class are two components."""
    assert name_type(hint) == name
