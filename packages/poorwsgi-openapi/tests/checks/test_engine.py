"""openapi-core, prepared: its verdict is final, and it never crashes a request."""

import logging
from typing import Any

import pytest
from openapi_core import Config
from openapi_core.unmarshalling.schemas import oas31_schema_unmarshallers_factory
from openapi_core.unmarshalling.schemas.factories import SchemaUnmarshallersFactory
from openapi_core.unmarshalling.schemas.unmarshallers import SchemaUnmarshaller

from poorwsgi_openapi.checks.certain import never
from poorwsgi_openapi.checks.engine import Engine, InvalidValue, SchemaPlan
from poorwsgi_openapi.document.document import Document


def plan_of(schema: Any, **parts: Any) -> SchemaPlan:
    """Return what checks the values of a schema."""
    raw = {"openapi": "3.1.1", "info": {}, "components": {"schemas": {"X": schema}}}
    side = Engine(Document(raw | parts, check=False)).request
    return side.plan(("components", "schemas", "X"), schema)


def test_plan_of_a_schema_is_made_once() -> None:
    """The same place gives the same plan."""
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "components": {"schemas": {"X": {}}},
    }
    side = Engine(Document(raw, check=False)).request
    keys = ("components", "schemas", "X")
    assert side.plan(keys, {}) is side.plan(keys, {})


def test_errors_are_jsonschema_s() -> None:
    """What is refused comes with what is wrong, up to a number."""
    with pytest.raises(InvalidValue) as caught:
        plan_of({"type": "array", "items": {"type": "integer"}}).load(["x"] * 200)
    assert len(caught.value.errors) == 50


def test_another_dialect_has_no_short_way() -> None:
    """Where the document says another dialect, openapi-core alone decides."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    plan = plan_of({"type": "integer"}, jsonSchemaDialect=dialect)
    assert plan.certain is never
    assert plan.load(1) == 1


def test_schema_that_can_not_be_applied_refuses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A broken pattern is the document's fault: an ERROR, and no 500."""
    with (
        caplog.at_level(logging.ERROR, "poorwsgi"),
        pytest.raises(InvalidValue) as caught,
    ):
        plan_of({"type": "string", "pattern": "("}).load("x")
    assert caught.value.errors == ()
    assert "components/schemas/X can't be applied" in caplog.text


def test_value_that_is_too_deep_refuses(caplog: pytest.LogCaptureFixture) -> None:
    """Depth is the client's affair, and no ERROR."""
    value: Any = {}
    for _ in range(500):
        value = {"n": value}
    node = {"$ref": "#/components/schemas/X"}
    schema = {
        "type": "object",
        "properties": {"n": node},
        "minProperties": 0,
        "not": False,
    }
    with pytest.raises(InvalidValue):
        plan_of(schema).load(value)
    assert caplog.text == ""


def test_deprecated_schema_is_no_warning() -> None:
    """What is deprecated in the document is told in the document."""
    plan = plan_of({"type": "integer", "deprecated": True, "oneOf": [{}]})
    assert plan.load(1) == 1


def test_boolean_schema_is_asked() -> None:
    """A schema that is true or false takes everything or nothing."""
    with pytest.raises(InvalidValue):
        plan_of(False).load(1)


def test_unmarshaller_of_a_config_makes_the_values() -> None:
    """Where an application has its own unmarshallers, they are asked."""

    class Loud(SchemaUnmarshaller):
        def unmarshal(self, value: Any) -> Any:
            return f"{super().unmarshal(value)}!"

    class Factory(SchemaUnmarshallersFactory):
        def create(self, *args: Any, **options: Any) -> SchemaUnmarshaller:
            made = super().create(*args, **options)
            return Loud(
                made.schema,
                made.schema_validator,
                made.types_unmarshaller,
                made.formats_unmarshaller,
            )

    stock = oas31_schema_unmarshallers_factory
    schema = {"type": "string", "format": "nobody's", "not": False}
    raw = {"openapi": "3.1.1", "info": {}, "components": {"schemas": {"X": schema}}}
    side = Engine(Document(raw, check=False)).request
    side.core.schema_unmarshallers_factory = Factory(
        stock.schema_validators_factory, stock.types_unmarshaller
    )
    plan = side.plan(("components", "schemas", "X"), schema)
    assert plan.load("x") == "x!"


@pytest.mark.parametrize("keyword", ["title", "anyOf"])
def test_octets_in_base64(keyword: str) -> None:
    """They are the text that they encode, or octets where that is none."""
    plan = plan_of({"type": "string", "format": "byte", keyword: [True]})
    assert plan.load("aGk=") == "hi"
    assert plan.load("AA+/") == b"\x00\x0f\xbf"
    with pytest.raises(InvalidValue):
        plan.load("a")


def test_octets_in_base64_of_an_application() -> None:
    """One that reads them itself does so, and one that reads no formats has texts."""
    schema = {"type": "string", "format": "byte"}
    raw = {"openapi": "3.1.1", "info": {}, "components": {"schemas": {"X": schema}}}
    keys = ("components", "schemas", "X")
    extra: Any = {"byte": str.upper}
    config = Config(extra_format_unmarshallers=extra)
    side = Engine(Document(raw, check=False), config).request
    assert side.plan(keys, schema).load("aGk=") == "AGK="
    side = Engine(Document(raw, check=False)).request
    stock = oas31_schema_unmarshallers_factory
    side.core.schema_unmarshallers_factory = SchemaUnmarshallersFactory(
        stock.schema_validators_factory, stock.types_unmarshaller
    )
    assert side.plan(keys, schema).load("aGk=") == "aGk="
