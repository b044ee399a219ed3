"""What the keywords ask that lead to other schemas.

``anyOf``, ``oneOf``, ``not``, ``if`` and ``contains`` ask for verdicts alone: what
is wrong in a branch is told to nobody, so nothing of it is kept.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from poorwsgi_openapi.checks.judging.evaluated import (
    unevaluated_items,
    unevaluated_properties,
)
from poorwsgi_openapi.checks.judging.keywords import Builder
from poorwsgi_openapi.checks.judging.places import Build, Check, Place
from poorwsgi_openapi.checks.judging.run import Path, Run
from poorwsgi_openapi.document.ecma import compile_pattern, cost_of
from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["BRANCHES", "BRANCHES_30", "DISCRIMINATED"]

_NO_NAME = frozenset("/~%#")
"""Characters by which a client would point into a schema."""
_COMPONENT = "#/components/schemas/{}"


def _each(run: Run, pairs: Iterator[tuple[Any, Any, Place]], path: Path | None) -> bool:
    """Judge parts of a value, each by a place: ``(key, part, place)``."""
    verdict = True
    for key, part, place in pairs:
        if not place.fits(run, part, None if path is None else (path, key)):
            if path is None:
                return False
            verdict = False
    return verdict


def _properties(build: Build) -> Check:
    places = {name: build.place.descend(node) for name, node in build.rule.items()}

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        verdict = True
        for name, place in places.items():
            if name in value and not place.fits(
                run, value[name], None if path is None else (path, name)
            ):
                if path is None:
                    return False
                verdict = False
        return verdict

    return check


def _pattern_properties(build: Build) -> Check:
    places = [
        (compile_pattern(key).search, build.place.descend(node))
        for key, node in build.rule.items()
    ]
    cost = cost_of(*build.rule)

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        run.spend(len(value) * cost)
        pairs = (
            (name, part, place)
            for search, place in places
            for name, part in value.items()
            if search(name)
        )
        return _each(run, pairs, path)

    return check


def _extras(build: Build) -> Callable[[dict[str, Any]], list[str]]:
    known: Any = build.schema.get("properties", {})
    searches = [
        compile_pattern(key).search for key in build.schema.get("patternProperties", {})
    ]

    def find(value: dict[str, Any]) -> list[str]:
        return [
            name
            for name in value
            if name not in known and not any(search(name) for search in searches)
        ]

    return find


def _additional_properties(build: Build) -> Check | None:
    find, cost = _extras(build), cost_of(*build.schema.get("patternProperties", ()))
    if build.rule is not False and not is_map(build.rule):
        return None
    place = build.place.descend(build.rule)

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        run.spend(len(value) * cost)
        extras = find(value)
        if not extras:
            return True
        if build.rule is False:
            return build.refuse(run, value, path, names=extras)
        return _each(run, ((name, value[name], place) for name in extras), path)

    return check


def _property_names(build: Build) -> Check:
    place = build.place.descend(build.rule)

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        verdict = True
        for name in value:
            if not place.fits(run, name, path):
                if path is None:
                    return False
                verdict = False
        return verdict

    return check


def _items_30(build: Build) -> Check:
    place = build.place.descend(build.rule)

    def check(run: Run, value: Any, path: Path | None) -> bool:
        return not is_list(value) or _each(
            run, ((index, part, place) for index, part in enumerate(value)), path
        )

    return check


def _items(build: Build) -> Check:
    first, place = (
        len(build.schema.get("prefixItems", ())),
        build.place.descend(build.rule),
    )

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_list(value) or len(value) <= first:
            return True
        if build.rule is False:
            return build.refuse(run, value, path)
        rest = enumerate(value[first:], first)
        return _each(run, ((index, part, place) for index, part in rest), path)

    return check


def _prefix_items(build: Build) -> Check:
    places = [build.place.descend(node) for node in build.rule]

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_list(value):
            return True
        pairs = zip(value, places, strict=False)
        found = ((index, *pair) for index, pair in enumerate(pairs))
        return _each(run, found, path)

    return check


def _contains(build: Build) -> Check:
    place = build.place.descend(build.rule)
    least: int = build.schema.get("minContains", 1)
    most: int | None = build.schema.get("maxContains")

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_list(value):
            return True
        matches = 0
        for part in value:
            matches += place.fits(run, part)
            if most is not None and matches > most:
                return build.refuse(run, value, path, keyword="maxContains")
        if matches >= least:
            return True
        return build.refuse(run, value, path, keyword="minContains" if matches else "")

    return check


def _all_of(build: Build) -> Check:
    places = [build.place.descend(node) for node in build.rule]

    def check(run: Run, value: Any, path: Path | None) -> bool:
        verdict = True
        for place in places:
            if not place.fits(run, value, path):
                if path is None:
                    return False
                verdict = False
        return verdict

    return check


def _any_of(build: Build) -> Check:
    places = [build.place.descend(node) for node in build.rule]

    def check(run: Run, value: Any, path: Path | None) -> bool:
        # PERF: a generator of these takes twice the time.
        for place in places:
            if place.fits(run, value):
                return True
        return build.refuse(run, value, path)

    return check


def _one_of(build: Build) -> Check:
    places = [build.place.descend(node) for node in build.rule]

    def check(run: Run, value: Any, path: Path | None) -> bool:
        fitting = 0
        for place in places:
            fitting += place.fits(run, value)
            if fitting > 1:
                break
        return fitting == 1 or build.refuse(run, value, path)

    return check


def _not(build: Build) -> Check:
    place = build.place.descend(build.rule)

    def check(run: Run, value: Any, path: Path | None) -> bool:
        return not place.fits(run, value) or build.refuse(run, value, path)

    return check


def _if(build: Build) -> Check:
    place, schema = build.place.descend(build.rule), build.schema
    ways = {
        verdict: build.place.descend(schema[key])
        for verdict, key in ((True, "then"), (False, "else"))
        if key in schema
    }

    def check(run: Run, value: Any, path: Path | None) -> bool:
        way = ways.get(place.fits(run, value))
        return way is None or way.fits(run, value, path)

    return check


def _dependent_schemas(build: Build) -> Check:
    places = {name: build.place.descend(node) for name, node in build.rule.items()}

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        verdict = True
        for name, place in places.items():
            if name in value:
                verdict &= place.fits(run, value, path)
        return verdict

    return check


def _reference(build: Build) -> Check:
    return build.place.lookup(build.rule).fits


def _unevaluated_properties(build: Build) -> Check:
    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        names = unevaluated_properties(run, value, build.place, [*value])
        return not names or build.refuse(run, value, path, names=names)

    return check


def _unevaluated_items(build: Build) -> Check:
    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_list(value):
            return True
        indices = [*range(len(value))]
        return not unevaluated_items(run, value, build.place, indices) or build.refuse(
            run, value, path
        )

    return check


def _discriminated(plain: Builder) -> Builder:
    """Let a discriminator choose the schema, where there is one."""

    def build_choice(build: Build) -> Check | None:
        chooser: Any = build.schema.get("discriminator")
        if chooser is None:
            return plain(build)
        name: str = chooser["propertyName"]
        mapping: Mapping[str, Any] = chooser.get("mapping") or {}
        # PERF: names of clients are looked up here, where they may be unknown.
        known = _find_components(build.place)

        def lookup(schema: str, target: str | None) -> Place | None:
            if schema in known:
                target = _COMPONENT.format(schema)
            try:
                return build.place.lookup(target) if target else None
            except LookupError:
                return None

        usual: Any = chooser.get("defaultMapping")  # since 3.2

        def find(value: Any) -> Place | None:
            choice = value.get(name) if is_map(value) else None
            found = None
            if choice and isinstance(choice, str):
                target = mapping.get(choice)
                found = lookup(target or choice, target)
            return lookup(usual, usual) if found is None and usual else found

        def check(run: Run, value: Any, path: Path | None) -> bool:
            place = find(value)
            if place is None:
                return build.refuse(run, value, path)
            return place.fits(run, value, path)

        return check

    return build_choice


def _find_components(place: Place) -> frozenset[str]:
    """Return the names of the schemas in the components of a document."""
    try:
        found = place.lookup("#/components/schemas").schema
    except LookupError:
        return frozenset()
    return frozenset(name for name in found if _NO_NAME.isdisjoint(name))


_SHARED: Mapping[str, Builder] = {
    "properties": _properties,
    "not": _not,
    "$ref": _reference,
}
BRANCHES: Mapping[str, Builder] = {
    **_SHARED,
    "$dynamicRef": _reference,
    "additionalProperties": _additional_properties,
    "allOf": _all_of,
    "anyOf": _any_of,
    "contains": _contains,
    "dependentSchemas": _dependent_schemas,
    "if": _if,
    "items": _items,
    "oneOf": _one_of,
    "patternProperties": _pattern_properties,
    "prefixItems": _prefix_items,
    "propertyNames": _property_names,
    "unevaluatedItems": _unevaluated_items,
    "unevaluatedProperties": _unevaluated_properties,
}
"""Builders of JSON Schema's keywords, draft 2020-12."""

DISCRIMINATED: Mapping[str, Builder] = {
    "allOf": _discriminated(_all_of),
    "anyOf": _discriminated(_any_of),
    "oneOf": _discriminated(_one_of),
}
"""Builders of OpenAPI's."""

BRANCHES_30: Mapping[str, Builder] = {
    **DISCRIMINATED,
    "additionalProperties": _additional_properties,
    "items": _items_30,
}
"""Builders where OpenAPI 3.0 differs."""
