"""Our verdicts are those of openapi-core, on generated documents and requests."""

import itertools
import json
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from warnings import catch_warnings, simplefilter

import openapi_core
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from openapi_core.datatypes import RequestParameters
from stock_faults import is_odd_numeral, is_read_alike
from werkzeug.datastructures import Headers, ImmutableMultiDict

from poorwsgi_core import Application, Response
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_openapi import ApiRequest, OpenAPI, ResponseInvalid
from poorwsgi_openapi.checks.certain import UNSURE
from poorwsgi_openapi.checks.engine import Engine, InvalidValue, SchemaPlan
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.pointers import is_list
from poorwsgi_openapi.document.specification import find_faults

NUMBERS = itertools.count()
UNCHECKED: Any = None
VERSIONS = ("3.0.4", "3.1.1", "3.2.0")
NAMES = ("a", "b", "c", "d-e")
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=6
) | st.sampled_from(
    [
        *("", "a", "abc", "0", "1", "-3", "07", "1.5", "1e3", " 1", "true", "False"),
        *("null", "nan", "a,b", "1,2", "a|b", "k,1", "2026-01-31", "2026-13-01"),
        *("2026-01-31T12:00:00Z", "3fa85f64-5717-4562-b3fc-2c963f66afa6", "YWJj"),
        *("a@b.cz", "١٢", "ab=", "x=1,y=2"),
    ]
)
FORMATS = ("date", "date-time", "uuid", "byte", "binary", "password", "email", "phone")


# --- what is generated ---------------------------------------------------------


def scalar_schemas(version: str) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas of one value."""
    small = st.integers(-5, 20)
    ranges: dict[str, Any] = {"minimum": small, "maximum": small}
    if version == "3.0.4":
        ranges |= {"exclusiveMinimum": st.booleans()}
    else:
        ranges |= {"exclusiveMaximum": small}
    ranges |= {"multipleOf": st.integers(1, 3)}
    sizes: dict[str, Any] = {
        "minLength": st.integers(0, 3),
        "maxLength": st.integers(0, 8),
        "format": st.sampled_from(FORMATS),
        "pattern": st.sampled_from(["^a", "b", "^[0-9]+"]),
    }
    texts = st.fixed_dictionaries({"type": st.just("string")}, optional=sizes)
    chosen = st.fixed_dictionaries(
        {"type": st.just("string"), "enum": st.lists(TEXTS, min_size=1, max_size=3)}
    )
    integers = st.fixed_dictionaries(
        {"type": st.just("integer")},
        optional=ranges
        | {
            "enum": st.lists(small, min_size=1, max_size=3),
            "format": st.sampled_from(["int32", "int64"]),
        },
    )
    numbers = st.fixed_dictionaries({"type": st.just("number")}, optional=ranges)
    return st.one_of(texts, chosen, integers, numbers, st.just({"type": "boolean"}))


def nullable(version: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Let a schema take null."""
    if version == "3.0.4":
        return schema | {"nullable": True}
    return schema | {"type": [schema["type"], "null"]} if "type" in schema else schema


@st.composite
def schemas(draw: st.DrawFn, version: str, depth: int = 2) -> dict[str, Any]:
    """Schemas of values, nested up to a depth."""
    kinds = ["scalar", "scalar"] if depth else ["scalar"]
    kinds += ["array", "object", "object", "ref", "any", "allOf", "anyOf"] * (depth > 0)
    kind = draw(st.sampled_from(kinds))
    inner = schemas(version, depth - 1)
    if kind == "any":
        return {}
    if kind == "ref":
        shared = {"$ref": "#/components/schemas/Shared"}
        has_null = version != "3.0.4" and draw(st.booleans())
        return {"anyOf": [shared, {"type": "null"}]} if has_null else shared
    if kind in ("allOf", "anyOf"):
        return {kind: draw(st.lists(inner, min_size=1, max_size=2))}
    if kind == "array":
        extra = st.fixed_dictionaries(
            {},
            optional={
                "minItems": st.integers(0, 2),
                "maxItems": st.integers(0, 3),
                "uniqueItems": st.booleans(),
            },
        )
        schema = {"type": "array", "items": draw(inner), **draw(extra)}
    elif kind == "object":
        schema = draw(object_schemas(inner))
    else:
        schema = draw(scalar_schemas(version))
    return nullable(version, schema) if draw(st.integers(0, 4)) == 0 else schema


@st.composite
def object_schemas(draw: st.DrawFn, inner: Any) -> dict[str, Any]:
    """Schemas of objects."""
    properties = draw(st.dictionaries(st.sampled_from(NAMES), inner, max_size=3))
    for name, node in properties.items():
        if draw(st.integers(0, 9)) == 0 and "$ref" not in node:
            mark = draw(st.sampled_from(["readOnly", "writeOnly"]))
            properties[name] = node | {mark: True}
        elif draw(st.integers(0, 9)) == 0 and node.get("type") == "integer":
            properties[name] = node | {"default": draw(st.integers(-2, 5))}
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    # Marked ones that are required are read otherwise, see test_keywords.
    names = [
        name
        for name in NAMES
        if not {"readOnly", "writeOnly"} & properties.get(name, {}).keys()
    ]
    count = min(len(names), 2)
    if required := draw(st.permutations(names))[: draw(st.integers(0, count))]:
        schema["required"] = required
    extra = draw(st.sampled_from([None, None, True, False, "schema"]))
    if extra == "schema":
        schema["additionalProperties"] = draw(inner)
    elif extra is not None:
        schema["additionalProperties"] = extra
    return schema


SHARED = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "maxLength": 3},
        "next": {"$ref": "#/components/schemas/Shared"},
    },
}
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 30)
    | st.floats(-5, 25, allow_nan=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from((*NAMES, "next", "é")), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def values(draw: st.DrawFn, schema: Any) -> Any:
    """Values that mostly have the form that a schema asks for."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    kind: Any = schema.get("type")
    if is_list(kind):
        kind = kind[0]
    if "$ref" in schema:
        return draw(values(SHARED))
    if "enum" in schema and draw(st.booleans()):
        return draw(st.sampled_from(schema["enum"]))
    for key in ("allOf", "anyOf"):
        if key in schema:
            return draw(values(schema[key][0]))
    if kind == "object":
        return {
            name: draw(values(node))
            for name, node in schema["properties"].items()
            if draw(st.integers(0, 4))
        } | draw(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=1))
    if kind == "array":
        return draw(st.lists(values(schema["items"]), max_size=3))
    if kind == "integer":
        return draw(st.integers(-6, 22))
    if kind == "number":
        return draw(st.integers(-6, 22) | st.floats(-6, 22))
    if kind == "boolean":
        return draw(st.booleans())
    return draw(TEXTS if kind == "string" else JSON)


@st.composite
def parameters(draw: st.DrawFn, version: str) -> dict[str, Any]:
    """Parameters of all places and styles."""
    place = draw(st.sampled_from(["query", "query", "header", "cookie", "path"]))
    schema: dict[str, Any] = draw(scalar_schemas(version))
    kind = draw(st.sampled_from(["scalar", "scalar", "scalar", "array", "object"]))
    if kind == "array":
        schema = {"type": "array", "items": schema}
    elif kind == "object":
        schema = {"type": "object", "properties": {"k": schema}}
    styles = {
        "query": ["form", "form", "spaceDelimited", "pipeDelimited", "deepObject"],
        "header": ["simple"],
        "cookie": ["form"],
        "path": ["simple"],
    }[place]
    node: dict[str, Any] = {"name": "p", "in": place, "schema": schema}
    if draw(st.booleans()):
        node["style"] = draw(st.sampled_from(styles))
        node["explode"] = draw(st.booleans())
    if place == "path" or draw(st.booleans()):
        node["required"] = True
    if draw(st.integers(0, 5)) == 0 and schema.get("type") == "integer":
        schema["default"] = 3
    if place == "query" and draw(st.integers(0, 5)) == 0:
        node["allowEmptyValue"] = draw(st.booleans())
    if draw(st.integers(0, 7)) == 0:
        del node["schema"]
        node.pop("style", None)
        node.pop("explode", None)
        node["content"] = {"application/json": {"schema": schema}}
    return node


def document(version: str, parameter: Any = None, body: Any = None) -> dict[str, Any]:
    """Build a document of one operation."""
    operation: dict[str, Any] = {
        "operationId": "do",
        "responses": {"default": {"description": "anything"}},
    }
    path = "/do"
    if parameter is not None:
        operation["parameters"] = [parameter]
        path += "/{p}" * (parameter["in"] == "path")
    if body is not None:
        operation["requestBody"] = body
    return {
        "openapi": version,
        "info": {"title": "Generated", "version": "1"},
        "paths": {path: {"post": operation}},
        "components": {"schemas": {"Shared": SHARED}},
    }


# --- both sides ----------------------------------------------------------------


class StockRequest:
    """A request as a wrapper without faults would give it."""

    host_url = "http://localhost"
    method = "post"

    def __init__(
        self,
        path: str,
        pattern: str,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        body: bytes = b"",
        content_type: str = "",
    ) -> None:
        self.path = path
        self.path_pattern = pattern
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query, keep_blank_values=True)),
            header=Headers(dict(headers or {})),
            cookie=ImmutableMultiDict(dict(cookies or {})),
            path=dict(variables or {}),
        )
        self.body = body
        self.content_type = content_type


@contextmanager
def quiet() -> Generator[None]:
    """Let openapi-core warn of what the document says."""
    with catch_warnings():
        simplefilter("ignore")
        yield


def ask_stock(raw: dict[str, Any], request: StockRequest) -> tuple[bool, Any]:
    """Return openapi-core's verdict and what it makes of the request."""
    config = openapi_core.Config(
        spec_validator_cls=UNCHECKED,
        # Formats that nobody knows are left alone, as in validation.
        extra_format_unmarshallers={"phone": lambda value: value},
    )
    with quiet():
        core = openapi_core.OpenAPI.from_dict(raw, config=config)
        try:
            if [*core.iter_request_errors(request)]:
                return False, None
            result = core.unmarshal_request(request)
        except UnicodeEncodeError:
            return False, None  # the format byte, for text that isn't ASCII
        # A default that doesn't fit its own schema shows only now.
        return not result.errors, result


def has_odd_default(raw: dict[str, Any]) -> bool:
    """Tell a default that doesn't fit: openapi-core refuses, we leave it out."""
    if not re.search(r"'default': -?\d", repr(raw)):
        return False
    faults = find_faults(Document(raw, check=False))
    return any("the default doesn't fit" in each.message for each in faults)


def ask_ours(
    raw: dict[str, Any], path: str, **options: Any
) -> tuple[bool, ApiRequest | None]:
    """Return our verdict and ``req.api``."""
    app = Application(f"differential {next(NUMBERS)}")
    api = OpenAPI(raw, check_document=False, check="off")
    app.install(api)
    seen: list[ApiRequest] = []

    @api.operation("do")
    def handle(req: Any, *_: Any) -> str:
        seen.append(req.api)
        return ""

    assert callable(handle)
    answer = Client(app).post(path, **options)
    assert answer.status_code in (200, 400, 415)
    return answer.status_code == 200, seen[0] if seen else None


COMMON = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@COMMON
@given(st.data(), st.sampled_from(VERSIONS), st.booleans())
def test_short_way_agrees(data: st.DataObject, version: str, is_reading: bool) -> None:
    """What is surely valid is valid, and becomes what openapi-core makes of it."""
    schema = data.draw(schemas(version))
    raw = document(version, body={"content": {"application/json": {"schema": schema}}})
    plan = plan_of(raw, is_reading=is_reading)
    for value in data.draw(st.lists(values(schema), min_size=1, max_size=6)):
        try:
            made = plan.certain(value)
        except UnicodeEncodeError:
            continue  # the format byte, for text that isn't ASCII
        event("unsure" if made is UNSURE else "sure")
        if made is not UNSURE:
            with quiet():
                assert plan.ask(json.loads(json.dumps(value))) == made


def plan_of(raw: dict[str, Any], *, is_reading: bool) -> SchemaPlan:
    """Return what checks the body of the one operation."""
    engine = Engine(Document(raw, check=False))
    side = engine.response if is_reading else engine.request
    keys = ("paths", "/do", "post", "requestBody", "content", "application/json")
    content = raw["paths"]["/do"]["post"]["requestBody"]["content"]
    return side.plan((*keys, "schema"), content["application/json"]["schema"])


@COMMON
@given(st.data(), st.sampled_from(VERSIONS))
def test_bodies_get_the_same_verdict(data: st.DataObject, version: str) -> None:
    """A JSON body is refused if and only if openapi-core refuses it."""
    schema = data.draw(schemas(version))
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    body = {"content": content, "required": data.draw(st.booleans())}
    raw = document(version, body=body)
    sent = data.draw(
        values(schema).map(lambda value: json.dumps(value).encode())
        | st.sampled_from([b"", b"{", b"[1", b"nul", b"\xff", b"{}"])
    )
    kind = data.draw(
        st.sampled_from(
            ["application/json", "application/JSON; charset=utf-8", "text/x"]
        )
    )
    assume(not has_odd_default(raw))
    verdict, result = ask_stock(
        raw, StockRequest("/do", "/do", body=sent, content_type=kind)
    )
    ours, api = ask_ours(raw, "/do", body=sent, headers={"Content-Type": kind})
    event("valid" if verdict else "invalid")
    assert verdict == ours
    if api is not None:
        assert result.body == api.body


def as_sent(place: str, texts: list[str]) -> list[str]:
    """Return the texts as they can be sent in a place."""
    if place == "path":
        return ["".join(texts).strip() or "1"]
    if place == "query" or not texts:
        return texts
    text = "".join(char for char in texts[0] if char.isascii() and char.isprintable())
    return [text.strip(" ;,\"'\\").replace(";", "")]


@COMMON
@given(st.data(), st.sampled_from(VERSIONS))
def test_parameters_get_the_same_verdict(data: st.DataObject, version: str) -> None:
    """A parameter is refused if and only if openapi-core refuses it."""
    node = data.draw(parameters(version))
    raw = document(version, node)
    place = node["in"]
    texts = as_sent(place, data.draw(st.lists(TEXTS, max_size=3)))
    assume(not any(map(is_odd_numeral, re.split(r"[,|=. ]", "".join(texts)))))
    assume(not any(map(is_odd_numeral, texts)))
    assume(is_read_alike(node, texts))
    path, options = "/do", {}
    stock = StockRequest("/do", "/do")
    if place == "query":
        name = data.draw(st.sampled_from(["p", "p", "p", "p[k]", "q"]))
        query = urlencode([(name, text) for text in texts])
        path = f"/do?{query}"
        stock = StockRequest("/do", "/do", query)
    elif place == "path":
        text = texts[0]
        assume("/" not in text and text not in (".", ".."))
        path = f"/do/{quote(text, safe='')}"
        stock = StockRequest(path, "/do/{p}", variables={"p": text})
    elif texts:
        text = texts[0]
        if place == "header":
            options = {"headers": {"P": text}}
            stock = StockRequest("/do", "/do", headers={"P": text})
        else:
            options = {"headers": {"Cookie": f"p={text}"}}
            stock = StockRequest("/do", "/do", cookies={"p": text})
    assume(not has_odd_default(raw))
    verdict, result = ask_stock(raw, stock)
    ours, api = ask_ours(raw, path, **options)
    event(f"{place} {'valid' if verdict else 'invalid'}")
    assert verdict == ours
    if api is not None:
        parts = {"header": api.headers, "cookie": api.cookies}
        expected = getattr(result.parameters, place)
        assert repr(expected) == repr(parts.get(place, getattr(api, place, None)))


class StockResponse:
    """A response for openapi-core."""

    status_code = 200

    def __init__(self, data: bytes, content_type: str, headers: Any) -> None:
        self.data = data
        self.content_type = content_type
        self.headers = headers


@COMMON
@given(st.data(), st.sampled_from(VERSIONS))
def test_responses_get_the_same_verdict(data: st.DataObject, version: str) -> None:
    """A response is a fault if and only if openapi-core says so."""
    schema = data.draw(schemas(version))
    # What of 3.1 may be in an answer to openapi-core alone, see below.
    assume(version == VERSIONS[0] or '"writeOnly"' not in json.dumps(schema))
    header = {"schema": data.draw(scalar_schemas(version)), "required": True}
    sent = json.dumps(data.draw(values(schema))).encode()
    kind = data.draw(st.sampled_from(["application/json", "text/x"]))
    text = data.draw(st.sampled_from(["1", "abc", "true", "-3.5", "x"]))
    raw = answering(version, schema, header)
    is_valid, status = ask_about_answer(raw, sent, kind, text)
    event("valid" if is_valid else "invalid")
    assert (200 if is_valid else 503) == status


@pytest.mark.parametrize("version", ["3.1.1", "3.2.0"])
def test_write_only_properties_are_no_part_of_an_answer(version: str) -> None:
    """OpenAPI says that since 3.0; openapi-core refuses them in 3.0 alone."""
    key = {"type": ["string", "null"], "writeOnly": True}
    schema = {"type": "object", "properties": {"key": key}}
    raw = answering(version, schema)
    asked = [ask_about_answer(raw, sent) for sent in (b'{"key": null}', b"{}")]
    assert asked == [(True, 503), (True, 200)]


def answering(
    version: str, schema: Any, header: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Build a document of an operation with one answer."""
    raw = document(version)
    raw["paths"]["/do"]["post"]["responses"] = {
        "200": {
            "description": "one",
            "content": {"application/json": {"schema": schema}},
            "headers": {} if header is None else {"X-H": header},
        }
    }
    return raw


def ask_about_answer(
    raw: dict[str, Any], sent: bytes, kind: str = "application/json", text: str = ""
) -> tuple[bool, int]:
    """Ask openapi-core whether an answer is valid, and us for the status."""
    with quiet():
        config = openapi_core.Config(spec_validator_cls=UNCHECKED)
        core = openapi_core.OpenAPI.from_dict(raw, config=config)
        response = StockResponse(sent, kind, {"X-H": text})
        try:
            errors = [*core.iter_response_errors(StockRequest("/do", "/do"), response)]
        except UnicodeEncodeError:
            errors = [ValueError()]
    app = Application(f"differential {next(NUMBERS)}")
    api = OpenAPI(raw, check_document=False, check="off", validate_responses="raise")
    app.install(api)

    @app.route("/do", METHOD_POST)
    def handle(_: Any) -> Response:
        return Response(sent, kind, headers={"X-H": text})

    @app.error_handler(ResponseInvalid, METHOD_POST)
    def refuse(_: Any, __: ResponseInvalid) -> Response:
        return Response(b"", status_code=503)

    assert callable(handle)
    assert callable(refuse)
    return not errors, Client(app).post("/do").status_code


def test_invalid_value_has_the_errors() -> None:
    """A value that is refused comes with what jsonschema found."""
    raw = document(
        "3.1.1", body={"content": {"application/json": {"schema": {"type": "string"}}}}
    )
    plan = plan_of(raw, is_reading=False)
    with pytest.raises(InvalidValue) as caught:
        plan.load(1)
    assert [each.validator for each in caught.value.errors] == ["type"]
