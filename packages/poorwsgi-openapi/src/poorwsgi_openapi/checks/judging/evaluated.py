"""What a schema hasn't looked at of a value, for ``unevaluatedProperties`` and Items.

Only schemas for the value itself are walked; what its parts are worth is asked of
their places, which remember it.  Each schema takes away what it has looked at, once,
so that the walk ends when nothing is left.
"""

from collections.abc import Iterator
from typing import Any

from poorwsgi_openapi.checks.judging.places import Place
from poorwsgi_openapi.checks.judging.run import Run
from poorwsgi_openapi.document.ecma import compile_pattern, cost_of
from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["unevaluated_items", "unevaluated_properties"]


def unevaluated_properties(
    run: Run, value: dict[str, Any], place: Place, names: list[str]
) -> list[str]:
    """Return those of some names in an object that a schema hasn't looked at."""
    for each in _walk(run, value, place):
        names = _take_properties(run, value, each, names)
        if not names:
            break
    return names


def _take_properties(
    run: Run, value: dict[str, Any], place: Place, names: list[str]
) -> list[str]:
    """Return the names that one schema by itself doesn't look at."""
    schema: Any = place.schema
    patterns: Any = schema.get("patternProperties", {})
    run.spend(1 + len(names) * (1 + cost_of(*patterns)))
    properties: Any = schema.get("properties")
    if is_map(properties):
        names = [name for name in names if name not in properties]
    for pattern in patterns:
        search = compile_pattern(pattern).search
        names = [name for name in names if not search(name)]
    for fits in _ask_rest(place, "additionalProperties", "unevaluatedProperties"):
        names = [name for name in names if not fits(run, value[name])]
    return names


def unevaluated_items(
    run: Run, value: list[Any], place: Place, indices: list[int]
) -> list[int]:
    """Return those of some indices in a list that a schema hasn't looked at."""
    for each in _walk(run, value, place):
        if "items" in each.schema:
            return []
        run.spend(1 + len(indices))
        first = len(each.schema.get("prefixItems", ()))
        if first:
            indices = [index for index in indices if index >= first]
        for fits in _ask_rest(each, "contains", "unevaluatedItems"):
            indices = [index for index in indices if not fits(run, value[index])]
        if not indices:
            break
    return indices


def _ask_rest(place: Place, *keywords: str) -> Iterator[Any]:
    """Yield what tells whether a part fits the schemas of some keywords."""
    for keyword in keywords:
        # PERF: nothing fits what is false.
        if place.schema.get(keyword, False) is not False:
            yield place.descend(place.schema[keyword]).fits


def _walk(run: Run, value: Any, place: Place) -> Iterator[Place]:
    """Yield the place of a schema, and those in it that the same value fits."""
    waiting, seen = [place], set[Place]()
    while waiting:
        place = waiting.pop()
        if place in seen or not is_map(place.schema):
            continue
        seen.add(place)
        yield place
        inner = [*_in_place(run, value, place)]
        run.spend(1 + len(inner))
        waiting += reversed(inner)


def _in_place(run: Run, value: Any, place: Place) -> Iterator[Place]:
    """Yield the places that judge the very same value, and that it fits."""
    schema = place.schema
    dependent: Any = schema.get("dependentSchemas", {})
    for name, node in dependent.items():
        if name in value:
            yield place.descend(node)
    for keyword in ("$ref", "$dynamicRef"):
        if isinstance(schema.get(keyword), str):
            yield place.lookup(schema[keyword])
    for keyword in ("allOf", "oneOf", "anyOf"):
        nodes: Any = schema.get(keyword)
        for node in nodes if is_list(nodes) else ():
            inner = place.descend(node)
            if inner.fits(run, value):
                yield inner
    if "if" in schema:
        condition = place.descend(schema["if"])
        is_met = condition.fits(run, value)
        if is_met:
            yield condition
        way = "then" if is_met else "else"
        if way in schema:
            yield place.descend(schema[way])
