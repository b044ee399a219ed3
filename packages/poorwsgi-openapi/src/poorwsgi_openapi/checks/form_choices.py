"""Which branches of a form's schema its fields fit, told within a number of steps.

openapi-core asks that while it reads a form, by jsonschema's own validators, which
take exponential time for some schemas and patterns; here our judge is asked.
"""

from collections.abc import Callable
from typing import Any

from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from openapi_core.validation.schemas.validators import SchemaValidator

from poorwsgi_openapi.checks.judging.judge import Judge
from poorwsgi_openapi.checks.judging.run import Run

__all__ = ["build_chooser"]

_STEPS = 500
"""Steps of a branch, which openapi-core prepares anew for each form."""


def build_chooser(stock: Any, judge: Judge, run: Run) -> Any:
    """Build what tells openapi-core the branches that a form fits.

    Args:
        stock: openapi-core's validator of the schema.
        judge: what judges values.
        run: what that may cost.
    """

    def check(validator: Any, value: Any) -> bool:
        run.spend(_STEPS)
        return judge.place(validator).fits(run, value)

    return _Chooser(stock.schema, stock.validator, check)


class _Chooser(SchemaValidator):
    def __init__(
        self, schema: Any, validator: Any, check: Callable[[Any, Any], bool]
    ) -> None:
        super().__init__(schema, validator)
        self._check = check

    def validate(self, value: Any) -> None:
        if not self._check(self.validator, value):
            raise InvalidSchemaValue(value, "any", ())

    def evolve(self, schema: Any) -> "_Chooser":
        with schema.resolve() as resolved:
            validator = self.validator.evolve(
                schema=resolved.contents, _resolver=resolved.resolver
            )
        return _Chooser(schema, validator, self._check)
