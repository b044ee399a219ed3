"""How many ways there are to read a value of a union that holds itself.

A library that tries each member of a union for itself tries all that is below them
anew: with two members that hold the union, each level doubles the work.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["count_tries", "find_ways"]


def find_ways(schema: Any, components: Mapping[str, Any]) -> int:
    """Return how many members of one union hold themselves, at most.

    Those of a union that has a discriminator aren't tried.

    Args:
        schema: schema of a type.
        components: those that it refers to.
    """
    held = {name: {*_iter_names(node)} for name, node in components.items()}
    for _ in components:
        held = {
            name: names.union(*(held.get(each, ()) for each in names))
            for name, names in held.items()
        }
    circular = {name for name, names in held.items() if name in names}
    ways = 0
    for node in _walk([schema, *components.values()]):
        if "discriminator" not in node:
            members: list[Any] = node.get("anyOf") or node.get("oneOf") or []
            names = [name for each in members for name in _iter_names(each)]
            ways = max(ways, sum(name in circular for name in names))
    return ways


def count_tries(value: Any, ways: int, times: int = 1) -> int:
    """Count how often objects are read, where each level is read in so many ways.

    Args:
        value: a value of JSON.
        ways: how many.
        times: how often the value itself is read.
    """
    if is_list(value):
        return sum(count_tries(each, ways, times) for each in value)
    if is_map(value):
        inner = sum(count_tries(each, ways, times * ways) for each in value.values())
        return times + inner
    return 0


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    """Yield all maps in a schema, itself included."""
    if is_map(node):
        yield node
    inner: Any = node.values() if is_map(node) else node if is_list(node) else ()
    for each in inner:
        yield from _walk(each)


def _iter_names(schema: Any) -> Iterator[str]:
    """Yield the names of the components that a schema refers to."""
    for node in _walk(schema):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
