"""Answers of handlers, compared with the document."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lambdas import one

from poorwsgi_core import Application, Response, abort
from poorwsgi_core.response import FileResponse, JSONResponse, NoContentResponse
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI, ResponseInvalid

Build = Callable[..., Client]
ANSWER = {
    "description": "ok",
    "headers": {
        "X-Rate": {"required": True, "schema": {"type": "integer"}},
        "X-Tags": {"schema": {"type": "array", "items": {"type": "string"}}},
        "Content-Type": {"schema": {"type": "integer"}},
    },
    "content": {
        "application/json": {"schema": {"type": "object", "required": ["a"]}},
        "text/*": {},
    },
}
RATE = {"X-Rate": "5"}


@pytest.fixture
def build(app: Application) -> Build:
    """Return what builds a client of one operation."""

    def build(handler: Any, responses: Any = None, **options: Any) -> Client:
        raw = {
            "openapi": "3.1.1",
            "info": {"title": "A", "version": "1"},
            "paths": {"/a": {"get": {"responses": responses or {"200": ANSWER}}}},
        }
        options.setdefault("validate_responses", "raise")
        app.install(OpenAPI(raw, check_document=False, check="off", **options))
        app.set_route("/a", handler)
        return Client(app)

    return build


@pytest.mark.parametrize(
    ("response", "text"),
    [
        (JSONResponse({"b": 1}, headers=RATE), "body /a: is required (required)"),
        (JSONResponse({"a": 1}), "header X-Rate: is required"),
        (JSONResponse({"a": 1}, headers={"X-Rate": "x"}), "header X-Rate: can't be"),
        (
            Response(b"{", "application/json", RATE),
            "body: can't be read as application",
        ),
        (Response(b"", "application/json", RATE), "body: is missing (required)"),
        (
            Response(b"a", "image/png", RATE),
            "is of type image/png, not application/json",
        ),
        (Response(b"a", "", RATE), "is of type none, not application/json"),
        (Response(b"a", status_code=201), "status: the status is none of 200"),
    ],
)
def test_differences_are_500(build: Build, response: Any, text: str) -> None:
    """Each kind of difference is told in the exception behind the page."""
    response.headers.setdefault("X-Powered-By", "x")
    client = build(one(lambda _: response))
    answer = client.get("/a")
    assert answer.status_code == 500
    assert answer.exc_info is not None
    error = answer.exc_info[1]
    assert isinstance(error, ResponseInvalid)
    assert text in str(error)
    assert "GET /a answers" in str(error)
    assert error.operation.path == "/a"


def test_page_in_debug_shows_values(build: Build, app: Application) -> None:
    """What was answered is on the page in debug, and there alone."""
    schema = {"properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}}
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    client = build(one(lambda _: {"a": "hunter2", "b": None}), responses)
    app.debug = True
    page = client.get("/a", headers={"Accept": "text/html"}).text
    assert "body /a: has to be of type integer (type)" in page
    assert "body /a is &apos;hunter2&apos;" in page
    problem = client.get("/a").json()
    assert problem["detail"].endswith("body /a is 'hunter2'")
    app.debug = False
    for accept in ("text/html", "*/*"):
        assert "hunter2" not in client.get("/a", headers={"Accept": accept}).text


def test_keys_of_the_answer_are_one_line(build: Build) -> None:
    """A key may be the client's, and forges no line of the log."""
    schema = {"additionalProperties": {"type": "integer"}}
    responses = {"200": {"content": {"application/json": {"schema": schema}}}}
    client = build(one(lambda _: {"a\nWARNING": "x"}), responses)
    exc_info = client.get("/a").exc_info
    assert exc_info is not None
    assert "/a\\nWARNING: has to be of type integer" in str(exc_info[1])


@pytest.mark.parametrize(
    "response",
    [
        JSONResponse({"a": 1}, headers={"X-Rate": "5", "X-Tags": "a,b"}),
        Response("x", "text/plain", RATE),
        Response("x", "text/html; charset=utf-8", RATE),
    ],
)
def test_what_is_documented_passes(build: Build, response: Any) -> None:
    """Types and ranges of types, headers and their absence are taken."""
    client = build(one(lambda _: response))
    assert client.get("/a").status_code == 200


def test_log_only_tells(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    """With validate_responses as a log, the answer is sent."""
    client = build(one(lambda _: {"b": 1}), validate_responses="log")
    with caplog.at_level(logging.ERROR, "poorwsgi"):
        assert client.get("/a").json() == {"b": 1}
    assert "body /a: is required (required)" in caplog.text


@pytest.mark.parametrize(("sample", "status"), [(0.0, 200), (1.0, 500)])
def test_sample_is_a_share(build: Build, sample: float, status: int) -> None:
    """No response, or each, is looked at."""
    client = build(one(lambda _: {"b": 1}), sample=sample)
    assert client.get("/a").status_code == status


@pytest.mark.parametrize("code", [404, 500])
def test_undocumented_errors_are_tolerated(build: Build, code: int) -> None:
    """What the framework or a handler says of a request need not be documented."""
    client = build(one(lambda _: abort(code)))
    assert client.get("/a").status_code == code


def test_undocumented_errors_are_faults_on_request(build: Build) -> None:
    """With strict_responses they do."""
    client = build(one(lambda _: abort(404)), strict_responses=True)
    assert client.get("/a").status_code == 500


def test_page_of_a_documented_error_is_tolerated(build: Build) -> None:
    """The framework's page is another type than documented; strictly, a fault."""
    content: dict[str, Any] = {"application/json": {"schema": {}}}
    responses: dict[str, Any] = {
        "200": ANSWER,
        "4XX": {"description": "bad", "content": content},
    }
    client = build(one(lambda _: abort(404)), responses)
    assert client.get("/a").status_code == 404


def test_ranges_of_statuses_and_default_are_found(build: Build) -> None:
    """The nearest key counts: the status, its range, the default."""
    responses: dict[str, Any] = {
        "2XX": {"description": "a", "headers": {"A": {"required": True, "schema": {}}}},
        "default": {"description": "b"},
    }
    client = build(one(lambda req: Response("", status_code=int(req.query))), responses)
    assert client.get("/a?201").status_code == 500
    assert client.get("/a?302").status_code == 302


def test_streams_are_not_read(build: Build, tmp_path: Path) -> None:
    """Of a file, type and headers are compared; of 204 and ranges no body."""
    path = tmp_path / "a.json"
    path.write_text("not json", "utf-8")

    def handle(_: Any) -> FileResponse:
        return FileResponse(str(path), headers={**RATE})

    client = build(handle)
    assert client.get("/a").data == b"not json"


def test_stream_of_another_type_is_a_fault(build: Build, tmp_path: Path) -> None:
    """The type of a stream is compared."""
    path = tmp_path / "a.png"
    path.write_bytes(b"x")
    client = build(one(lambda _: FileResponse(str(path), headers={**RATE})))
    assert client.get("/a").status_code == 500


def test_no_content_has_no_type(build: Build) -> None:
    """An answer without content may be documented with some."""
    responses: dict[str, Any] = {
        "204": {"description": "a", "content": {"text/plain": {}}}
    }
    client = build(one(lambda _: NoContentResponse()), responses)
    assert client.get("/a").status_code == 204


def test_value_that_can_not_be_checked_is_a_fault(build: Build) -> None:
    """A schema that openapi-core fails at isn't passed over."""
    content = {"application/json": {"schema": {"type": "string", "pattern": "("}}}
    responses = {"200": {"description": "a", "content": content}}
    client = build(one(lambda _: JSONResponse("x")), responses)
    assert client.get("/a").status_code == 500


def test_default_error_of_any_type_is_a_fault_strictly(build: Build) -> None:
    """With strict_responses, the page of an error is of a wrong type."""
    content: dict[str, Any] = {"application/json": {"schema": {}}}
    responses: dict[str, Any] = {"404": {"description": "bad", "content": content}}
    client = build(one(lambda _: abort(404)), responses, strict_responses=True)
    assert client.get("/a").status_code == 500


def test_place_in_the_log_is_found_once(
    app: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document isn't read again for each answer that differs."""
    import yaml

    path = tmp_path / "a.yaml"
    path.write_text(
        "openapi: 3.1.1\ninfo: {title: A, version: '1'}\npaths:\n  /a:\n"
        "    get: {responses: {'200': {description: ok}}}\n",
        "utf-8",
    )
    app.install(OpenAPI(path, validate_responses="log"))
    app.set_route("/a", lambda _: NoContentResponse())
    read: list[Any] = []
    compose = yaml.compose

    def count(*args: Any, **options: Any) -> Any:
        read.append(args)
        return compose(*args, **options)

    monkeypatch.setattr(yaml, "compose", count)
    client = Client(app)
    assert [client.get("/a").status_code for _ in range(3)] == [204] * 3
    assert len(read) == 1
