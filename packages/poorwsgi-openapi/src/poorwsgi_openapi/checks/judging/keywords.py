"""What the keywords of single values ask: types, limits, choices, lengths.

Each builder gets a ``Build`` and returns the check of its keyword, or ``None`` when
there is nothing to ask.  Verdicts are jsonschema's and openapi-schema-validator's;
what those would write into a message (the whole value, each time) is left out.
"""

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any, TypeAlias

from poorwsgi_openapi.checks.judging.places import Build, Check
from poorwsgi_openapi.checks.judging.run import Path, Run, count_values
from poorwsgi_openapi.checks.judging.sameness import Choices, has_same_items
from poorwsgi_openapi.document.ecma import compile_pattern, cost_of
from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = [
    "DRAFT",
    "OAS30",
    "READING",
    "WRITING",
    "Builder",
    "check_required",
    "nothing",
]

Builder: TypeAlias = Callable[[Build], Check | None]

_CLASSES: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
    "array": frozenset({list}),
    "object": frozenset({dict}),
}
# A number without a fraction may be an integer, so of a float more is asked.
_SURE = frozenset({str, int, bool, type(None), list, dict})
"""Classes whose values are of the types above, and of no others."""
# A string costs a step more for so many characters.
_CHARACTERS = 64
_FORMAT = 5
"""Steps that a format costs, whose check is somebody else's."""
_DEEPEST = 10_000


def _type(build: Build) -> Check:
    kinds: list[Any] = build.rule if is_list(build.rule) else [build.rule]
    # PERF: the classes of JSON are known without asking for each type.
    classes = frozenset[type]().union(*(_CLASSES.get(kind, ()) for kind in kinds))
    sure = _SURE if all(kind in _CLASSES for kind in kinds) else frozenset[type]()

    def check(run: Run, value: Any, path: Path | None) -> bool:
        return (
            value.__class__ in classes
            or (
                value.__class__ not in sure
                and any(build.is_type(value, kind) for kind in kinds)
            )
            or build.refuse(run, value, path)
        )

    return check


def _type_30(build: Build) -> Check:
    plain, is_nullable = _type(build), build.schema.get("nullable") is True
    takes_bytes = build.rule == "string" and build.schema.get("format") == "binary"

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if value is None:
            if is_nullable:
                return True
            rule, message = build.rule, "None for not nullable"
            run.refuse(path, "type", rule, value, build.schema, message=message)
        elif takes_bytes and isinstance(value, bytes):
            return True
        return plain(run, value, path)

    return check


def _choices(build: Build) -> Check:
    given: list[Any] = build.rule if build.keyword == "enum" else [build.rule]
    choices = Choices(given)

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if is_list(value) or is_map(value):
            run.spend(count_values(value, _DEEPEST))
        return value in choices or build.refuse(run, value, path)

    return check


def _limit(compare: Callable[[Any, Any], bool], build: Build) -> Check:
    limit, is_type, classes = build.rule, build.is_type, _CLASSES["number"]
    others = _SURE - classes

    def check(run: Run, value: Any, path: Path | None) -> bool:
        return (
            value.__class__ in others
            or (value.__class__ not in classes and not is_type(value, "number"))
            or compare(value, limit)
            or build.refuse(run, value, path)
        )

    return check


def _limit_30(
    compare: Callable[[Any, Any], bool], strict: Callable[[Any, Any], bool], key: str
) -> Builder:
    def build_limit(build: Build) -> Check:
        is_open = build.schema.get(key, False)
        return _limit(strict if is_open else compare, build)

    return build_limit


def _size(compare: Callable[[Any, Any], bool], kind: str) -> Callable[[Build], Check]:
    (known,) = _CLASSES[kind]

    def build_size(build: Build) -> Check:
        limit, is_type = build.rule, build.is_type

        def check(run: Run, value: Any, path: Path | None) -> bool:
            return (
                (value.__class__ is not known and not is_type(value, kind))
                or compare(len(value), limit)
                or build.refuse(run, value, path)
            )

        return check

    return build_size


def _format(build: Build) -> Check:
    name, has_format = build.rule, build.has_format

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if isinstance(value, str):
            run.spend(_FORMAT + len(value) // _CHARACTERS)
        return has_format(value, name) or build.refuse(run, value, path)

    return check


def _format_30(build: Build) -> Check:
    plain = _format(build)
    return lambda run, value, path: value is None or plain(run, value, path)


def _pattern(build: Build) -> Check:
    search, cost = compile_pattern(build.rule).search, cost_of(build.rule)

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not isinstance(value, str):
            return True
        run.spend(cost + len(value) // _CHARACTERS)
        return search(value) is not None or build.refuse(run, value, path)

    return check


def _unique_items(build: Build) -> Check | None:
    if not build.rule:
        return None

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_list(value) or len(value) < 2:
            return True
        run.spend(count_values(value, _DEEPEST))
        return not has_same_items(value) or build.refuse(run, value, path)

    return check


def check_required(names: list[str], build: Build) -> Check:
    """Build the check of an object that has to have some properties."""

    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        verdict = True
        for name in names:
            if name not in value:
                verdict = build.refuse(run, value, path, names=(name,))
                if path is None:
                    break
        return verdict

    return check


def _plain_required(build: Build) -> Check:
    return check_required(build.rule, build)


def _required_but(*marks: str) -> Callable[[Build], Check]:
    """Build ``required`` of 3.0, where properties with a mark may be missing."""

    def build_required(build: Build) -> Check:
        known: Any = build.schema.get("properties", {})
        nodes: list[tuple[str, Any]] = [(n, known.get(n) or {}) for n in build.rule]
        names = [
            name for name, node in nodes if not any(node.get(mark) for mark in marks)
        ]
        return check_required(names, build)

    return build_required


def _foreign_property(build: Build) -> Check | None:
    """Build ``readOnly`` of a request in 3.0, or ``writeOnly`` of an answer."""
    return build.refuse if build.rule else None


def _dependent_required(build: Build) -> Check:
    def check(run: Run, value: Any, path: Path | None) -> bool:
        if not is_map(value):
            return True
        verdict = True
        for name, others in build.rule.items():
            if name in value:
                for other in others:
                    if other not in value:
                        verdict = build.refuse(run, value, path)
        return verdict

    return check


def nothing(_: Build) -> None:
    """Build what a keyword asks that says nothing about a value."""


_SINGLE: Mapping[str, Builder] = {
    "const": _choices,
    "enum": _choices,
    "minLength": _size(ge, "string"),
    "maxLength": _size(le, "string"),
    "minItems": _size(ge, "array"),
    "maxItems": _size(le, "array"),
    "minProperties": _size(ge, "object"),
    "maxProperties": _size(le, "object"),
    "uniqueItems": _unique_items,
}
DRAFT: Mapping[str, Builder] = {
    **_SINGLE,
    "type": _type,
    "format": _format,
    "pattern": _pattern,
    "minimum": lambda build: _limit(ge, build),
    "maximum": lambda build: _limit(le, build),
    "exclusiveMinimum": lambda build: _limit(gt, build),
    "exclusiveMaximum": lambda build: _limit(lt, build),
    "required": _plain_required,
    "dependentRequired": _dependent_required,
}
"""Builders of JSON Schema's keywords, draft 2020-12."""

OAS30: Mapping[str, Builder] = {
    "type": _type_30,
    "format": _format_30,
    "pattern": _pattern,
    "minimum": _limit_30(ge, gt, "exclusiveMinimum"),
    "maximum": _limit_30(le, lt, "exclusiveMaximum"),
    "required": _required_but("readOnly", "writeOnly"),
}
"""Builders where OpenAPI 3.0 differs."""

READING: Mapping[str, Builder] = {
    "required": _required_but("writeOnly"),
    "writeOnly": _foreign_property,
}
WRITING: Mapping[str, Builder] = {
    "required": _required_but("readOnly"),
    "readOnly": _foreign_property,
}
