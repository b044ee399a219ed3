"""Mistakes at wiring time: the message says the cause and the remedy."""

import re
from typing import Any

import pytest

from poorwsgi_core.testing import Client
from poorwsgi_core.variables import parse_flag
from poorwsgi_core.wsgi import Application


def handler(_: Any) -> str:
    """Answer anything."""
    return "ok"


def test_method_as_text(app: Application) -> None:
    """The name of a method is no mask."""
    method: Any = "POST"
    with pytest.raises(TypeError, match="write METHOD_POST"):
        app.set_route("/", handler, method)


@pytest.mark.parametrize(
    ("decorator", "written"),
    [
        ("default", "@app.default()"),
        ("http_state", "@app.http_state(404)"),
        ("error_handler", "@app.error_handler(ValueError)"),
    ],
)
def test_decorator_without_parentheses(
    app: Application, decorator: str, written: str
) -> None:
    """A decorator that got the handler says how it is written."""
    with pytest.raises(TypeError, match=re.escape(written)):
        getattr(app, decorator)(handler)


def test_route_without_parentheses(app: Application) -> None:
    """A decorator without its path says how it is written."""
    path: Any = handler
    with pytest.raises(TypeError, match=re.escape("@app.route('/path')")):
        app.route(path)


@pytest.mark.parametrize("kind", ["ValueError", int, ValueError("no class")])
def test_exception_handler_of_no_exception(app: Application, kind: Any) -> None:
    """An exception handler is for a class of exceptions."""
    with pytest.raises(TypeError, match="such as ValueError"):
        app.set_error_handler(kind, lambda _, __: "never")


def test_state_handler_of_text(app: Application) -> None:
    """A state handler is for a number."""
    code: Any = "404"
    with pytest.raises(TypeError, match="write 404"):
        app.set_http_state(code, handler)


def test_filter_without_a_converter(app: Application) -> None:
    """A converter is something to call."""
    converter: Any = "int"
    with pytest.raises(TypeError, match="callable"):
        app.set_filter("number", "[0-9]+", converter)


def test_broken_expression_names_its_route(app: Application) -> None:
    """An error of ``re`` is told with the route it stands in."""
    with pytest.raises(re.error, match=re.escape("'/<x:re:(>'")):
        app.set_route("/<x:re:(>", handler)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("debug", "ture", ValueError),
        ("document_root", 5, TypeError),
        ("read_timeout", "soon", TypeError),
        ("read_timeout", True, TypeError),
        ("cached_size", -2, ValueError),
        ("trusted_hosts", [1], TypeError),
    ],
)
def test_wrong_value_names_its_setting(
    app: Application, name: str, value: Any, error: type[Exception]
) -> None:
    """A setting that is wrong is refused at once, by its name."""
    with pytest.raises(error, match=f"^{name}: "):
        setattr(app, name, value)


def test_other_text_is_no_flag() -> None:
    """A misspelt word must not switch anything on."""
    with pytest.raises(ValueError, match="'On' or 'Off'"):
        parse_flag("maybe")


def test_two_framings_of_a_body_are_refused(app: Application) -> None:
    """Content-Length beside chunked, on a server that left both (RFC 9112 6.3)."""
    app.set_route("/", handler, 4)
    headers = {"Transfer-Encoding": "chunked"}
    client = Client(app)
    assert client.post("/", body=b"abc", headers=headers).status_code == 400
    terminated = {"wsgi.input_terminated": True}
    answer = client.post("/", body=b"abc", headers=headers, **terminated)
    assert answer.status_code == 200


def test_framing_that_the_server_refuses(app: Application) -> None:
    """An exception of the server's while reading is 400, not 500."""

    class Broken:
        def read(self, _: int = -1, /) -> bytes:
            raise ArithmeticError("invalid chunk size")

    app.set_route("/", lambda req: req.data or b"", 4)
    answer = Client(app, validate=False).post(
        "/", CONTENT_LENGTH="3", **{"wsgi.input": Broken()}
    )
    assert answer.status_code == 400


def test_class_of_an_extension(app: Application) -> None:
    """An extension is an object; the message says how to make one."""

    class Nothing:
        def install(self, app: Application) -> None:
            """Do nothing."""

    extension: Any = Nothing
    with pytest.raises(TypeError, match=re.escape("app.install(Nothing(...))")):
        app.install(extension)
