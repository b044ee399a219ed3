"""Signatures of handlers, as operations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import pytest

from poorwsgi_openapi import Body, Cookie, Header, Path, Query, Schema
from poorwsgi_openapi.code.markers import ABSENT
from poorwsgi_openapi.code.operations import Argument, Signature, read_signature
from poorwsgi_openapi.code.schemas import Schemas

if TYPE_CHECKING:
    from decimal import Decimal as Hidden

TEXT = {"type": "string"}


class Kind(Enum):
    """Of what kind."""

    DOG = "dog"


@dataclass
class Pet:
    """A pet."""

    name: str


def sign(handler: Callable[..., Any], rule: str = "/") -> Signature:
    """Read a signature."""
    return read_signature(handler, rule, Schemas(), {})


def parameters(handler: Callable[..., Any], rule: str = "/") -> list[dict[str, Any]]:
    """Return the parameters of a handler."""
    found: list[dict[str, Any]] = sign(handler, rule).operation["parameters"]
    return found


def in_path(name: str, **schema: str) -> dict[str, Any]:
    """Write a value of the path."""
    return {"name": name, "in": "path", "required": True, "schema": schema}


def bare(_: Any, *__: Any) -> None:
    """A function without any types."""


bare.__annotations__.clear()


def test_filters_are_types() -> None:
    """A value of the path without a type has that of its filter."""
    rule = "/<a:int>/<b:FLOAT>/<c:uuid>/<d>/<e:word>/<f:hex>/<g:re:[xy]>/<h:mine>"
    assert parameters(bare, rule) == [
        in_path("a", type="integer"),
        in_path("b", type="number"),
        in_path("c", type="string", format="uuid"),
        in_path("d", type="string"),
        in_path("e", type="string", pattern=r"^\w+$"),
        in_path("f", type="string", pattern="^[0-9a-fA-F]+$"),
        in_path("g", type="string", pattern="^(?:[xy])$"),
        in_path("h", type="string"),
    ]
    assert sign(bare, rule).template == "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"


def test_a_handler_may_be_plain() -> None:
    """Without types, and without a path, there is but an answer."""
    found = sign(bare)
    assert found.operation == {"responses": {"200": {"description": "OK"}}}
    assert (found.arguments, found.result) == ([], ABSENT)


def test_values_of_the_path_go_by_position() -> None:
    """Their types win, and their names are those of the route, or their own."""

    def get(
        _: Any,
        number: Annotated[int, Path(ge=1, description="which")],
        other: Annotated[str, Path(name="other-one", fields={"style": "label"})],
        third: int,
        last: Any,
    ) -> None: ...

    del get.__annotations__["last"]
    found = sign(get, "/x/<id>/<b>/<c>/<d:int>")
    assert found.template == "/x/{id}/{other-one}/{c}/{d}"
    assert found.operation["parameters"] == [
        {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "which",
            "schema": {"type": "integer", "minimum": 1},
        },
        {**in_path("other-one", type="string"), "style": "label"},
        in_path("c", type="integer"),
        in_path("d", type="integer"),
    ]
    assert found.arguments == [
        Argument("path", "id", "", int),
        Argument("path", "other-one", "", str),
        Argument("path", "c", "", int),
        Argument("path", "d", "", Any),
    ]


def test_a_handler_may_take_the_path_by_name() -> None:
    """``handler(req, **kwargs)`` is called so."""

    def get(_: Any, **values: Any) -> None: ...

    assert sign(get, "/<id:int>").arguments == [Argument("path", "id", "id", Any)]


def test_arguments_say_where_they_are() -> None:
    """Or else what a text can be is in the query, and the rest is the body."""

    def add(
        _: Any,
        pet: Pet,
        limit: Annotated[int, Query(le=9, deprecated=True, example=3)] = 5,
        kinds: list[Kind] | None = None,
        since: date | None = None,
        mode: Literal["a", "b"] | int = "a",
        *,
        x_request_id: Annotated[UUID | None, Header(description="why")] = None,
        tag: Annotated[str, Header(name="X_Tag")],
        session: Annotated[str, Cookie(), Schema(min_length=3)],
        point: Annotated[dict[str, int], Query(fields={"style": "deepObject"})],
        **more: Any,
    ) -> None: ...

    found = sign(add)
    choice = {"type": "string", "enum": ["a", "b"]}
    assert found.operation["parameters"] == [
        {
            "name": "limit",
            "in": "query",
            "deprecated": True,
            "example": 3,
            "schema": {"type": "integer", "maximum": 9, "default": 5},
        },
        {
            "name": "kinds",
            "in": "query",
            "schema": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Kind"},
            },
        },
        {
            "name": "since",
            "in": "query",
            "schema": {"type": "string", "format": "date"},
        },
        {
            "name": "mode",
            "in": "query",
            "schema": {"anyOf": [choice, {"type": "integer"}], "default": "a"},
        },
        {
            "name": "X-Request-Id",
            "in": "header",
            "description": "why",
            "schema": {"type": "string", "format": "uuid"},
        },
        {"name": "X_Tag", "in": "header", "required": True, "schema": TEXT},
        {
            "name": "session",
            "in": "cookie",
            "required": True,
            "schema": {"type": "string", "minLength": 3},
        },
        {
            "name": "point",
            "in": "query",
            "required": True,
            "style": "deepObject",
            "schema": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    ]
    assert found.operation["requestBody"] == {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
        },
    }
    assert [(each.place, each.name, each.keyword) for each in found.arguments] == [
        ("body", "", "pet"),
        ("query", "limit", "limit"),
        ("query", "kinds", "kinds"),
        ("query", "since", "since"),
        ("query", "mode", "mode"),
        ("header", "X-Request-Id", "x_request_id"),
        ("header", "X_Tag", "tag"),
        ("cookie", "session", "session"),
        ("query", "point", "point"),
    ]


def test_a_parameter_may_have_content() -> None:
    """Then it has no schema of its own."""
    fields = {"content": {"application/json": {"schema": Pet}}}

    def get(_: Any, pet: Annotated[Pet, Query(fields=fields)]) -> None: ...

    (parameter,) = parameters(get)
    content = {"schema": {"$ref": "#/components/schemas/Pet"}}
    assert parameter["content"] == {"application/json": content}
    assert "schema" not in parameter


@pytest.mark.parametrize(
    ("hint", "body"),
    [
        (bytes, {"content": {"application/octet-stream": {}}}),
        (Annotated[str, Body()], {"content": {"text/plain": {"schema": TEXT}}}),
        (
            Annotated[Any, Body(media_type="text/csv", description="rows")],
            {"description": "rows", "content": {"text/csv": {"schema": {}}}},
        ),
        (
            Annotated[int, Body(ge=1, example=2, fields={"x-a": Pet})],
            {
                "content": {
                    "application/json": {
                        "schema": {"type": "integer", "minimum": 1},
                        "x-a": {"$ref": "#/components/schemas/Pet"},
                        "example": 2,
                    }
                }
            },
        ),
        (
            Annotated[Any, Body(content={"a/b": {}, "c/d": {"schema": str}})],
            {"content": {"a/b": {}, "c/d": {"schema": TEXT}}},
        ),
    ],
)
def test_bodies_have_media_types(hint: Any, body: dict[str, Any]) -> None:
    """They are JSON unless something else is said."""

    def add(_: Any, body: Any = None) -> None: ...

    add.__annotations__["body"] = hint
    assert sign(add).operation["requestBody"] == body


class Handler:
    """An object that can be called, and has a method."""

    def __call__(self, _: Any, limit: int = 5) -> None:
        """Handle a request."""

    def method(self, _: Any, limit: int) -> None:
        """Handle a request too."""


def test_handlers_are_any_callables() -> None:
    """Methods and objects have signatures too."""
    (parameter,) = parameters(Handler().method)
    assert parameter["schema"] == {"type": "integer"}
    (parameter,) = parameters(Handler())
    assert parameter["schema"] == {"type": "integer", "default": 5}


def untyped(_: Any, limit: Any) -> None:
    """An argument that nobody knows."""


del untyped.__annotations__["limit"]


def only(_: Any, limit: int, /) -> None:
    """An argument that can't be given by name."""


def too_many(_: Any, pet: Pet, other: Pet) -> None:
    """Two bodies."""


def misplaced(_: Any, pet: Annotated[int, Query()]) -> None:
    """A value of the path that says otherwise."""


def nowhere(_: Any, pet: Annotated[int, Path()]) -> None:
    """A value of a path that has none."""


def hidden(_: Any, pet: "Hidden") -> None:
    """A type that only type checkers know."""


def odd(_: Any, pet: complex) -> None:
    """A type that JSON doesn't have."""


def short(_: Any) -> None:
    """It takes nothing of the path."""


@pytest.mark.parametrize(
    ("handler", "rule", "message"),
    [
        (untyped, "/", r"limit is none of the path and has no type: write limit: Ann"),
        (only, "/", "limit is none of the path and has no type"),
        (too_many, "/", "the body other of .*too_many.* is the second one"),
        (misplaced, "/<id>", "id is in the path, so it is no Query"),
        (nowhere, "/", "the path / has no more values, so pet is none of it"),
        (hidden, "/", "The types of hidden in .* can't be read: name 'Hidden'"),
        (odd, "/", "the body pet of .*odd .*py:[0-9]+. has the type .*complex"),
        (short, "/<id>/<x:int>", r"lacks an argument for the path .*\(req, id, x\)"),
        (misplaced, "/<id>/<x>", r"lacks an argument for the path"),
    ],
)
def test_mistakes_are_told(
    handler: Callable[..., Any], rule: str, message: str
) -> None:
    """Each with the function, its file, and what to write."""
    with pytest.raises(TypeError, match=message):
        sign(handler, rule)


def test_what_is_said_of_types_is_kept() -> None:
    """Of a named type, a sequence of texts or a mapping."""

    def get(_: Any, names: Sequence[str], more: Mapping[str, str]) -> None: ...

    found = sign(get)
    assert [each.place for each in found.arguments] == ["query", "body"]
