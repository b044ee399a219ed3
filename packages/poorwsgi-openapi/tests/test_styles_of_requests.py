"""Parameters and servers as OpenAPI has them, by requests; stock beside us."""

import warnings
from typing import Any
from urllib.parse import parse_qsl

import openapi_core
import pytest
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI

UNCHECKED: Any = None
OK = {"200": {"description": "ok"}}
NUMBERS = {"type": "array", "items": {"type": "integer"}}
FILTER = {
    "type": "object",
    "properties": {"age": {"type": "integer"}, "role": {"type": "string"}},
    "required": ["role"],
    "additionalProperties": False,
}


def build(
    app: Application, *parameters: dict[str, Any], path: str = "/a", **options: Any
) -> Client:
    """Build a client of an operation that answers with its parameters."""
    parts: dict[str, Any] = {
        key: options.pop(key) for key in ("servers", "components") if key in options
    }
    get = {"operationId": "get", "parameters": [*parameters], "responses": OK}
    raw = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {path: {"get": get}},
        **parts,
    }
    api = OpenAPI(raw, **options)

    @api.operation("get")
    def handle(req: Any, *_: Any) -> dict[str, Any]:
        found = req.api
        return {**found.path, **found.query, **found.headers, **found.cookies}

    assert callable(handle)
    app.install(api)
    return Client(app)


class StockRequest:
    """A request as a wrapper without faults would give it."""

    host_url = "http://localhost"
    method = "get"
    path = path_pattern = "/a"
    body = b""
    content_type = ""

    def __init__(self, query: str, headers: dict[str, str]) -> None:
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query, keep_blank_values=True)),
            header=Headers(headers),
            cookie=ImmutableMultiDict({}),
            path={},
        )


def stock_takes(
    node: dict[str, Any], query: str = "", headers: dict[str, str] | None = None
) -> bool:
    """Tell whether openapi-core takes the same request."""
    get = {"parameters": [node], "responses": OK}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": get}},
    }
    config = openapi_core.Config(spec_validator_cls=UNCHECKED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        core = openapi_core.OpenAPI.from_dict(raw, config=config)
        return not [*core.iter_request_errors(StockRequest(query, headers or {}))]


def query(schema: Any, **node: Any) -> dict[str, Any]:
    """Build a parameter in the query."""
    return {"name": "v", "in": "query", "schema": schema, **node}


def test_objects_in_the_default_style(app: Application) -> None:
    """An object of a query is made of its properties; stock never reads it."""
    client = build(app, query(FILTER, required=True), query({}, name="other"))
    assert client.get("/a?role=x&age=5").json() == {"v": {"role": "x", "age": 5}}
    (fault,) = client.get("/a?role=x&age=z").json()["errors"]
    assert (fault["name"], fault["pointer"]) == ("v", "/age")
    assert fault["message"] == "can't be read as integer"
    (fault,) = client.get("/a?age=5").json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/role", "required")
    (fault,) = client.get("/a?other=1").json()["errors"]
    assert fault["message"] == "is required"
    assert stock_takes(query(FILTER), "age=z")
    assert not stock_takes(query(FILTER, required=True), "role=x&age=5")


def test_names_of_objects_are_known(app: Application) -> None:
    """With strict_query, properties are no strangers."""
    client = build(app, query(FILTER), strict_query="reject")
    assert client.get("/a?role=x").status_code == 200
    assert client.get("/a?role=x&z=1").status_code == 400


def test_open_objects_take_all_names(app: Application) -> None:
    """An object without properties takes what no other parameter has."""
    free = {"type": "object", "additionalProperties": {"type": "integer"}}
    client = build(app, query(free), query(NUMBERS, name="list"), strict_query="reject")
    answer = client.get("/a?a=1&b=2&list=3&list=4")
    assert answer.json() == {"v": {"a": 1, "b": 2}, "list": [3, 4]}


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("spaceDelimited", "1%202"),
        ("spaceDelimited", "1+2"),
        ("pipeDelimited", "1%7C2"),
        ("form", "1,2"),
    ],
)
def test_delimited_lists(app: Application, style: str, text: str) -> None:
    """Blanks, pipes and commas separate items; stock doesn't split at blanks."""
    node = query(NUMBERS, style=style, explode=False)
    assert build(app, node).get(f"/a?v={text}").json() == {"v": [1, 2]}
    if style == "spaceDelimited":
        assert not stock_takes(node, f"v={text}")


def test_lists_in_deep_objects(app: Application) -> None:
    """A list in a deep object is there as often as it has items."""
    schema = {"type": "object", "properties": {"st": NUMBERS}}
    node = query(schema, style="deepObject")
    client = build(app, node)
    assert client.get("/a?v[st]=1&v[st]=2").json() == {"v": {"st": [1, 2]}}
    assert client.get("/a?v[st][]=1").json() == {"v": {"st": [1]}}
    (fault,) = client.get("/a?v[st]=1&v[st]=x").json()["errors"]
    assert fault["pointer"] == "/st/1"
    (fault,) = client.get("/a?v[st=1").json()["errors"]
    assert fault["message"] == "has brackets that don't fit"


@pytest.mark.parametrize(
    "node",
    [
        query({"type": "boolean"}, style="deepObject", explode=True),
        query(NUMBERS, style="deepObject", explode=True),
        query(FILTER, style="deepObject", explode=False),
        query(FILTER, style="deepObject"),
    ],
)
def test_deep_objects_may_be_absent(app: Application, node: dict[str, Any]) -> None:
    """What isn't required may be absent, where stock refuses every request."""
    assert build(app, node).get("/a?v=1").json() == {}
    assert not stock_takes(node, "")
    assert not stock_takes(node, "v=1")


def test_deep_objects_of_other_types(app: Application) -> None:
    """A value of another type is read as an object, and so is a fault."""
    node = query({"type": "boolean"}, style="deepObject", explode=True)
    answer = build(app, node).get("/a?v[k]=true")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("style", "explode", "path", "value"),
    [
        ("matrix", False, ";v=1,2", [1, 2]),
        ("matrix", True, ";v=1;v=2", [1, 2]),
        ("label", False, ".1,2", [1, 2]),
        ("label", True, ".1.2", [1, 2]),
        ("simple", False, "1,2", [1, 2]),
    ],
)
def test_paths(
    app: Application, style: str, explode: bool, path: str, value: Any
) -> None:
    """So it is in a path, whose mark stands in the value."""
    node = {"name": "v", "in": "path", "required": True, "schema": NUMBERS}
    node |= {"style": style, "explode": explode}
    assert build(app, node, path="/a/{v}").get(f"/a/{path}").json() == {"v": value}


@pytest.mark.parametrize(
    ("header", "schema", "explode", "value"),
    [
        ("v=1,2", NUMBERS, False, [1, 2]),
        ("v=1; v=2", NUMBERS, True, [1, 2]),
        ("v=1&v=2", NUMBERS, True, [1, 2]),
        ("age=5; role=x", FILTER, True, {"age": 5, "role": "x"}),
        ("v=age,5,role,x", FILTER, False, {"age": 5, "role": "x"}),
    ],
)
def test_cookies(
    app: Application, header: str, schema: Any, explode: bool, value: Any
) -> None:
    """Lists and objects in cookies stand as RFC 6570 or as cookies have them."""
    node = {"name": "v", "in": "cookie", "schema": schema, "explode": explode}
    assert build(app, node).get("/a", headers={"Cookie": header}).json() == {"v": value}


def test_lists_in_headers(app: Application) -> None:
    """Blanks around the items of a list in a header don't count."""
    node = {"name": "X-V", "in": "header", "schema": NUMBERS}
    headers = {"X-V": "1, 2 ,3"}
    assert build(app, node).get("/a", headers=headers).json() == {"X-V": [1, 2, 3]}
    pairs = {"X-V": "age, 5, role, x"}
    client = build(Application(f"{app.name} objects"), node | {"schema": FILTER})
    assert client.get("/a", headers=pairs).json() == {"X-V": {"age": 5, "role": "x"}}


@pytest.mark.parametrize("name", ["api_key", "api-key", "Api-Key"])
def test_header_names_with_underscores(app: Application, name: str) -> None:
    """A hyphen and an underscore are the same in WSGI, so either is found."""
    text: dict[str, Any] = {"type": "string"}
    node = {"name": name, "in": "header", "required": True, "schema": text}
    assert build(app, node).get("/a", HTTP_API_KEY="s").json() == {name: "s"}


@pytest.mark.parametrize("name", ["api_key", "api-key"])
def test_keys_in_headers_with_underscores(app: Application, name: str) -> None:
    """So it is with the key of a security scheme."""
    scheme = {"type": "apiKey", "in": "header", "name": name}
    get: dict[str, Any] = {"security": [{"key": []}], "responses": OK}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": get}},
        "components": {"securitySchemes": {"key": scheme}},
    }
    app.install(OpenAPI(raw, security={"key": lambda _, given: given.value}))
    app.set_route("/a", lambda req: req.user)
    assert Client(app).get("/a", HTTP_API_KEY="secret").text == "secret"


def test_headers_that_are_ignored(app: Application) -> None:
    """Accept, Content-Type and Authorization are no parameters (OAS 3.1.1)."""
    nodes = [
        {"name": name, "in": "header", "required": True, "schema": {"enum": ["x"]}}
        for name in ("Accept", "Content-Type", "Authorization")
    ]
    client = build(app, *nodes)
    assert client.get("/a").json() == {}
    assert client.get("/a", headers={"Accept": "a/b"}).json() == {"Accept": "a/b"}
    assert not stock_takes(nodes[0], headers={"Accept": "a/b"})


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"const": 5}, "5", 5),
        ({"enum": [1, True, "a"]}, "true", True),
        ({"enum": [1, True, "a"]}, "a", "a"),
    ],
)
def test_constants_without_types(
    app: Application, schema: Any, text: str, value: Any
) -> None:
    """A text becomes the constant that it is written as."""
    client = build(app, query(schema))
    assert client.get(f"/a?v={text}").json() == {"v": value}
    assert client.get("/a?v=2").status_code == 400
    assert stock_takes(query(schema), f"v={text}") is isinstance(value, str)


def test_decimal_multiples(app: Application) -> None:
    """19.99 is a multiple of 0.01; stock divides doubles."""
    node = query({"type": "number", "multipleOf": 0.01})
    client = build(app, node)
    assert client.get("/a?v=19.99").json() == {"v": 19.99}
    assert client.get("/a?v=19.999").status_code == 400
    assert not stock_takes(node, "v=19.99")


@pytest.mark.parametrize("text", ["%ff", "a%C3", "\xff"])
def test_octets_that_are_no_text(app: Application, text: str) -> None:
    """A query that isn't UTF-8 is refused, and not read as U+FFFD."""
    client = build(app, query({"type": "string"}))
    answer = client.get("/a", QUERY_STRING=f"v={text}")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "encoding")
    assert client.get("/a?v=%EF%BF%BD").json() == {"v": "\ufffd"}


@pytest.mark.parametrize(
    ("text", "status"),
    [("5", 200), ("1.0", 200), ("05", 400), ("-0", 200), ("1.5", 400)],
)
def test_integers_are_those_of_json(app: Application, text: str, status: int) -> None:
    """No zeros in front, and a fraction that is zero is none."""
    client = build(app, query({"type": "integer"}))
    assert client.get(f"/a?v={text}").status_code == status


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("api/v2/", "/api/v2/a"),
        ("./api", "/api/a"),
        ("../api", "/api/a"),
        (".", "/a"),
    ],
)
def test_relative_servers(app: Application, url: str, path: str) -> None:
    """A relative server begins where the document is served."""
    assert build(app, servers=[{"url": url}]).get(path).status_code == 200


def test_relative_servers_of_a_document_elsewhere(app: Application) -> None:
    """So it does if that is in a folder."""
    client = build(app, servers=[{"url": "../v2"}], json_path="/docs/openapi.json")
    assert client.get("/v2/a").status_code == 200


@pytest.mark.parametrize("mock", ["off", "missing"])
def test_server_variables(app: Application, mock: Any) -> None:
    """All values of a variable are served, by handlers and by mocks."""
    variable = {"default": "v2", "enum": ["v1", "v2"]}
    servers = [{"url": "/api/{ver}", "variables": {"ver": variable}}]
    if mock == "off":
        client = build(app, servers=servers)
    else:
        raw: dict[str, Any] = {
            "openapi": "3.1.1",
            "info": {"title": "A", "version": "1"},
            "servers": servers,
            "paths": {"/a": {"get": {"responses": OK}}},
        }
        app.install(OpenAPI(raw, mock="missing"))
        client = Client(app)
    found = [client.get(f"/api/{ver}/a").status_code for ver in ("v1", "v2", "v3")]
    assert found[2] == 404
    assert all(status < 300 for status in found[:2])
