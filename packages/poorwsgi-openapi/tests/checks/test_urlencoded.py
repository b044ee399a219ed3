"""Forms in ``application/x-www-form-urlencoded``, read as a query is."""

from typing import Any

import pytest

from poorwsgi_openapi.checks.urlencoded import UrlencodedForm
from poorwsgi_openapi.document.document import Document

NUMBER = {"type": "integer"}
NUMBERS = {"type": "array", "items": NUMBER}
POINT = {"type": "object", "properties": {"x": NUMBER}}
REFERENCE = {"$ref": "#/components/schemas/Number"}


def read(schema: Any, raw: bytes, **encoding: Any) -> dict[str, Any]:
    """Read a form of a schema."""
    parts = {"schemas": {"Number": NUMBER}}
    raw_document = {"openapi": "3.1.1", "info": {}, "components": parts}
    document = Document(raw_document, check=False)
    media = {"schema": schema, "encoding": encoding}
    return UrlencodedForm(document, media).read(raw, 5000)


def fields(**properties: Any) -> dict[str, Any]:
    """Build the schema of an object."""
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "raw", "expected"),
    [
        (fields(n=NUMBER, t={"type": "string"}), b"n=1&t=2", {"n": 1, "t": "2"}),
        (fields(n=REFERENCE), b"n=1", {"n": 1}),
        (fields(n={"type": ["integer", "null"]}), b"n=1", {"n": 1}),
        (fields(n=NUMBER), b"n=1&n=2", {"n": 1}),
        (fields(n=NUMBERS), b"n=1", {"n": [1]}),
        (fields(n=NUMBERS), b"n=1&n=2", {"n": [1, 2]}),
        (fields(n=NUMBER), b"m=1&m=2", {"m": ["1", "2"]}),
        (fields(n=NUMBER), b"n=", {"n": ""}),
        ({"allOf": [fields(a=NUMBER), fields(b=NUMBER)]}, b"a=1&b=2", {"a": 1, "b": 2}),
        ({"oneOf": [fields(a=NUMBER), fields(b=NUMBER)]}, b"b=2", {"b": 2}),
        ({"type": "object", "additionalProperties": NUMBER}, b"a=1", {"a": 1}),
        ({"type": "object", "additionalProperties": NUMBERS}, b"a=1", {"a": [1]}),
        ({}, "a=ž".encode(), {"a": "ž"}),
    ],
)
def test_fields_are_cast(schema: Any, raw: bytes, expected: dict[str, Any]) -> None:
    """Each field has the type that its schema says, wherever that stands."""
    assert read(schema, raw) == expected


@pytest.mark.parametrize(
    ("rules", "raw", "expected"),
    [
        ({}, b"o=%7B%22x%22%3A1%7D", {"x": 1}),
        ({}, b"x=1", {"x": 1}),
        ({"contentType": "application/json"}, b"o=%7B%22x%22%3A%221%22%7D", {"x": "1"}),
        ({"style": "deepObject"}, b"o[x]=1", {"x": 1}),
        ({"style": "form", "explode": False}, b"o=x,1", {"x": 1}),
        ({"style": "deepObject"}, b"o[x]=a", {"x": "a"}),
    ],
)
def test_objects(rules: dict[str, Any], raw: bytes, expected: dict[str, Any]) -> None:
    """An object is JSON, or in the style that its Encoding Object says."""
    assert read(fields(o=POINT), raw, o=rules) == {"o": expected}


def test_lists_of_objects_are_json() -> None:
    """Each field of the name is one of them."""
    rules = {"contentType": "application/json"}
    schema = fields(o={"type": "array", "items": POINT})
    assert read(schema, b"o={}&o=%7B%22x%22:1%7D", o=rules) == {"o": [{}, {"x": 1}]}


def test_what_does_not_fit_is_left() -> None:
    """So that its schema tells what it should be, and of which items."""
    schema = fields(n=NUMBER, list=NUMBERS)
    assert read(schema, b"n=x&list=1&list=x") == {"n": "x", "list": [1, "x"]}
    rules = {"contentType": "text/plain"}
    assert read(fields(o=POINT), b"o=%7B%7D", o=rules) == {"o": "{}"}


@pytest.mark.parametrize("raw", [b"a=%ff", b"\xff=1", b"o={", b"o=NaN"])
def test_what_can_not_be_read(raw: bytes) -> None:
    """Octets that are no text, and what should be JSON and isn't, are refused."""
    with pytest.raises(ValueError, match=r"decode|JSON|Expecting"):
        read(fields(o=POINT), raw)
