"""Facts about exception handlers."""

from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    HTTPException,
    Response,
    abort,
)
from poorwsgi_core.state import METHOD_GET, METHOD_POST, METHOD_PUT
from poorwsgi_core.testing import Client


def fail(error: Exception) -> Callable[..., Any]:
    """Build a handler that raises."""

    def handler(*_: object) -> None:
        raise error

    return handler


class MyValueError(ValueError):
    """A class below one that is handled."""


@pytest.mark.parametrize(
    ("value", "status", "data"),
    [
        ("text", 200, b"text"),
        ("", 200, b""),
        (("text", 400), 400, b"text"),
        ({"a": 1}, 200, b'{"a": 1}'),
        ({}, 200, b"{}"),
        (Response("x", status_code=409), 409, b"x"),
    ],
)
def test_value_of_an_exception_handler(
    app: Application, value: Any, status: int, data: bytes
) -> None:
    """It is converted, whether there are after handlers or not (L1)."""
    app.set_route("/", fail(MyValueError()))
    app.set_error_handler(ValueError, lambda _, __: value)
    client = Client(app)
    answer = client.get()
    assert (answer.status_code, answer.data) == (status, data)


@pytest.mark.parametrize("value", [None, 42])
def test_exception_handler_without_an_answer(
    app: Application, client: Client, value: object
) -> None:
    """``None`` means not handled, an unusable value is a failure: 500 (L1)."""
    app.set_route("/", fail(ValueError()))
    app.set_error_handler(ValueError, lambda _, __: value)
    app.set_http_state(500, lambda _: ("my 500", 500))
    answer = client.get()
    assert (answer.status_code, answer.text) == (500, "my 500")


def test_first_matching_class_wins(app: Application, client: Client) -> None:
    """Classes are tried in order of registration, with their subclasses (7.4)."""
    app.set_route("/", fail(MyValueError("text")))
    app.set_error_handler(KeyError, lambda _, __: "key")
    app.set_error_handler(ValueError, lambda req, error: f"{req.path} {error}")
    app.set_error_handler(MyValueError, lambda _, __: "my")
    assert client.get().text == "/ text"


def test_several_classes_at_once(app: Application, client: Client) -> None:
    """A tuple is each of its classes, in order, and goes as it came."""

    @app.error_handler((KeyError, ValueError))
    def answer(_: SimpleRequest, error: Exception) -> str:
        return type(error).__name__

    app.set_route("/", fail(MyValueError()))
    assert client.get().text == "MyValueError"
    assert [*app.errors] == [KeyError, ValueError]
    assert app.pop_error_handler((KeyError, ValueError), METHOD_GET) is answer
    assert client.get().status_code == 500


def test_methods_of_an_exception_handler(app: Application, client: Client) -> None:
    """It answers HEAD, GET and POST unless told otherwise (9.3)."""
    app.set_route("/", fail(ValueError()), METHOD_GET | METHOD_POST | METHOD_PUT)
    app.set_error_handler(ValueError, lambda _, __: "handled")
    assert [client.get().text, client.post().text] == ["handled"] * 2
    assert client.put().status_code == 500


def test_next_class_that_serves_the_method(app: Application, client: Client) -> None:
    """A matching class without the method is passed over."""
    app.set_route("/", fail(ValueError()))
    app.set_error_handler(ValueError, lambda _, __: "post", METHOD_POST)
    app.set_error_handler(Exception, lambda _, __: "any")
    assert client.get().text == "any"


def test_failing_exception_handler(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It ends in a 500 and is named in the log (9.3)."""

    @app.error_handler(ValueError)
    def clumsy(_: SimpleRequest, __: ValueError) -> None:
        raise KeyError

    app.set_route("/", fail(ValueError()))
    assert client.get().status_code == 500
    assert "clumsy" in caplog.text


@pytest.mark.parametrize(
    ("raised", "status", "text"),
    [
        (HTTPException(400), 400, "my 400"),
        (HTTPException(Response("ready", status_code=409)), 409, "ready"),
    ],
)
def test_exception_handler_that_raises_a_status(
    app: Application, client: Client, raised: HTTPException, status: int, text: str
) -> None:
    """A status goes through the state table, a response is sent (9.3)."""
    app.set_route("/", fail(ValueError()))
    app.set_error_handler(ValueError, fail(raised))
    app.set_http_state(400, lambda _: ("my 400", 400))
    answer = client.get()
    assert (answer.status_code, answer.text) == (status, text)


def test_exception_handlers_do_not_see_statuses(
    app: Application, client: Client
) -> None:
    """HTTPException is an answer, not an error."""
    app.set_route("/", lambda _: abort(403))
    app.set_error_handler(Exception, lambda _, __: "never")
    assert client.get().status_code == 403


def test_unusable_return_value_is_no_exception_of_the_user(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """It goes to the 500 handler, and the log names the handler (9.3)."""
    app.set_error_handler(Exception, lambda _, __: "never")
    app.set_http_state(500, lambda _: ("my 500", 500))

    @app.route("/")
    def careless(_: Request) -> int:
        return 42

    assert client.get().text == "my 500"
    assert "careless" in caplog.text
