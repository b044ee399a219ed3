"""Keywords whose functions are somebody else's: of other drafts, or of a Config.

Such a function gets a stand-in for jsonschema's validator, which judges by places,
so what it asks is remembered and counted as anything else.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from poorwsgi_openapi.checks.judging.places import Build, Check, Place
from poorwsgi_openapi.checks.judging.run import Path, Run, Violation

__all__ = ["adapt"]


def adapt(function: Callable[..., Any], build: Build, validator: Any) -> Check:
    """Build the check of a keyword from its jsonschema function.

    Args:
        function: of the validator, the rule, the value and the schema.
        build: see ``Build``.
        validator: jsonschema's own.
    """

    def check(run: Run, value: Any, path: Path | None) -> bool:
        stand_in = _StandIn(run, build.place, validator)
        found = function(stand_in, build.rule, value, build.schema) or ()
        if path is None:
            return next(iter(found), None) is None
        verdict = True
        for error in found:
            verdict = _note(run, error, build, value, path)
        return verdict

    return check


def _note(run: Run, error: Any, build: Build, value: Any, path: Path) -> bool:
    error._set(  # noqa: SLF001 - as jsonschema's own loop does
        validator=build.keyword,
        validator_value=build.rule,
        instance=value,
        schema=build.schema,
    )
    for key in error.absolute_path:
        path = (path, key)
    rule, instance, schema = error.validator_value, error.instance, error.schema
    return run.refuse(
        *(path, error.validator, rule, instance, schema), message=error.message
    )


class _StandIn:
    """What a keyword's function may ask of jsonschema's validator."""

    def __init__(self, run: Run, place: Place, validator: Any) -> None:
        self._run = run
        self._place = place
        self._validator = validator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._validator, name)

    @property
    def schema(self) -> Any:
        return self._place.schema

    def evolve(self, *, schema: Any, **_: Any) -> "_StandIn":
        return _StandIn(self._run, self._place.descend(schema), self._validator)

    def is_valid(self, instance: Any) -> bool:
        return self._place.fits(self._run, instance)

    def iter_errors(self, instance: Any) -> Iterator[Any]:
        return self._judge(self._place, instance, None)

    def descend(
        self, instance: Any, schema: Any, path: Any = None, schema_path: Any = None
    ) -> Iterator[Any]:
        del schema_path
        return self._judge(self._place.descend(schema), instance, path)

    def _validate_reference(self, ref: str, instance: Any) -> Iterator[Any]:
        return self._judge(self._place.lookup(ref), instance, None)

    def _judge(self, place: Place, instance: Any, path: Any) -> Iterator[Any]:
        if place.fits(self._run, instance):
            return
        inner = Run(self._run.steps)
        inner.known = self._run.known
        violations = place.find_violations(inner, instance)
        self._run.steps = inner.steps
        for violation in violations:
            yield _error(violation, path)


def _error(violation: Violation, path: Any) -> Any:
    from jsonschema.exceptions import ValidationError

    keys, keyword = violation.absolute_path, cast("Any", violation.validator)
    return ValidationError(
        violation.message or "".join(repr(name) for name in violation.names[:1]),
        validator=keyword,
        path=keys if path is None else [path, *keys],
        instance=violation.instance,
        validator_value=violation.validator_value,
        schema=violation.schema,
    )
