"""The demo application on real servers, over real sockets.

Each test runs on each server of KINDS. What a server does differently stands in that
table, so that a test says what holds everywhere.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from odd_requests import FAULTS, ask_all
from quirks_seen import read_quirks
from serving import KINDS, Reply, Server, is_there, run_server

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_core.testing.quirks import SERVERS

BIG = bytes(range(256)) * 40960
CLOSE = {"Connection": "close"}
_KEEP = {"Connection": "keep-alive"}
CHUNKS = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


@pytest.fixture(scope="module", params=KINDS)
def running(
    request: pytest.FixtureRequest,
    need: Callable[[str, object], None],
) -> Iterator[Server]:
    """Run a server, with a file of 10 MiB below its document root."""
    kind = KINDS[request.param]
    need("apache" if kind.package == "apache" else "servers", is_there(kind))
    # Not below pytest's directory, which no other user may enter.
    with tempfile.TemporaryDirectory(prefix="poorwsgi-") as name:
        folder = Path(name).resolve()
        (folder / "www").mkdir()
        (folder / "www" / "big.bin").write_bytes(BIG)
        (folder / "secret.txt").write_text("SECRET")
        with run_server(request.param, folder) as server:
            yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """Return the server; what it logs is shown when the test fails."""
    start = running.log.stat().st_size
    yield running
    print(running.log.read_bytes()[start:].decode("utf-8", "replace"))  # noqa: T201


def wait_for(check: Callable[[], bool], patience: float = 8.0) -> bool:
    """Wait until something holds; tells whether it does in the end."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.02)
    return check()


def read_json(reply: Reply) -> dict[str, int]:
    """Return the numbers of an answer."""
    numbers: dict[str, int] = json.loads(reply.body)
    return numbers


# --- what a server offers ----------------------------------------------------------


def test_offers(server: Server) -> None:
    """The server offers what the table says."""
    expected = {
        "wsgi.early_hints": server.kind.package == "gunicorn",
        "wsgi.file_wrapper": server.kind.file_wrapper,
        "wsgi.input_terminated": server.kind.terminated,
    }
    assert read_json(server.request("/offers")) == expected


def test_early_hints(server: Server) -> None:
    """103 comes before the answer, where the server can send it."""
    has_hints = server.kind.package == "gunicorn"
    with server.connect() as connection:
        lines = ["GET /hinted HTTP/1.1", "Host: localhost", "Connection: close", "", ""]
        connection.send("\r\n".join(lines).encode())
        if has_hints:
            hint = connection.read_head()
            link = "</look.css>; rel=preload; as=style"
            assert (hint.status, hint.headers["link"]) == (103, link)
        reply = connection.read_reply()
    assert (reply.status, reply.body) == (200, str(has_hints).encode())


def test_debug_variable(server: Server) -> None:
    """poor_Debug arrives, whichever way the server takes it."""
    reply = server.request("/debug-info")
    assert (reply.status, b"Route Table" in reply.body) == (200, True)


# --- pages -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/p%C5%99%C3%ADklad", 200),
        ("/values/slov%C3%AD%C4%8Dko", 200),
        ("/form?name=Jana&number=7", 200),
        ("/form?number=seven", 400),
        ("/nowhere", 404),
        ("/%FF", 400),
        ("/error/403", 403),
        ("/error/501", 501),
        ("/error/value", 400),
        ("/error/crash", 500),
    ],
)
def test_page(server: Server, path: str, status: int) -> None:
    """A page arrives whole, that of a failure too."""
    reply = server.request(path)
    assert (reply.status, reply.body[-8:]) == (status, b"</html>\n")
    assert reply.headers["content-length"] == str(len(reply.body))


@pytest.mark.parametrize("status", [403, 404, 500])
def test_status_of_a_stream_that_has_not_begun(server: Server, status: int) -> None:
    """What a generator raises before its first piece is answered by its page."""
    reply = server.request(f"/late/{status}")
    assert (reply.status, reply.body[-8:]) == (status, b"</html>\n")


def test_stream_that_breaks_off(server: Server) -> None:
    """It ends with the connection, and not with the mark of a whole body."""
    with server.connect() as connection:
        connection.send(b"GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reply = connection.read_head()
        rest = connection.read_rest()
    assert reply.status == 200
    assert rest.count(b"begun\n") > 1000
    assert rest.endswith(b"\r\n0\r\n\r\n") != server.kind.tells_cut
    assert wait_for(
        lambda: b"break_off(_) failed while it was sent" in server.log.read_bytes()
    )


def test_unicode_path(server: Server) -> None:
    """A path that is not ASCII arrives as it was meant."""
    assert "/příklad" in server.request("/p%C5%99%C3%ADklad").body.decode()


def test_redirect(server: Server) -> None:
    """A redirect keeps its relative location."""
    reply = server.request("/redirect")
    assert (reply.status, reply.headers["location"]) == (302, "/")


def test_method_not_allowed(server: Server) -> None:
    """405 tells the methods that are."""
    reply = server.request(
        "/text", "PUT", body=b"hello", headers={"Content-Length": "5"}
    )
    assert (reply.status, reply.headers["allow"]) == (405, "HEAD, GET, OPTIONS")


def test_options(server: Server) -> None:
    """OPTIONS is answered for each path that is known."""
    reply = server.request("/upload", "OPTIONS")
    assert (reply.status, reply.headers["allow"]) == (204, "HEAD, GET, POST, OPTIONS")


def test_unknown_method(server: Server) -> None:
    """A method that nobody knows is 501."""
    assert server.request("/text", "FROB").status == 501


_FIELDS = {
    "X_User": "admin",
    "X-Two": "1",
    "x-two": "2",
    "X-Both": "1",
    "X_Both": "2",
    "Accept": "x",
    "ACCEPT": "y",
    "Cookie": "a=1",
    "cookie": "b=2",
}
"""Names that differ in case, so that each is sent twice."""

_PLAYED = {
    "wsgiref": "embedded",
    "gunicorn-sync": "gunicorn",
    "gunicorn-threads": "gunicorn",
    "gunicorn-workers": "gunicorn",
}


def test_client_plays_the_server(server: Server) -> None:
    """What the client for tests says of a server is what the server does."""
    name = _PLAYED.get(server.name, server.name)
    if name not in SERVERS:
        pytest.skip(f"nobody plays {name}")
    app = Application("played")
    app.set_route("/quirks", read_quirks)
    app.set_route("/closing", lambda _: ("", "text/plain", {"Connection": "close"}))
    client = Client(app, server=name, validate=False)
    assert json.loads(server.request("/quirks", headers=_FIELDS).body) == (
        client.get("/quirks", headers=_FIELDS).json()
    )
    played = client.get("/closing").status_code
    assert server.request("/closing").status == played


# --- files -------------------------------------------------------------------------


def test_whole_file(server: Server) -> None:
    """A file of 10 MiB arrives byte by byte, by sendfile where there is one."""
    reply = server.request("/big.bin")
    assert (reply.status, reply.headers["content-length"]) == (200, str(len(BIG)))
    assert reply.body == BIG
    assert reply.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=1000-2000", 1000, 2000),
        ("bytes=65530-262150", 65530, 262150),
        ("bytes=-10", len(BIG) - 10, len(BIG) - 1),
        (f"bytes={len(BIG) - 5}-", len(BIG) - 5, len(BIG) - 1),
    ],
)
def test_range(server: Server, value: str, first: int, last: int) -> None:
    """A range is sent exactly, with nothing after it."""
    with server.connect() as connection:
        reply = connection.request("/big.bin", headers={"Range": value, **CLOSE})
        rest = connection.read_rest()
    expected = (206, f"bytes {first}-{last}/{len(BIG)}", BIG[first : last + 1], b"")
    got = (reply.status, reply.headers["content-range"], reply.body, rest)
    assert got == expected


def test_file_that_grows(server: Server) -> None:
    """It is cut where the head says, so the next answer is read as what it is."""
    with server.connect() as connection:
        reply = connection.request("/changing/3000", headers=_KEEP)
        rest = b"" if server.kind.keep_alive else connection.read_rest()
        if server.kind.keep_alive:
            assert connection.request("/text", headers=CLOSE).status == 200
    assert (reply.status, reply.body, rest) == (200, b"a" * 1000, b"")


def test_file_that_shrinks(server: Server) -> None:
    """The connection is cut, for nothing else may be read as the rest of it."""
    if server.kind.sends_files:
        pytest.skip("The server sends the file itself")
    request = b"GET /changing/400 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with server.connect() as connection:
        connection.send(request * 2)
        answer = connection.read_rest()
    # One that gives up at once may have lost what it had not sent yet.
    assert (b"a" * 400).startswith(answer.partition(b"\r\n\r\n")[2])
    assert wait_for(lambda: b"has shrunk: 600 bytes" in server.log.read_bytes())


def test_several_ranges(server: Server) -> None:
    """Several ranges are parts of one multipart body."""
    reply = server.request("/big.bin", headers={"Range": "bytes=0-3,300-302"})
    kind, _, boundary = reply.headers["content-type"].partition("; boundary=")
    parts = reply.body.split(f"\r\n--{boundary}".encode())
    assert (reply.status, kind) == (206, "multipart/byteranges")
    bodies = [part.partition(b"\r\n\r\n")[2] for part in parts[1:-1]]
    assert (bodies, parts[-1]) == ([BIG[0:4], BIG[300:303]], b"--\r\n")


def test_unsatisfiable_range(server: Server) -> None:
    """A range behind the end is 416, with the length of the file."""
    reply = server.request("/big.bin", headers={"Range": "bytes=99999999-"})
    expected = (416, f"bytes */{len(BIG)}", b"")
    assert (reply.status, reply.headers["content-range"], reply.body) == expected


def test_if_range(server: Server) -> None:
    """A part is sent of the same file only, else all of it."""
    etag = server.request("/big.bin", "HEAD").headers["etag"]
    headers = {"Range": "bytes=5-9", "If-Range": etag}
    assert server.request("/big.bin", headers=headers).body == BIG[5:10]
    headers["If-Range"] = '"another"'
    reply = server.request("/big.bin", headers=headers)
    assert (reply.status, reply.body == BIG) == (200, True)


@pytest.mark.parametrize(
    ("validator", "condition"),
    [("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")],
)
def test_not_modified(server: Server, validator: str, condition: str) -> None:
    """What the client has already is 304, without a body."""
    value = server.request("/big.bin", "HEAD").headers[validator]
    with server.connect() as connection:
        reply = connection.request("/big.bin", headers={condition: value, **CLOSE})
        rest = connection.read_rest()
    assert (reply.status, reply.headers[validator], rest) == (304, value, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "//../secret.txt",
        "/%2e%2e/secret.txt",
        "/.%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/x/../../secret.txt",
        "/%252e%252e/secret.txt",
        "/big.bin%00.txt",
    ],
)
def test_traversal(server: Server, path: str) -> None:
    """No path leads out of the document root."""
    reply = server.request(path)
    assert reply.status in {400, 404}
    assert b"SECRET" not in reply.body


# --- what is on the wire -----------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/big.bin", "/file/object", "/nowhere"])
def test_head(server: Server, path: str) -> None:
    """HEAD has the headers of GET, and no body follows."""
    length = server.request(path).headers["content-length"]
    with server.connect() as connection:
        reply = connection.request(path, "HEAD", CLOSE)
        rest = connection.read_rest()
    assert (reply.headers["content-length"], rest) == (length, b"")


def test_head_of_unknown_length(server: Server) -> None:
    """HEAD of a stream neither invents a length nor starts the stream."""
    before = read_json(server.request("/stream/closed"))
    with server.connect() as connection:
        reply = connection.request("/stream/3", "HEAD", CLOSE)
        rest = connection.read_rest()
    got = (reply.status, reply.headers.get("content-length"), rest)
    assert got == (200, None, server.kind.after_head)
    assert read_json(server.request("/stream/closed")) == before


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        ("head", "HEAD", "/big.bin"),
        ("204", "GET", "/none"),
        ("304", "GET", "/not-modified"),
        ("unframed", "GET", "/stream/3"),
    ],
)
def test_second_request(server: Server, kind: str, method: str, path: str) -> None:
    """Nothing that was sent gets in the way of the next answer, if there is one."""
    with server.connect() as connection:
        connection.request(path, method)
        try:
            body = connection.request("/text").body
        except ConnectionError:
            body = b""
    expected = b"Plain text" if kind in server.kind.keep_alive else b""
    assert body[:10] == expected


def test_big_stream(server: Server) -> None:
    """16 MiB of a generator arrive in order, framed as the server does it."""
    reply = server.request("/stream/256")
    expected = sha256(b"".join(bytes([n]) * 65536 for n in range(256))).digest()
    assert sha256(reply.body).digest() == expected
    framing = reply.headers.get("transfer-encoding", "close")
    assert framing == server.kind.unframed


def test_early_disconnect(server: Server) -> None:
    """The generator is closed soon after the client has left."""
    before = read_json(server.request("/stream/closed"))["closed"]
    with server.connect() as connection:
        connection.send(b"GET /stream/10000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        connection.read(65536)

    def is_closed() -> bool:
        return read_json(server.request("/stream/closed"))["closed"] == before + 1

    assert wait_for(is_closed)


# --- bodies of requests ------------------------------------------------------------


def test_upload(server: Server) -> None:
    """A body of 10 MiB arrives, and comes back."""
    headers = {"Content-Length": str(len(BIG))}
    reply = server.request("/upload/big.bin", "PUT", headers, BIG)
    assert (reply.status, read_json(reply)["size"]) == (201, len(BIG))
    assert server.request("/upload/big.bin").body == BIG
    headers["Content-Length"] = "5"
    assert server.request("/upload/big.bin", "PUT", headers, b"again").status == 409


def test_chunked_upload(server: Server) -> None:
    """A body in chunks is taken apart, by the server or by us."""
    headers = {"Transfer-Encoding": "chunked"}
    assert server.request("/upload/chunks", "PUT", headers, CHUNKS).status == 201
    assert server.request("/upload/chunks").body == b"hello world"


def test_chunked_body_as_any_other(server: Server) -> None:
    """A body in chunks is read in every way, whoever takes them apart."""
    headers = {"Transfer-Encoding": "chunked"}
    reply = server.request("/length", "POST", headers, CHUNKS)
    assert (reply.status, reply.body) == (200, b"11")


def test_slow_body(server: Server) -> None:
    """A stalled upload leaves no half of a file, and stops nobody else."""
    lines = ["PUT /upload/slow HTTP/1.1", "Host: localhost", "Content-Length: 9"]
    with server.connect() as connection:
        connection.send("\r\n".join([*lines, "", "abc"]).encode())
        if server.kind.slow:
            try:
                status = connection.read_reply().status
            except OSError:
                status = 0
            assert status in server.kind.slow
        else:
            assert server.request("/text").status == 200
    assert wait_for(lambda: server.request("/upload/slow").status == 404)


def test_incomplete_body(server: Server) -> None:
    """An upload that the client breaks off leaves no half of a file."""
    lines = ["PUT /upload/broken HTTP/1.1", "Host: localhost", "Content-Length: 9"]
    with server.connect() as connection:
        connection.send("\r\n".join([*lines, "", "abc"]).encode())
    assert wait_for(lambda: server.request("/upload/broken").status == 404)


# --- what is no request ------------------------------------------------------------


def read_status(server: Server, data: bytes, answers: int = 1) -> int:
    """Return the status of the last answer to what was sent; 0 when there is none."""
    with server.connect() as connection:
        connection.send(data)
        try:
            replies = [connection.read_reply() for _ in range(answers)]
        except OSError:
            return 0
        return replies[-1].status


@pytest.mark.parametrize(
    "data", [b"GARBAGE\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"]
)
def test_garbage(server: Server, data: bytes) -> None:
    """What is no HTTP is refused, and the server lives on."""
    assert read_status(server, data) in server.kind.garbage
    assert server.request("/text").status == 200


def test_pipelined_garbage(server: Server) -> None:
    """Garbage behind a request is refused, or never read."""
    data = b"GET /text HTTP/1.1\r\nHost: localhost\r\n\r\n\x00\x01 nonsense\r\n\r\n"
    assert read_status(server, data, 2) in {0, 400}


@pytest.mark.parametrize("length", ["-1", "+5", "1e3", "5, 6", "0x5"])
def test_bad_length(server: Server, length: str) -> None:
    """A Content-Length that is no number is never taken for one."""
    head = f"POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n"
    status = read_status(server, f"{head}Connection: close\r\n\r\nhello".encode())
    assert status in {0, 400, 501}


def test_odd_requests(server: Server) -> None:
    """None of over a hundred makes it fail or hang, or is read as two requests."""
    faults = {
        name: fault
        for name, outcome in ask_all(server.port).items()
        if (fault := outcome.find_fault())
    }
    known = FAULTS.get(server.kind.package, set())
    assert {name: faults[name] for name in faults if name not in known} == {}
    assert server.request("/text").status == 200
