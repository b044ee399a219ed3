"""The wrappers: complete for openapi-core, and with the older names."""

from pathlib import Path
from typing import Any
from uuid import UUID

import openapi_core
import pytest
from lambdas import answer_empty
from openapi_core.protocols import Request as RequestProtocol
from openapi_core.protocols import Response as ResponseProtocol
from openapi_core.protocols import WebhookRequest

from poorwsgi_core import Application, Request, Response, SimpleRequest
from poorwsgi_core.response import GeneratorResponse, JSONResponse
from poorwsgi_core.testing import Client, build_environ
from poorwsgi_openapi import OpenAPIRequest, OpenAPIResponse


def request_of(app: Application, path: str = "/", **options: Any) -> OpenAPIRequest:
    """Wrap a request that an application has routed."""
    seen: list[OpenAPIRequest] = []

    def keep(req: Request) -> None:
        seen.append(OpenAPIRequest(req))

    app.add_before_response(keep)
    Client(app).request(options.pop("method", "GET"), path, **options)
    return seen[0]


def test_wrappers_fit_the_protocols(app: Application) -> None:
    """openapi-core takes them for a request that isn't a webhook, and a response."""
    wrapped = request_of(app)
    assert isinstance(wrapped, RequestProtocol)
    assert not isinstance(wrapped, WebhookRequest)
    assert isinstance(OpenAPIResponse(Response()), ResponseProtocol)


def test_request_has_what_was_sent(app: Application) -> None:
    """Each attribute has its part of the request."""
    app.set_route("/a/<n:int>", answer_empty, 4)
    wrapped = request_of(
        app,
        "/a/7?q=1&q=2&r=3",
        method="POST",
        body=b"x",
        headers={"Content-Type": "Text/Plain; Charset=X", "Cookie": "c=v"},
    )
    assert repr(wrapped) == "<OpenAPIRequest post /a/7>"
    assert (wrapped.host_url, wrapped.path) == ("http://localhost", "/a/7")
    assert (wrapped.method, wrapped.body) == ("post", b"x")
    assert (wrapped.content_type, wrapped.mimetype) == (
        "text/plain; charset=X",
        "text/plain",
    )
    parameters = wrapped.parameters
    assert parameters.path == {"n": 7}
    assert (parameters.query["q"], parameters.query["r"]) == ("1", "3")
    assert "content-type" in parameters.header


@pytest.mark.parametrize(
    ("sent", "cleaned"),
    [
        ("application/json;", "application/json"),
        ("application/json;charset", "application/json"),
        ('application/json; a="b=c"; d=e', "application/json; d=e"),
        ('multipart/form-data; boundary="a;b"', "multipart/form-data"),
        ("", ""),
    ],
)
def test_o1_content_type_is_there_and_readable(
    app: Application, sent: str, cleaned: str
) -> None:
    """The content type is what openapi-core's parser doesn't fail at."""
    wrapped = request_of(app, headers={"Content-Type": sent})
    assert wrapped.content_type == cleaned


@pytest.mark.parametrize(
    ("rule", "path", "template"),
    [
        ("/a/<x>", "/a/1", "/a/{x}"),
        ("/a/<x:int>/<y:float>", "/a/1/2.0", "/a/{x}/{y}"),
        ("/a/<x:re:[a-z]+>", "/a/b", "/a/{x}"),
        ("/a", "/a", "/a"),
    ],
)
def test_o2_rules_become_templates(
    app: Application, rule: str, path: str, template: str
) -> None:
    """A group is its name, whatever its filter is."""
    app.set_route(rule, answer_empty)
    wrapped = request_of(app, path)
    assert wrapped.path_pattern == template
    assert wrapped.full_url_pattern == f"http://localhost{template}"


def test_o2_regular_routes_become_templates(app: Application) -> None:
    """Named groups of a regular expression are found too."""
    app.set_regular_route(r"^/a/(?P<x>[(\]]|\)|b(c)?)\.z/(?P<y>\d+)\Z", answer_empty)
    assert request_of(app, "/a/bc.z/1").path_pattern == "/a/{x}.z/{y}"


def test_o3_cookies_are_text(app: Application) -> None:
    """A cookie is its value."""
    wrapped = request_of(app, headers={"Cookie": "a=1"})
    assert wrapped.parameters.cookie == {"a": "1"}


def test_o4_parameters_are_one_object(app: Application) -> None:
    """What openapi-core adds stays, and all may be replaced."""
    wrapped = request_of(app)
    wrapped.parameters.path = {"a": "1"}
    assert wrapped.parameters.path == {"a": "1"}
    replaced = wrapped.parameters = request_of(app, "/b").parameters
    assert wrapped.parameters is replaced


def test_o5_without_a_route_there_is_no_pattern(app: Application) -> None:
    """A path that nothing serves is looked up by itself."""
    wrapped = request_of(app, "/nowhere")
    assert wrapped.path_pattern == ""
    assert wrapped.full_url_pattern == "http://localhost/nowhere"


def test_o6_simple_request_is_empty(app: Application) -> None:
    """What a SimpleRequest doesn't have is empty."""
    environ = {**build_environ("/a?b=1"), "REQUEST_STARTTIME": 0.0}
    del environ["REQUEST_METHOD"]
    wrapped = OpenAPIRequest(SimpleRequest(environ, app))
    parameters = wrapped.parameters
    assert (wrapped.method, wrapped.body, wrapped.content_type) == ("", None, "")
    assert (parameters.query, parameters.cookie, parameters.path) == ({}, {}, {})
    assert "a" not in parameters.header


def test_values_of_other_types_are_text(app: Application) -> None:
    """A UUID in the path is its text."""
    text = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    app.set_route("/a/<x:uuid>", answer_empty)
    assert request_of(app, f"/a/{text}").parameters.path == {"x": str(UUID(text))}


def test_mount_point_is_part_of_the_path(app: Application) -> None:
    """Behind SCRIPT_NAME, path and pattern are whole."""
    app.set_route("/a/<x>", answer_empty)
    wrapped = request_of(app, "/a/1", SCRIPT_NAME="/api")
    assert (wrapped.path, wrapped.path_pattern) == ("/api/a/1", "/api/a/{x}")


def test_response_has_what_is_sent() -> None:
    """A type in the headers wins; a stream has no data."""
    headers = {"Content-Type": "Text/X; charset=utf-8"}
    wrapped = OpenAPIResponse(JSONResponse({"a": 1}, headers=headers, status_code=201))
    assert repr(wrapped) == "<OpenAPIResponse 201>"
    assert wrapped.data == b'{"a": 1}'
    assert (wrapped.content_type, wrapped.mimetype) == (
        "text/x; charset=utf-8",
        "text/x",
    )
    assert wrapped.headers["Content-Type"] == "Text/X; charset=utf-8"
    stream = OpenAPIResponse(GeneratorResponse(iter([b"x"]), "text/plain"))
    assert (stream.data, stream.content_type) == (b"", "text/plain")


def test_manual_recipe_works(app: Application, documents: Path) -> None:
    """Hooks with openapi_core.OpenAPI.from_file_path validate both directions."""
    openapi = openapi_core.OpenAPI.from_file_path(str(documents / "petstore30.yaml"))
    found: list[str] = []

    @app.before_response()
    def before(req: Request) -> None:
        req.api = OpenAPIRequest(req)
        result = openapi.unmarshal_request(req.api)
        found.extend(type(error).__name__ for error in result.errors)

    @app.after_response()
    def after(req: Request, response: Response) -> Response:
        errors = openapi.iter_response_errors(req.api, OpenAPIResponse(response))
        found.extend(type(error).__name__ for error in errors)
        return response

    @app.route("/api/v3/pet/findByStatus")
    def handle(_: Request) -> list[Any]:
        return []

    assert callable(before)
    assert callable(after)
    assert callable(handle)
    client = Client(app)
    assert client.get("/api/v3/pet/findByStatus?status=sold").json() == []
    assert found == []
    client.get("/api/v3/pet/findByStatus?status=x")
    assert found == ["InvalidParameter"]
