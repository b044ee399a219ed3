"""Facts about what handlers may return or raise."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from recording import Body, Start

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import (
    BaseResponse,
    Declined,
    Response,
    abort,
)
from poorwsgi_core.state import (
    DECLINED,
)
from poorwsgi_core.testing import Client, build_environ


def chunks() -> Iterator[bytes]:
    """Yield a body."""
    yield b"ge"
    yield b"nerated"


@pytest.mark.parametrize(
    ("value", "status", "content_type", "data"),
    [
        ("text", 200, "text/html; charset=utf-8", b"text"),
        ("č", 200, "text/html; charset=utf-8", "č".encode()),
        (b"bytes", 200, "text/html; charset=utf-8", b"bytes"),
        ("", 200, "text/html; charset=utf-8", b""),
        ({"a": "č"}, 200, "application/json; charset=utf-8", b'{"a": "\\u010d"}'),
        ({}, 200, "application/json; charset=utf-8", b"{}"),
        ([1], 200, "application/json; charset=utf-8", b"[1]"),
        ([], 200, "application/json; charset=utf-8", b"[]"),
        ([b"a", b"b"], 200, "text/html; charset=utf-8", b"ab"),
        ({b"set"}, 200, "text/html; charset=utf-8", b"set"),
        (None, 204, None, b""),
        (("text",), 200, "text/html; charset=utf-8", b"text"),
        (("text", "text/plain"), 200, "text/plain", b"text"),
        (("text", ""), 200, None, b"text"),
        (("text", 400), 400, "text/html; charset=utf-8", b"text"),
        ((b"x", "image/png"), 200, "image/png", b"x"),
        (({"a": 1}, "text/x"), 200, "application/json; charset=utf-8", b'{"a": 1}'),
        (("x", "text/x", None, 418), 418, "text/x", b"x"),
        (("x", "text/x", ("X-A", "b")), 200, "text/x", b"x"),
        ((None, "", None, 410), 410, "text/plain", b""),
    ],
)
def test_return_values(
    app: Application,
    value: Any,
    status: int,
    content_type: str | None,
    data: bytes,
) -> None:
    """The table of return values (9.6), the same with after handlers and without."""
    app.set_route("/", lambda _: value)
    validated = content_type is not None or status == 204
    client = Client(app, validate=validated)
    short = client.get()
    head = client.head()
    app.add_after_response(lambda _, response: response)
    long = client.get()
    assert (short.status_code, short.data) == (status, data)
    assert short.headers.get("Content-Type") == content_type
    assert (long.status, long.data) == (short.status, short.data)
    assert list(long.headers) == list(short.headers)
    assert (head.data, list(head.headers)) == (b"", list(short.headers))


def test_generators(app: Application, client: Client) -> None:
    """A generator function is a handler, its body is streamed."""
    app.set_route("/function", lambda _: chunks())
    app.set_route("/other", lambda _: (chunks(), "text/plain"))
    answer = client.get("/function")
    assert (answer.text, "Content-Length" in answer.headers) == ("generated", False)
    assert client.get("/other").headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_close_reaches_generators(
    app: Application, client: Client, method: str
) -> None:
    """The user's iterable is closed after each answer (bar 91)."""
    body = Body()
    app.set_route("/", lambda _: body)
    client.request(method)
    assert body.closed


def test_unread_body_can_be_closed(app: Application) -> None:
    """Closing what nobody read closes the source (bar 91)."""
    body = Body()
    app.set_route("/", lambda _: body)
    sent: Any = app(build_environ(), Start())
    sent.close()
    assert body.closed


@pytest.mark.parametrize("value", [1, 1.5, True, object(), (), (Response(), 1)])
def test_unusable_return_value(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    value: object,
) -> None:
    """What no response can be made of is a 500 (9.6)."""
    app.set_route("/", lambda _: value)
    assert client.get().status_code == 500
    assert any(record.levelno == logging.ERROR for record in caplog.records)


def test_unusable_value_is_logged_in_one_line(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The message names the handler, and no line break gets into it (bar 29)."""

    def handler(_: Request) -> tuple[str, str]:
        return "x", "text/plain\r\nX-Evil: 1"

    app.set_route("/", handler)
    assert client.get().status_code == 500
    messages = [record.getMessage() for record in caplog.records]
    assert any("handler" in message for message in messages)
    assert not any("\r" in message or "\n" in message for message in messages)


def test_declined(app: Application) -> None:
    """Declined sends nothing, whichever way it is said (5.1)."""
    app.set_route("/returned", lambda _: Declined())
    app.set_route("/raised", lambda _: abort(DECLINED))
    start = Start()
    for path in ("/returned", "/raised"):
        assert not [*app(build_environ(path), start)]
    assert not start.calls


@pytest.mark.filterwarnings("ignore:EmptyResponse:DeprecationWarning")
@pytest.mark.parametrize("code", [200, 204])
def test_exception_of_success(app: Application, client: Client, code: int) -> None:
    """HTTPException(200) and (204) are answered without content (decision 5)."""
    app.set_route("/", lambda _: abort(code))
    answer = client.get()
    assert (answer.status_code, answer.data) == (204, b"")


def test_exception_with_a_response(app: Application, client: Client) -> None:
    """A raised response is sent as it is; a later hook may still change it."""
    app.set_route("/", lambda _: abort(Response("x", headers={"X-A": "b"})))
    answer = client.get()
    assert (answer.text, answer.headers["X-A"]) == ("x", "b")


def test_bodiless_answers_keep_cookies(app: Application, client: Client) -> None:
    """204 and 304 keep Set-Cookie, and have no length or type (bar 15)."""

    def handler(req: Request) -> BaseResponse:
        response = Response("body", status_code=int(req.query))
        response.add_header("ETag", '"1"')
        response.set_cookie("a", "b")
        return response

    app.set_route("/", handler)
    for code in (204, 304):
        answer = client.get(f"/?{code}")
        assert (answer.status_code, answer.data) == (code, b"")
        assert {"Content-Length", "Content-Type"}.isdisjoint(answer.headers.keys())
        assert answer.headers["Set-Cookie"].startswith("a=b")
        assert answer.headers["ETag"] == '"1"'
