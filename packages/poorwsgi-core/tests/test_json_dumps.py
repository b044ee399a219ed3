"""Facts about ``app.json_dumps``: it encodes whatever JSON an application sends."""

import json
import logging
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from poorwsgi_core import Application, abort
from poorwsgi_core.response import JSONGeneratorResponse, JSONResponse
from poorwsgi_core.state import METHOD_GET_POST
from poorwsgi_core.testing import Client

VALUE = {"a": 1}
OWN = b"own encoder"


def _raise(value: Any) -> NoReturn:
    abort(value)


ANSWERS: dict[str, Callable[[], Any]] = {
    "dict": lambda: VALUE,
    "dict with status": lambda: (VALUE, "", None, 201),
    "list": lambda: [VALUE],
    "response": lambda: JSONResponse(VALUE),
    "response of keywords": lambda: JSONResponse(a=1, status_code=400),
    "raised": lambda: _raise(JSONResponse(a=1)),
}


def _dumps(value: object) -> bytes:
    if value in (VALUE, [VALUE]):
        return OWN
    raise TypeError(f"unexpected {value!r}")


@pytest.fixture
def app(name: str) -> Application:
    """Build an application with an encoder of its own."""
    app = Application(name)
    app.json_dumps = _dumps
    return app


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("after", [False, True], ids=["", "after"])
def test_answers_are_encoded_by_it(app: Application, answer: str, after: bool) -> None:
    """Values, responses and raised ones, with and without after handlers."""
    app.set_route("/", lambda _: ANSWERS[answer](), METHOD_GET_POST)
    if after:
        app.add_after_response(lambda _, response: response)
    sent = Client(app).get("/")
    assert (sent.data, sent.headers["Content-Type"], sent.exc_info) == (
        OWN,
        "application/json; charset=utf-8",
        None,
    )
    assert int(Client(app).head("/").headers["Content-Length"]) == len(OWN)


def test_answers_of_other_handlers_are_encoded_by_it(app: Application) -> None:
    """Handlers of states, of exceptions, and after handlers."""
    app.set_http_state(404, lambda _: (VALUE, "", None, 404))
    app.set_error_handler(KeyError, lambda _, __: VALUE)
    app.set_route("/error", lambda _: VALUE["missing"])
    client = Client(app)
    assert (client.get("/").status_code, client.get("/").data) == (404, OWN)
    assert client.get("/error").data == OWN
    app.add_after_response(lambda _, __: VALUE)
    assert client.get("/error").data == OWN


@pytest.mark.parametrize(
    "answer",
    [
        lambda: {"b": 2},
        lambda: JSONResponse(b=2),
        lambda: _raise(JSONResponse(b=2)),
    ],
    ids=["dict", "response", "raised"],
)
def test_value_that_it_refuses_is_a_500(
    app: Application, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the handler and what is wrong with the value."""
    app.set_route("/", lambda _: answer())
    with caplog.at_level(logging.ERROR):
        sent = Client(app).get("/")
    assert sent.status_code == 500
    assert "unexpected {'b': 2}" in caplog.text
    assert "Handler" in caplog.text


def test_stream_of_json_is_encoded_piece_by_piece(app: Application) -> None:
    """A response that has no value as a whole doesn't ask it."""
    app.set_route("/", lambda _: JSONGeneratorResponse(b=iter([2])))
    assert Client(app).get("/").data == b'{"b": [2]}'


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_answer_is_what_requests_may_not_be(
    name: str, caplog: pytest.LogCaptureFixture, value: float, after: bool
) -> None:
    """NaN and Infinity are no JSON (RFC 8259 §6): null is sent, with a WARNING."""
    app = Application(name)
    app.set_route("/", lambda _: {"a": [value, 1.5], "b": "ž"})
    if after:
        app.add_after_response(lambda _, response: response)
    assert Client(app).get().json() == {"a": [None, 1.5], "b": "ž"}
    assert "null is sent instead" in caplog.text


def test_other_errors_of_values_are_errors(name: str) -> None:
    """A circle is the application's mistake, and so is what another encoder says."""
    circle: list[object] = []
    circle.append(circle)
    app = Application(name)
    app.set_route("/", lambda _: {"a": circle})
    assert Client(app).get().status_code == 500
    app.json_dumps = json.JSONEncoder(allow_nan=False).encode
    app.set_route("/nan", lambda _: {"a": float("nan")})
    assert Client(app).get("/nan").status_code == 500
