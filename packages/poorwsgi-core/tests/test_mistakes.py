"""Mistakes at wiring time: the message says the cause and the remedy."""

import re
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from functools import partial
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.application.handlers import check_unrouted
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response import GeneratorResponse, ResponseError, to_response
from poorwsgi_core.state import deprecated
from poorwsgi_core.testing import Client


def handler(_: Any) -> str:
    """Answer anything."""
    return "ok"


def answer(_: Any, *__: object) -> str:
    """Answer anything, whatever is in the path."""
    return "ok"


def test_method_as_text(app: Application) -> None:
    """The name of a method is no mask."""
    method: Any = "POST"
    with pytest.raises(
        TypeError, match=r"write @app\.post, or state\.METHOD_POST, .* import state"
    ):
        app.set_route("/", handler, method)


@pytest.mark.parametrize(
    ("decorator", "written"),
    [
        ("default", "@app.default()"),
        ("http_state", "@app.http_state(404)"),
        ("error_handler", "@app.error_handler(ValueError)"),
        ("regular_route", "@app.regular_route(r'/path"),
        ("before_response", "@app.before_response(), with empty parentheses"),
        ("after_response", "@app.after_response(), with empty parentheses"),
    ],
)
def test_decorator_without_parentheses(
    app: Application, decorator: str, written: str
) -> None:
    """A decorator that got the handler says how it is written."""
    with pytest.raises(TypeError, match=re.escape(written)):
        getattr(app, decorator)(handler)


@pytest.mark.parametrize("kind", ["before", "after"])
def test_deprecated_hook_without_parentheses(app: Application, kind: str) -> None:
    """A deprecated decorator that got the handler names the one to write."""
    with (
        pytest.warns(DeprecationWarning, match=f"{kind}_response"),
        pytest.raises(TypeError, match=rf"Write @app\.{kind}_response\(\)"),
    ):
        getattr(app, f"{kind}_request")(handler)


def test_deprecated_without_parentheses() -> None:
    """A function that would be taken for a reason is refused."""
    function: Any = handler
    with pytest.raises(TypeError, match=re.escape("@deprecated('what to use")):
        deprecated(function)


def test_route_without_parentheses(app: Application) -> None:
    """A decorator without its path says how it is written."""
    path: Any = handler
    with pytest.raises(TypeError, match=re.escape("@app.route('/path')")):
        app.route(path)


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("hello", "write '/hello'"),
        ("user/<name>", "write '/user/<name>'"),
        ("/user/{name}", "write <name> for a group"),
        ("/user/{id:int}/<tab>", "write <id:int> for a group"),
        (r"/user/\d+", "write @app.regular_route for an expression"),
    ],
)
def test_route_that_no_path_matches_is_doubted(
    app: Application, caplog: pytest.LogCaptureFixture, rule: str, written: str
) -> None:
    """A route without its slash, or of Falcon, is set with a warning (8.1)."""
    app.set_route(rule, answer)
    assert app.is_route(rule)
    (record,) = caplog.records
    assert (record.levelname, repr(rule) in record.getMessage()) == ("WARNING", True)
    assert record.getMessage().endswith(written)


@pytest.mark.parametrize("rule", ["", "/", "*", "<all:re:.*>", "/<x:re:a{2}>", "/{}"])
def test_route_that_a_path_may_match_is_not_doubted(
    app: Application, caplog: pytest.LogCaptureFixture, rule: str
) -> None:
    """Unusual routes that have a use are set in silence."""
    app.set_route(rule, answer)
    assert caplog.records == []


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("/<int:n>", "did you mean <n:int>?"),
        ("/<INT:n>", "did you mean <n:int>?"),
        ("/<string:name>", "did you mean <name>?"),
        ("/<path:rest>", "did you mean <rest:re:.+>?"),
        ("/<rest:path>", "did you mean <rest:re:.+>?"),
        ("/<n:inte>", "add yours with set_filter() before the route"),
    ],
)
def test_group_of_another_framework(app: Application, rule: str, written: str) -> None:
    """An unknown filter is told with what was probably meant."""
    with pytest.raises(RuntimeError, match=re.escape(written) + r"\Z"):
        app.set_route(rule, handler)


def test_what_was_meant_is_a_route(app: Application, client: Client) -> None:
    """What is suggested for a path with slashes takes them."""

    @app.route("/<rest:re:.+>")
    def show(_: Any, rest: str) -> str:
        return rest

    assert client.get("/a/b").text == "a/b"


@pytest.mark.parametrize(
    "kind", ["ValueError", int, ValueError("no class"), (), (KeyError, 5)]
)
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
    with pytest.raises(TypeError, match="A converter is a callable such as int"):
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


def start_response(*_: Any) -> Callable[[bytes], object]:
    """Take the head of an answer, as a server does."""
    return len


class AsyncCall:
    """An object whose call is a coroutine."""

    async def __call__(self, _: Any) -> str:
        """Answer with a text, when awaited."""
        return "never"


async def coroutine(_: Any) -> str:
    """Answer with a text, when awaited."""
    return "never"


async def asynchronous_generator(_: Any) -> AsyncIterator[bytes]:
    """Give a chunk, when awaited."""
    yield b"never"


@pytest.mark.parametrize(
    "asynchronous",
    [
        coroutine,
        asynchronous_generator,
        partial(coroutine),
        AsyncCall(),
        AsyncCall().__call__,
    ],
)
@pytest.mark.parametrize(
    ("decorator", "arguments"),
    [
        ("route", ["/"]),
        ("default", []),
        ("http_state", [404]),
        ("error_handler", [ValueError]),
        ("before_response", []),
        ("after_response", []),
    ],
)
def test_async_def(
    app: Application, decorator: str, arguments: list[Any], asynchronous: Any
) -> None:
    """What only an event loop can call is refused, as it would never run."""
    with pytest.raises(TypeError, match=r"is async def, .* write it with def"):
        getattr(app, decorator)(*arguments)(asynchronous)


@pytest.mark.parametrize("function", [coroutine, asynchronous_generator])
def test_coroutine_that_a_wrapper_returns(function: Any) -> None:
    """What gets through to the answer has the same remedy."""
    value = function(None)
    with pytest.raises(ResponseError, match="with def, not async def"):
        to_response(value)
    if function is coroutine:
        value.close()  # Python warns of one that was never awaited


@pytest.mark.parametrize(("chunk", "kind"), [("text", "str"), (None, "NoneType")])
def test_stream_of_no_bytes(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    chunk: Any,
    kind: str,
) -> None:
    """Whose first chunk is no bytes is a 500, and the log says what to write."""
    app.debug = True

    @app.route("/")
    def stream(_: Any) -> Iterator[Any]:
        yield chunk

    answer = client.get("/")
    assert answer.status_code == 500
    assert f"yields {kind}: yield bytes, such as text.encode()" in answer.text
    assert "Handler: packages.poorwsgi-core.tests.test_mistakes.stream" in caplog.text


def test_generator_that_returns(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """What a handler with yield returns would be lost, so that it is a 500."""

    @app.route("/")
    def stream(req: Any) -> Generator[bytes, None, object]:
        if not req.args:
            return "nothing to show", 404
        yield b"a"
        return None

    assert client.get("/").status_code == 500
    assert "A generator returned tuple, which nobody gets" in caplog.text
    assert client.get("/?a=1").text == "a"


def test_later_chunk_of_no_bytes(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A later one reaches the server, and the log names whose it is."""

    @app.route("/")
    def stream(_: Any) -> Iterator[Any]:
        yield b"a"
        yield "text"

    with pytest.raises(TypeError, match=r"yields str: yield bytes"):
        client.get("/")
    assert r"test_mistakes.stream(_) failed while it was sent" in caplog.text


def test_stream_of_no_bytes_of_a_state_handler(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A failing page is told by its own handler's name."""

    @app.http_state(404)
    def page(_: Any) -> Iterator[Any]:
        yield b"a"
        yield "text"

    with pytest.raises(TypeError, match=r"yields str"):
        client.get("/nothing")
    assert r"test_mistakes.page(_) failed while it was sent" in caplog.text


def test_stream_of_no_bytes_of_nobody() -> None:
    """A response that no application sends has no handler to name."""
    chunks: Any = ["text"]
    body = GeneratorResponse(chunks)(start_response)
    with pytest.raises(TypeError, match=r"The body yields str"):
        next(iter(body))


def test_stream_of_what_is_like_bytes() -> None:
    """A buffer is left to the server, which may take it."""
    chunks: Any = [bytearray(b"a"), memoryview(b"b")]
    body = GeneratorResponse(chunks)(start_response)
    assert b"".join(body) == b"ab"


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


@pytest.mark.parametrize("kind", ["route", "regular_route"])
def test_guard_above_the_route(app: Application, kind: str) -> None:
    """What a route decorates is known to guards, which then come too late."""

    def page(_: Any) -> str:
        return ""

    check_unrouted(page)
    app.set_route("/a", page)
    check_unrouted(page)
    check_unrouted(partial(page))
    getattr(app, kind)("/b")(page)
    with pytest.raises(RuntimeError, match=r"page \(.*\) stands above its route"):
        check_unrouted(page)
    getattr(app, kind)("/c")(partial(page))
