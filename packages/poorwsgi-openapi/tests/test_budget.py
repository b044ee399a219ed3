"""One request costs what its size deserves, by whatever schema it is judged."""

import itertools
import json
import logging
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from growing_schemas import FAMILY, NODE, Growing, document

from poorwsgi_core import Application
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.checks.engine import Engine, SchemaPlan, Side
from poorwsgi_openapi.checks.judging.run import Run, TooCostly
from poorwsgi_openapi.document.document import Document

NUMBERS = itertools.count()
LEVELS = 14
LEAVES: list[Any] = [{"text": "x"}, {"type": "leaf"}, {"n": 1, "name": 1}, 1]
KEYS = ("components", "schemas", "List")


def plan_of(growing: Growing) -> tuple[Side, SchemaPlan]:
    """Prepare a list of nodes of the family."""
    raw = document(growing.node)
    nodes = {"type": "array", "items": NODE}
    raw["components"]["schemas"]["List"] = nodes
    side = Engine(Document(raw, check=False)).request
    return side, side.plan(KEYS, nodes)


def steps_of(plan: SchemaPlan, value: Any) -> int:
    """Count what judging a value takes."""
    run = Run(10_000_000)
    plan.place.find_violations(run, value)
    return 10_000_000 - run.steps


def client_of(raw: Mapping[str, Any], **options: Any) -> Client:
    """Build an application that answers POST /a with what it was sent."""
    app = Application(f"budget {next(NUMBERS)}")
    app.set_route("/a", lambda req: req.api.body, METHOD_POST)
    app.install(OpenAPI(raw, **options))
    return Client(app)


@pytest.mark.parametrize("leaf", LEAVES, ids=["text", "type", "names", "number"])
@pytest.mark.parametrize("growing", FAMILY, ids=[each.name for each in FAMILY])
def test_work_grows_with_the_levels_and_no_faster(growing: Growing, leaf: Any) -> None:
    """Twice the levels cost twice the steps, and a few more."""
    _, plan = plan_of(growing)
    half = steps_of(plan, [growing.value(LEVELS // 2, leaf)])
    whole = steps_of(plan, [growing.value(LEVELS, leaf)])
    assert whole <= 3 * half
    assert whole <= 60 * LEVELS


@pytest.mark.parametrize("growing", FAMILY, ids=[each.name for each in FAMILY])
def test_64_kilobytes_are_judged_or_refused(growing: Growing) -> None:
    """Many deep values take the steps of the setting at most."""
    side, plan = plan_of(growing)
    value = [growing.value(LEVELS, {"text": "x"}) for _ in range(200)]
    run = side.start(value, 65_536)
    assert run.steps == 50_000
    try:
        plan.place.find_violations(run, value)
    except TooCostly:
        assert run.steps < 0
    else:
        assert run.steps >= 0


@pytest.mark.parametrize("growing", FAMILY, ids=[each.name for each in FAMILY])
def test_typed_values_are_made_once(growing: Growing) -> None:
    """What fits becomes itself, whichever ways lead to it."""
    _, plan = plan_of(growing)
    for leaf in ({"text": "x"}, {"type": "leaf"}):
        value = [growing.value(LEVELS, leaf)]
        run = Run(20_000)
        if plan.place.fits(run, value):
            assert plan.ask(value) == value


MANY = [f"name{number}" for number in range(1600)]
ALL: dict[str, Any] = {name: {} for name in MANY}
PATTERNS: dict[str, Any] = {f"^x(a|b)*{number}$": {} for number in range(50)}


@pytest.mark.parametrize(
    ("node", "item", "least"),
    [
        ({"properties": ALL}, {}, 100),
        ({"required": MANY}, {}, 100),
        ({"dependentRequired": {name: ["x"] for name in MANY}}, {}, 100),
        ({"dependentSchemas": ALL}, {}, 100),
        ({"allOf": [{"type": "object"}] * 1600}, {}, 100),
        ({"patternProperties": PATTERNS}, {"n": 1}, 50),
        ({"patternProperties": PATTERNS, "additionalProperties": False}, {"n": 1}, 50),
        ({"patternProperties": PATTERNS, "unevaluatedProperties": {}}, {"n": 1}, 50),
        ({"enum": [{"a": 1}, {"b": 1}]}, {"a": [1] * 90}, 90),
        ({"type": "string", "format": "date"}, "2026-01-31", 5),
        ({"pattern": "^(a|b)*$"}, "ab", 2),
    ],
)
def test_look_costs_by_what_is_looked_for(node: Any, item: Any, least: int) -> None:
    """A schema of many names, or one that asks more than a look, takes more steps."""
    _, plan = plan_of(Growing("wide", node))
    assert steps_of(plan, [item]) >= least


@pytest.mark.parametrize("keyword", ["allOf", "anyOf"])
@pytest.mark.parametrize("value", [{"day": "2026-01-31", "n": 1}, "x"])
@pytest.mark.parametrize("more", [{}, {"unevaluatedProperties": False}])
def test_two_ways_to_a_schema_are_gone_once(
    keyword: str, value: Any, more: Any
) -> None:
    """Levels of schemas that are reached twice each don't double the work."""
    raw = document({"$ref": "#/components/schemas/S0", **more})
    schemas = raw["components"]["schemas"]
    for level in range(30):
        reference = {"$ref": f"#/components/schemas/S{level + 1}"}
        ways = [reference, {**reference, "title": "the other way"}]
        schemas[f"S{level}"] = {"type": ["object", "string"], keyword: ways}
    schemas["S30"] = {"properties": {"day": {"type": "string"}}}
    client = client_of(raw, max_validation_steps=1500)
    is_known = not more or value == "x"
    assert client.post("/a", json=value).status_code == (200 if is_known else 400)


def test_defaults_cost_steps() -> None:
    """Many small objects that would become large ones are refused."""
    many = {name: {"type": "string", "default": "x"} for name in MANY[:100]}
    node = {"type": "array", "items": {"type": "object", "properties": many}}
    client = client_of(document(node))
    assert len(client.post("/a", json=[{}]).json()[0]) == 100
    assert client.post("/a", json=[{}] * 1000).status_code == 413


def test_costly_body_is_413(caplog: pytest.LogCaptureFixture) -> None:
    """The answer says so, and the log says where the schema is; neither the value."""
    client = client_of(document(FAMILY[0].node), max_validation_steps=20)
    value = FAMILY[0].value(9, {"type": "secret"})
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        answer = client.post("/a", json=value)
    assert answer.status_code == 413
    assert answer.json()["errors"] == [
        {
            "in": "body",
            "pointer": "",
            "code": "cost",
            "message": "takes more steps to check than are allowed",
        }
    ]
    assert "by the schema at paths//a/post/requestBody/content" in caplog.text
    assert "secret" not in caplog.text + answer.data.decode()


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"


def client_of_form(
    schema: Any,
    kind: str = FORM,
    parser: Callable[[Any], Any] | None = None,
    **schemas: Any,
) -> Client:
    """Build an application that takes a form."""
    raw = document({})
    raw["components"]["schemas"] |= schemas
    content = raw["paths"]["/a"]["post"]["requestBody"]["content"]
    content[kind] = content.pop("application/json")
    content[kind]["schema"] = schema
    return client_of(raw, form_parser=parser)


def test_form_costs_what_another_body_does(caplog: pytest.LogCaptureFixture) -> None:
    """Its branches are judged within the steps, by the patterns of any schema."""
    number = {"type": "object", "properties": {"n": {"type": "string"}}}
    schemas: dict[str, Any] = {"S14": number}
    for level in range(14):
        reference = {"$ref": f"#/components/schemas/S{level + 1}"}
        ways = [reference, {**reference, "title": "the other way"}]
        schemas[f"S{level}"] = {"type": "object", "allOf": ways}
    first = {"$ref": "#/components/schemas/S0"}
    answer = client_of_form(first, **schemas).post("/a", form={"n": "x"})
    assert answer.json() == {"n": "x"}
    choices = [{"enum": [choice]} for choice in range(20)]
    items = {"type": "array", "items": {"oneOf": choices}}
    client = client_of_form({"type": "object", "properties": {"n": items}})
    answer = client.post("/a", form=[("n", "x")] * 1000)
    assert answer.status_code == 413
    assert [each["code"] for each in answer.json()["errors"]] == ["cost"]
    assert "by the schema at paths//a/post/requestBody" in caplog.text
    lines = {"type": "object", "properties": {"n": {"pattern": "^a$"}}}
    client = client_of_form({"oneOf": [lines, number]})
    assert client.post("/a", form={"n": "a\n"}).json() == {"n": "a\n"}


def test_costly_parts_are_413() -> None:
    """A field of JSON is a value like another."""
    items: dict[str, Any] = {"items": {"anyOf": [{}]}}
    numbers = {"type": "object", "additionalProperties": items}
    schema = {"type": "object", "properties": {"o": numbers}}
    text = json.dumps({"a": [300] * 30_000})
    form = {"o": SimpleNamespace(value=text, filename=None)}
    client = client_of_form(schema, PARTS, lambda _: form)
    answer = client.post("/a", body=b"x", headers={"Content-Type": PARTS})
    assert answer.status_code == 413
    assert [each["code"] for each in answer.json()["errors"]] == ["cost"]


def test_parts_are_read_within_the_steps() -> None:
    """Those of all names have them in common."""
    choices = [{"enum": [choice]} for choice in range(20)]
    names = [f"n{number}" for number in range(1000)]
    known = {name: {"$ref": "#/components/schemas/Choice"} for name in names}
    form = {name: SimpleNamespace(value="x", filename=None) for name in names}
    schema = {"type": "object", "properties": known}
    client = client_of_form(schema, PARTS, lambda _: form, Choice={"oneOf": choices})
    answer = client.post("/a", body=b"x", headers={"Content-Type": PARTS})
    assert answer.status_code == 413


def test_form_has_so_many_fields() -> None:
    """They are as many as those of a form that isn't described."""
    numbers = {"type": "array", "items": {"type": "string"}}
    schema = {"type": "object", "properties": {"a": numbers}}
    client = client_of_form(schema)
    for count, status in ((1000, 200), (1001, 413)):
        body = "&".join(["a=1"] * count).encode()
        answer = client.post("/a", body=body, headers={"Content-Type": FORM})
        assert answer.status_code == status
    assert answer.json()["errors"][0]["message"] == "has more than 1000 fields"


def test_parameter_costs_steps(caplog: pytest.LogCaptureFixture) -> None:
    """The texts of a list are read as many times as the steps allow."""
    choices: list[Any] = [{"enum": [number]} for number in range(20)]
    raw = document({})
    del raw["paths"]["/a"]["post"]["requestBody"]
    raw["paths"]["/a"]["post"]["parameters"] = [
        {"name": "n", "in": "query", "explode": False, "schema": {"type": "array"}},
    ]
    raw["paths"]["/a"]["post"]["parameters"][0]["schema"]["items"] = {"anyOf": choices}
    client = client_of(raw)
    assert client.post("/a?n=" + ",".join(["7"] * 100)).status_code == 204
    answer = client.post("/a?n=" + ",".join(["70"] * 1000))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "cost")
    assert "by the schema at paths//a/post/parameters/0" in caplog.text


def test_large_body_may_cost_more() -> None:
    """The steps of the setting are for each 64 KiB."""
    node = {"type": "array", "items": {"anyOf": [{"type": "integer"}]}}
    client = client_of(document(node), max_validation_steps=30_000)
    assert client.post("/a", json=[10**9] * 13_000).status_code == 200
    assert client.post("/a", json=[300] * 30_000).status_code == 413


def test_costly_answer_is_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    """Answers are under the same limit as requests."""
    raw = document(FAMILY[0].node)
    del raw["paths"]["/a"]["post"]["requestBody"]
    app = Application(f"budget {next(NUMBERS)}")
    app.set_route("/a", lambda _: FAMILY[0].value(9, {"type": "leaf"}), METHOD_POST)
    app.install(OpenAPI(raw, validate_responses="log", max_validation_steps=20))
    assert Client(app).post("/a").status_code == 200
    assert "takes more steps to check than are allowed" in caplog.text


@pytest.mark.parametrize("unique", [True, False])
def test_unique_items_are_compared_by_their_texts(unique: bool) -> None:
    """Thousands of objects are compared once each, by either way."""
    items = [{"a": number} for number in range(5000)] + [{"a": 0.0}] * (not unique)
    for extra in ({}, {"minContains": 1}):
        node = {"type": "array", "uniqueItems": True, **extra}
        answer = client_of(document(node)).post("/a", json=items)
        assert answer.status_code == (200 if unique else 400)


def test_json_has_so_many_levels() -> None:
    """More than 64 levels are no JSON that is read, whatever the schema."""
    client = client_of(document({}))
    for levels, status in ((64, 200), (65, 400)):
        body = b"[" * levels + b"]" * levels
        answer = client.post(
            "/a", body=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == status
    wide = json.dumps([[]] * 100).encode()
    answer = client.post("/a", body=wide, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
