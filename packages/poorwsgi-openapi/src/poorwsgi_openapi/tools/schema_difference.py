"""Two versions of a schema, compared from where the values come.

What a client sends must still be accepted, so a request's schema may only grow
wider.  What a client gets must still be understood, so a response's may only
grow narrower.  Everything is said as a ``Change``, breaking or not.

Alternatives (``oneOf``, ``anyOf``) are compared as sets of what they refer to.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, TypeAlias

from poorwsgi_openapi.document.outline import (
    Outline,
    as_list,
    as_map,
    as_text,
    join_schemas,
    list_types,
)

__all__ = ["Change", "SchemaComparison", "Side"]

Side: TypeAlias = Literal["request", "response"]

_LOWER = (
    "minimum",
    "exclusiveMinimum",
    "minLength",
    "minItems",
    "minProperties",
    "minContains",
)
_UPPER = (
    "maximum",
    "exclusiveMaximum",
    "maxLength",
    "maxItems",
    "maxProperties",
    "maxContains",
)
_RULES = (
    "pattern",
    "format",
    "multipleOf",
    "const",
    "uniqueItems",
    "contentEncoding",
    "contentMediaType",
    "discriminator",
)
_OF_THE_REST = {
    "items": ("[]", "items"),
    "unevaluatedItems": ("[]", "items"),
    "contains": ("[]", "items"),
    "additionalProperties": (".*", "properties"),
    "unevaluatedProperties": (".*", "properties"),
    "propertyNames": (" (names)", "names"),
}
"""Keywords with one schema: how their place is written, and what they are about."""

_BY_NAME = ("patternProperties", "dependentSchemas", "prefixItems")
"""Keywords with several."""

_ONE_WAY: dict[Side, tuple[str, str]] = {
    "request": ("readOnly", "read only"),
    "response": ("writeOnly", "write only"),
}
"""What takes a value away from a side."""

_MAX_DEPTH = 30


class Change(NamedTuple):
    """One thing that differs.

    Attributes:
        is_breaking: a client of the old version may fail.
        where: operation, and what of it.
        message: what changed.
    """

    is_breaking: bool
    where: str
    message: str


class SchemaComparison:
    """Compares schemas of two documents.

    Args:
        old: the document as it was.
        new: the document as it is.
    """

    def __init__(self, old: Outline, new: Outline) -> None:
        self._old = old
        self._new = new
        self._above: set[tuple[int, int, str]] = set()

    def compare(self, old: Any, new: Any, side: Side, where: str) -> Iterator[Change]:
        """Compare two schemas, each as it stands in its document."""
        first, second = self._old.resolve(old), self._new.resolve(new)
        key = (id(first), id(second), side)
        if key in self._above or len(self._above) > _MAX_DEPTH:
            return
        self._above.add(key)
        try:
            before, after = _merge(self._old, first), _merge(self._new, second)
            yield from _compare_types(before, after, side, where)
            yield from _compare_values(before, after, side, where)
            yield from _compare_limits(before, after, side, where)
            yield from self._compare_rest(before, after, side, where)
            yield from self._compare_properties(before, after, side, where)
            yield from self._compare_choices(before, after, side, where)
            yield from self._compare_not(before, after, side, where)
            yield from self._compare_conditions(before, after, side, where)
            yield from self._compare_named(before, after, side, where)
            yield from _compare_dependent(before, after, side, where)
            yield from _compare_notes(before, after, side, where)
        finally:
            self._above.remove(key)

    def _compare_properties(
        self, old: dict[str, Any], new: dict[str, Any], side: Side, where: str
    ) -> Iterator[Change]:
        before, after = as_map(old.get("properties")), as_map(new.get("properties"))
        needed, needs = as_list(old.get("required")), as_list(new.get("required"))
        closed = new.get("additionalProperties") is False
        for name in before:
            place = f"{where}.{name}"
            if name not in after:
                breaking = closed if side == "request" else True
                yield Change(breaking, place, "removed")
                continue
            yield from _compare_required(name in needed, name in needs, side, place)
            yield from self.compare(before[name], after[name], side, place)
        for name in after:
            if name in before:
                continue
            place = f"{where}.{name}"
            required = name in needs
            text = "added, and required" if required else "added"
            yield Change(required and side == "request", place, text)

    def _compare_rest(
        self, old: dict[str, Any], new: dict[str, Any], side: Side, where: str
    ) -> Iterator[Change]:
        """Compare what holds for all items or properties that nothing else names."""
        for key, (label, noun) in _OF_THE_REST.items():
            if key not in old and key not in new:
                continue
            before, after = old.get(key, True), new.get(key, True)
            was_closed, is_closed = before is False, after is False
            if is_closed and not was_closed:
                yield Change(side == "request", where, f"no other {noun} any more")
            elif was_closed and not is_closed:
                yield Change(False, where, f"other {noun} fit now")
            elif not is_closed:
                place = f"{where}{label}"
                yield from self.compare(as_map(before), as_map(after), side, place)

    def _compare_named(
        self, old: dict[str, Any], new: dict[str, Any], side: Side, where: str
    ) -> Iterator[Change]:
        for key in _BY_NAME:
            before, after = _name_schemas(old.get(key)), _name_schemas(new.get(key))
            for name in {**before, **after}:
                place = f"{where} ({key} {name})"
                first, second = before.get(name, {}), after.get(name, {})
                yield from self.compare(first, second, side, place)

    def _compare_choices(
        self, old: dict[str, Any], new: dict[str, Any], side: Side, where: str
    ) -> Iterator[Change]:
        for key in ("oneOf", "anyOf"):
            before, after = _choices(old.get(key)), _choices(new.get(key))
            if not before and not after:
                continue
            for name, node in before.items():
                if name in after:
                    place = f"{where} ({name})"
                    yield from self.compare(node, after[name], side, place)
                else:
                    breaking = side == "request"
                    yield Change(breaking, where, f"{key}: {name} is none any more")
            for name in after:
                if name not in before:
                    yield Change(side == "response", where, f"{key}: {name} is new")

    def _compare_not(
        self, old: dict[str, Any], new: dict[str, Any], side: Side, where: str
    ) -> Iterator[Change]:
        """Compare what a value must not fit: less of it allows more values."""
        if "not" in old and "not" in new:
            other: Side = "response" if side == "request" else "request"
            yield from self.compare(old["not"], new["not"], other, f"{where} (not)")
        elif "not" in new:
            yield Change(side == "request", where, "not: there is what mustn't fit now")
        elif "not" in old:
            yield Change(side == "response", where, "not: anything fits now")

    def _compare_conditions(
        self, old: dict[str, Any], new: dict[str, Any], side: Side, where: str
    ) -> Iterator[Change]:
        if "if" not in old and "if" not in new:
            return
        if old.get("if") != new.get("if"):
            # Which values it is about has changed, one way or another.
            is_sure = "if" in old and "if" in new
            breaking = is_sure or ("if" in new) == (side == "request")
            yield Change(breaking, where, "if: the condition is another")
            return
        for name in ("then", "else"):
            place = f"{where} ({name})"
            yield from self.compare(old.get(name, {}), new.get(name, {}), side, place)


def _merge(outline: Outline, schema: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Join the parts of ``allOf``."""
    parts = as_list(schema.get("allOf"))
    if not parts or depth > _MAX_DEPTH:
        return schema
    merged: dict[str, Any] = {}
    for part in map(outline.resolve, parts):
        join_schemas(merged, _merge(outline, part, depth + 1))
    join_schemas(merged, schema)
    return merged


def _name_schemas(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {str(index): node for index, node in enumerate(as_list(value))}
    return as_map(value)


def _choices(nodes: Any) -> dict[str, Any]:
    """Key alternatives by what they refer to, or by what they are."""
    return {
        as_text(as_map(node).get("$ref")).rpartition("/")[2]
        or as_text(as_map(node).get("title"))
        or json.dumps(node, sort_keys=True, default=str): node
        for node in as_list(nodes)
    }


def _compare_types(
    old: dict[str, Any], new: dict[str, Any], side: Side, where: str
) -> Iterator[Change]:
    before, after = _types(old), _types(new)
    if before == after:
        return
    # No types stand for all of them.
    is_wider = not after or (bool(before) and before <= after)
    is_narrower = not before or (bool(after) and after <= before)
    fits = is_wider if side == "request" else is_narrower
    words = [" or ".join(sorted(types)) or "anything" for types in (before, after)]
    yield Change(not fits, where, f"{words[1]} instead of {words[0]}")


def _types(schema: dict[str, Any]) -> set[str]:
    types = set(list_types(schema))
    # Every integer is a number.
    return types | {"integer"} if "number" in types else types


def _compare_values(
    old: dict[str, Any], new: dict[str, Any], side: Side, where: str
) -> Iterator[Change]:
    if "enum" not in old and "enum" not in new:
        return
    if "enum" not in old or "enum" not in new:
        is_new = "enum" in new
        text = "only named values now" if is_new else "any value now, not only named"
        yield Change(is_new == (side == "request"), where, text)
        return
    before = [*map(json.dumps, as_list(old["enum"]))]
    after = [*map(json.dumps, as_list(new["enum"]))]
    for value in before:
        if value not in after:
            yield Change(side == "request", where, f"value {value} is none any more")
    for value in after:
        if value not in before:
            yield Change(side == "response", where, f"value {value} is new")


def _compare_limits(
    old: dict[str, Any], new: dict[str, Any], side: Side, where: str
) -> Iterator[Change]:
    for key in (*_LOWER, *_UPPER, *_RULES):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        narrower = _is_narrower(key, before, after)
        breaking = narrower is None or narrower == (side == "request")
        yield Change(breaking, where, _tell(key, before, after))


def _compare_dependent(
    old: dict[str, Any], new: dict[str, Any], side: Side, where: str
) -> Iterator[Change]:
    before = as_map(old.get("dependentRequired"))
    after = as_map(new.get("dependentRequired"))
    for name in {**before, **after}:
        first, second = as_list(before.get(name)), as_list(after.get(name))
        for other in dict.fromkeys([*first, *second]):
            place = f"{where}.{other} (with {name})"
            yield from _compare_required(other in first, other in second, side, place)


def _compare_required(
    was: bool, is_now: bool, side: Side, where: str
) -> Iterator[Change]:
    if is_now and not was:
        yield Change(side == "request", where, "required now")
    if was and not is_now:
        yield Change(side == "response", where, "not required any more")


def _compare_notes(
    old: dict[str, Any], new: dict[str, Any], side: Side, where: str
) -> Iterator[Change]:
    """Compare what no value is judged by, and what a client counts on."""
    name, words = _ONE_WAY[side]
    was, is_now = old.get(name) is True, new.get(name) is True
    if was != is_now:
        text = f"{words} now" if is_now else f"not {words} any more"
        yield Change(is_now, where, text)
    before, after = old.get("default"), new.get("default")
    if before != after:
        yield Change(side == "request", where, _tell("default", before, after))


def _tell(key: str, before: Any, after: Any) -> str:
    if after is None:
        return f"no {key} any more, it was {json.dumps(before, default=str)}"
    if before is None:
        return f"{key} {json.dumps(after, default=str)} is new"
    first, second = (json.dumps(each, default=str) for each in (after, before))
    return f"{key} {first} instead of {second}"


def _is_narrower(key: str, before: Any, after: Any) -> bool | None:
    """Tell whether a limit allows less than before; ``None``: something else."""
    if before is None or after is None:
        return before is None
    if key in _LOWER:
        return bool(after > before)
    return bool(after < before) if key in _UPPER else None
