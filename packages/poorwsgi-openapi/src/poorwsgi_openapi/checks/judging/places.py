"""A schema, prepared: what each of its keywords asks, and the verdicts on values."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from poorwsgi_openapi.checks.judging.run import Enough, Path, Run, TooCostly, Violation
from poorwsgi_openapi.document.pointers import is_map

__all__ = ["Build", "Check", "Place"]

Check: TypeAlias = Callable[[Run, Any, "Path | None"], bool]
"""Tells whether a value is as one keyword asks; with a path it notes what isn't."""

_CONTAINERS: Any = (dict, list)
_MAX_HOPS = 50
_PLACES = 24
"""Bits of a key that number the place; the others are the value's identity."""
_MANY = 16
"""Names and schemas in a schema for which each look by it costs a step more."""
_OF_MANY = (
    *("properties", "required", "dependentRequired", "dependentSchemas"),
    *("prefixItems", "allOf", "anyOf", "oneOf"),
)
_BRANCHES = frozenset(
    {"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas"}
)
"""Keywords by which several ways may lead to the same schema and value."""


class Place:
    """One schema at one place of a document.

    Args:
        number: of this place only.
        schema: the schema.
        build: makes the checks of its keywords, when they are first asked for.
        descend: gives the place of a schema in this one.
        lookup: gives the place that a reference in this one means.

    Attributes:
        schema: the schema; a boolean has no keywords.
        weight: steps that a look costs more, if there is much in the schema.
    """

    __slots__ = (
        *("_build", "_checks", "_descend", "_inner", "_is_branching", "_lookup"),
        *("_number", "_targets", "schema", "weight"),
    )

    def __init__(
        self,
        number: int,
        schema: Any,
        build: "Callable[[Place], Sequence[Check]]",
        descend: "Callable[[Any], Place]",
        lookup: "Callable[[str], Place]",
    ) -> None:
        self._number = number
        self.schema = schema
        self._build = build
        self._checks: Sequence[Check] | None = None
        self._descend = descend
        self._lookup = lookup
        self._inner: dict[int, Place] = {}
        self._targets: dict[str, Place] = {}
        keywords: Any = schema if is_map(schema) else {}
        rules: list[Any] = [keywords.get(keyword) for keyword in _OF_MANY]
        many = sum(len(rule) for rule in rules if isinstance(rule, _CONTAINERS))
        self.weight = many // _MANY
        self._is_branching = not _BRANCHES.isdisjoint(keywords)

    def descend(self, schema: Any) -> "Place":
        """Return the place of a schema that stands in this one."""
        place = self._inner.get(id(schema))
        if place is None:
            place = self._inner[id(schema)] = self._descend(schema)
        return place

    def lookup(self, reference: str) -> "Place":
        """Return the place that a reference in this schema means.

        Raises:
            LookupError: it leads nowhere.
        """
        place = self._targets.get(reference)
        if place is None:
            place = self._targets[reference] = self._lookup(reference)
        return place

    def follow(self) -> "Place":
        """Return the place that is meant, where this one may be a reference."""
        place = self
        for _ in range(_MAX_HOPS):
            reference = place.schema.get("$ref") if is_map(place.schema) else None
            if not isinstance(reference, str):
                break
            place = place.lookup(reference)
        return place

    def key(self, value: Any) -> int:
        """Return what a verdict on a value is remembered by."""
        return id(value) << _PLACES | self._number

    def fits(self, run: Run, value: Any, path: Path | None = None) -> bool:
        """Tell whether a value fits the schema.

        Args:
            run: the judgement.
            value: the value, which lives as long as the judgement.
            path: where the value is; without it, violations aren't noted.

        Raises:
            TooCostly: there are no steps left.
        """
        # PERF: most of the work is done here, so little is called.
        is_container = isinstance(value, _CONTAINERS)
        steps, key = run.steps - 1, 0
        if is_container or self._is_branching:
            key = id(value) << _PLACES | self._number
            known = run.known.get(key)
            if known is not None and (known or path is None or key in run.told):
                return known
            steps -= self.weight + len(value) if is_container else self.weight
        run.steps = steps
        if steps < 0:
            raise TooCostly
        checks = self._checks
        if checks is None:
            checks = self._checks = self._build(self)
        verdict = True
        for check in checks:
            if not check(run, value, path):
                verdict = False
                if path is None:
                    break
        if key:
            run.known[key] = verdict
            # Two values that aren't containers may be one.
            if path is not None and is_container:
                run.told.add(key)
        return verdict

    def find_violations(self, run: Run, value: Any) -> Sequence[Violation]:
        """Return what is wrong with a value, up to a number.

        Raises:
            TooCostly: that takes too many steps.
        """
        # PERF: quicker than contextlib's suppress.
        try:  # noqa: SIM105
            self.fits(run, value, ())
        except Enough:
            pass
        return run.violations


class Build:
    """What the builder of a keyword's check knows.

    Attributes:
        keyword: the keyword.
        place: where the schema is.
        is_type: tells whether a value is of a type by name.
        has_format: tells whether a value has a format by name.
    """

    __slots__ = ("has_format", "is_type", "keyword", "place")

    def __init__(
        self,
        keyword: str,
        place: Place,
        is_type: Callable[[Any, str], bool],
        has_format: Callable[[Any, str], bool],
    ) -> None:
        self.keyword = keyword
        self.place = place
        self.is_type = is_type
        self.has_format = has_format

    @property
    def schema(self) -> Any:
        """The schema."""
        return self.place.schema

    @property
    def rule(self) -> Any:
        """What the schema says for the keyword."""
        return self.place.schema[self.keyword]

    def refuse(
        self,
        run: Run,
        value: Any,
        path: Path | None,
        *,
        names: Sequence[str] = (),
        keyword: str = "",
    ) -> bool:
        """Note that the value breaks this keyword, or another of the schema."""
        if path is None:
            return False
        keyword, schema = keyword or self.keyword, self.place.schema
        return run.refuse(path, keyword, schema.get(keyword), value, schema, names)
