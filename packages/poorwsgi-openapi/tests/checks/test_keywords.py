"""Keywords of JSON Schema that are ours."""

from typing import Any

import pytest

from poorwsgi_openapi.checks.engine import Engine, InvalidValue
from poorwsgi_openapi.checks.keywords import is_multiple
from poorwsgi_openapi.document.document import Document

HIDDEN = {"$ref": "#/components/schemas/Hidden"}
KEYS = ("components", "schemas", "A")


def check(
    schema: Any, value: Any, version: str = "3.1.1", *, is_reading: bool = False
) -> list[str]:
    """Return the keywords that a value breaks: by us, and by jsonschema with ours."""
    hidden = {"type": "string", "readOnly": True}
    raw = {
        "openapi": version,
        "info": {},
        "components": {"schemas": {"A": schema, "Hidden": hidden}},
    }
    engine = Engine(Document(raw, check=False))
    side = engine.response if is_reading else engine.request
    stock = side.validator(side.schema_path(KEYS)).validator.iter_errors(value)
    expected = [each.validator for each in stock]
    found: list[str] = []
    try:
        side.plan(KEYS, schema).load(value)
    except InvalidValue as error:
        found = [each.validator for each in error.errors]
    assert expected == found
    return found


@pytest.mark.parametrize(
    ("value", "step"),
    [
        *((19.99, 0.01), (4.35, 0.01), (0.07, 0.01), (0.3, 0.1), (1e300, 0.1)),
        *((9, 3), (4.5, 1.5), (1.0, 1), (5, 0.5), (1e-7, 1e-8), (10**400, 0.5)),
        *((1.7e308, 5e-324), (0.0, 0.1), (-0.3, 0.1), (1200.0, 100), (3e22, 1e22)),
    ],
)
def test_multiples(value: float, step: float) -> None:
    """Numbers are compared as they are written."""
    assert is_multiple(value, step)
    for version in ("3.0.3", "3.1.1"):
        assert check({"type": "number", "multipleOf": step}, value, version) == []


@pytest.mark.parametrize(
    ("value", "step"),
    [
        *((19.995, 0.01), (7, 3), (0.5, 1), (float("inf"), 2), (1e-9, 1e-8)),
        *((10**400 + 1, 3.5), (1e300, 3e-300), (0.1, 0.25)),
    ],
)
def test_no_multiples(value: float, step: float) -> None:
    """What is between two steps is none, and neither is infinity."""
    assert not is_multiple(value, step)
    assert check({"multipleOf": step}, value) == ["multipleOf"]


def test_multiples_of_other_values() -> None:
    """The keyword says nothing about a text or a boolean."""
    assert [check({"multipleOf": 2}, value) for value in ("a", True)] == [[], []]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
@pytest.mark.parametrize("node", [{"type": "string", "readOnly": True}, HIDDEN])
def test_read_only_properties_are_not_required(version: str, node: Any) -> None:
    """Who writes doesn't send them; who reads gets them."""
    schema = {
        "type": "object",
        "properties": {"id": node, "name": {"type": "string"}},
        "required": ["id", "name"],
    }
    assert check(schema, {"name": "a"}, version) == []
    assert check(schema, {}, version) == ["required"]
    assert check(schema, {"name": "a"}, version, is_reading=True) == ["required"]
    assert check({"required": ["a"]}, {}, version) == ["required"]
    assert check({"required": ["a"]}, "text", version) == []


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1"])
def test_read_only_properties_of_other_parts(version: str) -> None:
    """They are not required either where another part of the schema says so."""
    parts = {"type": "object", "properties": {"id": HIDDEN, "name": {}}}
    asked = {"required": ["id", "name"]}
    for schema in (
        {"allOf": [parts], **asked},
        {"allOf": [parts, asked]},
        {"allOf": [parts, {"allOf": [asked]}]},
    ):
        assert check(schema, {"name": "a"}, version) == []
        assert check(schema, {}, version) == ["required"]
        assert check(schema, {"name": "a"}, version, is_reading=True) == ["required"]


def test_read_only_properties_may_be_sent_back() -> None:
    """In 3.1 a client may send what it has read, and in 3.0 it must not."""
    schema = {"type": "object", "properties": {"id": {"readOnly": True}}}
    assert check(schema, {"id": "a"}, "3.1.1") == []
    assert check(schema, {"id": "a"}, "3.0.3") == ["readOnly"]


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
def test_write_only_properties(version: str) -> None:
    """They are no part of an answer."""
    schema = {
        "type": "object",
        "properties": {"key": {"type": "string", "writeOnly": True}},
        "required": ["key"],
    }
    assert check(schema, {}, version, is_reading=True) == []
    assert check(schema, {"key": "a"}, version, is_reading=True) == ["writeOnly"]
    assert check(schema, {"key": "a"}, version) == []
    open_ = {"properties": {"key": {"writeOnly": False}}}
    assert check(open_, {"key": "a"}, version, is_reading=True) == []
