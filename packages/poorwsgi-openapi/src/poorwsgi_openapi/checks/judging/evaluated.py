"""What a schema has looked at of a value, for ``unevaluatedProperties`` and Items.

Only schemas for the value itself are walked; what its parts are worth is asked of
their places, which remember it.
"""

from collections.abc import Iterator
from typing import Any

from poorwsgi_openapi.checks.judging.places import Place
from poorwsgi_openapi.checks.judging.run import Run
from poorwsgi_openapi.document.ecma import compile_pattern
from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["evaluated_items", "evaluated_properties"]


def evaluated_properties(run: Run, value: dict[str, Any], place: Place) -> set[Any]:
    """Return the names in an object that a schema has looked at."""
    schema = place.schema
    if not is_map(schema):
        return set()
    run.spend(2 + len(value))
    properties: Any = schema.get("properties")
    found: set[Any] = {*value} & {*properties} if is_map(properties) else set()
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        if schema.get(keyword) is not None:
            inner = place.descend(schema[keyword])
            found |= {name for name, part in value.items() if inner.fits(run, part)}
    for pattern in schema.get("patternProperties", {}):
        search = compile_pattern(pattern).search
        found |= {name for name in value if search(name)}
    dependent: Any = schema.get("dependentSchemas", {})
    for name, node in dependent.items():
        if name in value:
            found |= evaluated_properties(run, value, place.descend(node))
    for inner in _in_place(run, value, place):
        found |= evaluated_properties(run, value, inner)
    return found


def evaluated_items(run: Run, value: list[Any], place: Place) -> set[Any]:
    """Return the indices in a list that a schema has looked at."""
    schema = place.schema
    if not is_map(schema):
        return set()
    run.spend(2 + len(value))
    if "items" in schema:
        return {*range(len(value))}
    found: set[Any] = {*range(len(schema.get("prefixItems", ())))}
    for keyword in ("contains", "unevaluatedItems"):
        if keyword in schema:
            inner = place.descend(schema[keyword])
            found |= {i for i, part in enumerate(value) if inner.fits(run, part)}
    for inner in _in_place(run, value, place):
        found |= evaluated_items(run, value, inner)
    return found


def _in_place(run: Run, value: Any, place: Place) -> Iterator[Place]:
    """Yield the places that judge the very same value, and that it fits."""
    schema = place.schema
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
