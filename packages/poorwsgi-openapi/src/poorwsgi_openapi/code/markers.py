"""What a type hint alone doesn't say, written in ``Annotated``.

``Schema`` has constraints of a value and words about it; ``Path``, ``Query``,
``Header`` and ``Cookie`` say besides where a parameter is, ``Body`` that it is the
body, ``Answer`` what is answered.  All are plain data: they know no document.  Each is
equal to itself alone, so that it can be hashed whatever it holds, as ``typing`` wants.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Final, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

__all__ = [
    "ABSENT",
    "Answer",
    "Body",
    "Cookie",
    "Header",
    "Parameter",
    "Path",
    "Query",
    "Schema",
    "find_schema",
]

_T = TypeVar("_T")
_Bound: TypeAlias = float | Decimal | date | time | timedelta
ABSENT: Final[Any] = object()
"""Stands for an example that isn't given."""

_of_classes: "WeakKeyDictionary[type[Any], Schema]" = WeakKeyDictionary()


@dataclass(frozen=True, eq=False, kw_only=True)
class Schema:
    """Constraints of a value, and words about it.

    It stands in ``Annotated``, or as a decorator above a dataclass, a TypedDict or an
    enumeration.

    Args:
        description: what it is.
        example: one value.
        ge: least value.
        gt: what it has to be above.
        le: greatest value.
        lt: what it has to be below.
        multiple_of: what it can be divided by.
        min_length: least number of characters, items or properties.
        max_length: most of them.
        pattern: regular expression of ECMA-262.
        keywords: any keywords of JSON Schema, as they are; types in them become
            schemas.
    """

    description: str = ""
    example: Any = ABSENT
    ge: _Bound | None = None
    gt: _Bound | None = None
    le: _Bound | None = None
    lt: _Bound | None = None
    multiple_of: _Bound | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    keywords: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __call__(self, cls: type[_T], /) -> type[_T]:
        """Describe a class; the decorator."""
        _of_classes[cls] = self
        return cls


def find_schema(cls: type[Any]) -> Schema | None:
    """Return what decorates a class."""
    return _of_classes.get(cls)


@dataclass(frozen=True, eq=False, kw_only=True)
class Parameter(Schema):
    """A parameter, with the constraints of its value.

    Args:
        name: what clients call it; made of the argument's name by default.
        deprecated: clients shall not send it any more.
        fields: any fields of OpenAPI's parameter, as they are, such as ``style``.
    """

    place: ClassVar[str]
    name: str = ""
    deprecated: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Path(Parameter):
    """A value in the path; only needed to say more than its type."""

    place = "path"


class Query(Parameter):
    """An argument of the query."""

    place = "query"


class Header(Parameter):
    """A header; ``x_request_id`` is ``X-Request-Id`` unless it has a name."""

    place = "header"


class Cookie(Parameter):
    """A cookie."""

    place = "cookie"


@dataclass(frozen=True, eq=False, kw_only=True)
class Body(Schema):
    """The body of a request.

    Args:
        media_type: JSON by default, ``application/octet-stream`` for bytes.
        fields: any fields of OpenAPI's media type, as they are, such as
            ``examples``.
        content: all media types, as they are, instead of the one of the type; types
            in them become schemas.
    """

    media_type: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    content: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, eq=False)
class Answer:
    """What is answered: in ``Annotated`` of a return type, or in ``answers``.

    Args:
        type: type of the body; that of the hint, where it stands in one.
        status: the status; what ``answers`` names it by goes first.
        description: what it means; the phrase of the status by default.
        media_type: that of the body; JSON by default, ``text/html`` for text, as the
            framework sends it.
        headers: types of headers by name; those with ``None`` among them are optional.
        fields: any fields of OpenAPI's response, as they are, such as ``links`` or
            further ``content``; types in them become schemas.
    """

    type: Any = ABSENT
    status: int = field(default=200, kw_only=True)
    description: str = field(default="", kw_only=True)
    media_type: str = field(default="", kw_only=True)
    headers: Mapping[str, Any] = field(default_factory=dict[str, Any], kw_only=True)
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any], kw_only=True)
