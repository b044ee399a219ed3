"""What openapi-core 0.23 does wrong, and we don't: one test for each trap."""

import json
import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from lambdas import one, two

from poorwsgi_core import Application, Response
from poorwsgi_core.response import GeneratorResponse
from poorwsgi_core.state import METHOD_PATCH, METHOD_POST
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI

OK = {"200": {"description": "ok"}}
OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}}
Build = Callable[..., Client]


def document(operation: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """Build a document of one operation."""
    return {
        "openapi": "3.1.1",
        "info": {"title": "Traps", "version": "1"},
        "paths": {"/do": {"post": {"operationId": "do", "responses": OK, **operation}}},
        **parts,
    }


def body_of(kind: str, schema: Any = OBJECT) -> dict[str, Any]:
    """Build an operation with a request body."""
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema}}}}


@pytest.fixture
def build(app: Application) -> Build:
    """Return what builds a client of a document with one handler."""

    def build(raw: dict[str, Any], handler: Any = None, **options: Any) -> Client:
        api = OpenAPI(raw, **options)
        api.operation("do")(handler or (one(lambda req: {"body": req.api.body})))
        app.install(api)
        return Client(app)

    return build


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json;",
        "application/json;charset",
        'application/json;profile="a=b"',
        'application/json; boundary="=X="',
        'application/json; a="b;c"; charset=UTF-8',
        "Application/JSON",
    ],
)
def test_odd_parameters_of_the_content_type_are_read(
    build: Build, content_type: str
) -> None:
    """A content type that openapi-core raises ValueError for is understood."""
    client = build(document(body_of("application/json")))
    answer = client.post(
        "/do", body=b'{"a": 1}', headers={"Content-Type": content_type}
    )
    assert answer.json() == {"body": {"a": 1}}


@pytest.mark.parametrize("body", [b'{"a": "\xff"}', b"\xff", b"\xfe\xff\x00{"])
def test_invalid_utf_8_is_400(build: Build, body: bytes) -> None:
    """JSON that isn't UTF-8 is refused, and its text never asked for."""
    answer = post_json(build(document(body_of("application/json"))), body)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["code"]) == (400, "format")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_other_media_type_is_415_with_those_that_are_taken(
    app: Application, method: str
) -> None:
    """The answer to a type that isn't documented lists those that are."""
    operation = {"responses": OK, **body_of("application/json")}
    raw = document({})
    raw["paths"]["/do"] = {method.lower(): operation}
    app.install(OpenAPI(raw, check="off"))
    app.set_route("/do", lambda _: "", METHOD_POST | METHOD_PATCH)
    headers = {"Content-Type": "text/csv"}
    answer = Client(app).request(method, "/do", body=b"a", headers=headers)
    assert answer.status_code == 415
    name = f"Accept-{method.title()}"
    assert answer.headers[name] == answer.headers["Accept"] == "application/json"


def test_no_content_type_is_415(build: Build) -> None:
    """A body of unknown type isn't taken for the first type of the document."""
    client = build(document(body_of("application/json")))
    assert client.post("/do", body=b'{"a": 1}').status_code == 415


def test_head_is_a_documented_get(app: Application) -> None:
    """HEAD is checked and answered as GET."""
    parameter = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    raw = document({})
    raw["paths"] = {"/do": {"get": {"parameters": [parameter], "responses": OK}}}
    app.install(OpenAPI(raw))
    app.set_route("/do", lambda req: str(req.api.query["n"]))
    client = Client(app)
    assert client.head("/do?n=1").status_code == 200
    assert client.head("/do?n=x").status_code == 400


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "oauth2", "flows": {}},
        {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
        {"type": "mutualTLS"},
        {"type": "http", "scheme": "bearer"},
    ],
)
def test_scheme_without_verifier_stops_the_start(
    app: Application, scheme: dict[str, Any]
) -> None:
    """Nothing that asks for credentials is served unless somebody looks at them."""
    components = {"securitySchemes": {"x": scheme}}
    raw = document({"security": [{"x": []}]}, components=components)
    with pytest.raises(ValueError, match="nobody verifies it; bind a function by"):
        app.install(OpenAPI(raw))


def test_undefined_scheme_stops_the_start(app: Application) -> None:
    """A requirement that names no scheme of the document isn't passed over."""
    with pytest.raises(ValueError, match="asks for the security scheme 'x', which"):
        app.install(OpenAPI(document({"security": [{"x": []}]})))


def test_mutual_tls_is_for_a_verifier(build: Build) -> None:
    """A verifier finds the certificate where its server puts it."""
    components = {"securitySchemes": {"tls": {"type": "mutualTLS"}}}
    raw = document({"security": [{"tls": []}]}, components=components)

    def verify(req: Any, _: Any) -> Any:
        return req.environ.get("SSL_CLIENT_S_DN")

    client = build(raw, one(lambda req: req.user), security={"tls": verify})
    assert client.post("/do", SSL_CLIENT_S_DN="CN=me").text == "CN=me"
    answer = client.post("/do")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'MutualTLS realm="Traps"'


@pytest.mark.parametrize("spelling", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize("sent", ["Bearer", "bearer", "bEARER"])
def test_http_scheme_has_no_case(build: Build, spelling: str, sent: str) -> None:
    """Neither the document's spelling nor the client's counts."""
    components = {"securitySchemes": {"x": {"type": "http", "scheme": spelling}}}
    raw = document({"security": [{"x": []}]}, components=components)
    client = build(raw, security={"x": two(lambda _, credentials: credentials.value)})
    headers = {"Authorization": f"{sent} token"}
    assert client.post("/do", headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["api.example.com", "localhost:8080", "10.0.0.1"])
def test_host_of_a_server_does_not_count(build: Build, host: str) -> None:
    """Only the path of a server URL matters, whatever Host a client sends."""
    servers = [{"url": "https://api.example.com/v1"}]
    client = build(document({}, servers=servers))
    assert client.post("/v1/do", headers={"Host": host}).status_code == 200


def test_host_of_a_server_counts_on_request(build: Build) -> None:
    """With strict_hosts, other hosts are 404."""
    servers = [{"url": "https://{where}.example.com/v1"}]
    client = build(document({}, servers=servers), strict_hosts=True)
    assert client.post("https://a.example.com/v1/do").status_code == 200
    assert client.post("https://example.org/v1/do").status_code == 404
    assert client.post("http://a.example.com/v1/do").status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [("1.2.3.4.5.example", 200), ("1..2.3.4.5.example", 200), ("." * 250, 404)],
)
def test_host_with_many_variables(build: Build, host: str, status: int) -> None:
    """One that nearly fits isn't split in all ways, which would take hours."""
    servers = [{"url": "http://{a}.{b}.{c}.{d}.{e}.example/v1"}]
    client = build(document({}, servers=servers), strict_hosts=True)
    assert client.post("/v1/do", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("value", "status"),
    [(r"(?<year>\d{4})", 200), ("(", 400), (r"\w|" * 100_000, 400), (7, 200)],
)
def test_regular_expressions_of_clients(build: Build, value: Any, status: int) -> None:
    """They are those of JavaScript; long ones aren't compiled, which takes minutes."""
    schema = {"format": "regex"}
    body = {"content": {"application/json": {"schema": schema}}}
    client = build(document({"requestBody": body}))
    assert client.post("/do", json=value).status_code == status


def test_unknown_path_is_404(app: Application) -> None:
    """A document that has / doesn't turn other paths into errors."""
    raw = document({})
    raw["paths"] = {"/": {"get": {"responses": OK}}}
    app.install(OpenAPI(raw))
    app.set_route("/", lambda _: "")
    client = Client(app)
    assert [client.get(path).status_code for path in ("/", "/q/")] == [200, 404]


class Field:
    """A field of a form, as a parser gives it."""

    def __init__(self, value: Any, filename: str | None = None) -> None:
        self.value = value
        self.filename = filename
        self.file = BytesIO(value) if filename else None


def test_multipart_is_cast_and_files_stay_files(build: Build) -> None:
    """Text is cast by the schema, and a file is the parser's object."""
    schema = {
        "type": "object",
        "required": ["file"],
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "count": {"type": "integer"},
        },
    }
    photo = Field(b"abc", "a.png")
    form = {"file": photo, "count": Field("3")}
    seen: list[Any] = []

    def handle(req: Any) -> str:
        seen.append(req.api.body)
        return ""

    client = build(
        document(body_of("multipart/form-data", schema)),
        handle,
        form_parser=one(lambda _: form),
    )
    headers = {"Content-Type": 'multipart/form-data; boundary="=X="'}
    assert client.post("/do", body=b"x", headers=headers).status_code == 200
    assert seen == [{"file": photo, "count": 3}]


def test_multipart_without_a_parser_stops_the_start(app: Application) -> None:
    """Where nobody parses forms, a documented one is refused at the start."""
    with pytest.raises(RuntimeError, match=r"use poorwsgi_forms\.Application"):
        app.install(OpenAPI(document(body_of("multipart/form-data"))))


def test_problem_json_of_a_response_is_json(build: Build) -> None:
    """A type that ends in +json is decoded, in both directions."""
    content = {"application/problem+json": {"schema": OBJECT}}
    responses = {"400": {"description": "bad", "content": content}}
    raw = document({"responses": responses, **body_of("application/x+json")})
    client = build(
        raw,
        one(
            lambda _: Response(b'{"a": 1}', "application/problem+json", status_code=400)
        ),
        validate_responses="raise",
    )
    answer = client.post(
        "/do", body=b'{"a": 1}', headers={"Content-Type": "application/x+json"}
    )
    assert answer.status_code == 400


def test_refusal_is_not_validated(build: Build) -> None:
    """A 400 of ours isn't masked by what the document says of answers."""
    raw = document(body_of("application/json"))
    client = build(raw, validate_responses="raise", strict_responses=True)
    assert post_json(client, b"{").status_code == 400


def test_values_are_serialised_before_they_are_validated(build: Build) -> None:
    """A handler may return a dict."""
    content = {"application/json": {"schema": OBJECT}}
    raw = document({"responses": {"200": {"description": "ok", "content": content}}})
    client = build(raw, one(lambda _: {"a": 1}), validate_responses="raise")
    assert client.post("/do").json() == {"a": 1}


@pytest.mark.parametrize(("mode", "status"), [("ignore", 200), ("reject", 400)])
def test_unknown_arguments_are_refused_on_request(
    build: Build, mode: Any, status: int
) -> None:
    """With strict_query, an argument that nobody knows is a fault."""
    parameter: dict[str, Any] = {"name": "known", "in": "query", "schema": {}}
    client = build(document({"parameters": [parameter]}), strict_query=mode)
    assert client.post("/do?known=1").status_code == 200
    assert client.post("/do?known=1&knwon=2").status_code == status


def test_unknown_arguments_are_logged_on_request(
    build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    """With strict_query as a warning, they are logged by name."""
    node: dict[str, Any] = {"name": "known", "in": "query", "schema": {}}
    client = build(document({"parameters": [node]}), strict_query="warn")
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        assert client.post("/do?knwon=secret").status_code == 200
        assert client.post("/do?known=1").status_code == 200
    assert "POST /do: unknown query arguments: 'knwon'" in caplog.text
    assert "secret" not in caplog.text


def test_streams_are_not_read(build: Build) -> None:
    """Of a stream, status and headers are looked at, and never the body.

    Its first piece is asked for by the application, which sends the head with it.
    """
    content = {"application/json": {"schema": OBJECT}}
    headers = {"X-A": {"required": True, "schema": {"type": "integer"}}}
    ok = {"description": "ok", "content": content, "headers": headers}
    read: list[int] = []

    def chunks() -> Any:
        yield b"["
        read.append(1)
        yield b"]"

    def handle(req: Any) -> GeneratorResponse:
        value = {"X-A": req.api.query["a"]}
        return GeneratorResponse(chunks(), "application/json", value)

    parameter: dict[str, Any] = {"name": "a", "in": "query", "schema": {}}
    raw = document({"responses": {"200": ok}, "parameters": [parameter]})
    client = build(raw, handle, validate_responses="raise")
    assert client.post("/do?a=1").data == b"[]"
    assert client.post("/do?a=x").status_code == 500
    assert read == [1]


# --- what the page doesn't list, and tests have found --------------------------


@pytest.mark.parametrize(
    "body",
    [b'{"a": NaN}', b"[Infinity]", b"1e400", b"[-1E999]", b'"\\ud800"', b"[" * 99999],
)
def test_json_that_is_none_is_400(build: Build, body: bytes) -> None:
    """NaN, what no float holds, lone surrogates and depth without end are refused."""
    answer = post_json(build(document(body_of("application/json", {}))), body)
    assert answer.status_code == 400


def test_surrogates_in_pairs_are_taken(build: Build) -> None:
    """An escaped pair is a character; a byte order mark is no fault either."""
    client = build(document(body_of("application/json", {})))
    assert post_json(client, b'"\\ud83d\\ude00"').json() == {"body": "😀"}
    assert post_json(client, b'\xef\xbb\xbf{"a": 1}').json() == {"body": {"a": 1}}


@pytest.mark.parametrize("charset", ["utf-16", "nonsense", "\x80"])
def test_json_in_another_charset_is_415(build: Build, charset: str) -> None:
    """JSON is UTF-8, whatever the client calls it."""
    headers = {"Content-Type": f"application/json; charset={charset}"}
    client = build(document(body_of("application/json", {})))
    assert client.post("/do", body=b"1", headers=headers).status_code == 415


def test_text_in_an_unknown_charset_is_415(build: Build) -> None:
    """Text is read in a charset that there is."""
    client = build(document(body_of("text/plain", {"type": "string"})))
    answers = [
        client.post("/do", body=b"\xe9", headers={"Content-Type": f"text/plain{end}"})
        for end in ("; charset=nonsense", "; charset=latin-1", "; charset=base64")
    ]
    assert [answer.status_code for answer in answers] == [415, 200, 415]
    assert answers[1].json() == {"body": "é"}


def test_byte_format_of_other_characters_is_400(build: Build) -> None:
    """A format whose check raises refuses, and doesn't crash."""
    schema = {"type": "string", "format": "byte"}
    client = build(document(body_of("application/json", schema)))
    assert post_json(client, b'"\xc3\xa9"').status_code == 400
    assert post_json(client, b'"YQ=="').json() == {"body": "a"}


def test_unknown_format_is_no_fault(build: Build) -> None:
    """A format that nobody knows says nothing about a value."""
    schema = {"type": "string", "format": "phone"}
    parameter: dict[str, Any] = {
        "name": "p",
        "in": "query",
        "schema": schema | {"oneOf": [{}]},
    }
    raw = document({"parameters": [parameter], **body_of("application/json", schema)})
    client = build(raw)
    answer = client.post(
        "/do?p=1", body=b'"1"', headers={"Content-Type": "application/json"}
    )
    assert answer.json() == {"body": "1"}


@pytest.mark.parametrize(
    ("style", "explode", "text"),
    [
        ("matrix", False, ";p=1,2"),
        ("matrix", True, ";p=1;p=2"),
        ("label", False, ".1,2"),
    ],
)
def test_matrix_and_label_are_read(
    app: Application, style: str, explode: bool, text: str
) -> None:
    """Styles whose mark stands in the value are found by the plain name."""
    schema = {"type": "array", "items": {"type": "integer"}}
    node = {"name": "p", "in": "path", "required": True, "schema": schema}
    node |= {"style": style, "explode": explode}
    raw = document({})
    raw["paths"] = {
        "/do/{p}": {"get": {"operationId": "do", "parameters": [node], "responses": OK}}
    }
    api = OpenAPI(raw)
    api.operation("do")(two(lambda _, p: {"p": p}))
    app.install(api)
    client = Client(app)
    assert client.get(f"/do/{text}").json() == {"p": [1, 2]}
    assert client.get("/do/1,2").status_code == 400


def post_json(client: Client, body: bytes) -> Answer:
    """Send a body as JSON."""
    return client.post("/do", body=body, headers={"Content-Type": "application/json"})


def test_pointers_name_the_places(build: Build) -> None:
    """Faults of parameters and body are told together, with pointers."""
    schema = {
        "type": "object",
        "required": ["a/b", "n"],
        "properties": {
            "n": {"type": "array", "items": {"type": "integer"}},
            "a/b": {"type": "string"},
        },
    }
    parameter: dict[str, Any] = {
        "name": "q",
        "in": "query",
        "required": True,
        "schema": {},
    }
    raw = document({"parameters": [parameter], **body_of("application/json", schema)})
    answer = post_json(build(raw), json.dumps({"n": [1, "x"]}).encode())
    places = [
        (each["in"], each.get("name"), each.get("pointer"), each["code"])
        for each in answer.json()["errors"]
    ]
    assert places == [
        ("query", "q", None, "required"),
        ("body", None, "/a~1b", "required"),
        ("body", None, "/n/1", "type"),
    ]
