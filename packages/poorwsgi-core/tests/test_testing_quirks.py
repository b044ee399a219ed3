"""Facts about the client that plays real servers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import FileResponse
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_core.testing.quirks import SERVERS

CHUNKED = {"Transfer-Encoding": "chunked"}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> str:
    """Return the name of each server."""
    return str(request.param)


def test_unknown_server(app: Application) -> None:
    """It is refused, and the others are named."""
    with pytest.raises(ValueError, match="No server 'apache' to play: there are"):
        Client(app, server="apache")


def test_application_of_ours_is_right_on_each(
    app: Application, server: str, tmp_path: Path
) -> None:
    """Text, failures, files and what grows meanwhile are answered as they must be."""
    path = tmp_path / "file.bin"
    path.write_bytes(b"0123456789")
    app.set_route("/text", lambda _: "text")
    app.set_route("/fail", lambda _: 1 // 0)
    app.set_route("/file", lambda _: FileResponse(path))
    client = Client(app, server=server)
    assert client.get("/text").text == "text"
    assert client.get("/fail").status_code == 500
    assert client.get("/file").data == b"0123456789"
    assert client.get("/file", headers={"Range": "bytes=2-3"}).data == b"23"
    assert client.head("/file").data == b""


@pytest.mark.parametrize("body", [b"", b"hello"])
def test_chunked_body(app: Application, server: str, body: bytes) -> None:
    """It is read as any other, but on uWSGI, which can't be played."""
    app.set_route("/", lambda req: req.read(), METHOD_POST)
    client = Client(app, server=server)
    if server == "uwsgi":
        with pytest.raises(ValueError, match="try a chunked body on the server itself"):
            client.post("/", body=body, headers=CHUNKED)
        return
    assert client.post("/", body=body, headers=CHUNKED).data == body


def test_fields_with_an_underscore(app: Application, server: str) -> None:
    """They pass for others where the server lets them."""

    @app.route("/")
    def show(req: Request) -> dict[str, Any]:
        return {"user": req.headers.get("X-User")}

    answer = Client(app, server=server).get("/", headers=[("X_User", "admin")])
    passes = server in {"wsgiref", "uwsgi", "granian", "cheroot"}
    assert answer.json() == {"user": "admin" if passes else None}


@pytest.mark.parametrize(
    ("server", "twice", "cookies", "both", "accept"),
    [
        ("wsgiref", "1,2", "a=1,b=2", "1,2,3", "x,y"),
        ("embedded", "1, 2", "a=1; b=2", "2", "x, y"),
        ("gunicorn", "1,2", "a=1,b=2", "2", "x,y"),
        ("waitress", "1, 2", "a=1, b=2", "2", "x, y"),
        ("uwsgi", "1, 2", "a=1, b=2", "1, 2, 3", "x, y"),
        ("granian", "1,2", "a=1;b=2", "3", "x,y"),
        ("cheroot", "2", "b=2", "3", "x, y"),
    ],
)
def test_repeated_fields(
    app: Application, server: str, twice: str, cookies: str, both: str, accept: str
) -> None:
    """They come as one variable, each server in its way."""

    @app.route("/")
    def show(req: Request) -> dict[str, Any]:
        names = ("X-Twice", "Cookie", "X-Both", "Accept")
        return {name: req.headers.get(name) for name in names}

    fields = [
        *(("X-Twice", "1"), ("x-twice", "2")),
        *(("Cookie", "a=1"), ("Cookie", "b=2")),
        *(("X_Both", "1"), ("X-Both", "2"), ("X_BOTH", "3")),
        *(("Accept", "x"), ("Accept", "y")),
    ]
    seen = Client(app, server=server).get("/", headers=fields).json()
    assert [twice, cookies, both, accept] == [*seen.values()]


def test_fields_of_the_connection(app: Application, server: str) -> None:
    """An application that sets one is refused by those that keep it to themselves."""
    app.set_route("/", lambda _: ("", "text/plain", {"Connection": "close"}))
    answer = Client(app, server=server, validate=False).get("/")
    refuses = server in {"wsgiref", "embedded", "waitress"}
    assert (500 if refuses else 200) == answer.status_code


def test_type_that_nobody_sent(app: Application) -> None:
    """The standard library's server makes one up, and an empty length."""
    app.set_route("/", lambda req: [req.mime_type, req.content_length], METHOD_POST)
    client = Client(app, server="wsgiref")
    assert client.post("/").json() == ["text/plain", -1]
    assert client.post("/", json=1).json() == ["application/json", 1]


def test_variables_of_a_server(app: Application, server: str) -> None:
    """UWSGI says its version."""
    app.set_route("/", lambda req: {"is_uwsgi": "uwsgi.version" in req.environ})
    answer = Client(app, server=server).get("/")
    assert answer.json() == {"is_uwsgi": server == "uwsgi"}


def test_exception_told_to_uwsgi() -> None:
    """Another framework that tells uWSGI of an exception learns that it can't."""

    def app(_: Any, start_response: Any) -> Iterable[bytes]:
        try:
            raise LookupError
        except LookupError as error:
            exc_info = (type(error), error, error.__traceback__)
            start_response("500 Failed", [("Content-Type", "text/plain")], exc_info)
        return [b""]

    assert Client(app, server="gunicorn").get("/").status_code == 500
    with pytest.raises(AssertionError, match="uwsgi takes exc_info for a failure"):
        Client(app, server="uwsgi").get("/")


@pytest.mark.parametrize(
    ("server", "message"),
    [
        ("wsgiref", "8 bytes for a Content-Length of 4"),
        ("uwsgi", "10 bytes for a Content-Length of 4"),
    ],
)
def test_wrapper_that_sends_too_much(tmp_path: Path, server: str, message: str) -> None:
    """What breaks the next answer on a real connection breaks the test."""
    path = tmp_path / "file.bin"
    path.write_bytes(b"0123456789")

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        file = path.open("rb")
        file.seek(2)
        headers = [("Content-Type", "a/b"), ("Content-Length", "4")]
        start_response("200 OK", headers)
        wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file, 3)
        return wrapped

    with pytest.raises(AssertionError, match=message):
        Client(app, server=server, validate=False).get("/")
