"""Keywords of JSON Schema that we check otherwise than openapi-core.

``multipleOf``
    by decimals: 19.99 is a multiple of 0.01, though its double is not.
``required``
    a property of the other direction is never required, in any version; 3.0
    says so, and what 3.1 leaves open is done in the same way.
``writeOnly``
    must not be in an answer, likewise.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from functools import cache, lru_cache
from math import inf, isfinite
from typing import Any

from poorwsgi_openapi.checks.casting import Casting
from poorwsgi_openapi.checks.certain import hidden_keyword
from poorwsgi_openapi.checks.judging.keywords import Builder, check_required
from poorwsgi_openapi.checks.judging.places import Build, Check
from poorwsgi_openapi.checks.judging.run import Path, Run
from poorwsgi_openapi.checks.numerals import with_ranges
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.pointers import is_map
from poorwsgi_openapi.document.schema_walk import walk_schemas

__all__ = ["adjust_keywords", "is_multiple"]

_EXACT = Context(prec=6000, Emax=MAX_EMAX, Emin=MIN_EMIN)
"""Holds the quotient of any two numbers of JSON, which have 4300 digits at most."""

_EXACTLY = 1e15
_PLACES = 22
"""Powers of ten up to this one are doubles."""

Keyword = Callable[[Any, Any, Any, Any], Iterator[Any]]


def is_multiple(value: float, step: float) -> bool:
    """Tell whether a number is a multiple of another, as both are written."""
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    exact, digits, scale = _read_step(step)
    # PERF: an amount of money is told in a third of the time.  A number of 15 digits
    # at most is written as the quotient by which its double is found.
    is_float = value.__class__ is float
    count = value * scale if is_float else inf
    if -_EXACTLY < count < _EXACTLY:
        count = round(count)
        return count / scale == value and count % digits == 0
    if is_float and not isfinite(value):
        return False
    return not _EXACT.remainder(Decimal(str(value)), exact)


@lru_cache
def _read_step(step: float) -> tuple[Decimal, int, float]:
    """Return a step as it is written, its digits, and the power of ten beside them.

    The power is infinite where it isn't of use.
    """
    exact = Decimal(str(step))
    _, digits, exponent = exact.normalize(_EXACT).as_tuple()
    number, places = int("".join(map(str, digits))), -int(exponent)
    is_exact = 0 <= places <= _PLACES
    return exact, number, 10.0**places if is_exact else inf


def adjust_keywords(
    core: Any, document: Document, *, is_reading: bool
) -> Mapping[Keyword, Builder]:
    """Let the validators of an unmarshaller of openapi-core use our keywords.

    Returns:
        The function of each keyword, and what builds its check where we judge.

    Args:
        core: the unmarshaller; its factories are copied.
        document: where references lead to.
        is_reading: it is for answers.
    """
    from jsonschema import validators

    untyped: Any = validators
    factory = copy(core.schema_validators_factory)
    find, known = factory.get_validator_cls, dict[Any, Any]()
    hidden = hidden_keyword(is_reading=is_reading)
    required, build_required = _find_required(document, hidden)
    keywords = {"multipleOf": _multiple_of, "required": required}
    if is_reading:
        keywords["writeOnly"] = _refuse_write_only

    def get_validator_cls(spec: Any, schema: Any) -> Any:
        try:
            stock = find(spec, schema)
        except ValueError:  # a dialect that nobody knows, which the start warns of
            stock = factory.schema_validator_cls
        if stock not in known:
            known[stock] = untyped.extend(stock, keywords)
        return known[stock]

    factory.get_validator_cls = get_validator_cls
    factory.format_checker = with_ranges(factory.format_checker)
    core.schema_validators_factory = factory
    unmarshallers = copy(core.schema_unmarshallers_factory)
    unmarshallers.schema_validators_factory = factory
    core.schema_unmarshallers_factory = unmarshallers
    return {
        _multiple_of: _build_multiple_of,
        required: build_required,
        _refuse_write_only: _build_write_only,
    }


def _multiple_of(validator: Any, step: Any, value: Any, _: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if validator.is_type(value, "number") and not is_multiple(value, step):
        yield ValidationError(f"{value!r} is not a multiple of {step}")


def _build_multiple_of(build: Build) -> Check:
    def check(run: Run, value: Any, path: Path | None) -> bool:
        return (
            not build.is_type(value, "number")
            or is_multiple(value, build.rule)
            or build.refuse(run, value, path)
        )

    return check


def _find_required(document: Document, hidden: str) -> tuple[Keyword, Builder]:
    """Return ``required`` as jsonschema asks it, and as we do."""
    properties = Casting(document).properties

    def filter_names(names: Any, schema: Mapping[str, Any]) -> list[str]:
        known = properties(schema)
        while not known.keys() >= {*names} and id(schema) in owners():
            schema = owners()[id(schema)]
            known = properties(schema)
        return [name for name in names if not _is_hidden(known.get(name))]

    @cache
    def owners() -> dict[int, Mapping[str, Any]]:
        """Find whose part a schema is that stands in an ``allOf``."""
        return {
            id(part): located.schema
            for located in walk_schemas(document.raw)
            for part in located.schema.get("allOf") or ()
        }

    def required(
        validator: Any, names: Any, value: Any, schema: Mapping[str, Any]
    ) -> Iterator[Any]:
        from jsonschema import ValidationError

        if not validator.is_type(value, "object"):
            return
        for name in filter_names(names, schema):
            if name not in value:
                yield ValidationError(f"{name!r} is a required property")

    def build_required(build: Build) -> Check:
        return check_required(filter_names(build.rule, build.schema), build)

    def _is_hidden(node: Any) -> bool:
        return is_map(node) and document.follow(node)[0].get(hidden) is True

    return required, build_required


def _refuse_write_only(_: Any, is_hidden: Any, value: Any, __: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if is_hidden is True:
        yield ValidationError(f"Tried to read write-only property with {value}")


def _build_write_only(build: Build) -> Check | None:
    return build.refuse if build.rule is True else None
