"""Facts about static files and the debug page."""

import errno
import os
import threading
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

import pytest
from recording import Start, count_descriptors, say

from poorwsgi_core.application import Application, targets
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


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a directory that is not below the document root."""
    path = tmp_path_factory.mktemp("outside")
    (path / "race.txt").write_text("SECRET")
    (path / "SECRET").write_text("SECRET")
    return path


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
        ("/dir?a=%20b&c=<d>", "./dir/?a=%20b&c=%3Cd%3E"),
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


@pytest.mark.parametrize(
    ("mount", "path", "location"),
    [
        ("/app", "", "./app/"),
        ("/a b", "", "./a%20b/"),
        ("/app", "/dir", "./dir/"),
        ("/app", "/", None),
        ("/app/", "", None),
        ("", "", None),
    ],
)
@pytest.mark.usefixtures("files")
def test_directory_at_a_mount_point(
    app: Application, client: Client, mount: str, path: str, location: str | None
) -> None:
    """The mount point is the root; without a slash its links would lead out of it."""
    app.document_index = True
    answer = client.get(SCRIPT_NAME=mount, PATH_INFO=path)
    assert answer.headers.get("Location") == location
    assert answer.status_code == (200 if location is None else 301)


def test_patterns_at_a_mount_point(app: Application, client: Client) -> None:
    """A pattern of the root and the default handler see a slash there too."""
    app.set_default(lambda req: f"default {req.path}")
    assert client.get(SCRIPT_NAME="/app", PATH_INFO="").text == "default /"
    app.set_regular_route("/(?P<rest>.*)", say("pattern"))
    assert client.get(SCRIPT_NAME="/app", PATH_INFO="").text == "pattern"


@pytest.mark.parametrize(
    "path",
    [
        *("//private/report.txt", "/./private/report.txt", "/private//report.txt"),
        *("/private/./report.txt", "/%2e/private/report.txt", "//private/"),
        *("/./private/", "/private/.", "/x/../private/report.txt"),
    ],
)
def test_guards_see_each_path(
    app: Application, client: Client, files: Path, path: str
) -> None:
    """No spelling of a path leads by a guard of its prefix or its route."""
    (files / "private").mkdir()
    (files / "private" / "report.txt").write_text("PAYROLL")
    app.document_index = True

    def guard(req: SimpleRequest) -> None:
        if req.path.startswith("/private/"):
            abort(403)

    app.add_before_response(guard)
    assert client.get("/private/report.txt").status_code == 403
    assert client.get("/private/").status_code == 403
    answer = client.get(PATH_INFO=unquote(path))
    assert answer.status_code in {403, 404}
    app.pop_before_response(guard)
    app.set_route("/private/<path:re:.*>", say("route"))
    assert client.get("/private/report.txt").text == "route"
    assert "PAYROLL" not in client.get(PATH_INFO=unquote(path)).text


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


@pytest.mark.needs("files")
@pytest.mark.parametrize("path", ["/digits.txt", "/dir/"])
@pytest.mark.parametrize("kind", ["gone", "link", "fifo", "other kind"])
def test_gone_after_it_was_found(
    app: Application,
    client: Client,
    files: Path,
    outside: Path,
    path: str,
    kind: str,
) -> None:
    """What was a file or a directory a moment ago is 404, and isn't read."""
    place = files / path.strip("/")

    def exchange(_: SimpleRequest) -> None:
        place.rename(outside / "away")
        if kind == "link":
            place.symlink_to(outside if path.endswith("/") else outside / "SECRET")
        elif kind == "fifo":
            os.mkfifo(place)
        elif kind == "other kind" and path.endswith("/"):
            place.write_text("")
        elif kind == "other kind":
            place.mkdir()

    app.document_index = True
    app.add_before_response(exchange)
    before = count_descriptors()
    answer = client.get(path)
    assert (answer.status_code, "SECRET" in answer.text) == (404, False)
    assert count_descriptors() == before


@pytest.mark.needs("files")
@pytest.mark.parametrize(
    ("number", "status"),
    [(errno.EACCES, 403), (errno.EPERM, 403), (errno.EMFILE, 500), (errno.EIO, 500)],
)
@pytest.mark.parametrize("path", ["/digits.txt", "/dir/"])
@pytest.mark.usefixtures("files")
def test_failure_to_open(
    app: Application,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    number: int,
    status: int,
) -> None:
    """What is refused now is 403; a failure of the machine is no missing file."""

    def fail(*_: object, **__: object) -> int:
        raise OSError(number, "no")

    app.document_index = True
    app.add_before_response(lambda _: monkeypatch.setattr(os, "open", fail))
    answer = client.get(path)
    monkeypatch.undo()
    assert answer.status_code == status


def test_gone_while_it_is_found(
    app: Application, client: Client, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that goes away between the looks at it is 404."""
    monkeypatch.setattr(targets, "find_file", say(str(files / "none")))
    assert client.get("/digits.txt").status_code == 404
    assert app.document_root == str(files)


@pytest.mark.needs("threads")
def test_exchange_for_a_link_is_never_followed(
    app: Application, client: Client, files: Path, outside: Path
) -> None:
    """Whoever exchanges files and folders for links meanwhile sees nothing outside."""
    (files / "ours").mkdir()
    (files / "ours" / "race.txt").write_text("ours")
    link, spare = files / "race.txt", files / "spare"
    folder, parked = files / "folder", files / "parked"
    folder.mkdir()
    (folder / "race.txt").write_text("ours")
    stop = threading.Event()

    def exchange() -> None:
        while not stop.is_set():
            spare.write_text("ours")
            spare.replace(link)
            spare.symlink_to(outside / "race.txt")
            spare.replace(link)
            folder.rename(parked)
            folder.symlink_to(outside)
            folder.unlink()
            parked.rename(folder)

    app.document_index = True
    thread = threading.Thread(target=exchange)
    before = count_descriptors()
    thread.start()
    seen: set[tuple[int, str]] = set()
    try:
        for _ in range(500):
            for path in ("/race.txt", "/folder/race.txt"):
                answer = client.get(path)
                text = answer.text if answer.status_code == 200 else ""
                seen.add((answer.status_code, text))
            assert "SECRET" not in client.get("/folder/").text
    finally:
        stop.set()
        thread.join()
    # 403 where what was found has become something else when it is opened.
    assert seen <= {(200, "ours"), (200, ""), (403, ""), (404, "")}
    assert count_descriptors() == before


def test_nothing_is_open_when_a_guard_refuses(
    app: Application, client: Client, files: Path
) -> None:
    """No way out leaves a descriptor: refused, failed, not sent, not modified."""
    app.document_index = True
    app.add_before_response(lambda req: abort(403) if "refuse" in req.query else None)

    def after(req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if "fail" in req.query:
            raise ValueError("failed")
        return response

    app.add_after_response(after)
    tag = client.get("/digits.txt").headers["ETag"]
    before = count_descriptors()
    for path in ("/digits.txt", "/dir/"):
        for query in ("", "refuse", "fail"):
            client.head(f"{path}?{query}")
            for headers in (
                {},
                {"If-None-Match": tag},
                {"If-Match": '"x"'},
                {"Range": "bytes=0-1"},
                {"Range": "bytes=99-"},
            ):
                client.get(f"{path}?{query}", headers=headers)
    assert count_descriptors() == before
    assert files.is_dir()


def test_file_that_is_closed_before_it_is_sent(
    app: Application, client: Client, files: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a 500 whose reason is in the log, not an empty 200."""

    def handler(_: Request) -> BaseResponse:
        with (files / "digits.txt").open("rb") as file:
            return FileObjResponse(file)

    app.set_route("/", handler)
    for answer in (client.get(), client.head()):
        assert answer.status_code == 500
    assert "open it without a with block" in caplog.text


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


def test_hooks_know_files(app: Application, client: Client, www: Path) -> None:
    """A hook can tell a file from what handlers answer (first contact 13)."""
    seen: list[str | None] = []
    app.document_root = str(www)
    app.set_route("/route", lambda _: "")
    app.add_before_response(lambda req: seen.append(req.static_file))
    for path in ("/file.txt", "/route", "/nowhere", "/dir/"):
        client.get(path)
    assert seen == [str(www / "file.txt"), None, None, None]
