"""A short way for values that are surely valid.

openapi-core decides what is valid.  For schemas of plain keywords this module
builds functions that recognise *some* of the values that openapi-core would
accept, and give the very value that it would make of them; for anything else
they say ``UNSURE``, and openapi-core is asked.  So they never refuse a value,
and a keyword that isn't known here only costs time.

That both ways agree is shown by generated schemas and values in the tests.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from poorwsgi_openapi.checks.judging.sameness import has_same_items
from poorwsgi_openapi.document.ecma import compile_pattern
from poorwsgi_openapi.document.pointers import (
    find_node,
    is_list,
    is_map,
    split_reference,
)

__all__ = [
    "UNSURE",
    "Certain",
    "CertainSchemas",
    "ask_certain",
    "hidden_keyword",
    "never",
]

_MAX_HOPS = 50
_MOST_DEFAULTS = 8
"""Defaults that are filled in for each property that is there; more cost steps."""
UNSURE: Final = object()
"""Says that openapi-core has to be asked."""

Certain: TypeAlias = Callable[[Any], Any]
"""Returns what the value becomes, or ``UNSURE``."""

_NOTES = frozenset(
    {
        *("$comment", "contentEncoding", "contentMediaType", "default", "deprecated"),
        *("description", "example", "examples", "externalDocs", "title", "xml"),
        *("readOnly", "writeOnly", "nullable"),
    }
)
"""Keywords that say nothing about a value, or are treated apart."""

_BESIDE_REFERENCES = frozenset({"default", "deprecated", "description", "summary"})
_NULL = {"type": "null"}
_COMMON = frozenset({"type", "enum", "const", "format"})
_NUMERIC = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)
_KEYWORDS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern"}),
    "integer": _NUMERIC,
    "number": _NUMERIC,
    "boolean": frozenset(),
    "null": frozenset(),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
    "object": frozenset(
        {
            *("properties", "required", "additionalProperties"),
            *("minProperties", "maxProperties"),
        }
    ),
}
_CLASSES: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
}
# PERF: what is asked of most values is asked without going to jsonschema.
_LENGTHS = {
    **dict.fromkeys(("minLength", "minItems", "minProperties"), False),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties"), True),
}

Test: TypeAlias = Callable[[Any], bool]


def never(_: Any) -> Any:
    """Stand for a schema of which nothing is sure."""
    return UNSURE


def ask_certain(certain: Certain, value: Any) -> Any:
    """Ask a short way; whoever made a format of it may raise what he likes."""
    try:
        return certain(value)
    except Exception:  # noqa: BLE001 - the long way tells
        return UNSURE


def hidden_keyword(*, is_reading: bool) -> str:
    """Return the keyword of the properties that are of the other direction.

    Args:
        is_reading: values are answers; else they are requests.
    """
    return "writeOnly" if is_reading else "readOnly"


class CertainSchemas:
    """Builds the short ways of the schemas of a document.

    Args:
        raw: the document.
        validator: a validator of openapi-core, whose keywords are used.
        unmarshallers: format to what makes a value of its text.
        is_30: OpenAPI 3.0, where ``nullable`` counts.
        is_reading: values are answers; else they are requests.
        forbids_extras: properties that aren't declared are refused.
        requires_all: all properties that are declared are required.
    """

    def __init__(
        self,
        raw: Mapping[str, Any],
        validator: Any,
        unmarshallers: Mapping[str, Callable[[Any], Any]],
        *,
        is_30: bool,
        is_reading: bool = False,
        forbids_extras: bool = False,
        requires_all: bool = False,
    ) -> None:
        self._raw = raw
        self._validator = validator
        self._unmarshallers = unmarshallers
        self._is_30 = is_30
        self._forbids_extras = forbids_extras
        self._requires_all = requires_all
        # What is of the other direction is refused, and is never required; but
        # since 3.1 a client may send back what it has read.
        self._hidden = hidden_keyword(is_reading=is_reading)
        self._foreign = self._hidden if is_30 or is_reading else ""
        self._known: dict[str, list[Certain]] = {}

    def compile(self, schema: Any) -> Certain:
        """Build the short way of one schema; ``never`` when there is none."""
        if not is_map(schema):
            return never
        if "$ref" in schema:
            return self._compile_reference(schema)
        if self._foreign and schema.get(self._foreign):
            return never
        if "x-model" in schema or "x-model-path" in schema:
            return never
        told = {key for key in schema if not key.startswith("x-")} - _NOTES
        if not told:
            return _keep
        if told == {"anyOf"} and not self._is_30:
            return self._compile_nullable(schema["anyOf"])
        kind, is_nullable = self._read_type(schema)
        if kind is None or told - _COMMON - _KEYWORDS[kind]:
            return never
        built = self._compile_kind(kind, schema)
        if built is never or not (is_nullable and None in schema.get("enum", (None,))):
            return built
        return _or_none(built)

    def _compile_reference(self, schema: dict[str, Any]) -> Certain:
        if schema.keys() - {"$ref", *_BESIDE_REFERENCES}:
            return never
        reference: str = schema["$ref"]
        holder = self._known.get(reference)
        if holder is None:
            # Known before it is built, for a schema that refers to itself.
            holder = self._known[reference] = []
            target = find_node(self._raw, split_reference(reference))
            built = self.compile(target)
            holder.append(built)
            return built
        if holder:
            return holder[0]

        def later(value: Any) -> Any:
            return holder[0](value)

        return later

    def _compile_nullable(self, members: Any) -> Certain:
        """Build the short way of an object or null."""
        if not is_list(members) or len(members) != 2 or _NULL not in members:
            return never
        other = members[members[0] == _NULL]
        found = self._follow(other)
        # What else is in such an object isn't made typed, as is known of no other.
        is_known = not is_map(found.get("additionalProperties"))
        if found.get("type") != "object" or not is_known:
            return never
        built = self.compile(other)
        return built if built is never else _or_none(built)

    def _read_type(self, schema: Mapping[str, Any]) -> tuple[str | None, bool]:
        """Return the one type and whether null is another."""
        kind: Any = schema.get("type")
        is_nullable = self._is_30 and schema.get("nullable") is True
        if is_list(kind) and not self._is_30:
            kinds = [name for name in kind if name != "null"]
            if len(kinds) == 1:
                return _known_kind(kinds[0]), len(kind) > 1
            return None, False
        if kind == "null" and self._is_30:
            return None, False
        return _known_kind(kind), is_nullable

    def _compile_kind(self, kind: str, schema: Mapping[str, Any]) -> Certain:
        try:
            tests = [
                self._build_test(key, argument, schema)
                for key, argument in schema.items()
                if key in _KEYWORDS[kind] and key not in _STRUCTURE
            ]
            tests += self._choices(kind, schema)
        except (TypeError, re.error):
            return never
        if kind == "object":
            return self._compile_object(schema, tests)
        if kind == "array":
            return _with_tests(_list_of(self.compile(schema.get("items", {}))), tests)
        return self._compile_scalar(kind, schema, tests)

    def _choices(self, kind: str, schema: Mapping[str, Any]) -> list[Test]:
        """Build the test of ``enum`` and ``const``.

        Raises:
            TypeError: they have values of other types.
        """
        found: list[Test] = []
        for key in ("enum", "const"):
            if key not in schema or (key == "const" and self._is_30):
                continue
            given: Any = schema[key] if key == "enum" else [schema[key]]
            values = [value for value in given if value is not None]
            allowed = _CLASSES.get(kind, frozenset())
            if not all(type(value) in allowed for value in values):
                raise TypeError
            found.append(frozenset(values).__contains__)
        return found

    def _build_test(self, key: str, argument: Any, schema: Mapping[str, Any]) -> Test:
        """Build the test of one keyword.

        Raises:
            TypeError: its argument is of a wrong type.
        """
        if key in _LENGTHS:
            return _build_length(argument, is_most=_LENGTHS[key])
        if key == "pattern":
            search = compile_pattern(argument).search
            return lambda value: search(value) is not None
        if key == "uniqueItems":
            return _has_different_items if argument else _is_anything
        if key in _NUMERIC and key != "multipleOf":
            return self._build_limit(key, argument, schema)
        keyword = self._validator.VALIDATORS[key]
        validator = self._validator

        def test(value: Any) -> bool:
            return not [*keyword(validator, argument, value, schema)]

        return test

    def _build_limit(self, key: str, argument: Any, schema: Mapping[str, Any]) -> Test:
        if self._is_30:
            if key.startswith("exclusive"):
                return _is_anything  # it changes the other keyword
            exclusive = f"exclusive{key[0].upper()}{key[1:]}"
            is_open = schema.get(exclusive, False) is True
        else:
            is_open = key.startswith("exclusive")
        if type(argument) not in (int, float):
            raise TypeError
        if key.lower().endswith("minimum"):
            return (lambda v: v > argument) if is_open else (lambda v: v >= argument)
        return (lambda v: v < argument) if is_open else (lambda v: v <= argument)

    def _compile_scalar(
        self, kind: str, schema: Mapping[str, Any], tests: list[Test]
    ) -> Certain:
        name = schema.get("format")
        convert: Callable[[Any], Any] | None = None
        if isinstance(name, str):
            checker = self._validator.format_checker.checkers.get(name)
            if checker is not None:
                tests = [*tests, _format_test(*checker)]
            if kind == "string":
                convert = self._unmarshallers.get(name)
        classes = _CLASSES[kind]
        if len(classes) == 1:
            built = _exactly(next(iter(classes)), tests)
        else:
            built = _one_of(classes, tests)
        return built if convert is None else _converted(built, convert)

    def _compile_object(self, schema: Mapping[str, Any], tests: list[Test]) -> Certain:
        properties: Any = schema.get("properties", {})
        required: Any = schema.get("required", [])
        extra: Any = schema.get("additionalProperties", not self._forbids_extras)
        if not is_map(properties) or not is_list(required):
            return never
        compiled = {name: self.compile(node) for name, node in properties.items()}
        others: Certain = _keep if extra is True else never
        if is_map(extra):
            others = self.compile(extra)
        defaults: list[tuple[str, Certain, Any]] = []
        for name, node in properties.items():
            found = self._follow(node)
            if "default" in found and found.get(self._hidden) is not True:
                defaults.append((name, compiled[name], found["default"]))
        needed = [
            name
            for name in (properties if self._requires_all else required)
            if self._follow(properties.get(name, {})).get(self._hidden) is not True
        ]
        built = _with_tests(_mapping_of(compiled, others, needed, defaults), tests)
        least = len(defaults) // _MOST_DEFAULTS
        return _if_so_many(built, least) if least and built is not never else built

    def _follow(self, schema: Any) -> Mapping[str, Any]:
        found: Any = schema
        for _ in range(_MAX_HOPS):
            if not is_map(found):
                return {}
            if "$ref" not in found:
                return found
            found = find_node(self._raw, split_reference(found["$ref"]))
        return {}


_STRUCTURE = frozenset({"items", "properties", "required", "additionalProperties"})


def _known_kind(name: Any) -> str | None:
    return name if isinstance(name, str) and name in _KEYWORDS else None


def _keep(value: Any) -> Any:
    return value


def _is_anything(_: Any) -> bool:
    return True


def _has_different_items(value: list[Any]) -> bool:
    return not has_same_items(value)


def _build_length(limit: Any, *, is_most: bool) -> Test:
    if type(limit) is not int:
        raise TypeError
    return (lambda v: len(v) <= limit) if is_most else (lambda v: len(v) >= limit)


def _format_test(check: Callable[[Any], Any], raises: Any) -> Test:
    def test(value: Any) -> bool:
        try:
            return bool(check(value))
        except raises:
            return False

    return test


def _or_none(built: Certain) -> Certain:
    return lambda value: None if value is None else built(value)


def _with_tests(built: Certain, tests: Sequence[Test]) -> Certain:
    if built is never or not tests:
        return built

    def check(value: Any) -> Any:
        result = built(value)
        if result is UNSURE:
            return UNSURE
        for test in tests:
            if not test(value):
                return UNSURE
        return result

    return check


def _exactly(kind: type, tests: Sequence[Test]) -> Certain:
    # PERF: up to two tests, which most have, are asked without a loop.
    if not tests:
        return lambda value: value if value.__class__ is kind else UNSURE
    if len(tests) > 2:
        return _one_of(frozenset({kind}), tests)
    first, last = tests[0], tests[-1]
    if first is last:
        return lambda value: (
            value if value.__class__ is kind and first(value) else UNSURE
        )
    return lambda value: (
        value if value.__class__ is kind and first(value) and last(value) else UNSURE
    )


def _one_of(kinds: frozenset[type], tests: Sequence[Test]) -> Certain:
    def check(value: Any) -> Any:
        if value.__class__ not in kinds:
            return UNSURE
        for test in tests:
            if not test(value):
                return UNSURE
        return value

    return check


def _if_so_many(built: Certain, least: int) -> Certain:
    """Leave an object to the long way that has fewer properties than so many."""
    return lambda value: (
        UNSURE if value.__class__ is dict and len(value) < least else built(value)
    )


def _converted(built: Certain, convert: Callable[[Any], Any]) -> Certain:
    def check(value: Any) -> Any:
        if built(value) is UNSURE:
            return UNSURE
        try:
            return convert(value)
        except (AttributeError, ValueError, TypeError):
            return value

    return check


def _list_of(item: Certain) -> Certain:
    if item is never:
        return never

    def check(value: Any) -> Any:
        if value.__class__ is not list:
            return UNSURE
        result = [item(each) for each in value]
        return UNSURE if UNSURE in result else result

    return check


def _mapping_of(
    fields: Mapping[str, Certain],
    others: Certain,
    required: Sequence[str],
    defaults: Sequence[tuple[str, Certain, Any]],
) -> Certain:
    get = fields.get

    def check(value: Any) -> Any:
        if value.__class__ is not dict:
            return UNSURE
        result: dict[str, Any] = {}
        for name, item in value.items():
            made = get(name, others)(item)
            if made is UNSURE:
                return UNSURE
            result[name] = made
        for name in required:
            if name not in value:
                return UNSURE
        for name, make, default in defaults:
            if name not in result:
                made = result[name] = make(default)
                if made is UNSURE:
                    return UNSURE
        return result

    return check
