"""All schemas of a document, each with its place, each once."""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from poorwsgi_openapi.document.pointers import (
    SCHEMA_MAPS,
    find_node,
    is_data,
    is_list,
    is_map,
    split_reference,
)

__all__ = ["Located", "cut_inner", "walk_schemas"]

_ONE = frozenset(
    {
        *("items", "additionalProperties", "not", "if", "then", "else", "contains"),
        *("propertyNames", "unevaluatedItems", "unevaluatedProperties"),
        *("contentSchema", "allOf", "anyOf", "oneOf", "prefixItems"),
    }
)
"""Keywords whose value is a schema, or a list of them."""
Keys = tuple[str, ...]


class Located(NamedTuple):
    """A schema and its place.

    Attributes:
        schema: the schema, a mapping.
        keys: keys from the root.
    """

    schema: dict[str, Any]
    keys: Keys


def walk_schemas(root: dict[str, Any]) -> Iterator[Located]:
    """Yield the schemas of a document; what a reference finds is another one."""
    outer = deque(_find_outermost(root))
    seen: set[int] = set()
    while outer:
        node, keys = outer.popleft()
        for located in _walk_one(node, keys, seen):
            reference = located.schema.get("$ref")
            if isinstance(reference, str):
                parts = split_reference(reference)
                outer.append((find_node(root, parts), tuple(parts)))
            yield located


def _walk_one(node: Any, keys: Keys, seen: set[int]) -> Iterator[Located]:
    stack = [(node, keys)]
    while stack:
        schema, place = stack.pop()
        if not is_map(schema) or id(schema) in seen:
            continue
        seen.add(id(schema))
        yield Located(schema, place)
        for key, value in reversed(schema.items()):
            if key in SCHEMA_MAPS and is_map(value):
                stack += [(item, (*place, key, name)) for name, item in value.items()]
            elif key in _ONE and is_list(value):
                stack += [
                    (item, (*place, key, str(index)))
                    for index, item in enumerate(value)
                ]
            elif key in _ONE:
                stack.append((value, (*place, key)))


def cut_inner(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without those in it, which are walked to.

    Where one has to be is an empty one, and so is that of a pattern.
    """
    return {key: _cut_value(key, value) for key, value in schema.items()}


def _cut_value(key: str, value: Any) -> Any:
    if key in SCHEMA_MAPS and is_map(value):
        is_pattern = key == "patternProperties"
        return {
            name: _cut(item)
            for name, item in value.items()
            if is_pattern or not is_map(item)
        }
    if key in _ONE:
        return [*map(_cut, value)] if is_list(value) else _cut(value)
    return value


def _cut(value: Any) -> Any:
    return {} if is_map(value) else value


def _find_outermost(root: dict[str, Any]) -> Iterator[tuple[Any, Keys]]:
    """Yield what stands where OpenAPI has a schema."""
    stack: list[tuple[Any, Keys]] = [(root, ())]
    while stack:
        node, keys = stack.pop()
        if is_list(node):
            pairs = [(str(index), item) for index, item in enumerate(node)]
        elif is_map(node):
            pairs = [*node.items()]
        else:
            continue
        for key, value in reversed(pairs):
            place = (*keys, key)
            if place == ("components", "schemas") and is_map(value):
                yield from ((item, (*place, name)) for name, item in value.items())
            elif key in ("schema", "itemSchema") and is_map(value):
                yield value, place
            elif not is_data(key):
                stack.append((value, place))
