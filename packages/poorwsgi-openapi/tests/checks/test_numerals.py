"""Which texts are numbers."""

from typing import Any

import openapi_core
import pytest
from jsonschema import FormatChecker
from lambdas import one

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.checks.numerals import (
    read_boolean,
    read_integer,
    read_number,
    with_ranges,
)

ODD = ["", " 5", "5\n", "\t5", "1_0", "+5", "\u0665", "\u00b2", "--5", "0x5", "5a"]
OK = {"200": {"description": "ok"}}


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("-5", -5), ("0", 0), ("1.0", 1), ("-1e3", -1000)]
)
def test_integers(text: str, value: int) -> None:
    """Digits, with a minus or without, or a number whose fraction is zero."""
    made = read_integer(text)
    assert (made, type(made)) == (value, int)


@pytest.mark.parametrize("text", [*ODD, "05", "5.5", "1e300", "9" * 5000])
def test_no_integers(text: str) -> None:
    """What Python or a person might read isn't one, nor what Python can't."""
    with pytest.raises(ValueError, match=r"is no integer|limit"):
        read_integer(text)


@pytest.mark.parametrize(
    ("text", "value"), [("5", 5), ("-0.5", -0.5), ("1e3", 1000), ("1.5E-1", 0.15)]
)
def test_numbers(text: str, value: float) -> None:
    """Those of JSON."""
    assert read_number(text) == value


@pytest.mark.parametrize("text", [*ODD, "05", "nan", "inf", "5.", ".5", "e5", "1e"])
def test_no_numbers(text: str) -> None:
    """Python reads most of these."""
    with pytest.raises(ValueError, match="is no number"):
        read_number(text)


@pytest.mark.parametrize("text", ["true", "True", "1", "yes", "on"])
def test_booleans(text: str) -> None:
    """The words of JSON and those that people write, whatever their case."""
    assert read_boolean(text) is True
    assert read_boolean("FALSE") is False
    with pytest.raises(ValueError, match="is no boolean"):
        read_boolean(f"{text} ")


def build(app: Application, **options: Any) -> Client:
    """Build a client of an operation that takes numbers in all places."""
    integer = {"type": "integer"}
    filled = {"type": "object", "properties": {"n": integer}}
    places: list[dict[str, Any]] = [
        {"name": "plain", "in": "query", "schema": integer},
        {"name": "list", "in": "query", "schema": {"type": "array", "items": integer}},
        {"name": "deep", "in": "query", "style": "deepObject", "schema": filled},
        {"name": "any", "in": "query", "schema": {"type": ["number", "boolean"]}},
        {"name": "X-N", "in": "header", "schema": {"type": "number"}},
    ]
    form = {"application/x-www-form-urlencoded": {"schema": filled}}
    post = {"parameters": places, "requestBody": {"content": form}, "responses": OK}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"post": {"operationId": "post", **post}}},
    }
    api = OpenAPI(raw, **options)

    @api.operation("post")
    def handle(req: Any) -> dict[str, Any]:
        return {**req.api.query, **req.api.headers, **(req.api.body or {})}

    assert callable(handle)
    app.install(api)
    return Client(app)


@pytest.mark.parametrize(
    "query", ["plain={}", "list=1&list={}", "deep[n]={}", "any={}"]
)
def test_parameters_of_all_styles(app: Application, query: str) -> None:
    """Wherever a parameter is an integer, it is read so."""
    client = build(app)
    assert client.post("/a?" + query.format("-5")).status_code == 200
    for text in ("%095", "1_0", "%D9%A5"):
        assert client.post("/a?" + query.format(text)).status_code == 400


def test_headers_and_forms(app: Application) -> None:
    """So it is in headers and forms."""
    client = build(app)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/a", headers={"X-N": "1.5"}).json() == {"X-N": 1.5}
    assert client.post("/a", headers={"X-N": "1_0"}).status_code == 400
    assert client.post("/a", body=b"n=5", headers=form).json() == {"n": 5}
    assert client.post("/a", body=b"n=1_0", headers=form).status_code == 400


def test_factories_of_the_application_stay(app: Application) -> None:
    """Who brings a factory of styles has its casters."""
    from openapi_core.casting.schemas import oas31_schema_casters_factory
    from openapi_core.deserializing.styles import style_deserializers
    from openapi_core.deserializing.styles.factories import StyleDeserializersFactory

    factory = oas31_schema_casters_factory
    own = StyleDeserializersFactory(factory, style_deserializers=style_deserializers)
    own.schema_casters_factory = type(factory)(
        factory.schema_validators_factory, factory.types_caster
    )
    client = build(app, config=openapi_core.Config(style_deserializers_factory=own))
    assert client.post("/a?deep[n]=1_0").json() == {"deep": {"n": 10}}


def test_styles_of_the_application_have_our_numbers(app: Application) -> None:
    """Who brings styles alone has casters that read numbers as JSON has them."""
    from openapi_core.casting.schemas import oas31_schema_casters_factory
    from openapi_core.deserializing.styles import style_deserializers
    from openapi_core.deserializing.styles.factories import StyleDeserializersFactory

    own = StyleDeserializersFactory(
        oas31_schema_casters_factory, style_deserializers={**style_deserializers}
    )
    client = build(app, config=openapi_core.Config(style_deserializers_factory=own))
    answer = client.post("/a?plain=5", headers={"X-N": "1.5"})
    assert answer.json() == {"plain": 5, "X-N": 1.5}
    assert client.post("/a?plain=1_0").status_code == 400
    assert client.post("/a", headers={"X-N": "1_0"}).status_code == 400


@pytest.mark.parametrize("text", ["1e400", "-1e400", "9" * 400])
def test_infinite_numbers(text: str) -> None:
    """What is too large for a float isn't read as infinite."""
    with pytest.raises(ValueError, match="is no number"):
        read_number(text)


@pytest.mark.parametrize(
    ("name", "text", "fits"),
    [
        ("int32", "2147483647", True),
        ("int32", "2147483648", False),
        ("int32", "3e9", False),
        ("int64", "1e19", False),
        ("float", "3.4e38", True),
        ("float", "-1e39", False),
        ("double", "1e308", True),
    ],
)
def test_ranges_of_formats(app: Application, name: str, text: str, fits: bool) -> None:
    """The formats of numbers have their ranges, however a number is written."""
    schema = {"type": "number", "format": name}
    raw = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {
            "/a": {
                "post": {
                    "operationId": "a",
                    "requestBody": {
                        "content": {"application/json": {"schema": schema}}
                    },
                    "responses": {"200": {"description": "ok"}},
                }
            }
        },
    }
    api = OpenAPI(raw)
    api.operation("a")(one(lambda _: "ok"))
    app.install(api)
    headers = {"Content-Type": "application/json"}
    answer = Client(app).post("/a", body=text.encode(), headers=headers)
    assert answer.status_code == (200 if fits else 400)


def test_formats_of_an_application_stay() -> None:
    """What somebody has made of a format is left as it is."""
    checker = FormatChecker([])
    checker.checks("int32")(callable)
    assert with_ranges(checker).checkers == {"int32": (callable, ())}
