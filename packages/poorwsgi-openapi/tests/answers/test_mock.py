"""Facts about answers that are made of a document."""

from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI

CONTENT: dict[str, Any] = {
    "application/json": {
        "schema": {"type": "object", "properties": {"id": {"type": "integer"}}},
        "examples": {"dog": {"value": {"id": 1}}, "cat": {"value": {"id": 2}}},
    },
    "text/plain": {"example": "a dog"},
}


def build(
    responses: dict[str, Any], path: str = "/x", mock: Any = "missing"
) -> OpenAPI:
    """Build the extension for one GET with these responses."""
    parameter: dict[str, Any] = {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {},
    }
    parameters: list[Any] = [parameter] * ("{" in path)
    operation: dict[str, Any] = {
        "operationId": "x",
        "responses": responses,
        "parameters": parameters,
    }
    document: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {"title": "x", "version": "1"},
        "paths": {path: {"get": operation}},
    }
    return OpenAPI(document, mock=mock, check="off", check_document=False)


def ask(app: Application, responses: dict[str, Any], **headers: str) -> Answer:
    """Ask a mock for its answer."""
    app.install(build(responses))
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(app).get("/x", headers=names)


def test_first_success(app: Application) -> None:
    """The first success is answered, with its first example and its headers."""
    headers = {
        "X-Rate": {"schema": {"type": "integer", "example": 5}},
        "X-On": {"schema": {"type": "boolean"}},
        "X-Odd": {"schema": {"type": "object"}},
        "Location": {"example": "/x/1"},
        "Content-Type": {"schema": {"type": "string"}},
    }
    responses = {"404": {}, "201": {"content": CONTENT, "headers": headers}}
    answer = ask(app, responses)
    assert (answer.status_code, answer.json()) == (201, {"id": 1})
    assert answer.headers["X-Rate"] == "5"
    assert answer.headers["X-On"] == "true"
    assert answer.headers["Location"] == "/x/1"
    assert "X-Odd" not in answer.headers
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("text/plain", "text/plain"),
        ("text/*", "text/plain"),
        ("*/*", "application/json"),
        ("text/plain;q=0, application/json", "application/json"),
        ("image/png", "application/json"),
        ("", "application/json"),
    ],
)
def test_accept(app: Application, accept: str, expected: str) -> None:
    """A client chooses among the media types; unknown ones choose nothing."""
    answer = ask(app, {"200": {"content": CONTENT}}, Accept=accept)
    assert answer.headers["Content-Type"] == expected


@pytest.mark.parametrize(
    ("prefer", "status", "text"),
    [
        ("example=cat", 200, '{\n  "id": 2\n}'),
        ('example="cat", code=200', 200, '{\n  "id": 2\n}'),
        ("example=none", 200, '{\n  "id": 1\n}'),
        ("code=404", 404, "nothing"),
        ("code=410", 410, "else"),
        ("code=503", 503, "broken"),
        ("code=204", 204, ""),
        ("code=100", 200, '{\n  "id": 1\n}'),
        ("code=555", 200, '{\n  "id": 1\n}'),
        ("code=\xb2\xb2\xb2", 200, '{\n  "id": 1\n}'),
        ("code=9999", 200, '{\n  "id": 1\n}'),
    ],
)
def test_prefer(app: Application, prefer: str, status: int, text: str) -> None:
    """A client may ask for a documented answer; other wishes are ignored."""
    responses = {
        "200": {"content": CONTENT},
        "404": {"content": {"text/plain": {"example": "nothing"}}},
        "5xx": {"content": {"text/plain": {"example": "broken"}}},
        "default": {"content": {"text/plain": {"example": "else"}}},
    }
    answer = ask(app, responses, Prefer=prefer)
    assert (answer.status_code, answer.text) == (status, text)


@pytest.mark.parametrize(
    ("responses", "status", "text"),
    [
        ({"204": {}}, 204, ""),
        ({"2XX": {"content": {"text/*": {"example": "any"}}}}, 200, "any"),
        ({"299": {"content": {"a/b": {"example": "odd"}}}}, 200, "odd"),
        ({"default": {"content": {"text/plain": {"example": "all"}}}}, 200, "all"),
        ({"202": {}}, 202, ""),
    ],
)
def test_answers(
    app: Application, responses: dict[str, Any], status: int, text: str
) -> None:
    """Ranges, the default and answers without a body are answered too."""
    answer = ask(app, responses)
    assert (answer.status_code, answer.text) == (status, text)


@pytest.mark.parametrize(
    "responses", [{}, {"404": {}}, {"200": {"content": {"image/png": {}}}}]
)
def test_what_is_not_described_is_501(
    app: Application, responses: dict[str, Any]
) -> None:
    """Without a success, or an example and a schema, nothing is made up."""
    assert ask(app, responses).status_code == 501


def test_wish_that_nothing_describes(app: Application) -> None:
    """A status that isn't documented can't be had."""
    answer = ask(app, {"200": {"content": CONTENT}}, Prefer="code=404")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("kind", "example", "expected"),
    [
        ("*/*", "any", "text/plain"),
        ("*/*", {"a": 1}, "application/json"),
        ("application/*", "any", "application/octet-stream"),
        ("application/*", [1], "application/json"),
        ("image/*", "any", "image/png"),
    ],
)
def test_type_of_a_range(
    app: Application, kind: str, example: Any, expected: str
) -> None:
    """A range of media types isn't sent as one; what is sent is in the range."""
    answer = ask(app, {"200": {"content": {kind: {"example": example}}}})
    assert answer.headers["Content-Type"] == expected


@pytest.mark.parametrize(("key", "status"), [("303", 303), ("3XX", 302)])
def test_redirect(app: Application, key: str, status: int) -> None:
    """Where no success is documented, a redirect is answered."""
    headers = {"Location": {"schema": {"type": "string", "example": "/there"}}}
    answer = ask(app, {"default": {}, key: {"headers": headers}})
    assert (answer.status_code, answer.headers["Location"]) == (status, "/there")


def test_items(app: Application) -> None:
    """A stream has one item of its schema."""
    event = {"type": "object", "properties": {"data": {"type": "string"}}}
    content = {"text/event-stream": {"itemSchema": event}}
    assert ask(app, {"200": {"content": content}}).text == "data: string\n\n"


def test_handler_wins_over_a_mock(app: Application) -> None:
    """An operation that has a handler isn't mocked, also when it comes later."""
    api = build({"200": {"content": CONTENT}}, "/x/{id}")

    def handler(*_: Any) -> str:
        return "handler"

    app.install(api)
    api.operation("x")(handler)
    assert Client(app).get("/x/1").text == "handler"


def test_mock_of_all(app: Application) -> None:
    """All operations are mocked, whatever their handlers are."""
    api = build({"200": {"content": CONTENT}}, mock="all")

    def handler(*_: Any) -> str:
        return "handler"

    api.operation("x")(handler)
    app.install(api)
    assert Client(app).get("/x").json() == {"id": 1}


def test_no_mocks(app: Application) -> None:
    """Without the option there are none."""
    app.install(build({"200": {"content": CONTENT}}, mock="off"))
    assert Client(app).get("/x").status_code == 404
