"""OpenAPI by hand: openapi-core asked in hooks, with our wrappers.

``pets.py`` has the same and more in one line; this way is for applications that
want to decide each step themselves::

    python3 examples/openapi3.py [host:port]
    curl -X PUT -d '{"x": 1, "y": "two"}' -H 'Content-Type: application/json' \
        http://127.0.0.1:8080/json
"""

import logging
import secrets
from pathlib import Path
from typing import Any
from uuid import UUID

from launch import launch
from look import Look, commands, links, page
from openapi_core import OpenAPI

from poorwsgi import Application
from poorwsgi.request import Request
from poorwsgi.response import BaseResponse, HTTPException, JSONResponse, Response
from poorwsgi.session import PoorSession, SessionError
from poorwsgi.state import METHOD_GET, METHOD_POST, METHOD_PUT
from poorwsgi_openapi import OpenAPIRequest, OpenAPIResponse
from poorwsgi_openapi.answers.unknown_methods import answer_unknown_method
from poorwsgi_openapi.errors import (
    MediaTypeNotFound,
    OpenAPIError,
    ParameterValidationError,
    PathError,
    ResponseNotFound,
    SecurityValidationError,
)

log = logging.getLogger("openapi3")

KEY = "let me in"
CORS = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Headers": "Content-Type, X-API-Key",
    "Access-Control-Allow-Methods": "*",
}


class Documented(Application):
    """An application that knows its document."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name)
        self.document = path.read_bytes()
        self.openapi = OpenAPI.from_file_path(str(path))


app = application = Documented("openapi3", Path(__file__).with_name("openapi.json"))
app.add_page_handler(answer_unknown_method)
app.install(Look(__file__))
app.secret_key = app.get_options().get("secret") or secrets.token_bytes(32)

PAGES = {
    "In the document": {
        "/plain_text": "text",
        "/response": "a content type of its own",
        "/arg/7.5": "which route a value of the path takes",
        "/check": "401 without the key or a cookie",
    },
    "Not in it": {"/openapi.json": "the document", "/nowhere": "404 as JSON"},
}
COMMANDS = {
    "A body that fits": (
        "curl -X PUT -H 'Content-Type: application/json' "
        """-d '{"x": 1, "y": 2.5}' URL/json"""
    ),
    "And one that doesn't: 400": (
        "curl -i -X PUT -H 'Content-Type: application/json' "
        """-d '{"x": 1, "y": "two"}' URL/json"""
    ),
    "The key gives a cookie": f"curl -i -X POST -H 'X-API-Key: {KEY}' URL/login",
}


def refuse(status: int, reason: str) -> HTTPException:
    """Build what ends a request early."""
    headers = {"WWW-Authenticate": 'ApiKey realm="example"'} if status == 401 else None
    response = JSONResponse(
        error=reason, status_code=status, charset=None, headers=headers
    )
    return HTTPException(response)


@app.before_response()
def answer_preflight(req: Request) -> None:
    """Let scripts of other sites ask (CORS)."""
    if req.method == "OPTIONS" and "Access-Control-Request-Method" in req.headers:
        raise HTTPException(Response(status_code=204, headers=PREFLIGHT))


@app.before_response()
def check_request(req: Request) -> None:
    """Refuse what the document doesn't allow."""
    req.api = OpenAPIRequest(req)
    result = app.openapi.unmarshal_request(req.api)
    for error in result.errors:
        if isinstance(error, PathError):
            req.api = None  # it is none of the document's
            return
        # The text of an error may quote the request, and may fail to.
        if isinstance(error, SecurityValidationError):
            raise refuse(401, "Credentials are missing")
        if isinstance(error, ParameterValidationError):
            raise refuse(400, f"{error.location} parameter {error.name} is invalid")
        if isinstance(error.__cause__, MediaTypeNotFound):
            raise refuse(415, "The body has a type that is not documented")
        raise refuse(400, "The body is invalid")
    if result.security and not may_pass(req, result.security):
        raise refuse(401, "Credentials are wrong")


def may_pass(req: Request, shown: dict[str, Any]) -> bool:
    """Look at the credentials, which openapi-core only finds."""
    if "session" in shown:
        return find_user(req) is not None
    return secrets.compare_digest(shown["key"].encode(), KEY.encode())


def build_session() -> PoorSession:
    """Build a session; with TLS it should be ``secure=True``."""
    return PoorSession(app.secret_key, max_age=3600, secure=False, same_site="Strict")


def find_user(req: Request) -> str | None:
    """Return whose cookie a request has, if it is one of ours."""
    session = build_session()
    try:
        session.load(req.cookies)
    except SessionError:
        return None
    user: str | None = session.data.get("user")
    return user


@app.after_response()
def check_response(req: Request, response: BaseResponse) -> BaseResponse:
    """Report what the document doesn't promise; 4xx and 5xx need not be in it."""
    if isinstance(req.api, OpenAPIRequest):
        for error in app.openapi.iter_response_errors(
            req.api, OpenAPIResponse(response)
        ):
            if isinstance(error, ResponseNotFound) and response.status_code >= 400:
                continue
            cause = error.__cause__ if isinstance(error, OpenAPIError) else None
            log.error("%s %s: %r %r", req.method, req.path, error, cause)
    return response


@app.after_response()
def add_cors(req: object, response: BaseResponse) -> BaseResponse:
    """Let scripts of other sites read; not of what is no real request."""
    if isinstance(req, Request):
        for name, value in CORS.items():
            response.headers.setdefault(name, value)
    return response


@app.route("/")
def index(req: Request) -> str:
    """OpenAPI by hand.

    Hooks ask openapi-core about each request and each answer. What isn't in the
    document, such as this page, passes.
    """
    return page(req, links(PAGES) + commands(req, COMMANDS))


@app.route("/openapi.json")
def show_document(_: Request) -> tuple[bytes, str]:
    """Show the document itself."""
    return app.document, "application/json"


@app.route("/plain_text")
def plain_text(_: Request) -> tuple[str, str]:
    """Answer with text."""
    return "Hello", "text/plain"


@app.route("/response")
def api_response(_: Request) -> JSONResponse:
    """Set the content type by a header, which wins."""
    kind = "application/vnd.api+json"
    return JSONResponse(message="Hello", headers={"Content-Type": kind, "X-Answer": 42})


@app.route("/arg/<value>")  # the last to be tried
@app.route("/arg/<value:uuid>")
@app.route("/arg/<value:float>")
@app.route("/arg/<value:int>")
def argument(_: Request, value: object) -> dict[str, str]:
    """Tell which of the routes it was."""
    kinds: dict[type, str] = {int: "int", float: "float", UUID: "uuid"}
    return {"kind": kinds.get(type(value), "text"), "value": str(value)}


@app.route("/json", METHOD_POST | METHOD_PUT)
def send_back(req: Request) -> dict[str, Any]:
    """Answer with what was sent."""
    return dict(req.json)


@app.route("/login", METHOD_POST)
def login(_: Request) -> Response:
    """Hand out a cookie; the answer has no content, and keeps its headers."""
    response = Response(status_code=204)
    session = build_session()
    session.data["user"] = "somebody"
    session.header(response)
    return response


@app.route("/check", METHOD_GET)
def check(req: Request) -> dict[str, str]:
    """Tell who is there."""
    return {"user": find_user(req) or "the key's owner"}


@app.http_state(404)
def not_found(_: Request) -> tuple[str, str, None, int]:
    """Answer an unknown path in the way of the API."""
    return '{"error": "There is nothing here"}', "application/json", None, 404


if __name__ == "__main__":
    launch(app)
