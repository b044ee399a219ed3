"""Facts about applications that are mounted below a prefix."""

import sys
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any
from wsgiref.util import FileWrapper

import pytest

from poorwsgi_core import Application, Request, Routes
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client, build_environ

PLAIN = [("Content-Type", "text/plain")]


def echo(environ: Any, start_response: Any) -> list[bytes]:
    """Answer with where the application is."""
    start_response("200 OK", [*PLAIN, ("X-Two", "1"), ("X-Two", "2")])
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
    return [repr([environ.get(name, "") for name in names]).encode()]


def _answer_pattern(*_: object) -> str:
    return "pattern"


def _replace(*_: object) -> str:
    return "replaced"


def _start(*_: object) -> Any:
    return None


@pytest.mark.parametrize(
    ("path", "script_name", "path_info"),
    [
        ("/old", "/base/old", ""),
        ("/old/", "/base/old", "/"),
        ("/old/a//b/", "/base/old", "/a//b/"),
        ("/old/%E9", "/base/old", "/\xe9"),
        ("/k%C5%AF%C5%88/x", "/base/k\xc5\xaf\xc5\x88", "/x"),
        ("/old/deep/x", "/base/old/deep", "/x"),
    ],
)
def test_names_of_the_path(
    app: Application, path: str, script_name: str, path_info: str
) -> None:
    """SCRIPT_NAME gets the prefix, PATH_INFO keeps the rest (PEP 3333)."""
    app.mount("/old", echo)
    app.mount("/kůň", echo)
    app.mount("/old/deep", echo)
    client = Client(app, validate=False, SCRIPT_NAME="/base")
    answer = client.get(f"{path}?a=1")
    assert answer.text == repr(["GET", script_name, path_info, "a=1"])
    assert answer.headers.get_all("X-Two") == ("1", "2")


def test_only_whole_segments(app: Application, client: Client) -> None:
    """A path that just begins like the prefix is another one."""
    app.mount("/old", echo)
    assert client.get("/older").status_code == 404
    assert client.get("/").status_code == 404


def test_order(app: Application, client: Client) -> None:
    """Static routes come first, mounted applications next, then patterns."""
    app.mount("/old", echo)
    app.set_route("/old/static", lambda _: "static")
    app.set_route("/old/<x>", _answer_pattern)
    assert client.get("/old/static").text == "static"
    assert "/old" in client.get("/old/x").text


def test_unknown_methods(app: Application) -> None:
    """A mounted application gets each method; elsewhere it is 501."""
    app.mount("/old", echo)
    client = Client(app, validate=False)
    assert "PROPFIND" in client.request("PROPFIND", "/old/x").text
    assert client.request("PROPFIND", "/x").status_code == 501


def test_application(app: Application, name: str) -> None:
    """Another Application works as any other: its body, its 404, its links."""
    inner = Application(f"{name} inner")

    @inner.route("/x/<y>", METHOD_POST)
    def post(req: Request, y: str) -> list[Any]:
        return [y, req.read().decode(), req.url_for(post, y=2), req.uri_rule]

    @inner.get("/")
    def index(_: Request) -> str:
        return "index"

    app.mount("/in", inner)
    client = Client(app)
    answer = client.post("/in/x/1", body=b"body")
    assert answer.json() == ["1", "body", "/in/x/2", "/x/<y>"]
    assert client.get("/in").text == "index"
    assert client.head("/in").data == b""
    assert client.get("/in/none").status_code == 404


def test_hooks(app: Application, client: Client) -> None:
    """Before handlers run first, and after handlers see the real answer."""
    seen: list[Any] = []

    def created(_: Any, start_response: Any) -> list[bytes]:
        start_response("299 Quite Fine", PLAIN)
        return [b"x"]

    def after(req: Request, response: Any) -> Any:
        seen.append((response.status_code, response.reason, req.uri_handler))
        response.headers["X-After"] = "1"
        if req.query:
            response.status_code = 202
        return response

    app.mount("/old", created)
    app.add_after_response(after)
    answer = client.get("/old")
    assert (answer.status, answer.headers["X-After"]) == ("299 Quite Fine", "1")
    assert client.get("/old?x").status == "202 Accepted"
    assert seen == [(299, "Quite Fine", created)] * 2


def test_group(app: Application, client: Client) -> None:
    """An application in a group is below its prefix, behind its handlers."""
    api = Routes("/api")
    api.add_before_response(lambda req: "no" if req.query else None)
    api.mount("/old", echo)
    app.install(api)
    assert client.get("/api/old/x").text == repr(["GET", "/api/old", "/x", ""])
    assert client.get("/api/old/x?a").text == "no"


class Body:
    """A body that tells whether it is closed."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = iter(chunks)
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self.chunks

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True


def test_close(app: Application) -> None:
    """The body is closed by the server, or where another answer replaces it."""
    body = Body(b"a", b"b")

    def plain(_: Any, start_response: Any) -> Any:
        start_response("200 OK", PLAIN)
        return body

    app.mount("/old", plain)
    found: Any = app({"REQUEST_METHOD": "GET", "PATH_INFO": "/old"}, _start)
    assert [*found] == [b"a", b"b"]
    before = body.is_closed
    found.close()
    assert (before, body.is_closed) == (False, True)
    app.add_after_response(_replace)
    body.is_closed = False
    assert Client(app).get("/old").text == "replaced"
    assert body.is_closed


def test_late_start(app: Application, client: Client) -> None:
    """An application may start its response when it is iterated, or write."""

    def late(_: Any, start_response: Any) -> Iterator[bytes]:
        yield b""
        start_response("200 OK", PLAIN)
        yield b"late"

    def writing(_: Any, start_response: Any) -> list[bytes]:
        write = start_response("200 OK", PLAIN)
        write(b"written, ")
        return [b"returned"]

    def empty(_: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        yield from ()

    for prefix, other in (("/late", late), ("/write", writing), ("/empty", empty)):
        app.mount(prefix, other)
    assert Client(app, validate=False).get("/late").text == "late"
    assert client.get("/write").text == "written, returned"
    assert client.get("/empty").text == ""


def test_no_start(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """One that starts nothing is a failure, and its body is closed."""
    body = Body(b"a")

    def build(*_: object) -> Body:
        return body

    app.mount("/old", build)
    assert client.get("/old").status_code == 500
    assert "didn't call start_response" in caplog.text
    assert body.is_closed


def test_failures(app: Application, client: Client) -> None:
    """What it raises is handled as if a handler had raised it."""

    def fail(*_: Any) -> list[bytes]:
        raise KeyError("inner")

    app.mount("/old", fail)
    app.set_error_handler(KeyError, lambda _, error: f"caught {error}")
    assert client.get("/old").text == "caught 'inner'"


@pytest.mark.parametrize("pieces", [(), (b"",)])
def test_failure_before_the_first_piece(
    app: Application, client: Client, pieces: tuple[bytes, ...]
) -> None:
    """It is one before the head, as in a stream of a handler; the body is closed."""
    body = Body()

    def fail() -> Iterator[bytes]:
        yield from pieces
        raise KeyError("inner")

    def lazy(_: Any, start_response: Any) -> Any:
        start_response("200 OK", PLAIN)
        body.chunks = fail()
        return body

    app.mount("/old", lazy)
    app.set_error_handler(KeyError, lambda _, error: f"caught {error}")
    assert client.get("/old").text == "caught 'inner'"
    assert body.is_closed
    # Nothing is asked of a body that isn't sent.
    assert client.head("/old").headers["Content-Type"] == "text/plain"


def test_first_piece(app: Application, client: Client) -> None:
    """It comes first, and what isn't bytes is told before the head."""

    def answer(_: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)
        return iter([b"", b"first, ", b"second"])

    def answer_text(_: Any, start_response: Any) -> Iterator[Any]:
        start_response("200 OK", PLAIN)
        return iter(["text"])

    app.mount("/old", answer)
    app.mount("/text", answer_text)
    assert client.get("/old").text == "first, second"
    assert Client(app, validate=False).get("/text").status_code == 500


def test_file(app: Application, tmp_path: Path) -> None:
    """A file, and what the server made of one, goes to the server as it is."""
    path = tmp_path / "file.txt"
    path.write_bytes(b"content")

    def bare(_: Any, start_response: Any) -> Any:
        start_response("200 OK", PLAIN)
        return path.open("rb")

    def wrapped(environ: Any, start_response: Any) -> Any:
        return environ["wsgi.file_wrapper"](bare(environ, start_response))

    app.mount("/bare", bare)
    app.mount("/wrapped", wrapped)
    for name, kind in (("/bare", BufferedReader), ("/wrapped", FileWrapper)):
        environ = build_environ(name)
        environ["wsgi.file_wrapper"] = FileWrapper
        body: Any = app(environ, _start)
        assert type(body) is kind
        body.close()


def test_start_again(app: Application) -> None:
    """A second head needs exc_info; once the first is sent the server decides."""
    calls: list[tuple[Any, ...]] = []

    def raise_in(_: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", PLAIN)

        def fail() -> Iterator[bytes]:
            yield b"x"
            try:
                raise ValueError
            except ValueError:
                start_response("500 Oh", PLAIN, sys.exc_info())
            yield b"later"

        return fail()

    def twice(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", PLAIN)
        start_response("200 OK", PLAIN)
        return []

    def replaced(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", PLAIN)
        start_response("500 Oh", PLAIN, (None, None, None))
        return [b"x"]

    def start(*arguments: Any) -> Any:
        calls.append(arguments)

    for prefix, other in (("/in", raise_in), ("/two", twice), ("/new", replaced)):
        app.mount(prefix, other)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/in"}
    assert [*app(environ, start)] == [b"x", b"later"]
    assert [call[0] for call in calls] == ["200 OK", "500 Oh"]
    assert calls[1][2][0] is ValueError
    client = Client(app)
    assert client.get("/two").status_code == 500
    assert client.get("/new").status == "500 Oh"


def test_wiring_mistakes(app: Application) -> None:
    """They raise at once, with what to write."""
    app.mount("/old", echo)
    for prefix in ("", "/", "old", "/<x>", "/old"):
        with pytest.raises(ValueError, match="prefix"):
            app.mount(prefix, echo)
    with pytest.raises(TypeError, match=r"'app' is no WSGI .* write app\.mount"):
        app.mount("/x", "app")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"is no WSGI .* write app\.install"):
        app.mount("/x", Routes("/y"))  # type: ignore[arg-type]


def takes_environ(_: Any) -> Any:
    """Lack an argument."""


def test_application_of_one_argument(app: Application) -> None:
    """It is refused where it is mounted, in a group too."""
    for mount in (app.mount, Routes("/api").mount):
        with pytest.raises(TypeError, match=r"takes_environ\(environ, start_response"):
            mount("/old", takes_environ)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [None, "text", 5])
def test_body_that_is_none(app: Application, body: Any) -> None:
    """It is a 500 that says what a body is; nothing reaches the server."""

    def old(_: Any, start_response: Any) -> Any:
        start_response("200 OK", [])
        return body

    app.mount("/old", old)
    app.debug = True
    answer = Client(app).get("/old/")
    assert answer.status_code == 500
    assert "returns an iterable of bytes such as" in answer.text


def test_class_of_an_application(app: Application) -> None:
    """The class in the place of its object is told at once."""
    with pytest.raises(TypeError, match=r"app\.mount\('/api', Application\(...\)\)"):
        app.mount("/api", Application)  # type: ignore[arg-type]
