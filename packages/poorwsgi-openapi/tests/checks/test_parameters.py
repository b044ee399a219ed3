"""Parameters: the short way and the long one, each for what it knows."""

from typing import Any

import pytest

from poorwsgi_openapi.checks.certain import UNSURE, never
from poorwsgi_openapi.checks.engine import Engine
from poorwsgi_openapi.checks.parameters import ABSENT, Location, ParameterPlan, Refused
from poorwsgi_openapi.document.document import Document


def plan_of(schema: Any = None, place: str = "query", **node: Any) -> ParameterPlan:
    """Return the plan of one parameter."""
    parameter = {"name": "p", "in": place, **node}
    if schema is not None:
        parameter["schema"] = schema
    raw = {
        "openapi": "3.1.1",
        "info": {},
        "components": {"parameters": {"p": parameter}},
    }
    side = Engine(Document(raw, check=False)).request
    return ParameterPlan(side, parameter, ("components", "parameters", "p"))


def refuse(plan: ParameterPlan, **values: Any) -> tuple[str, str]:
    """Return code and message of a refusal."""
    with pytest.raises(Refused) as caught:
        plan.ask(values)
    (fault,) = caught.value.faults
    return fault.code, fault.message


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "a", "a"),
        ({"type": "string"}, "", UNSURE),
        ({"type": "string"}, ["a", "b"], UNSURE),
        ({"type": "integer"}, "7", 7),
        ({"type": "integer"}, "x", UNSURE),
        ({"type": "number"}, "1.5", 1.5),
        ({"type": "boolean"}, "Yes", True),
        ({"type": "boolean"}, "maybe", UNSURE),
        ({"type": "string", "format": "byte"}, "é", UNSURE),
        ({"type": "array", "items": {"type": "integer"}}, "1", [1]),
        ({"type": "array", "items": {"type": "integer"}}, ["1", "2"], [1, 2]),
        ({"type": "array", "items": {"type": "integer"}}, "x", UNSURE),
        ({"type": "array", "items": {"type": "string"}}, "a", ["a"]),
    ],
)
def test_short_way(schema: Any, text: Any, value: Any) -> None:
    """Texts of simple types are read at once."""
    assert plan_of(schema).certain(text) == value


def test_short_way_of_delimited_arrays() -> None:
    """Items with commas between are split; of several values the first counts."""
    plan = plan_of({"type": "array", "items": {"type": "integer"}}, explode=False)
    assert plan.certain("1,2") == plan.certain(["1,2", "3"]) == [1, 2]
    assert plan.certain("") is UNSURE
    assert plan.ask({"p": ""}) == []


@pytest.mark.parametrize(
    "plan",
    [
        plan_of({"type": "object"}),
        plan_of({"oneOf": []}),
        plan_of({"type": "array", "items": {"type": "object"}}),
        plan_of({"type": "string"}, style="deepObject"),
        plan_of({"type": ["string", "null"]}),
        plan_of(content={"text/plain": {}}),
    ],
)
def test_no_short_way(plan: ParameterPlan) -> None:
    """What is more than that is openapi-core's."""
    assert plan.certain is never
    assert repr(plan) == "<ParameterPlan query p>"


def test_missing_parameter() -> None:
    """It is absent, has a default, or is required."""
    assert plan_of({"type": "integer"}).ask({}) is ABSENT
    assert plan_of({"type": "integer", "default": 3}).ask({}) == 3
    assert plan_of({"type": "string", "default": ""}).ask({}) == ""
    assert plan_of({"type": "integer", "default": "x"}).ask({}) is ABSENT
    assert refuse(plan_of({}, required=True)) == ("required", "is required")
    assert plan_of(content={"text/plain": {}}).ask({}) is ABSENT
    assert plan_of().ask({}) is ABSENT


def test_empty_parameter() -> None:
    """An empty text in the query is a fault, unless it is allowed."""
    assert refuse(plan_of({"type": "string"}), p="") == ("empty", "must not be empty")
    assert plan_of({"type": "string"}, allowEmptyValue=True).ask({"p": ""}) == ""
    assert plan_of({"type": "string"}, "header").ask({"p": ""}) == ""


def test_wrong_types_are_told() -> None:
    """What can't be read is told with the type, or without one."""
    assert refuse(plan_of({"type": "integer"}), p="x") == (
        "type",
        "can't be read as integer",
    )
    content: dict[str, Any] = {"application/json": {"schema": {}}}
    assert refuse(plan_of(content=content), p="{") == (
        "type",
        "can't be read as its type",
    )
    assert refuse(plan_of({"type": ["integer", "null"]}), p="x")[0] == "type"
    assert refuse(plan_of({"type": ["object", "null"]}, explode=False), p="x") == (
        "style",
        "has to have a value for each name",
    )


@pytest.mark.parametrize(
    ("types", "text", "value"),
    [
        (["null", "string"], "7", "7"),
        (["string", "integer"], "7", 7),
        (["string", "integer"], "x", "x"),
        (["number", "boolean"], "on", True),
    ],
)
def test_list_of_types_is_tried(types: list[str], text: str, value: Any) -> None:
    """A text becomes the first simple type that takes it."""
    assert plan_of({"type": types}).ask({"p": text}) == value


@pytest.mark.parametrize("text", ["NaN", "1e999", r'"\ud800"', "[" * 65 + "]" * 65])
def test_json_of_a_parameter_is_that_of_a_body(text: str) -> None:
    """What a body of JSON can't have, a parameter can't either."""
    plan = plan_of(content={"application/json": {"schema": {}}})
    assert refuse(plan, p=text) == refuse(plan, p="{")


def test_content_is_decoded() -> None:
    """A parameter may be JSON, with a schema or without one."""
    content = {"application/json": {"schema": {"type": "integer"}}}
    assert plan_of(content=content).ask({"p": "7"}) == 7
    assert plan_of(content={"application/json": {}}).ask({"p": "[7]"}) == [7]


@pytest.mark.parametrize("kind", ["application/vnd.x+json", "application/json; a=b"])
def test_content_of_any_json_is_decoded(kind: str) -> None:
    """As that of a body is, whatever its media type is called."""
    plan = plan_of(content={kind: {"schema": {"type": "integer"}}})
    assert plan.ask({"p": "7"}) == 7
    assert refuse(plan, p='"x"') == ("type", "has to be of type integer")


def test_content_that_is_text_stays_text() -> None:
    """What has no schema, or one that it can't be read by."""
    for media in ({}, {"schema": {"type": "object"}}):
        assert plan_of(content={"application/jwt": media}).ask({"p": "a.b"}) == "a.b"


def test_deep_objects_are_put_together() -> None:
    """Names with brackets are properties."""
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    plan = plan_of(schema, style="deepObject", explode=True, required=True)
    assert plan.ask({"p[a]": ["1", "2"], "q": "3"}) == {"a": 1}
    assert refuse(plan, q="3") == ("required", "is required")
    assert [pattern.pattern for pattern in plan.query_names()] == [r"p\[.*\]"]


def test_delimited_values_are_split() -> None:
    """Pipes separate items."""
    schema = {"type": "array", "items": {"type": "integer"}}
    plan = plan_of(schema, style="pipeDelimited", explode=False)
    assert plan.ask({"p": "1|2"}) == [1, 2]


def test_marked_values_need_their_mark() -> None:
    """A label begins with a point."""
    plan = plan_of({"type": "string"}, "path", style="label", required=True)
    assert plan.ask({"p": ".a"}) == "a"
    assert refuse(plan, p="a") == ("style", "has to begin with .")


def test_value_that_can_not_be_checked_is_refused() -> None:
    """A schema that can't be applied refuses, in words of ours."""
    code, message = refuse(plan_of({"type": "string", "pattern": "("}), p="x")
    assert (code, message) == ("schema", "can't be checked by its schema")


def test_location_gives_first_and_all() -> None:
    """One value and several are looked at in the same ways."""
    location = Location({"a": ["1", "2"], "b": "3"})
    assert (location["a"], location["b"]) == ("1", "3")
    assert [location.getlist(name) for name in "abc"] == [["1", "2"], ["3"], []]
    assert location.items() == [("a", "1"), ("b", "3")]


def test_header_object_has_its_name_from_outside() -> None:
    """A header of a response is a parameter without a place."""
    side = Engine(Document({"openapi": "3.1.1", "info": {}}, check=False)).response
    plan = ParameterPlan(side, {"schema": {"type": "integer"}}, ("info",), "X-A")
    assert (plan.name, plan.place) == ("X-A", "header")
    assert [*plan.query_names()] == []
