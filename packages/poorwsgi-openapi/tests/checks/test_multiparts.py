"""Multipart forms: cast by the schema, files left as they are."""

from io import BytesIO
from typing import Any

import pytest

from poorwsgi_openapi.checks.engine import Engine, InvalidValue
from poorwsgi_openapi.checks.multiparts import FormPlan
from poorwsgi_openapi.checks.parameters import ABSENT
from poorwsgi_openapi.document.document import Document

FILE = {"type": "string", "format": "binary"}


class Field:
    """A field of a form, as a parser gives it."""

    def __init__(
        self,
        value: Any,
        filename: str | None = None,
        file: Any = None,
        type: str | None = None,  # noqa: A002 - its name there
    ) -> None:
        self.type = type
        self.value = value
        self.filename = filename
        self.file = BytesIO(value) if filename and file is None else file


def read(
    schema: Any, form: Any, encoding: Any = None, **schemas: Any
) -> tuple[Any, list[tuple[str | None, str]]]:
    """Read a form; gives the values, and pointers and codes of faults."""
    media = {"schema": schema, **({"encoding": encoding} if encoding else {})}
    raw = {"openapi": "3.1.1", "info": media, "components": {"schemas": schemas}}
    side = Engine(Document(raw, check=False)).request
    value, faults = FormPlan(side, media, ("info",)).read(form)
    return value, [(fault.pointer, fault.code) for fault in faults]


def properties(**fields: Any) -> dict[str, Any]:
    """Build the schema of a form."""
    return {"type": "object", "properties": fields}


def test_cost_of_a_form() -> None:
    """A form takes the steps that any value may."""
    items = {"items": {"anyOf": [{"minimum": 300}]}}
    schema = properties(o={"type": "object", "additionalProperties": items})
    assert read(schema, {"o": Field(f'{{"a": {[300] * 9}}}')})[1] == []
    with pytest.raises(InvalidValue) as caught:
        read(schema, {"o": Field(f'{{"a": {[300] * 30_000}}}')})
    assert caught.value.is_costly


@pytest.mark.parametrize(
    "text", ['{"a": NaN}', '{"a": 1e999}', r'{"a": "\ud800"}', "[" * 65 + "]" * 65]
)
def test_json_of_a_field_is_that_of_a_body(text: str) -> None:
    """What a body of JSON can't have, a field can't either."""
    schema = properties(o={"type": "object"})
    assert read(schema, {"o": Field(text)})[1] == [("/o", "type")]


def test_text_is_cast() -> None:
    """Numbers, flags, lists and objects are made of text or bytes."""
    schema = properties(
        n={"type": "integer"},
        b={"type": "boolean"},
        list={"type": "array", "items": {"type": "number"}},
        o={"type": "object"},
        d={"type": "string", "format": "date"},
        j={"type": ["string", "null"]},
        e={"type": "string"},
    )
    form = {
        "n": Field("7"),
        "b": Field(b"true"),
        "list": [Field("1"), Field("2.5")],
        "o": Field('{"a": 1}', "o.json", file=0),
        "d": Field("2026-01-31"),
        "j": Field('"x"'),
        "e": Field(None),
    }
    value, faults = read(schema, form, {"j": {"contentType": "application/json, a/b"}})
    assert faults == []
    assert str(value.pop("d")) == "2026-01-31"
    assert value == {
        "n": 7,
        "b": True,
        "list": [1.0, 2.5],
        "o": {"a": 1},
        "j": "x",
        "e": "",
    }


def test_files_stay_files() -> None:
    """A file is the parser's object, alone or in a list, whatever its schema says."""
    one, two = Field(b"ab", "a"), Field(b"c", "b", file=object())
    form: dict[str, Any] = {}
    schemas: list[Any] = [FILE, {}, {"contentMediaType": "image/png", "type": "string"}]
    for schema in schemas:
        listed = {"type": "array", "items": schema, "minItems": 2}
        form = {"one": one, "all": [one, two]}
        value, faults = read(properties(one=schema, all=listed), form)
        assert (value, faults) == (form, [])
    _, faults = read(
        properties(all={"type": "array", "items": FILE, "minItems": 2}), form
    )
    assert faults == []
    _, faults = read(
        properties(all={"type": "array", "items": FILE, "minItems": 2}), {"all": one}
    )
    assert faults == [("/all", "minItems")]


def test_sizes_of_files_are_checked() -> None:
    """Lengths count bytes of what can be rewound."""
    schema = {**FILE, "minLength": 2, "maxLength": 3}
    sizes = {size: Field(b"x" * size, "a") for size in range(1, 5)}
    found = {size: read(properties(f=schema), {"f": f})[1] for size, f in sizes.items()}
    assert found == {1: [("/f", "minLength")], 2: [], 3: [], 4: [("/f", "maxLength")]}
    listed = {"type": "array", "items": schema}
    _, faults = read(properties(f=listed), {"f": [sizes[2], sizes[4]]})
    assert faults == [("/f/1", "maxLength")]
    unknown = Field(b"x", "a", file=object())
    assert read(properties(f=schema), {"f": unknown})[1] == []
    assert sizes[2].file.read() == b"xx"


def test_unknown_fields_are_text_or_files() -> None:
    """A field that isn't declared is taken as it is, unless that is forbidden."""
    upload = Field(b"x", "a")
    form = {"a": [Field("1"), Field("2")], "b": Field("3"), "f": upload}
    assert read(properties(), form) == ({"a": ["1", "2"], "b": "3", "f": upload}, [])
    assert read({}, form)[1] == []
    _, faults = read(properties() | {"additionalProperties": False}, {"a": Field("1")})
    assert faults == [("/a", "additionalProperties")]


@pytest.mark.parametrize(
    ("schema", "text", "code"),
    [
        ({"type": "integer"}, "x", "type"),
        ({"type": "integer"}, b"\xff", "type"),
        ({"type": "object"}, "{", "type"),
        ({"enum": ["a"]}, "b", "enum"),
        ({"type": "integer", "minimum": 5}, "4", "minimum"),
    ],
)
def test_wrong_text_is_a_fault(schema: Any, text: Any, code: str) -> None:
    """What can't be cast, or doesn't fit, is told with its pointer."""
    assert read(properties(**{"a/b": schema}), {"a/b": Field(text)}) == (
        ABSENT,
        [("/a~1b", code)],
    )


def test_schema_that_can_not_be_applied_is_a_fault() -> None:
    """A broken pattern refuses, and doesn't crash."""
    schema = properties(a={"type": "string", "pattern": "("})
    assert read(schema, {"a": Field("x")}) == (ABSENT, [("", "schema")])


def test_defaults_are_put_in() -> None:
    """A field that is missing has its default."""
    schema = properties(
        n={"type": "integer", "default": 3},
        odd={"type": "integer", "default": "x"},
        a={"type": "string"},
    )
    assert read(schema, {"a": Field("x")}) == ({"n": 3, "a": "x"}, [])


def test_parts_of_a_schema_are_collected() -> None:
    """What a form is made of counts, wherever it is declared."""
    schema = {"allOf": [{"$ref": "#/components/schemas/X"}, properties(b=FILE)]}
    upload = Field(b"x", "a")
    value, faults = read(
        schema, {"a": Field("1"), "c": Field("2")}, X=properties(a={"type": "integer"})
    )
    assert (value, faults) == ({"a": 1, "c": "2"}, [])
    assert upload.file is not None


def test_empty_form_is_absent() -> None:
    """A form without fields is none."""
    assert read(properties(), {}) == (ABSENT, [])


@pytest.mark.parametrize("value", ["žž", b"abcd"])
def test_text_in_place_of_a_file_is_measured(value: str | bytes) -> None:
    """A part without a file name doesn't escape the limits of a file."""
    field = Field(value)
    schema = properties(photo={**FILE, "minLength": 4, "maxLength": 4})
    assert read(schema, {"photo": field}) == ({"photo": field}, [])
    for key, limit in (("minLength", 5), ("maxLength", 3)):
        schema = properties(photo={**FILE, key: limit})
        assert read(schema, {"photo": field}) == (ABSENT, [("/photo", key)])


def test_empty_part_in_place_of_a_file_is_measured() -> None:
    """What a browser sends when no file was chosen has no bytes."""
    schema = properties(photo={**FILE, "minLength": 1})
    assert read(schema, {"photo": Field(None)}) == (ABSENT, [("/photo", "minLength")])


POINT = {"type": "object", "properties": {"x": {"type": "integer"}}}
JSON = {"contentType": "application/json"}


@pytest.mark.parametrize(
    ("schema", "texts", "encoding", "expected"),
    [
        ({"type": ["integer", "null"]}, ["5"], {}, 5),
        ({"allOf": [{"type": "integer"}, {"maximum": 9}]}, ["5"], {}, 5),
        ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, ["true"], {}, True),
        ({"$ref": "#/components/schemas/X"}, ['{"x": 1}'], {}, {"x": 1}),
        ({"allOf": [{"$ref": "#/components/schemas/X"}]}, ['{"x": 1}'], {}, {"x": 1}),
        ({"oneOf": [POINT, {"type": "null"}]}, ['{"x": 1}'], {}, {"x": 1}),
        ({"type": "array", "items": POINT}, ["{}", '{"x": 1}'], {}, [{}, {"x": 1}]),
        ({"type": "array", "items": POINT}, ['[{}, {"x": 1}]'], {}, [{}, {"x": 1}]),
        ({"type": "array", "items": {"type": "integer"}}, ["[1, 2]"], JSON, [1, 2]),
        ({"type": "array", "items": {"type": "integer"}}, ["1"], JSON, [1]),
        ({"type": "array", "items": {"type": "array"}}, ["[1]"], JSON, [[1]]),
    ],
)
def test_schemas_of_all_kinds_are_read(
    schema: Any, texts: list[str], encoding: Any, expected: Any
) -> None:
    """An object is JSON, whatever makes it one; a list may be one part."""
    form = {"a": [Field(text) for text in texts]}
    assert read(properties(a=schema), form, {"a": encoding}, X=POINT) == (
        {"a": expected},
        [],
    )


@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        *(("image/png", []), ("IMAGE/JPEG", []), ("video/mp4", []), (None, [])),
        ("text/plain", [("/f", "contentType")]),
    ],
)
def test_types_of_files_are_checked(kind: str | None, faults: Any) -> None:
    """A file has one of the types that the Encoding Object names."""
    field = Field(b"x", "a", type=kind)
    encoding = {"f": {"contentType": "image/png, image/jpeg, video/*"}}
    assert read(properties(f=FILE), {"f": field}, encoding)[1] == faults
