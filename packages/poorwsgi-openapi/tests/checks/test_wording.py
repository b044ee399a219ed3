"""Words for the errors of jsonschema: they name the rule, never the value."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from poorwsgi_openapi.checks.wording import explain_errors

SECRET = "secret-value"


def explain(schema: dict[str, Any], value: Any) -> list[tuple[str, str | None, str]]:
    """Explain what a schema finds wrong with a value."""
    validator: Any = Draft202012Validator(schema)
    faults = explain_errors(validator.iter_errors(value), "body")
    return [(each.code, each.pointer, each.message) for each in faults]


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"type": "integer"}, SECRET, "has to be of type integer"),
        ({"type": ["integer", "null"]}, SECRET, "has to be of type integer, null"),
        ({"enum": [1, None]}, SECRET, "has to be one of 1, null"),
        ({"const": 1}, SECRET, "has to be 1"),
        ({"const": True}, SECRET, "has to be true"),
        ({"enum": []}, SECRET, "has to be one of nothing"),
        ({"enum": ["a", {"b": False}]}, SECRET, 'has to be one of a, {"b": false}'),
        ({"pattern": "^a"}, SECRET, "has to match ^a"),
        ({"minLength": 50}, SECRET, "has to have at least 50 characters"),
        ({"maxLength": 1}, SECRET, "has to have at most 1 character"),
        ({"minimum": 5}, 4, "has to be at least 5"),
        ({"maximum": 3}, 4, "has to be at most 3"),
        ({"exclusiveMinimum": 4}, 4, "has to be more than 4"),
        ({"exclusiveMaximum": 4}, 4, "has to be less than 4"),
        ({"multipleOf": 3}, 4, "has to be a multiple of 3"),
        ({"minItems": 1}, [], "has to have at least 1 item"),
        ({"maxItems": 1}, [1, 2], "has to have at most 1 item"),
        ({"uniqueItems": True}, [1, 1], "has to have different items"),
        ({"minProperties": 1}, {}, "has to have at least 1 properties"),
        ({"maxProperties": 0}, {"a": 1}, "has to have at most 0 properties"),
        ({"oneOf": [{"type": "null"}]}, 1, "has to fit exactly one of the schemas"),
        ({"anyOf": [{"type": "null"}]}, 1, "has to fit one of the schemas"),
        ({"not": {}}, 1, "fits a schema that it must not fit"),
        ({"contains": {}}, [], "breaks the rule contains of its schema"),
    ],
)
def test_rules_are_named(schema: dict[str, Any], value: Any, message: str) -> None:
    """Each keyword has its words."""
    ((_, pointer, found),) = explain(schema, value)
    assert (pointer, found) == ("", message)
    assert SECRET not in found


def test_missing_properties_are_pointed_at() -> None:
    """A property that is missing has the pointer that it would have."""
    schema = {"properties": {"a": {"required": ["x/y", "z"]}}}
    found = explain(schema, {"a": {}})
    assert found == [
        ("required", "/a/x~1y", "is required"),
        ("required", "/a/z", "is required"),
    ]


def test_extra_properties_are_pointed_at() -> None:
    """A few of the properties that aren't allowed are named."""
    schema: dict[str, Any] = {"additionalProperties": False, "properties": {"a": {}}}
    found = explain(schema, {"a": 1, **{str(number): SECRET for number in range(9)}})
    assert [pointer for _, pointer, _ in found] == [f"/{number}" for number in range(5)]
    assert {message for _, _, message in found} == {"is not allowed"}


def test_false_schema_refuses_everything() -> None:
    """A schema that is false has a code too."""
    found = explain({"properties": {"a": False}}, {"a": 1})
    assert found == [("false", "", "breaks the rule false of its schema")]


def test_long_lists_of_choices_are_cut() -> None:
    """An enumeration of hundreds doesn't fill the answer."""
    ((_, _, message),) = explain({"enum": [*range(1000)]}, SECRET)
    assert len(message) < 250


def test_extras_that_can_not_be_named() -> None:
    """Where no extra property is found, the fault is told without one."""

    class Error:
        absolute_path = ()
        validator = "additionalProperties"
        validator_value = False
        message = ""

        def __init__(self) -> None:
            self.instance = {"a": 1}
            self.schema: Any = {"properties": {"a": {}}}

    (fault,) = explain_errors([Error()], "body")
    assert fault.message == "has properties that are not allowed"


def test_missing_property_that_can_not_be_named() -> None:
    """Where the message names none, the fault is the object's."""

    class Error:
        absolute_path = ("a",)
        validator = "required"
        validator_value = ()
        instance = ()
        message = ""

    (fault,) = explain_errors([Error()], "body")
    assert fault.pointer == "/a"


def test_null_of_3_0_is_named() -> None:
    """Null where the document doesn't say nullable has words of its own."""

    class Error:
        absolute_path = ()
        validator = "type"
        validator_value = "string"
        instance = None
        message = "None for not nullable"

    (fault,) = explain_errors([Error()], "body")
    assert fault.message == "must not be null"


def test_error_that_names_what_is_missing() -> None:
    """Its word is taken, whatever its message is."""
    error: Any = ValidationError("gone", validator="required", validator_value=["a"])
    error.names = ("b",)
    (fault,) = explain_errors([error], "body")
    assert fault.pointer == "/b"
