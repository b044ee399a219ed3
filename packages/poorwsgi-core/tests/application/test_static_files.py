"""Facts about static files and the debug page."""

import os
from pathlib import Path
from typing import IO, Any

import pytest
from recording import Start, say

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    FileObjResponse,
    FileResponse,
    abort,
)
from poorwsgi_core.testing import Client, build_environ


@pytest.fixture
def files(app: Application, tmp_path: Path) -> Path:
    """Give the application a document root with a file and a directory."""
    (tmp_path / "digits.txt").write_bytes(b"0123456789")
    (tmp_path / "dir" / "a b").mkdir(parents=True)
    (tmp_path / "dir" / "<x>.txt").write_text("x")
    app.document_root = str(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("files")
def test_static_file(client: Client) -> None:
    """A file comes with type, length, validators and nosniff (bar 7, 8)."""
    answer = client.get("/digits.txt")
    assert (answer.status_code, answer.data) == (200, b"0123456789")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["Content-Length"] == "10"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Last-Modified"].endswith("GMT")
    head = client.head("/digits.txt")
    assert (head.data, list(head.headers)) == (b"", list(answer.headers))


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("headers", "status", "data"),
    [
        ({"Range": "bytes=2-4"}, 206, b"234"),
        ({"Range": "bytes=0-0"}, 206, b"0"),
        ({"Range": "bytes=-3"}, 206, b"789"),
        ({"Range": "bytes=8-99"}, 206, b"89"),
        ({"Range": "bytes=10-"}, 416, None),
        ({"Range": "bytes=-0"}, 416, None),
        ({"Range": "bytes=4-2"}, 200, b"0123456789"),
        ({"Range": "lines=1-2"}, 200, b"0123456789"),
        ({"Range": "junk"}, 200, b"0123456789"),
        ({"Range": "bytes=2-4", "If-Range": '"other"'}, 200, b"0123456789"),
        ({"If-None-Match": "*"}, 304, b""),
        ({"If-None-Match": '"other"'}, 200, b"0123456789"),
        ({"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}, 304, b""),
        ({"If-Modified-Since": "junk"}, 200, b"0123456789"),
        ({"If-Match": '"other"'}, 412, None),
    ],
)
def test_conditions_and_ranges_of_files(
    client: Client, headers: dict[str, str], status: int, data: bytes | None
) -> None:
    """Static files honour conditions and ranges (F3, bar 8, 55)."""
    answer = client.get("/digits.txt", headers=headers)
    assert answer.status_code == status
    if data is not None:
        assert answer.data == data
    if status == 416:
        assert answer.headers["Content-Range"] == "bytes */10"
    if status == 304:
        assert "ETag" in answer.headers


@pytest.mark.usefixtures("files")
def test_validators_come_back(client: Client) -> None:
    """Both validators of an answer lead to 304 the next time (bar 8)."""
    first = client.get("/digits.txt")
    for name, condition in (
        ("ETag", "If-None-Match"),
        ("Last-Modified", "If-Modified-Since"),
    ):
        again = client.get("/digits.txt", headers={condition: first.headers[name]})
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.usefixtures("files")
def test_head_ignores_range(client: Client) -> None:
    """Range is defined for GET alone (bar 55)."""
    answer = client.head("/digits.txt", headers={"Range": "bytes=2-4"})
    assert (answer.status_code, answer.headers["Content-Length"]) == (200, "10")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.usefixtures("files")
def test_files_are_read_only(client: Client, method: str) -> None:
    """Other methods never reach files (bar 9)."""
    assert client.request(method, "/digits.txt").status_code == 404


def test_static_route_wins_over_file(
    app: Application, client: Client, files: Path
) -> None:
    """Routes come before files, files before the debug page and the default."""
    (files / "debug-info").write_text("my own")
    app.debug = True
    app.set_route("/digits.txt", say("route"))
    app.set_default(say("default"))
    assert client.get("/digits.txt").text == "route"
    assert client.get("/debug-info").text == "my own"
    assert client.get("/dir/none").text == "default"


@pytest.mark.usefixtures("files")
def test_directory_without_index(client: Client) -> None:
    """A directory is 403, unless listing is on."""
    for path in ("/dir", "/dir/", "/"):
        assert client.get(path).status_code == 403


@pytest.mark.usefixtures("files")
def test_directory_index(app: Application, client: Client) -> None:
    """A listing is a page whose names are escaped (F1, bar 6)."""
    app.document_index = True
    answer = client.get("/dir/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Last-Modified" in answer.headers
    assert "&lt;x&gt;.txt" in answer.text
    assert '"./a%20b/"' in answer.text
    assert "../" not in client.get("/").text
    assert client.get(PATH_INFO="").text == client.get("/").text


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/dir", "./dir/"),
        ("//dir", "./dir/"),
        ("/dir/a%20b", "./a%20b/"),
        ("/a:b", "./a%3Ab/"),
        ("/%C4%8D", "./%C4%8D/"),
    ],
)
def test_directory_redirect(
    app: Application, client: Client, files: Path, path: str, location: str
) -> None:
    """A directory without a slash leads to itself, never to a host (F6, bar 14)."""
    (files / "a:b").mkdir()
    (files / "č").mkdir()
    app.document_index = True
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, location)


def test_file_that_cannot_be_read(
    app: Application,
    client: Client,
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An unreadable file is 403, without being opened (bar 5)."""
    assert files.is_dir()
    monkeypatch.setattr(os, "access", say(""))
    assert client.get("/digits.txt").status_code == 403
    app.document_root = ""
    assert client.get("/digits.txt").status_code == 404


class Wrapper:
    """A ``wsgi.file_wrapper``."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file


@pytest.mark.parametrize(
    ("method", "headers", "is_wrapped"),
    [("GET", {}, True), ("HEAD", {}, False), ("GET", {"Range": "bytes=1-2"}, False)],
)
def test_file_wrapper(
    app: Application,
    files: Path,
    method: str,
    headers: dict[str, str],
    is_wrapped: bool,
) -> None:
    """The server sends a whole file itself, but no part of one (9.5)."""
    assert files.is_dir()
    variables: dict[str, Any] = {"wsgi.file_wrapper": Wrapper}
    environ = build_environ("/digits.txt", method, headers=headers, **variables)
    body: Any = app(environ, Start())
    assert isinstance(body, Wrapper) == is_wrapped
    if is_wrapped:
        assert body.file.read() == b"0123456789"
        body.file.close()
    elif body:
        body.close()


def test_raised_file_honours_ranges(
    app: Application, client: Client, files: Path
) -> None:
    """A FileResponse that was raised or exchanged is prepared too (decision 9)."""

    def after(req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if req.path != "/after":
            return response
        response.close()
        return FileResponse(files / "digits.txt")

    app.set_route("/raised", lambda _: abort(FileResponse(files / "digits.txt")))
    app.set_route("/after", say("x"))
    app.add_after_response(after)
    for path in ("/raised", "/after"):
        answer = client.get(path, headers={"Range": "bytes=2-4"})
        assert (answer.status_code, answer.data) == (206, b"234")
        answer = client.get(path, headers={"Range": "bytes=20-"})
        assert (answer.status_code, answer.data) == (416, b"")


def test_closed_on_every_way(app: Application, client: Client, files: Path) -> None:
    """The file is closed when sent, not sent, and not modified (bar 9, 91)."""
    opened: list[IO[bytes]] = []

    def handler(_: Request) -> BaseResponse:
        file = (files / "digits.txt").open("rb")
        opened.append(file)
        return FileObjResponse(file)

    app.set_route("/", handler)
    client.get()
    client.head()
    app.set_http_state(500, lambda _: "failed")
    app.add_after_response(lambda _, __: 1 / 0)
    client.get()
    assert [file.closed for file in opened] == [True] * 3


def test_debug_page(app: Application, client: Client) -> None:
    """It exists with debug alone, for GET and HEAD (R12, bar 29)."""
    assert client.get("/debug-info").status_code == 404
    app.debug = True
    answer = client.get("/debug-info")
    assert (answer.status_code, "Route Table" in answer.text) == (200, True)
    assert client.head("/debug-info").data == b""
    assert client.post("/debug-info").status_code == 404
    assert client.get("/debug-info", poor_Debug="Off").status_code == 404


def test_debug_page_of_the_user(app: Application, client: Client) -> None:
    """A route of the user wins over the debug page (9.2)."""
    app.debug = True
    app.set_route("/debug-info", say("mine"))
    assert client.get("/debug-info").text == "mine"


def test_debug_page_changes_nothing(app: Application, client: Client) -> None:
    """State handlers of one application stay its own (D1)."""
    other = Application(f"{app.name} other")
    app.debug = True
    app.set_http_state(404, say("mine"))
    client.get("/debug-info")
    assert "mine" not in Client(other).get("/none").text
