"""Values that a schema describes: for the documentation page and for mocks.

What the document offers is taken first: ``example``, ``examples``, ``default``,
``const``, ``enum``.  The rest is built from the types and their limits.  The
same schema always gives the same value.

A value is an illustration: constraints that hold between values (``not``,
``if``, ``dependentSchemas``) aren't looked at.
"""

import json
import math
from typing import Any, Literal, TypeAlias

from poorwsgi_openapi.document.outline import (
    Outline,
    as_list,
    as_map,
    as_text,
    join_schemas,
    list_types,
    reference_name,
)
from poorwsgi_openapi.document.patterns import match_pattern

__all__ = ["Direction", "Sampler", "list_examples"]

Direction: TypeAlias = Literal["request", "response"]

_FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:30:00Z",
    "time": "12:30:00Z",
    "duration": "P1DT2H",
    "email": "user@example.com",
    "idn-email": "user@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "iri": "https://example.com/",
    "uri-reference": "/path",
    "iri-reference": "/path",
    "uri-template": "/path/{id}",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "json-pointer": "/path",
    "relative-json-pointer": "0",
    "regex": "^[a-z]+$",
    "byte": "c2FtcGxl",
    "password": "correct horse",
}
_KEYWORDS = {
    "object": ("properties", "additionalProperties", "required", "minProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
    "string": ("pattern", "minLength", "maxLength", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "multipleOf"),
}
_MAX_DEPTH = 12
_MAX_VALUES = 1000
_MAX_ITEMS = 20
_HIDDEN = {"request": "readOnly", "response": "writeOnly"}


class Sampler:
    """Builds values of the schemas of one document.

    Args:
        outline: the document.
        direction: what is built: properties that are only read are no part of a
            request, those only written none of a response.
        minimal: leave out what isn't required.
    """

    def __init__(
        self, outline: Outline, direction: Direction, *, minimal: bool = False
    ) -> None:
        self._outline = outline
        self._hidden = _HIDDEN[direction]
        self._minimal = minimal
        self._left = 0

    def build(self, schema: Any) -> Any:
        """Build a value of a schema."""
        self._left = _MAX_VALUES
        return self._build(schema, ())

    def _build(self, node: Any, above: tuple[str, ...]) -> Any:
        schema = self._outline.resolve(node)
        reference = as_text(as_map(node).get("$ref"))
        above = (*above, reference)
        self._left -= 1
        given = _find_given(schema)
        if given is not None:
            return given[0]
        schema = self._merge(schema)
        given = _find_given(schema)
        if given is not None:
            return given[0]
        return self._build_type(schema, _choose_type(schema), above)

    def _build_type(
        self, schema: dict[str, Any], kind: str, above: tuple[str, ...]
    ) -> Any:
        if kind == "object":
            return self._build_object(schema, above)
        if kind == "array":
            return self._build_array(schema, above)
        if kind == "string":
            return _build_string(schema)
        if kind in ("integer", "number"):
            return _build_number(schema, kind)
        return True if kind == "boolean" else None

    def _merge(self, schema: dict[str, Any], depth: int = 0) -> dict[str, Any]:
        """Join the parts of ``allOf``, and the first of ``oneOf`` and ``anyOf``."""
        parts, names = as_list(schema.get("allOf")), dict[str, Any]()
        for key in ("oneOf", "anyOf"):
            chosen = self._choose(as_list(schema.get(key)))
            parts = [*parts, *chosen]
            for each in chosen:
                names |= _name_choice(as_map(schema.get("discriminator")), each)
        if not parts or depth > _MAX_DEPTH:
            return schema
        merged: dict[str, Any] = {}
        for part in map(self._outline.resolve, parts):
            join_schemas(merged, self._merge(part, depth + 1))
        join_schemas(merged, schema)
        join_schemas(merged, {"properties": names})
        return merged

    def _choose(self, choices: list[Any]) -> list[Any]:
        """Choose one that says something, rather than null."""
        useful = [
            choice
            for choice in choices
            if list_types(self._outline.resolve(choice)) != ["null"]
        ]
        return useful[:1] or choices[:1]

    def _is_spent(self, node: Any, above: tuple[str, ...]) -> bool:
        """Tell that a value would repeat itself, or be too much."""
        reference = as_text(as_map(node).get("$ref"))
        deep = len(above) > _MAX_DEPTH or self._left <= 0
        return deep or (reference != "" and reference in above)

    def _build_object(
        self, schema: dict[str, Any], above: tuple[str, ...]
    ) -> dict[str, Any]:
        required = as_list(schema.get("required"))
        found: dict[str, Any] = {}
        for name, node in as_map(schema.get("properties")).items():
            if self._outline.resolve(node).get(self._hidden) is True:
                continue
            if name not in required and (self._minimal or self._is_spent(node, above)):
                continue
            found[name] = (
                None if self._is_spent(node, above) else self._build(node, above)
            )
        others = schema.get("additionalProperties")
        if not found and isinstance(others, dict) and not self._is_spent(others, above):
            found["key"] = self._build(others, above)
        return found

    def _build_array(self, schema: dict[str, Any], above: tuple[str, ...]) -> list[Any]:
        items = schema.get("items")
        first = as_list(schema.get("prefixItems"))
        found = [self._build(node, above) for node in first]
        least = schema.get("minItems")
        wanted = least if isinstance(least, int) else int(not first)
        if self._minimal and not isinstance(least, int):
            wanted = 0
        if schema.get("maxItems") == 0 or self._is_spent(items, above):
            wanted = 0
        missing = range(len(found), min(wanted, _MAX_ITEMS))
        more = (_vary(self._build(items, above), index, schema) for index in missing)
        return [*found, *more]


def _name_choice(chooser: dict[str, Any], choice: Any) -> dict[str, Any]:
    """Let the property of a discriminator have the name of what was chosen."""
    own, name = as_text(chooser.get("propertyName")), reference_name(choice)
    if not own or not name:
        return {}
    told = as_map(chooser.get("mapping")).items()
    keys = (key for key, target in told if reference_name({"$ref": target}) == name)
    return {own: {"const": next(keys, name)}}


def _find_given(schema: dict[str, Any]) -> tuple[Any] | None:
    """Find a value that the schema itself offers, in a tuple as it may be null."""
    for key in ("example", "const", "default"):
        if key in schema:
            return (schema[key],)
    for key in ("examples", "enum"):
        offered = as_list(schema.get(key))
        if offered:
            return (offered[0],)
    return None


def _choose_type(schema: dict[str, Any]) -> str:
    types = [name for name in list_types(schema) if name != "null"]
    if types:
        return types[0]
    if list_types(schema):
        return "null"
    for kind, keywords in _KEYWORDS.items():
        if not schema.keys().isdisjoint(keywords):
            return kind
    return "object"


def _build_string(schema: dict[str, Any]) -> str:
    least, most = schema.get("minLength"), schema.get("maxLength")
    shortest = least if isinstance(least, int) else 0
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        found = match_pattern(pattern, max(shortest, 1))
        if found is not None:
            return found
    found = _FORMATS.get(as_text(schema.get("format")), "string")
    if len(found) < shortest:
        found = (found * shortest)[:shortest]
    return found[:most] if isinstance(most, int) else found


def _build_number(schema: dict[str, Any], kind: str) -> int | float:
    """Choose a number in the limits: 1 if it may be, or the least."""
    low = _limit(schema, "minimum", "exclusiveMinimum", kind, 1)
    high = _limit(schema, "maximum", "exclusiveMaximum", kind, -1)
    found: float = min(max(1, low), high)
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and step > 0:
        found = math.ceil(found / step) * step
        found = found if found <= high else math.floor(high / step) * step
    if kind == "integer":
        return math.ceil(found) if found <= high else math.floor(found)
    return found


def _limit(
    schema: dict[str, Any], key: str, exclusive: str, kind: str, sign: int
) -> float:
    """Read a limit; an exclusive one is moved to the next value inside."""
    limit, strict = schema.get(key), schema.get(exclusive)
    step = 1 if kind == "integer" else 0.5
    if isinstance(strict, bool):  # 3.0: a flag beside the limit
        strict = limit if strict else None
    limits: list[float] = [limit] if isinstance(limit, int | float) else []
    if isinstance(strict, int | float):
        limits.append(strict + sign * step)
    if not limits:
        return -math.inf * sign
    return max(limits) if sign > 0 else min(limits)


def _vary(value: Any, index: int, schema: dict[str, Any]) -> Any:
    """Make items of a set differ."""
    if schema.get("uniqueItems") is not True or not index:
        return value
    offered = as_list(as_map(schema.get("items")).get("enum"))
    if offered:
        return offered[index % len(offered)]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    return f"{value}{index}" if isinstance(value, str) else value + index


def list_examples(
    outline: Outline, media: dict[str, Any], direction: Direction
) -> dict[str, Any]:
    """List the examples of a media type by name, or the one of its schema.

    Args:
        outline: the document.
        media: the media type: what ``content`` holds, or a parameter.
        direction: see ``Sampler``.

    Returns:
        Name to value; the name of a single example is empty.  Nothing without
        an example and without a schema.
    """
    if "example" in media:
        return {"": media["example"]}
    named = {
        str(name): _read_example(outline.resolve(node), is_body="in" not in media)
        for name, node in as_map(media.get("examples")).items()
    }
    found = {name: value[0] for name, value in named.items() if value}
    sampler = Sampler(outline, direction)
    if not found and "itemSchema" in media:
        return {"": [sampler.build(media["itemSchema"])]}
    if found or "schema" not in media:
        return found
    return {"": sampler.build(media["schema"])}


def _read_example(node: dict[str, Any], *, is_body: bool) -> tuple[Any, ...]:
    """Return the value of an Example Object, if it holds one."""
    for key in ("value", "dataValue"):  # the latter since 3.2
        if key in node:
            return (node[key],)
    if not is_body or "serializedValue" not in node:
        return ()  # that of a parameter is a part of a URL or of a header
    text = node["serializedValue"]
    try:
        return (json.loads(text),)
    except (TypeError, ValueError):
        return (text,)
