"""Facts about failures on the way through the application."""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest
from recording import Start, say

from poorwsgi_core.application import Application
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    HTTPException,
    Response,
    abort,
)
from poorwsgi_core.state import (
    METHOD_POST,
)
from poorwsgi_core.testing import Client, build_environ

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def test_exc_info(app: Application, client: Client) -> None:
    """The server learns about the exception behind a 500 (decision 11)."""
    app.set_route("/", lambda _: 1 / 0)
    answer = client.get()
    assert answer.status_code == 500
    assert answer.exc_info is not None
    assert answer.exc_info[0] is ZeroDivisionError
    assert answer.exc_info[2] is not None


@pytest.mark.parametrize("with_after", [False, True])
def test_propagate_exceptions(
    app: Application, client: Client, with_after: bool
) -> None:
    """Exceptions reach the server when that is set; answers don't."""
    app.propagate_exceptions = True
    app.set_route("/", lambda _: 1 / 0)
    app.set_route("/abort", lambda _: abort(403))
    if with_after:
        app.add_after_response(lambda _, response: response)
    with pytest.raises(ZeroDivisionError):
        client.get()
    assert client.get("/abort").status_code == 403


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, SystemExit, GeneratorExit, BaseException]
)
@pytest.mark.parametrize("where", ["before", "handler", "state", "error", "after"])
def test_what_is_no_exception_passes(
    app: Application, error: type[BaseException], where: str
) -> None:
    """KeyboardInterrupt and its like are the server's, wherever raised (bar 24)."""

    def stop(*_: object) -> None:
        raise error

    app.set_route("/", stop if where == "handler" else lambda _: 1 / 0)
    if where == "before":
        app.add_before_response(stop)
    if where == "state":
        app.set_http_state(500, stop)
    if where == "error":
        app.set_error_handler(ZeroDivisionError, stop)
    if where == "after":
        app.add_after_response(stop)
    with pytest.raises(error):
        app(build_environ(), Start())


def test_connection_error_of_a_handler(app: Application, client: Client) -> None:
    """A service behind the handler is down: that is a 500 (decision 10)."""

    def handler(_: Request) -> str:
        raise ConnectionResetError

    app.set_route("/", handler)
    assert client.get().status_code == 500


class Broken:
    """A ``wsgi.input`` that raises when it is read."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, _: int = -1) -> bytes:
        """Raise."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "status"),
    [(ConnectionResetError(), 400), (OSError(), 400), (TimeoutError(), 408)],
)
def test_connection_lost_while_reading(
    app: Application, error: Exception, status: int
) -> None:
    """A client that is gone is no failure of the server: 400 (decision 10)."""
    app.set_route("/", lambda req: req.read(), METHOD_POST)
    variables: dict[str, Any] = {"wsgi.input": Broken(error), "CONTENT_LENGTH": "9"}
    answer = Client(app, validate=False).post("/", **variables)
    assert (answer.status_code, answer.exc_info) == (status, None)


class FailingRequest(Request):
    """A request that can't be built."""

    error: Exception = ValueError("line\r\nbreak")

    def __init__(self, environ: "WSGIEnvironment", app: "Application[Any]") -> None:
        super().__init__(environ, app)
        raise self.error


class RefusingRequest(FailingRequest):
    """A request that refuses what it is built of."""

    error = HTTPException(400, error="refused")


@pytest.mark.parametrize(
    ("kind", "status", "level"),
    [
        (FailingRequest, 500, logging.CRITICAL),
        (RefusingRequest, 400, logging.WARNING),
    ],
)
def test_request_that_cannot_be_built(
    name: str,
    caplog: pytest.LogCaptureFixture,
    kind: type[Request],
    status: int,
    level: int,
) -> None:
    """A SimpleRequest takes its place, and after handlers still run (9.3)."""

    class Special(Application[Request]):
        request_class = kind

    special = Special(name)
    special.set_route("/", say("never"))
    kinds: list[type[object]] = []

    @special.after_response()
    def after(req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        kinds.append(type(req))
        return response

    for special.debug in (False, True):
        assert Client(special).get().status_code == status
    assert kinds == [SimpleRequest, SimpleRequest]
    assert caplog.records[0].levelno == level
    assert "\n" not in caplog.records[0].getMessage()


def test_response_that_is_sent_twice(app: Application, client: Client) -> None:
    """A response kept for all requests works once; then it is a 500."""
    once = Response("once")
    app.set_route("/", lambda _: once)
    assert [client.get().status_code, client.get().status_code] == [200, 500]


class Unsendable(Response):
    """A response that fails when it is sent."""

    closed = False

    def __call__(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Fail."""
        raise LookupError

    def close(self) -> None:
        """Close it."""
        self.closed = True


def test_response_that_fails_while_it_is_sent(app: Application, client: Client) -> None:
    """What only shows while sending is a 500, and it is closed (bar 10)."""
    response = Unsendable()
    app.set_route("/", lambda _: response)
    answer = client.get()
    assert (answer.status_code, response.closed) == (500, True)
    assert answer.exc_info is not None
    assert answer.exc_info[0] is LookupError


def test_failure_that_fails_while_it_is_sent(app: Application, client: Client) -> None:
    """When the user's 500 answer can't be sent either, the built-in page is."""
    response, page = Unsendable(), Unsendable()
    app.set_route("/", lambda _: response)
    app.set_http_state(500, lambda _: page)
    answer = client.get()
    assert (answer.status_code, "webmaster" in answer.text) == (500, True)
    assert (response.closed, page.closed) == (True, True)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\0", "a\x7f"])
def test_header_set_behind_our_back(
    app: Application, client: Client, value: str
) -> None:
    """A control character never gets on the wire (bar 10)."""

    class Careless(Response):
        def _header_list(self) -> list[tuple[str, str]]:
            return list(Headers([("X-A", "b")])) + list(Headers({"X-B": value}))

    app.set_route("/", lambda _: Careless("x"))
    answer = client.get()
    assert (answer.status_code, "X-Evil" in answer.headers) == (500, False)


def test_uwsgi_is_not_told_of_the_exception(app: Application) -> None:
    """It takes the argument for a failure of the application itself."""

    def crash(_: Request) -> str:
        raise ZeroDivisionError

    app.set_route("/", crash)
    answer = Client(app).get("/", **{"uwsgi.version": b"2.0"})
    assert (answer.status_code, answer.exc_info) == (500, None)
