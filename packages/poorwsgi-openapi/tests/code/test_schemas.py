"""Types as schemas: what becomes of each, and what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, Flag, IntEnum
from typing import (
    Annotated,
    Any,
    ClassVar,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    Optional,
    Required,
    TypedDict,
    TypeVar,
)
from uuid import UUID

import msgspec
import pydantic
import pytest
import typing_extensions

from poorwsgi_openapi import Answer, Query, Schema
from poorwsgi_openapi.code.schemas import Schemas

Number = NewType("Number", int)
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
AREA = {**WHOLE, "readOnly": True, "description": "How much it covers."}
UNIQUE = {"type": "array", "uniqueItems": True}


class Kind(Enum):
    """Of what kind."""

    DOG = "dog"
    CAT = "cat"


class Level(IntEnum):  # noqa: D101 - it is there to lack one
    LOW = 1


@dataclass
class Pet:
    """A pet.

    It has a name.
    """

    count: ClassVar[int] = 0
    name: Annotated[str, Schema(min_length=1, max_length=50)]
    born: date | None = None
    kind: Kind = Kind.DOG
    tags: Annotated[list[str], Schema(max_length=10)] = field(default_factory=list[str])
    weight: Annotated[float | None, Schema(gt=0)] = None
    mother: Optional["Pet"] = None
    secret: str = field(default="", init=False)


@Schema(keywords={"additionalProperties": False}, example={"id": 1}, min_length=1)
class Item(TypedDict, total=False):
    """An item."""

    id: Required[int]
    note: str


class Point(NamedTuple):
    """A point."""

    x: float
    y: float = 0


class Lost(TypedDict):
    """It has a type that nobody knows."""

    name: NotRequired["Nowhere"]  # type: ignore[name-defined]  # noqa: F821


class Tag(msgspec.Struct):
    """A tag."""

    title: Annotated[str, msgspec.Meta(min_length=1)]
    kind: Kind = Kind.CAT
    since: date | None = None


class Owner(pydantic.BaseModel):
    """An owner."""

    title: str = pydantic.Field(max_length=5, examples=["x"])
    age: int | None = None
    pets: dict[str, list[int]] = {}


class Square(pydantic.BaseModel):
    """A square."""

    side: int

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def area(self) -> int:
        """How much it covers."""
        return self.side**2


class Rights(Flag):
    """What may be done."""

    READ = 1
    WRITE = 2


T = TypeVar("T")


@dataclass
class Box(Generic[T]):
    """A box of something."""

    inner: T


class Closed(typing_extensions.TypedDict, closed=True):
    """It has no other members."""

    id: int


class TypeAliasType:
    """Stands for an alias of Python 3.12."""

    __value__ = int


def describe(hint: Any) -> dict[str, Any]:
    """Describe a type by itself."""
    return Schemas().describe(hint, "it")


def refer(name: str) -> dict[str, str]:
    """Return the reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        (str, TEXT),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (bool, {"type": "boolean"}),
        (None, {"type": "null"}),
        (Any, {}),
        (bytes, {"type": "string", "contentEncoding": "base64"}),
        (date, {"type": "string", "format": "date"}),
        (datetime, {"type": "string", "format": "date-time"}),
        (time, {"type": "string", "format": "time"}),
        (UUID, {"type": "string", "format": "uuid"}),
        (Decimal, {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
        (Number, {"type": "integer"}),
        (TypeAliasType(), {"type": "integer"}),
        (Literal["a"], {"type": "string", "const": "a"}),
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal["a", 1, None], {"enum": ["a", 1, None]}),  # noqa: PYI061
        (Literal[["odd"]], {"const": ["odd"]}),
        (str | None, {"type": ["string", "null"]}),
        (Optional[int], {"type": ["integer", "null"]}),  # noqa: UP045
        (int | str, {"anyOf": [{"type": "integer"}, TEXT]}),
        (
            Literal["a", "b"] | None,
            {"anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "null"}]},
        ),
        (list, {"type": "array", "items": {}}),
        (list[str], {"type": "array", "items": TEXT}),
        (Sequence[str], {"type": "array", "items": TEXT}),
        (tuple[str, ...], {"type": "array", "items": TEXT}),
        (tuple, {"type": "array", "items": {}}),
        (set[str], {"type": "array", "items": TEXT, "uniqueItems": True}),
        (
            tuple[str, int],
            {
                "type": "array",
                "prefixItems": [TEXT, {"type": "integer"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        (dict, {"type": "object"}),
        (
            dict[Literal["a"], int],
            {
                "type": "object",
                "propertyNames": {**TEXT, "const": "a"},
                "additionalProperties": {"type": "integer"},
            },
        ),
        (dict[Kind, Any], {"type": "object", "propertyNames": refer("Kind")}),
        (frozenset[str | int], {**UNIQUE, "items": {"anyOf": [TEXT, WHOLE]}}),
        (
            Annotated[int | str, Schema(ge=1, min_length=2)],
            {"anyOf": [WHOLE, TEXT], "minimum": 1, "minLength": 2},
        ),
        (
            Annotated[Decimal | None, Schema(ge=1)],
            {"type": ["string", "null"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
        ),
        (
            Annotated[Any, Schema(min_length=1)],
            {"minLength": 1, "minItems": 1, "minProperties": 1},
        ),
        (Annotated[int, pydantic.AfterValidator(abs)], WHOLE),
        (Mapping[str, str], {"type": "object", "additionalProperties": TEXT}),
        (
            Annotated[dict[str, int], Schema(max_length=3)],
            {
                "type": "object",
                "additionalProperties": {"type": "integer"},
                "maxProperties": 3,
            },
        ),
        (
            Annotated[int, Schema(ge=1, lt=9, multiple_of=2, description="few")],
            {
                "type": "integer",
                "minimum": 1,
                "exclusiveMaximum": 9,
                "multipleOf": 2,
                "description": "few",
            },
        ),
        (
            Annotated[str | None, Schema(pattern="^a", max_length=3, example="ab")],
            {
                "type": ["string", "null"],
                "pattern": "^a",
                "maxLength": 3,
                "examples": ["ab"],
            },
        ),
        (
            Annotated[int, Query(description="of the parameter", example=1, le=3)],
            {"type": "integer", "maximum": 3},
        ),
        (Annotated[str, msgspec.Meta(min_length=2)], {**TEXT, "minLength": 2}),
        (Annotated[str, pydantic.Field(max_length=2)], {**TEXT, "maxLength": 2}),
        (
            Annotated[Any, Schema(keywords={"allOf": [str, {"maxLength": 3}]})],
            {"allOf": [TEXT, {"maxLength": 3}]},
        ),
    ],
)
def test_types_are_schemas(hint: Any, schema: dict[str, Any]) -> None:
    """Each type has the schema that its JSON keeps."""
    assert describe(hint) == schema


def test_dataclasses_are_components() -> None:
    """Fields are properties, with defaults, and the docstring describes them."""
    schemas = Schemas()
    assert schemas.describe(list[Pet], "it")["items"] == refer("Pet")
    assert schemas.components["Kind"] == {
        "description": "Of what kind.",
        "type": "string",
        "enum": ["dog", "cat"],
    }
    assert schemas.components["Pet"] == {
        "description": "A pet.\n\nIt has a name.",
        "type": "object",
        "properties": {
            "name": {**TEXT, "minLength": 1, "maxLength": 50},
            "born": {"type": ["string", "null"], "format": "date"},
            "kind": {**refer("Kind"), "default": "dog"},
            "tags": {"type": "array", "items": TEXT, "maxItems": 10, "default": []},
            "weight": {"type": ["number", "null"], "exclusiveMinimum": 0},
            "mother": {"anyOf": [refer("Pet"), {"type": "null"}]},
            "secret": {**TEXT, "readOnly": True},
        },
        "required": ["name", "secret"],
    }


def test_typed_dicts_are_components() -> None:
    """What decorates a class is told of it."""
    schemas = Schemas()
    assert schemas.describe(Item, "it") == refer("Item")
    assert schemas.components["Item"] == {
        "description": "An item.",
        "type": "object",
        "properties": {"id": {"type": "integer"}, "note": TEXT},
        "required": ["id"],
        "additionalProperties": False,
        "examples": [{"id": 1}],
        "minProperties": 1,
    }


def test_named_tuples_are_lists() -> None:
    """So they are in JSON; those with a default may be left out."""
    schemas = Schemas()
    schemas.describe(Point, "it")
    assert schemas.components["Point"] == {
        "description": "A point.",
        "type": "array",
        "prefixItems": [{"type": "number"}, {"type": "number"}],
        "minItems": 1,
        "maxItems": 2,
    }


def test_enumerations_need_no_docstring() -> None:
    """One that Python has written isn't told."""
    schemas = Schemas()
    schemas.describe(Level, "it")
    assert schemas.components["Level"] == {"type": "integer", "const": 1}


def test_flags_are_numbers() -> None:
    """All of them together are one too."""
    schemas = Schemas()
    schemas.describe(Rights, "it")
    assert schemas.components["Rights"] == {
        "description": "What may be done.",
        **WHOLE,
        "minimum": 0,
        "maximum": 3,
    }


def test_a_type_of_something_is_a_component() -> None:
    """Its name has no signs that OpenAPI doesn't know."""
    schemas = Schemas()
    assert schemas.describe(Box[Literal["a b"]], "it") == refer("Box_Literal_a_b")
    assert schemas.describe(Box[int], "it") == refer("Box_int")
    assert schemas.describe(Closed, "it") == refer("Closed")
    assert schemas.components["Box_int"]["properties"] == {"inner": WHOLE}
    assert schemas.components["Closed"]["additionalProperties"] is False


def test_what_is_computed_is_read_only() -> None:
    """It is in each answer, and a request may leave it out."""
    schemas = Schemas()
    assert schemas.describe(Square, "it") == refer("Square")
    assert schemas.components["Square"] == {
        "description": "A square.",
        "type": "object",
        "properties": {"side": WHOLE, "area": AREA},
        "required": ["side", "area"],
    }


def test_structs_are_described_by_msgspec() -> None:
    """What says nothing is left out, and a null is a type where it can be."""
    schemas = Schemas()
    assert schemas.describe(Tag | None, "it") == {
        "anyOf": [refer("Tag"), {"type": "null"}]
    }
    assert schemas.components["Tag"] == {
        "description": "A tag.",
        "type": "object",
        "properties": {
            "title": {**TEXT, "minLength": 1},
            "kind": {**refer("Kind"), "default": "cat"},
            "since": {"type": ["string", "null"], "format": "date"},
        },
        "required": ["title"],
    }
    assert schemas.components["Kind"]["type"] == "string"


def test_models_are_described_by_pydantic() -> None:
    """Its own titles are left out, and those of the application are not."""
    schemas = Schemas()
    assert schemas.describe(list[Owner], "it")["items"] == refer("Owner")
    assert schemas.components["Owner"] == {
        "description": "An owner.",
        "type": "object",
        "properties": {
            "title": {**TEXT, "maxLength": 5, "examples": ["x"]},
            "age": {"type": ["integer", "null"]},
            "pets": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {"type": "integer"},
                },
                "default": {},
            },
        },
        "required": ["title"],
    }


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (complex, "it has the type <class 'complex'>, which can't be described"),
        (dict[int, str], "it has keys of the type <class 'int'>"),
        (set[list[int]], r"it is a set of list\[int\], which has no hash"),
        (set[Pet | str], "which has no hash, so that no set can hold it: write list"),
        (Annotated[int, Schema(max_length=3)], "max_length, which says nothing of"),
        (Annotated[str | bool, Schema(ge=3)], "of what is boolean or string in JSON"),
        (list[Annotated[int, Answer(status=201)]], "it has an Answer inside of its"),
        (Owner | Tag, "which its library can't describe: Unable to generate"),
        (list[complex], "an item of it has the type"),
        (Annotated[Any, Schema(keywords={"x": complex})], "it has the type"),
        (TypeVar("T"), "it has the type ~T, which can't be described"),
        (Lost, "The types of Lost in .*test_schemas can't be read: name 'Nowhere'"),
    ],
)
def test_other_types_are_refused(hint: Any, message: str) -> None:
    """What has no schema is told, with the way to it."""
    with pytest.raises(TypeError, match=message):
        describe(hint)


def test_names_are_those_of_one_type() -> None:
    """Another class of the same name is refused, with both."""
    schemas = Schemas()
    schemas.describe(Pet, "it")
    other: Any = dataclass(type("Pet", (), {"__annotations__": {"id": int}}))
    with pytest.raises(ValueError, match=r"called Pet, .*test_schemas\.Pet and"):
        schemas.describe(other, "it")
    schemas.add("Ours", {})
    ours: Any = dataclass(type("Ours", (), {"__annotations__": {"id": int}}))
    with pytest.raises(ValueError, match="the one of this package"):
        schemas.describe(ours, "it")


def test_names_of_libraries_are_those_of_one_type() -> None:
    """So it is with types that libraries describe."""
    schemas = Schemas()
    schemas.describe(Tag, "it")
    other = msgspec.defstruct("Tag", [("id", int)])
    with pytest.raises(ValueError, match="two types are called Tag"):
        schemas.describe(other, "it")


def test_parts_of_a_document_may_have_types() -> None:
    """They become schemas; whatever is JSON stays."""
    schemas = Schemas()
    node = {"schema": Pet, "a": [1, None, "x", True, 2.5], 200: Schema(ge=1)}
    assert schemas.fill(node, "it") == {
        "schema": refer("Pet"),
        "a": [1, None, "x", True, 2.5],
        "200": {"minimum": 1},
    }
