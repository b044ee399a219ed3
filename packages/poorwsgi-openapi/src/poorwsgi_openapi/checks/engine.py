"""The parts of openapi-core that a document needs, prepared.

openapi-core makes its validators, casters and unmarshallers anew for every
value, and looks up the document each time.  Here each is made once for each
schema, by openapi-core's own factories and with its ``Config``, and asked
directly.  What openapi-core decides is final; ``certain`` only saves asking.

openapi-core is imported when the first engine is made.
"""

import logging
import warnings
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from poorwsgi_openapi.checks.certain import (
    UNSURE,
    Certain,
    CertainSchemas,
    ask_certain,
    hidden_keyword,
    never,
)
from poorwsgi_openapi.checks.judging.judge import Judge
from poorwsgi_openapi.checks.judging.places import Place
from poorwsgi_openapi.checks.judging.run import Run, TooCostly, Violation, count_values
from poorwsgi_openapi.checks.judging.typed import Maker
from poorwsgi_openapi.checks.keywords import adjust_keywords
from poorwsgi_openapi.checks.numerals import with_strict_numerals
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.pointers import is_map

if TYPE_CHECKING:
    from jsonschema_path import SchemaPath
    from openapi_core import Config

__all__ = [
    "DIALECTS",
    "MOST_STEPS",
    "Engine",
    "InvalidValue",
    "Purse",
    "SchemaPlan",
    "Side",
    "refuse_cost",
]

MOST_STEPS = 50_000
"""Steps that the judgement of a value may take; see ``Engine``."""

DIALECTS = (
    "https://spec.openapis.org/oas/3.1/dialect/base",
    "https://spec.openapis.org/oas/3.2/dialect/base",
)
"""Dialects of JSON Schema that are OpenAPI's own."""

log = logging.getLogger("poorwsgi")

_PORTION = 65_536
"""Bytes that may take the steps of the setting; more bytes may take more."""

_MOST_LEVELS = 100


class InvalidValue(ValueError):
    """A value that its schema refuses.

    Attributes:
        errors: rules that it breaks; none when the value can't even be checked.
        is_costly: checking it takes more steps than are allowed.
        pointer: JSON pointer of the value, where it is part of another.
    """

    def __init__(self, errors: Sequence[Any] = (), *, is_costly: bool = False) -> None:
        super().__init__("The value doesn't fit its schema")
        self.errors = errors
        self.is_costly = is_costly
        self.pointer = ""


class Purse:
    """Steps that many values may take together, more with each octet that comes.

    Args:
        most_steps: see ``Engine``.

    Attributes:
        left: steps that are left.
    """

    def __init__(self, most_steps: int) -> None:
        self._most_steps = most_steps
        self._size = 0
        self.left = most_steps

    def add(self, size: int) -> None:
        """Add the steps of so many octets; the first portion is there already."""
        before = max(self._size, _PORTION)
        self._size += size
        more = max(self._size, _PORTION) - before
        self.left += self._most_steps * more // _PORTION


class Engine:
    """openapi-core for one document.

    Args:
        document: the document.
        config: of openapi-core; its formats, media types and policies are used.
        most_steps: that judging a value may take, for each 64 KiB of a body.
    """

    def __init__(
        self,
        document: Document,
        config: "Config | None" = None,
        most_steps: int = MOST_STEPS,
    ) -> None:
        self.document = document
        self._config = config
        self._most_steps = most_steps

    @cached_property
    def core(self) -> Any:
        """The ``openapi_core.OpenAPI`` of the document."""
        from dataclasses import replace

        import openapi_core

        # The document has been checked, or nobody wants that.
        unchecked: Any = None
        config = replace(
            self._config or openapi_core.Config(), spec_validator_cls=unchecked
        )
        return openapi_core.OpenAPI(self.document.schema_path, config=config)

    @cached_property
    def request(self) -> "Side":
        """What requests are checked by."""
        return self._side(self.core.request_unmarshaller, is_reading=False)

    @cached_property
    def response(self) -> "Side":
        """What responses are checked by."""
        return self._side(self.core.response_unmarshaller, is_reading=True)

    def _side(self, core: Any, *, is_reading: bool) -> "Side":
        return Side(self.document, core, self._most_steps, is_reading=is_reading)


class Side:
    """What one direction is checked by: requests, or responses.

    Args:
        document: the document.
        core: an unmarshaller of openapi-core, whose factories are used.
        most_steps: see ``Engine``.
        is_reading: it is for responses.

    Attributes:
        has_own_styles: the application reads styles of parameters itself.
        hidden: keyword of the properties that are of the other direction.
    """

    def __init__(
        self, document: Document, core: Any, most_steps: int, *, is_reading: bool
    ) -> None:
        self.document = document
        self.core = core
        self.most_steps = most_steps
        self.has_own_styles = not _adjust_casters(core)
        self._keywords = adjust_keywords(core, document, is_reading=is_reading)
        self._plans: dict[tuple[str, ...], SchemaPlan] = {}
        self._is_reading = is_reading
        self.hidden = hidden_keyword(is_reading=is_reading)

    def schema_path(self, keys: Sequence[str]) -> "SchemaPath":
        """Return a place of the document as openapi-core walks to it."""
        node: Any = self.document.schema_path
        for key in keys:
            owner = node.read_value()
            node = node / (int(key) if isinstance(owner, list) else key)
        return node  # type: ignore[no-any-return]

    def plan(self, keys: tuple[str, ...], schema: Any) -> "SchemaPlan":
        """Return what checks the values of a schema.

        Args:
            keys: where the schema is.
            schema: the same, as it stands in the document.
        """
        found = self._plans.get(keys)
        if found is None:
            certain = self._certain.compile(schema) if self._certain else never
            found = self._plans[keys] = SchemaPlan(self, keys, certain)
        return found

    @cached_property
    def _certain(self) -> CertainSchemas | None:
        dialect = self.document.raw.get("jsonSchemaDialect", DIALECTS[0])
        if dialect not in DIALECTS:
            return None
        core = self.core
        return CertainSchemas(
            self.document.raw,
            self.validator(self.document.schema_path).validator,
            self._formats,
            is_30=self.document.version == "3.0",
            is_reading=self._is_reading,
            forbids_extras=core.forbid_unspecified_additional_properties,
            requires_all=core.enforce_properties_required,
        )

    @cached_property
    def judge(self) -> Judge:
        """What judges values by the schemas of the document."""
        return Judge(
            self.validator(self.document.schema_path).validator, self._keywords
        )

    @cached_property
    def maker(self) -> Maker | None:
        """What makes typed values; ``None`` when a Config has its own."""
        from openapi_core.unmarshalling.schemas.unmarshallers import SchemaUnmarshaller

        if type(self.unmarshaller(self.document.schema_path)) is not SchemaUnmarshaller:
            return None
        return Maker(self._formats, self.hidden)

    @property
    def _formats(self) -> Mapping[str, Callable[[Any], Any]]:
        from openapi_core.unmarshalling.schemas.util import format_byte

        core, factory = self.core, self.core.schema_unmarshallers_factory
        found: dict[str, Any] = {**factory.format_unmarshallers}
        if found.get("byte") is format_byte:
            found["byte"] = _read_byte
        return {**found, **(core.extra_format_unmarshallers or {})}

    def start(self, value: Any, size: int = 0, purse: Purse | None = None) -> Run:
        """Start a judgement.

        Args:
            value: what is judged.
            size: bytes that it was sent in, where that is known.
            purse: steps that it may take, if it has them in common with others.

        Raises:
            RecursionError: the value is nested too deeply.
        """
        # PERF: what is short isn't deep.
        if not 0 < size < _MOST_LEVELS:
            count_values(value, _MOST_LEVELS)
        if purse is not None:
            return Run(purse.left)
        return Run(self.most_steps * max(size, _PORTION) // _PORTION)

    def open_purse(self, size: int = 0) -> Purse:
        """Return the steps that values of so many octets may take together."""
        purse = Purse(self.most_steps)
        purse.add(size)
        return purse

    def validator(self, schema: "SchemaPath") -> Any:
        """Build openapi-core's validator of a schema."""
        return self._create(self.core.schema_validators_factory, schema)

    def unmarshaller(self, schema: "SchemaPath") -> Any:
        """Build openapi-core's unmarshaller of a schema.

        A format that nobody knows leaves the value as it is, which JSON Schema
        asks for; openapi-core would refuse every value.
        """
        extra: dict[str, Callable[[Any], Any]] = {}
        with schema.resolve() as resolved:
            contents = cast("object", resolved.contents)
            name = contents.get("format") if is_map(contents) else None
        if isinstance(name, str):
            extra[name] = _keep
        with warnings.catch_warnings():
            # Of a deprecated schema, which is the document's affair.
            warnings.simplefilter("ignore", DeprecationWarning)
            return self._create(
                self.core.schema_unmarshallers_factory,
                schema,
                extra_format_unmarshallers={**extra, **self._formats},
            )

    def _create(self, factory: Any, schema: "SchemaPath", **options: Any) -> Any:
        """Let a factory of openapi-core's make what it makes of a schema."""
        core = self.core
        return factory.create(
            core.spec,
            schema,
            format_validators=core.format_validators,
            extra_format_validators=core.extra_format_validators,
            forbid_unspecified_additional_properties=(
                core.forbid_unspecified_additional_properties
            ),
            enforce_properties_required=core.enforce_properties_required,
            **options,
        )

    def media_type(
        self, kind: str, media: "SchemaPath", parameters: Mapping[str, str]
    ) -> Any:
        """Build openapi-core's deserialiser of a media type.

        Args:
            kind: key of the media type in the document.
            media: the media type object.
            parameters: those of the Content-Type.
        """
        core, schema = self.core, media.get("schema")
        return core.media_type_deserializers_factory.create(
            core.spec,
            kind,
            schema=schema,
            schema_validator=None if schema is None else self.validator(schema),
            parameters=parameters,
            encoding=media.get("encoding") if "encoding" in media else None,
            extra_media_type_deserializers=core.extra_media_type_deserializers,
        )


def _adjust_casters(core: Any) -> bool:
    """Let openapi-core read numerals as we do; false where they are not its own."""
    from openapi_core.deserializing.styles import style_deserializers

    styles = core.style_deserializers_factory
    if styles.schema_casters_factory is not core.schema_casters_factory:
        return False
    factory = with_strict_numerals(core.schema_casters_factory)
    core.schema_casters_factory = styles.schema_casters_factory = factory
    return styles.style_deserializers is style_deserializers


class SchemaPlan:
    """What checks the values of one schema, and makes typed values of them.

    Attributes:
        certain: the short way.
    """

    def __init__(self, side: Side, keys: tuple[str, ...], certain: Certain) -> None:
        self._side = side
        self._keys = keys
        self.certain = certain

    @cached_property
    def place(self) -> Place:
        """The schema, as it judges."""
        side = self._side
        validator = side.validator(side.schema_path(self._keys)).validator
        schema: Any = validator.schema
        if side.document.version == "3.0" and side.hidden in schema:
            # It is for properties, and a whole value is none.
            schema = {k: v for k, v in schema.items() if k != side.hidden}
            validator = validator.evolve(schema=schema)
        return side.judge.place(validator)

    @cached_property
    def _make(self) -> Callable[[Run, Any], Any]:
        """What makes typed values, by openapi-core if it is somebody else's."""
        side = self._side
        if side.maker is not None:
            make, place = side.maker.make, self.place
            return lambda run, value: make(run, place, value)
        unmarshal = side.unmarshaller(side.schema_path(self._keys)).unmarshal
        return lambda _, value: unmarshal(value)

    def load(self, value: Any, size: int = 0, purse: Purse | None = None) -> Any:
        """Check a value and return what it becomes.

        Args:
            value: the value.
            size: bytes that it was sent in, where that is known.
            purse: steps that it has in common with others.

        Raises:
            InvalidValue: it doesn't fit.
        """
        made = ask_certain(self.certain, value)
        return self.ask(value, size, purse) if made is UNSURE else made

    def ask(self, value: Any, size: int = 0, purse: Purse | None = None) -> Any:
        """Do the same as ``load``, the long way."""
        made, violations = self.judge(value, size, purse)
        if violations:
            raise InvalidValue(violations)
        return made

    def judge(
        self, value: Any, size: int = 0, purse: Purse | None = None
    ) -> tuple[Any, Sequence[Violation]]:
        """Return what a value becomes, and what is wrong with it.

        Raises:
            InvalidValue: it can't be checked, or that takes too many steps.
        """
        side = self._side
        try:
            run = side.start(value, size, purse)
            violations = self.place.find_violations(run, value)
            if not violations:
                value = self._make(run, value)
            if purse is not None:
                purse.left = run.steps
        except TooCostly as error:
            raise refuse_cost(self._keys, value) from error
        except Exception as error:
            # Formats and keywords may raise what they like for odd values: a
            # client must not get a 500 by that.
            if not isinstance(error, RecursionError):
                where = "/".join(self._keys)
                log.exception("The schema at %s can't be applied", where)
            raise InvalidValue from error
        return value, violations


def refuse_cost(keys: Sequence[str], value: Any) -> InvalidValue:
    """Return what says that a value takes too many steps, and log where."""
    log.warning("A value takes too many steps by the schema at %s", "/".join(keys))
    violation = Violation("cost", None, value, True, ())
    return InvalidValue([violation], is_costly=True)


def _keep(value: Any) -> Any:
    return value


def _read_byte(value: str) -> str | bytes:
    """Decode base64: the text that it encodes, or octets that are none."""
    octets = b64decode(value)
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets
