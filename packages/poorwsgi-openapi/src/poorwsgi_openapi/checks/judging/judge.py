"""The schemas of a document, each prepared once for each way that leads to it.

References are followed by the resolver of jsonschema's validator.  Where a schema
is depends on the base of its references, and with ``$dynamicRef`` on the bases
that were passed before; so a place is known by these and by the schema itself.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any

from poorwsgi_openapi.checks.judging import branches, keywords
from poorwsgi_openapi.checks.judging.foreign import adapt
from poorwsgi_openapi.checks.judging.places import Build, Check, Place
from poorwsgi_openapi.checks.judging.run import Path, Run
from poorwsgi_openapi.document.pointers import is_map

__all__ = ["Judge"]


class Judge:
    """Judges values as one validator of jsonschema does.

    Args:
        validator: of any schema of the document; its keywords, types and formats
            are used.
        own: functions of keywords that are ours, and what builds their checks.
    """

    def __init__(
        self,
        validator: Any,
        own: Mapping[Callable[..., Any], keywords.Builder] | None = None,
    ) -> None:
        self._validator = validator
        self._own = own or {}
        self._places: dict[tuple[Any, ...], Place] = {}
        self._numbers = count()

    def place(self, validator: Any) -> Place:
        """Return the place of the schema that a validator is for."""
        resolver = validator._resolver  # noqa: SLF001 - nobody else has it
        return self._find(validator.schema, resolver, validator.__class__)

    def _find(self, schema: Any, resolver: Any, kind: type) -> Place:
        from jsonschema.validators import validator_for

        kind = validator_for(schema, default=kind)
        scope = tuple(dict.fromkeys(uri for uri, _ in resolver.dynamic_scope()))
        base = resolver._base_uri  # noqa: SLF001 - nobody else tells
        key = (kind, id(schema), base, scope)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = self._make(schema, resolver, kind)
        return place

    def _make(self, schema: Any, resolver: Any, kind: Any) -> Place:
        from referencing.exceptions import Unresolvable

        def descend(inner: Any) -> Place:
            if not is_map(inner):
                return self._find(inner, resolver, kind)
            resource = _specification(kind).create_resource(inner)
            found = self._find(inner, resolver.in_subresource(resource), kind)
            # PERF: what is nothing but a reference is what it means.
            return found.follow() if inner.keys() == {"$ref"} else found

        def lookup(reference: str) -> Place:
            try:
                resolved = resolver.lookup(reference)
            except Unresolvable as error:
                raise LookupError(f"{reference} leads nowhere") from error
            return self._find(resolved.contents, resolved.resolver, kind)

        return Place(
            next(self._numbers),
            schema,
            lambda place: self._build(place, kind),
            descend,
            lookup,
        )

    def _build(self, place: Place, kind: Any) -> Sequence[Check]:
        schema = place.schema
        if not is_map(schema):
            return [] if schema is not False else [_refuse_all]
        validator = self._validator
        functions: Mapping[str, Any] = kind.VALIDATORS
        checks: list[Check] = []
        for keyword in schema:
            function = functions.get(keyword)
            if function is None:
                continue
            build = Build(keyword, place, kind.TYPE_CHECKER.is_type, self._has_format)
            builder = self._own.get(function) or _builders().get(function)
            if builder is None:
                checks.append(adapt(function, build, validator))
            elif (check := builder(build)) is not None:
                checks.append(check)
        return checks

    def _has_format(self, value: Any, name: str) -> bool:
        from jsonschema.exceptions import FormatError

        checker = self._validator.format_checker
        if checker is None:
            return True
        try:
            checker.check(value, name)
        except FormatError:
            return False
        return True


def _refuse_all(run: Run, value: Any, path: Path | None) -> bool:
    return run.refuse(path, None, None, value, False)


@cache
def _specification(kind: Any) -> Any:
    """Return how jsonschema reads identifiers in schemas for this validator."""
    import referencing.jsonschema

    return referencing.jsonschema.specification_with(
        dialect_id=kind.ID_OF(kind.META_SCHEMA) or "urn:unknown-dialect",
        default=referencing.Specification.OPAQUE,
    )


@cache
def _builders() -> Mapping[Callable[..., Any], keywords.Builder]:
    """Map the functions of known keywords to the builders of ours.

    A keyword is known by its function, not by its name: a Config may have another.
    """
    import jsonschema
    import openapi_schema_validator

    drafts: Any = jsonschema
    openapi: Any = openapi_schema_validator
    known: dict[Callable[..., Any], keywords.Builder] = {}
    tables: list[tuple[Any, Mapping[str, keywords.Builder]]] = [
        (drafts.Draft202012Validator, {**keywords.DRAFT, **branches.BRANCHES}),
        (openapi.OAS31Validator, branches.DISCRIMINATED),
        (openapi.OAS31Validator, {"description": keywords.nothing}),
        (openapi.OAS30Validator, {**keywords.OAS30, **branches.BRANCHES_30}),
        (openapi.OAS30ReadValidator, keywords.READING),
        (openapi.OAS30WriteValidator, keywords.WRITING),
    ]
    for kind, builders in tables:
        for keyword, builder in builders.items():
            known[kind.VALIDATORS[keyword]] = builder
    return known
