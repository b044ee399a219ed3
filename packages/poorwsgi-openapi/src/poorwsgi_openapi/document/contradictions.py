"""Schemas that contradict themselves, so that nothing fits them, or nothing is known.

Each is a mistake that no request tells: all are refused, and the client is blamed.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from poorwsgi_openapi.document.ecma import compile_pattern
from poorwsgi_openapi.document.outline import as_list
from poorwsgi_openapi.document.pointers import (
    find_node,
    is_list,
    is_map,
    split_reference,
)
from poorwsgi_openapi.document.schema_walk import Located

__all__ = ["find_circles", "find_contradictions", "find_endless"]

Keys: TypeAlias = tuple[str, ...]
Found: TypeAlias = Iterator[tuple[Keys, str]]

_LIMITS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minContains", "maxContains"),
    ("minProperties", "maxProperties"),
)
_CLASSES: Mapping[str, Any] = {
    "string": str,
    "integer": (int, float),
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("not", "if", "then", "else")
_DIRECTIONS = frozenset({"readOnly", "writeOnly"})
_OTHERS = "additionalProperties"


def find_contradictions(root: Any, located: Located) -> Found:
    """Yield what contradicts itself in one schema: its place, and what is wrong.

    Args:
        root: the document, decoded.
        located: the schema.
    """
    yield from _check_limits(located)
    yield from _check_constants(located)
    yield from _check_required(root, located)


def find_circles(root: Any, schemas: Sequence[Located]) -> Found:
    """Yield schemas that consist of themselves, by which nothing can be judged.

    Args:
        root: the document, decoded.
        schemas: all of its schemas.
    """

    def list_parts(schema: Mapping[str, Any]) -> Iterator[Any]:
        for key in _LISTS:
            yield from as_list(schema.get(key))
        yield from (schema[key] for key in _SINGLE if key in schema)

    message = "it consists of itself, so that nothing can be judged by it"
    for keys in _find_loops(root, schemas, list_parts):
        yield keys, message


def find_endless(root: Any, schemas: Sequence[Located]) -> Found:
    """Yield schemas whose values need another one of the same in them.

    Args:
        root: the document, decoded.
        schemas: all of its schemas.
    """

    def list_needed(schema: Mapping[str, Any]) -> Iterator[Any]:
        yield from as_list(schema.get("allOf"))
        properties = schema.get("properties")
        if schema.get("type") == "object" and schema.get("nullable") is not True:
            for name in as_list(schema.get("required")):
                node = properties.get(name) if is_map(properties) else None
                if is_map(node) and _DIRECTIONS.isdisjoint(node):
                    yield node

    message = "each value needs another one in it, without end, so that nothing fits"
    for keys in _find_loops(root, schemas, list_needed):
        yield keys, message


def _find_loops(
    root: Any,
    schemas: Sequence[Located],
    list_next: Callable[[Mapping[str, Any]], Iterator[Any]],
) -> Iterator[Keys]:
    """Yield the place of a schema of each way that leads back to it."""
    places = {id(each.schema): each.keys for each in schemas}
    done: set[int] = set()
    for located in schemas:
        # The schemas on the way, each with those that it leads to yet.
        way: dict[int, Iterator[Any]] = {}
        node: Any = located.schema
        while node is not None or way:
            if id(node) in way:
                yield places[id(node)]
            elif is_map(node) and id(node) not in done:
                found = _find_target(root, node)
                way[id(node)] = iter([found]) if found else list_next(node)
            key = next(reversed(way), None)
            node = None if key is None else next(way[key], None)
            if key is not None and node is None:
                done.add(key)
                del way[key]


def _check_limits(located: Located) -> Found:
    for least, most in _LIMITS:
        low, high = located.schema.get(least), located.schema.get(most)
        if not isinstance(low, int | float) or not isinstance(high, int | float):
            continue
        if low > high:
            message = f"{least} is {low} and {most} is {high}, so nothing fits"
            yield (*located.keys, least), message


def _check_constants(located: Located) -> Found:
    """Look for constants that never fit, or stand twice.

    Many were meant as text, and are numbers or booleans of YAML.
    """
    schema = located.schema
    found: dict[Keys, Any] = {}
    if is_list(values := schema.get("enum")):
        found = {("enum", str(index)): value for index, value in enumerate(values)}
    if "const" in schema:
        found["const",] = schema["const"]
    kinds = _list_kinds(schema)
    wrong = {
        keys: value
        for keys, value in found.items()
        if value is not None and kinds and not _is_any(value, kinds)
    }
    for keys, value in [*wrong.items()][:1]:
        more = f" (nor are {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        remedy = ": quote it" if kinds == ["string"] else ""
        message = f"{value!r} is no {kinds[0]}{more}, so that it never fits{remedy}"
        yield (*located.keys, *keys), message
    seen: set[str] = set()
    for keys, value in found.items():
        text = json.dumps(value, sort_keys=True, default=str)
        if text in seen and keys not in wrong and keys[0] == "enum":
            yield (*located.keys, *keys), f"{value!r} stands twice"
        seen.add(text)


def _list_kinds(schema: Mapping[str, Any]) -> list[str]:
    """Return the types of a schema, none where there is one that nobody knows."""
    given: Any = schema.get("type")
    kinds: list[Any] = given if is_list(given) else [given]
    return kinds if all(str(kind) in _CLASSES for kind in kinds) else []


def _is_any(value: Any, kinds: Sequence[str]) -> bool:
    return any(
        isinstance(value, _CLASSES[kind])
        and isinstance(value, bool) == (kind == "boolean")
        and (kind != "integer" or value % 1 == 0)
        for kind in kinds
    )


def _check_required(root: Any, located: Located) -> Found:
    """Look for names that are required, and that a closed object can't have."""
    parts: dict[Keys, Any] = {("required",): located.schema}
    for index, node in enumerate(as_list(located.schema.get("allOf"))):
        found = _find_target(root, node) or node
        parts["allOf", str(index)] = found if is_map(found) else {}
    closed = [each for each in parts.values() if each.get(_OTHERS) is False]
    for keys, part in parts.items():
        for name in as_list(part.get("required")):
            if not all(_may_have(each, name) for each in closed):
                message = f"{name!r} is required and not allowed, so that nothing fits"
                yield (*located.keys, *keys), message


def _find_target(root: Any, node: Any) -> Any:
    """Return what a schema refers to, ``None`` where it isn't a reference."""
    reference = node.get("$ref") if is_map(node) else None
    if not isinstance(reference, str):
        return None
    return find_node(root, split_reference(reference))


def _may_have(schema: Mapping[str, Any], name: str) -> bool:
    patterns: Mapping[str, Any] = schema.get("patternProperties") or {}
    return name in (schema.get("properties") or {}) or any(
        compile_pattern(pattern).search(name) for pattern in patterns
    )
