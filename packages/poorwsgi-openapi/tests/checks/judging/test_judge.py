"""What the judge finds is what jsonschema finds, on generated schemas and values."""

from typing import Any, TypeAlias

import openapi_schema_validator
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from poorwsgi_openapi.checks.judging.judge import Judge
from poorwsgi_openapi.checks.judging.run import Run, TooCostly

VALIDATORS: Any = openapi_schema_validator
OAS31Validator = VALIDATORS.OAS31Validator
KINDS_30: list[Any] = [
    VALIDATORS.OAS30ReadValidator,
    VALIDATORS.OAS30WriteValidator,
    VALIDATORS.OAS30Validator,
]
NAMES = st.sampled_from(["a", "b", "kind"])
LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.sampled_from([0.0, 1.0, 1.5, "", "a", "ab", "b1", "Node", "Root"])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=8,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "array", "object"])
SMALL = st.integers(0, 2)


def shared(inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Keywords of both, with schemas in them."""
    some = st.lists(inner, min_size=1, max_size=3)
    return {
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "minLength": SMALL,
        "maxLength": SMALL,
        "minItems": SMALL,
        "maxItems": SMALL,
        "minProperties": SMALL,
        "maxProperties": SMALL,
        "uniqueItems": st.booleans(),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "pattern": st.sampled_from(["^a", "b"]),
        "minimum": SMALL,
        "maximum": SMALL,
        "format": st.sampled_from(["date", "uuid", "nobody's"]),
        "allOf": some,
        "anyOf": some,
        "oneOf": some,
        "not": inner,
        "items": inner,
        "required": st.lists(NAMES, max_size=2, unique=True),
        "additionalProperties": st.booleans() | inner,
    }


REFERENCE = {"$ref": "#/components/schemas/Node"}
REFERENCES = st.just(REFERENCE)


def nodes(own: Any) -> st.SearchStrategy[Any]:
    """Schemas that refer to themselves for a part of the value."""
    return schemas(own, st.nothing()).map(
        lambda node: {"properties": {"a": REFERENCE}, **node}
    )


def schemas(
    own: Any, reference: st.SearchStrategy[Any] = REFERENCES
) -> st.SearchStrategy[Any]:
    """Schemas, by what their own keywords are."""

    def extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        keywords = {**shared(inner), **own(inner)}
        chosen = st.lists(st.sampled_from(sorted(keywords)), max_size=4, unique=True)
        return chosen.flatmap(
            lambda names: st.fixed_dictionaries(
                {name: keywords[name] for name in names}
            )
        )

    base = st.fixed_dictionaries({"type": TYPES}) | reference
    return st.recursive(base, extend, max_leaves=6)


def own_31(inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Keywords of draft 2020-12."""
    some = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(NAMES, inner, max_size=3)
    return {
        "type": TYPES | st.lists(TYPES | st.just("null"), min_size=1, max_size=2),
        "const": VALUES,
        "exclusiveMinimum": SMALL,
        "exclusiveMaximum": SMALL,
        "properties": named,
        "items": inner | st.booleans(),
        "prefixItems": some,
        "contains": inner,
        "minContains": SMALL,
        "maxContains": SMALL,
        "if": inner,
        "then": inner,
        "else": inner,
        "patternProperties": st.dictionaries(
            st.sampled_from(["^a", "b"]), inner, max_size=2
        ),
        "propertyNames": inner,
        "dependentRequired": st.dictionaries(
            NAMES, st.lists(NAMES, max_size=2), max_size=2
        ),
        "dependentSchemas": named,
        "unevaluatedProperties": inner | st.booleans(),
        "unevaluatedItems": inner | st.booleans(),
        "discriminator": st.just({"propertyName": "kind"}),
        "description": st.just("some words"),
    }


def own_30(inner: st.SearchStrategy[Any]) -> dict[str, Any]:
    """Keywords of OpenAPI 3.0."""
    marked = st.tuples(inner, st.sampled_from(["readOnly", "writeOnly"]))
    part = inner | marked.map(lambda pair: {**pair[0], pair[1]: True})
    return {
        "type": TYPES,
        "nullable": st.booleans(),
        "exclusiveMinimum": st.booleans(),
        "exclusiveMaximum": st.booleans(),
        "readOnly": st.booleans(),
        "properties": st.dictionaries(NAMES, part, max_size=3),
    }


Judgement: TypeAlias = tuple[bool, list[str]]


def compare(
    kind: Any, schema: Any, node: Any, value: Any
) -> tuple[Judgement, Judgement]:
    """Return verdict and violations as we have them, and as jsonschema has them.

    Where there are very many, only the verdicts are to be compared.
    """
    root = {"components": {"schemas": {"Node": node}}, "Root": schema}
    validator = kind(root).evolve(schema=schema)
    place = Judge(validator).place(validator)
    verdict = place.fits(Run(2000), value)
    try:
        stock = [*validator.iter_errors(value)]
    except TypeError:  # by a discriminating property that isn't text, which is theirs
        reject()
    if len(stock) >= 50:
        return (verdict, []), (not stock, [])
    found = place.find_violations(Run(2000), value)
    return (verdict, describe(found)), (not stock, describe(stock))


def describe(errors: Any) -> list[str]:
    """List what was found, each once, in an order."""
    # jsonschema doesn't say where a schema is false.
    return sorted(
        {
            f"{[*e.absolute_path] if e.validator else ''} {e.validator} {e.instance!r}"
            for e in errors
        }
    )


@settings(deadline=None, max_examples=400)
@given(schema=schemas(own_31), node=nodes(own_31), value=VALUES)
def test_verdicts_of_3_1_are_jsonschema_s(schema: Any, node: Any, value: Any) -> None:
    """All keywords of draft 2020-12, and OpenAPI's discriminator."""
    ours, expected = compare(OAS31Validator, schema, node, value)
    assert expected == ours


@settings(deadline=None, max_examples=200)
@given(
    schema=schemas(own_30),
    node=nodes(own_30),
    value=VALUES,
    kind=st.sampled_from(KINDS_30),
)
def test_verdicts_of_3_0_are_jsonschema_s(
    schema: Any, node: Any, value: Any, kind: Any
) -> None:
    """All keywords of OpenAPI 3.0, in both directions."""
    ours, expected = compare(kind, schema, node, value)
    assert expected == ours


@settings(deadline=None, max_examples=100)
@given(schema=schemas(own_31), node=nodes(own_31), value=VALUES)
def test_keywords_of_other_drafts_are_asked(schema: Any, node: Any, value: Any) -> None:
    """A keyword whose function isn't known is jsonschema's, by places of ours."""
    ours, expected = compare(Draft7Validator, schema, node, value)
    assert expected == ours


A, B = {"required": ["a"]}, {"properties": {"b": {"type": "string"}}}
TABLE: list[tuple[Any, Any]] = [
    ({"items": False, "prefixItems": [{}]}, [1, 2]),
    ({"items": False}, []),
    ({"items": {"type": "string"}, "prefixItems": [{"type": "integer"}]}, [1, 2]),
    ({"prefixItems": [{"type": "string"}] * 3}, [1, "a"]),
    ({"propertyNames": {"maxLength": 1}}, {"a": 1, "ab": 1, "abc": 1}),
    ({"additionalProperties": {"type": "string"}, **B}, {"a": 1, "b": "", "c": 2}),
    (
        {"additionalProperties": False, "patternProperties": {"^a": {"type": "null"}}},
        {"ab": 1, "a": None, "c": 1},
    ),
    ({"contains": {"type": "string"}, "minContains": 2}, ["", 1]),
    ({"contains": {"type": "string"}, "maxContains": 1}, ["", "a"]),
    ({"contains": {"type": "string"}}, [1]),
    ({"if": A, "then": B, "else": {"type": "array"}}, {"a": 1, "b": 1}),
    ({"if": A, "then": B, "else": {"type": "array"}}, {}),
    ({"if": A}, {}),
    ({"not": A, "oneOf": [A, {}], "anyOf": [A, {"type": "null"}]}, {"a": 1}),
    ({"oneOf": [A, B, {}]}, {"a": 1}),
    ({"dependentRequired": {"a": ["a", "c"], "x": ["y"]}}, {"a": 1}),
    ({"dependentSchemas": {"a": {"required": ["b"]}, "x": False}}, {"a": 1}),
    ({"unevaluatedProperties": False, "allOf": [B, True]}, {"a": 1, "b": ""}),
    (
        {
            "unevaluatedProperties": {"type": "integer"},
            "$ref": "#/components/schemas/Node",
        },
        {"a": 1, "b": "", "c": ""},
    ),
    ({"unevaluatedProperties": False, "additionalProperties": True}, {"a": 1}),
    (
        {"unevaluatedProperties": False, "patternProperties": {"^a": {}}},
        {"ab": 1, "b": 1},
    ),
    (
        {"unevaluatedProperties": False, "dependentSchemas": {"a": B, "x": A}},
        {"a": 1, "b": ""},
    ),
    ({"unevaluatedProperties": False, "if": A, "then": B}, {"a": 1, "b": ""}),
    ({"unevaluatedProperties": False, "if": A, "else": B}, {"b": ""}),
    ({"unevaluatedProperties": False, "if": A}, {}),
    ({"unevaluatedProperties": False, "if": A}, {"a": 1, "b": ""}),
    ({"unevaluatedItems": {"type": "integer"}, "contains": {"type": "null"}}, [1, ""]),
    ({"unevaluatedItems": False, "prefixItems": [True]}, [1, 2]),
    ({"unevaluatedItems": False, "allOf": [{"items": True}]}, [1, 2]),
    ({"unevaluatedItems": False, "prefixItems": [{}]}, [1, 2]),
    ({"unevaluatedItems": False, "anyOf": [{"items": {}}, True]}, [1, 2]),
    ({"unevaluatedItems": False, "contains": {"type": "string"}}, [1, "a"]),
    ({"unevaluatedItems": {"type": "string"}}, ["a"]),
    ({"properties": {"a": False, "b": True}}, {"a": 1, "b": 1}),
    ({"enum": [[1, {"a": True}], "a", None]}, [1.0, {"a": True}]),
    ({"minimum": 1, "exclusiveMaximum": 1, "maxLength": 0}, 1.0),
    ({"pattern": "^a"}, "ab"),
]


@pytest.mark.parametrize(("schema", "value"), TABLE)
def test_each_keyword_is_jsonschema_s(schema: Any, value: Any) -> None:
    """One schema for each keyword, and values of other types too."""
    values: list[Any] = [value, {}, [], "x", 1, None]
    for each in values:
        ours, expected = compare(OAS31Validator, schema, {}, each)
        assert expected == ours


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "nullable": True, "format": "date"}, None),
        ({"type": "string", "format": "date"}, None),
        ({"type": "string", "format": "binary"}, b"x"),
        ({"type": "string"}, b"x"),
        ({"items": {"type": "string"}}, ["a", 1]),
        ({"minimum": 1, "exclusiveMinimum": True}, 1),
        ({"maximum": 1, "exclusiveMaximum": False}, 1),
        ({"properties": {"a": {"readOnly": True}}, "required": ["a", "b"]}, {}),
        ({"properties": {"a": {"writeOnly": True}}, "required": ["a", "b"]}, {"a": 1}),
        ({"properties": {"a": {"writeOnly": False}}}, {"a": 1}),
    ],
)
def test_each_keyword_of_3_0_is_openapi_s(schema: Any, value: Any) -> None:
    """What OpenAPI 3.0 reads in another way."""
    for kind in KINDS_30:
        ours, expected = compare(kind, schema, {}, value)
        assert expected == ours


def judge_of(schema: Any, kind: Any = OAS31Validator) -> tuple[Judge, Any]:
    """Make a judge and the place of a schema."""
    validator = kind(schema)
    judge = Judge(validator)
    return judge, judge.place(validator)


def test_steps_are_counted() -> None:
    """A judgement ends when its steps are used up."""
    _, place = judge_of({"type": "array", "items": {"type": "integer"}})
    run = Run(6)
    assert place.fits(run, [1, 2])
    assert run.steps == 1
    values: list[Any] = [[1, 2, 3], [[]], 1, "a"]
    for value in values:
        with pytest.raises(TooCostly):
            place.fits(Run(0), value)


def test_verdict_is_remembered() -> None:
    """A container is judged by a place once."""
    _, place = judge_of({"allOf": [{"$ref": "#/$defs/a"}] * 100, "$defs": {"a": {}}})
    run = Run(1000)
    assert place.fits(run, [0])
    assert run.steps == 1000 - 2 * 2 - 100 // 16


def test_reference_to_nowhere_is_raised() -> None:
    """A reference that leads nowhere is the document's fault."""
    _, place = judge_of({"$ref": "#/nowhere", "title": "x"})
    with pytest.raises(LookupError, match="#/nowhere leads nowhere"):
        place.fits(Run(9), 1)


def test_reference_to_itself_ends() -> None:
    """A schema that is nothing but itself has no verdict."""
    _, place = judge_of({"$ref": "#"})
    assert place.follow() is place
    with pytest.raises(RecursionError):
        place.fits(Run(9999), 1)


def test_dynamic_reference_is_resolved_by_the_way_to_it() -> None:
    """The same schema is another place where another base was passed."""
    tree = {
        "$id": "https://e.example/tree",
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": {"child": {"$dynamicRef": "#node"}},
    }
    strict = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://e.example/strict",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
        "$defs": {"tree": tree},
    }
    _, place = judge_of(strict, Draft202012Validator)
    assert place.fits(Run(99), {"child": {"child": {}}})
    assert not place.fits(Run(99), {"child": {"chold": {}}})


def test_format_checker_may_be_missing() -> None:
    """Without a checker of formats, any value has any format."""
    _, place = judge_of({"format": "date"})
    assert place.fits(Run(9), "x")


@pytest.mark.parametrize("target", ["Node", "#/components/schemas/Node"])
def test_mapping_of_a_discriminator_has_names_too(target: str) -> None:
    """OpenAPI takes the name of a component for a reference to it; stock doesn't."""
    node = {"type": "object", "required": ["x"]}
    schema = {
        "components": {"schemas": {"Node": node}},
        "oneOf": [{"$ref": "#/components/schemas/Node"}],
        "discriminator": {"propertyName": "kind", "mapping": {"n": target}},
    }
    _, place = judge_of(schema)
    assert place.fits(Run(9), {"kind": "n", "x": 1})
    assert not place.fits(Run(9), {"kind": "n"})
    stock = OAS31Validator(schema)
    assert stock.is_valid({"kind": "n", "x": 1}) == (target != "Node")


@pytest.mark.parametrize(
    "choice", [None, "", 1, [], "gone", "Other", "Node/not", "Node%2Fnot", "Node#"]
)
def test_discriminator_chooses_a_component(choice: Any) -> None:
    """What names none, or points into one, refuses."""
    node = {"type": "object", "not": {"required": ["x"]}}
    schema = {
        "components": {"schemas": {"Node": node}},
        "oneOf": [{"$ref": "#/components/schemas/Node"}],
        "discriminator": {"propertyName": "kind", "mapping": {"gone": "#/x"}},
    }
    _, place = judge_of(schema)
    assert not place.fits(Run(9), {"kind": choice})
    assert place.fits(Run(9), {"kind": "Node"})


@pytest.mark.parametrize("usual", ["Node", "#/components/schemas/Node"])
def test_discriminator_has_a_default(usual: str) -> None:
    """It is for what names no schema, and for what has no name; since 3.2."""
    node = {"type": "object", "required": ["x"]}
    schema = {
        "components": {"schemas": {"Node": node}},
        "oneOf": [{"$ref": "#/components/schemas/Node"}],
        "discriminator": {"propertyName": "kind", "defaultMapping": usual},
    }
    _, place = judge_of(schema)
    for value in ({"kind": "other"}, {"kind": 1}, {}):
        assert place.fits(Run(9), {**value, "x": 1})
        assert not place.fits(Run(9), value)


def test_discriminator_without_components() -> None:
    """Where there are none, a name is no schema's."""
    _, place = judge_of({"discriminator": {"propertyName": "kind"}, "oneOf": [{}]})
    assert not place.fits(Run(9), {"kind": "Node"})
