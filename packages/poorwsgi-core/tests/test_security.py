"""Facts of the security bar that take the whole application to show.

The first half is a corpus of invalid requests: each one is answered with the
status that the bar names, by one page, without a traceback, and leaves nothing
open, with debug and without.
"""

import logging
import re
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from recording import count_descriptors

from poorwsgi_core.application import Application
from poorwsgi_core.http.headers import Headers
from poorwsgi_core.request import Request
from poorwsgi_core.response.make import abort
from poorwsgi_core.state import METHOD_GET, METHOD_POST
from poorwsgi_core.testing import build_environ

CONTROLS = [chr(code) for code in [*range(9), *range(10, 32), 127]]
CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked"}


class Short:
    """A ``wsgi.input`` that ends early."""

    def __init__(self, data: bytes = b"short") -> None:
        self.data = data
        self._file = BytesIO(data)

    def read(self, size: int) -> bytes:
        """Read at most three bytes."""
        return self._file.read(min(size, 3))

    def readline(self, size: int) -> bytes:
        """Read a line."""
        return self._file.readline(size)


class Lost(Short):
    """A ``wsgi.input`` whose client is gone."""

    def read(self, size: int) -> bytes:
        """Raise."""
        raise ConnectionResetError(size)

    readline = read


class Silent(Short):
    """A ``wsgi.input`` whose client says no more."""

    def read(self, size: int) -> bytes:
        """Raise."""
        raise TimeoutError(size)


class Case(NamedTuple):
    """An invalid request and the status of its answer."""

    status: int
    method: str
    path: str
    variables: dict[str, Any]


def case(status: int, method: str, path: str = "/", **variables: Any) -> Case:
    """Build a case; the path is as on the wire, decoded."""
    return Case(status, method, path, variables)


def post(status: int, path: str, body: Any, **variables: Any) -> Case:
    """Build a case with a body."""
    stream = BytesIO(body) if isinstance(body, bytes) else body
    return Case(status, "POST", path, {"wsgi.input": stream, **variables})


FILES = {"named pipe", "socket"}
INVALID = {
    # methods (25)
    "unknown method": case(501, "BREW"),
    "method in lower case": case(501, "get"),
    "method with a blank": case(501, "GET "),
    "empty method": case(501, ""),
    "method of WebDAV": case(501, "PROPFIND", "/file.txt"),
    "long method": case(501, "A" * 60_000),
    "method as markup": case(501, "<script>", "/none"),
    "method with a line break": case(501, "GET\r\nX-Evil: 1", "/none"),
    "method of another route": case(405, "DELETE"),
    "method of another pattern": case(405, "DELETE", "/int/5"),
    "posted file": case(404, "POST", "/file.txt"),
    "put file": case(404, "PUT", "/new.txt"),
    "deleted file": case(404, "DELETE", "/file.txt"),
    # paths (1-6, 26)
    "unknown path": case(404, "GET", "/none"),
    "path as markup": case(404, "GET", "/<script>alert(1)</script>"),
    "path that is not UTF-8": case(400, "GET", "/\xff\xfe"),
    "path with a cut sequence": case(400, "GET", "/\xc4"),
    "path with an overlong slash": case(400, "GET", "/\xc0\xaf"),
    "path with a surrogate": case(400, "GET", "/\xed\xa0\x80"),
    "path beyond latin-1": case(400, "GET", "/\u010d"),
    "parent directory": case(404, "GET", "/../secret.txt"),
    "parent of a directory": case(404, "GET", "/dir/../../secret.txt"),
    "way out and back": case(404, "GET", "/../www/file.txt"),
    "path without a slash": case(404, "GET", "../secret.txt"),
    "sibling of the root": case(404, "GET", "x/secret.txt"),
    "absolute path": case(404, "GET", "//etc/passwd"),
    "backslashes": case(404, "GET", "/..\\secret.txt"),
    "percent-encoded twice": case(404, "GET", "/%2e%2e/secret.txt"),
    "path with NUL": case(404, "GET", "/file.txt\0.html"),
    "path with a line break": case(404, "GET", "/file.txt\r\n"),
    "path with DEL": case(404, "GET", "/file.txt\x7f"),
    "file with a slash": case(404, "GET", "/file.txt/"),
    "link out of the root": case(404, "GET", "/link"),
    "directory link out": case(404, "GET", "/parent/secret.txt"),
    "hidden file": case(404, "GET", "/.htpasswd"),
    "file in a hidden directory": case(404, "GET", "/.git/config"),
    "named pipe": case(403, "GET", "/pipe"),
    "socket": case(403, "GET", "/socket"),
    "directory": case(403, "GET", "/dir/"),
    "long name": case(404, "GET", "/" + "a" * 60_000),
    "deep path": case(404, "GET", "/a" * 30_000),
    "number with a line break": case(404, "GET", "/int/5\n"),
    "number of 60 kB": case(404, "GET", "/int/" + "9" * 60_000),
    "word of 60 kB": case(404, "GET", "/word/" + "a" * 60_000 + "!"),
    "fraction of 60 kB": case(404, "GET", "/float/" + "1" * 60_000 + "x"),
    "names of 60 kB": case(404, "GET", "/files/" + "-" * 60_000),
    "words of 60 kB": case(404, "GET", "/words/" + "a_" * 30_000),
    "paths of 60 kB": case(404, "GET", "/trees/" + "a/x/" * 15_000),
    "malformed UUID": case(404, "GET", "/uuid/12345678-1234"),
    "refused by a converter": case(404, "GET", "/even/5"),
    # query (40, 50)
    "too many arguments": case(413, "GET", "/args", QUERY_STRING="a=1&" * 1001),
    "only separators": case(413, "GET", "/args", QUERY_STRING="&" * 60_000),
    "argument without a value": case(400, "GET", "/strict", QUERY_STRING="a&b=1"),
    # headers (20, 63)
    "foreign host": case(400, "GET", "/", HTTP_HOST="evil.example"),
    "malformed host": case(400, "GET", "/", HTTP_HOST="localhost:port"),
    "host with a user": case(400, "GET", "/", HTTP_HOST="localhost@evil.example"),
    "host with a line break": case(400, "GET", "/", HTTP_HOST="localhost\r\nX: y"),
    "host as markup": case(400, "GET", "/", HTTP_HOST="<script>"),
    "no host": case(400, "GET", "/", HTTP_HOST=""),
    "long authorization": case(
        400, "GET", "/auth", HTTP_AUTHORIZATION="Digest " + "a" * 60_000
    ),
    # framing (30-35, 43)
    "negative length": post(400, "/body", b"x", CONTENT_LENGTH="-1"),
    "signed length": post(400, "/body", b"x", CONTENT_LENGTH="+1"),
    "hexadecimal length": post(400, "/body", b"x", CONTENT_LENGTH="0x1"),
    "two lengths": post(400, "/body", b"x", CONTENT_LENGTH="1, 1"),
    "length with an underscore": post(400, "/body", b"x", CONTENT_LENGTH="1_0"),
    "length in other digits": post(400, "/body", b"x", CONTENT_LENGTH="\u0661"),
    "length with a line break": post(400, "/body", b"x", CONTENT_LENGTH="1\n"),
    "length of 19 digits": post(400, "/body", b"x", CONTENT_LENGTH="1" * 19),
    "length of 60 kB": post(400, "/", b"x", CONTENT_LENGTH="1" * 60_000),
    "length of a GET": case(400, "GET", "/", CONTENT_LENGTH="x"),
    "body ends early": post(400, "/body", Short(), CONTENT_LENGTH="99"),
    "body of 1 TB ends early": post(400, "/read", Short(), CONTENT_LENGTH="9" * 7),
    "client is gone": post(400, "/body", Lost(), CONTENT_LENGTH="99"),
    "client is gone later": post(400, "/read", Lost(), CONTENT_LENGTH="999999"),
    "client is silent": post(408, "/body", Silent(), CONTENT_LENGTH="99"),
    "too large": post(413, "/body", b"x", CONTENT_LENGTH="10000001"),
    "length of 10^12": post(413, "/body", b"x", CONTENT_LENGTH="1" + "0" * 12),
    "chunked body ends early": post(400, "/body", Short(b"5\r\nab"), **CHUNKED),
    "last chunk is missing": post(400, "/body", Short(b"2\r\nab\r\n"), **CHUNKED),
    "last chunk never comes": post(400, "/read", Short(b"2\r\nab\r\n"), **CHUNKED),
    "other coding": post(501, "/read", Short(), HTTP_TRANSFER_ENCODING="gzip, chunked"),
    "no chunk": post(400, "/chunks", Short(b""), **CHUNKED),
    "chunk without a size": post(400, "/chunks", Short(b"\r\n"), **CHUNKED),
    "negative chunk": post(400, "/chunks", Short(b"-5\r\nabcde\r\n"), **CHUNKED),
    "chunk with a prefix": post(400, "/chunks", Short(b"0x5\r\nabcde\r\n"), **CHUNKED),
    "short chunk": post(400, "/chunks", Short(b"5\r\nabc"), **CHUNKED),
    "long chunk": post(400, "/chunks", Short(b"2\r\nabc\r\n"), **CHUNKED),
    "huge chunk": post(400, "/chunks", Short(b"FFFFFFFF\r\n"), **CHUNKED),
    "chunk size of 17 digits": post(
        400, "/chunks", Short(b"0" * 16 + b"1\r\na\r\n"), **CHUNKED
    ),
    "chunk line of 60 kB": post(
        400, "/chunks", Short(b"1;" + b"a" * 60_000 + b"\r\n"), **CHUNKED
    ),
    "endless trailers": post(
        400, "/chunks", Short(b"0\r\n" + b"a: b\r\n" * 2000), **CHUNKED
    ),
    "chunks of a client that is gone": post(400, "/chunks", Lost(), **CHUNKED),
    # conditions and ranges (8, 55)
    "range beyond the end": case(416, "GET", "/file.txt", HTTP_RANGE="bytes=10-"),
    "empty suffix": case(416, "GET", "/file.txt", HTTP_RANGE="bytes=-0"),
    "failed condition": case(412, "GET", "/file.txt", HTTP_IF_MATCH='"other"'),
}

TOLERATED: dict[str, Case] = {
    "inverted range": case(200, "GET", "/file.txt", HTTP_RANGE="bytes=5-2"),
    "range of words": case(200, "GET", "/file.txt", HTTP_RANGE="bytes=a-b"),
    "range in other digits": case(200, "GET", "/file.txt", HTTP_RANGE="bytes=\u0661-"),
    "range of another unit": case(200, "GET", "/file.txt", HTTP_RANGE="lines=1-2"),
    "101 ranges": case(
        200, "GET", "/file.txt", HTTP_RANGE="bytes=" + ",".join(["0-0"] * 101)
    ),
    "range of 20 digits": case(
        200, "GET", "/file.txt", HTTP_RANGE="bytes=0-" + "9" * 20
    ),
    "range of 60 kB": case(200, "GET", "/file.txt", HTTP_RANGE="bytes=" + "," * 60_000),
    "malformed date": case(200, "GET", "/file.txt", HTTP_IF_MODIFIED_SINCE="x" * 9999),
    "malformed etag": case(200, "GET", "/file.txt", HTTP_IF_NONE_MATCH='"' * 60_000),
    "malformed If-Range": case(
        200, "GET", "/file.txt", HTTP_RANGE="bytes=0-1", HTTP_IF_RANGE="junk"
    ),
    "malformed cookies": case(200, "GET", "/cookies", HTTP_COOKIE='a;=;b="\0";@=1;a=b'),
    "cookies of 60 kB": case(200, "GET", "/cookies", HTTP_COOKIE="a=b;" * 15_000),
    "quoted cookie of 60 kB": case(
        200, "GET", "/cookies", HTTP_COOKIE='a="' + "\\" * 60_000
    ),
    "malformed accept": case(200, "GET", "/accept", HTTP_ACCEPT=";q=;,;q=x,=" * 5_000),
    "accept of 1 MB": case(200, "GET", "/accept", HTTP_ACCEPT='a;b="' * 200_000),
    "malformed authorization": case(
        200, "GET", "/auth", HTTP_AUTHORIZATION='Digest a="\\,,=,"=b'
    ),
    "malformed content type": case(
        200, "GET", "/accept", CONTENT_TYPE='text/html;;charset="' + "\\" * 8_000
    ),
    "malformed escapes": case(200, "GET", "/args", QUERY_STRING="%=%zz&a=%ff&%"),
    "arguments of 60 kB": case(200, "GET", "/args", QUERY_STRING="a=" + "%41" * 20_000),
    "malformed proxies": case(
        200,
        "GET",
        "/url",
        HTTP_X_FORWARDED_HOST="a:b:c,\0",
        HTTP_X_FORWARDED_PROTO="javascript",
        HTTP_X_FORWARDED_FOR=",,,",
    ),
    "malformed port": case(200, "GET", "/url", SERVER_PORT="x"),
    "body without a length": post(200, "/body", b"ignored"),
    "empty length": post(200, "/body", b"ignored", CONTENT_LENGTH=""),
    "unread body that ends early": post(200, "/", Short(), CONTENT_LENGTH="99"),
    "chunk with an extension": post(
        200, "/chunks", Short(b"1 ;a=b\r\nx\r\n0\r\nA: b\r\n\r\n"), **CHUNKED
    ),
}


def even(text: str) -> int:
    """Convert an even number."""
    number = int(text)
    if number % 2:
        raise OverflowError
    return number


def read_blocks(req: Request) -> str:
    """Read a body block by block."""
    size = 0
    while block := req.read(4096):
        size += len(block)
    if not req.is_body_complete:
        abort(400)
    return str(size)


def read_chunks(req: Request) -> bytes:
    """Read a chunked body."""
    chunks: list[bytes] = []
    while chunk := req.read_chunk():
        chunks.append(chunk)
    return b"".join(chunks)


def read_arguments(req: Request) -> dict[str, Any]:
    """Read the query, strictly for ``/strict``."""
    req.app.strict_parsing = int(req.path == "/strict")
    return dict(req.args)


@pytest.fixture
def guarded(app: Application, www: Path) -> Application:
    """Build an application with a handler for each kind of input."""
    app.document_root = str(www)
    app.trusted_hosts = ["localhost"]
    app.max_content_length = 10_000_000
    app.set_filter("even", r"\d+", even)
    app.set_route("/", lambda _: "handled", METHOD_GET | METHOD_POST)
    for kind in ("int", "float", "word", "uuid", "even"):
        app.set_route(f"/{kind}/<x:{kind}>", lambda _, *__: "handled")
    for path in ("/args", "/strict"):
        app.set_route(path, read_arguments)
    for path in (
        "/files/<a>-<b>-<c>-<d>.html",
        "/words/<a:word>_<b:word>_<c:word>.html",
        "/trees/<a:re:.+>/x/<b:re:.+>/x/<c:re:.*>.html",
    ):
        app.set_route(path, lambda _, *__: "handled")
    app.set_route("/auth", lambda req: req.authorization)
    app.set_route("/cookies", lambda req: [*req.cookies])
    app.set_route("/accept", lambda req: [len(req.accept), req.charset])
    app.set_route("/url", lambda req: req.construct_url("/") + str(req.server_port))
    app.set_route("/body", lambda req: req.data or b"", METHOD_POST)
    app.set_route("/read", read_blocks, METHOD_POST)
    app.set_route("/chunks", read_chunks, METHOD_POST)
    return app


def send(app: Application, request: Case) -> tuple[list[Any], bytes]:
    """Send a request; return the calls of ``start_response`` and the body."""
    calls: list[Any] = []

    def start_response(*args: Any) -> Any:
        calls.append(args)
        return None

    environ = build_environ(method=request.method, **request.variables)
    environ["PATH_INFO"] = request.path
    stream = environ["wsgi.input"]
    if isinstance(stream, Short):
        # A stream is read once; each request gets one of its own.
        environ["wsgi.input"] = type(stream)(stream.data)
    body = app(environ, start_response)
    try:
        return calls, b"".join(body)
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(
    "key",
    [
        pytest.param(key, marks=pytest.mark.needs("files")) if key in FILES else key
        for key in INVALID
    ],
)
def test_invalid_request(
    guarded: Application,
    caplog: pytest.LogCaptureFixture,
    key: str,
    debug: bool,
) -> None:
    """An invalid request gets its status, on one page, and no handler's answer."""
    caplog.set_level(logging.DEBUG, "poorwsgi")
    guarded.debug = debug
    request = INVALID[key]
    before = count_descriptors()
    calls, body = send(guarded, request)
    assert count_descriptors() <= before
    assert [call[0][:4] for call in calls] == [f"{request.status} "]
    headers = Headers(calls[0][1], strict=False)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "X-Evil" not in headers
    page = body.decode()
    if request.status != 416:
        assert page.count("<!DOCTYPE html>") == 1
    assert not re.search("Traceback|classified|handled|<script>", page)
    assert not any(re.search(r"[\r\n]", message) for message in caplog.messages)
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize("key", TOLERATED)
def test_tolerated_request(guarded: Application, key: str) -> None:
    """What can be ignored is ignored, and the handler answers."""
    before = count_descriptors()
    calls, body = send(guarded, TOLERATED[key])
    assert count_descriptors() <= before
    assert [call[0] for call in calls] == ["200 OK"]
    assert b"<!DOCTYPE html>" not in body


def test_size_of_the_corpus() -> None:
    """The corpus has at least 60 invalid requests (bar 95)."""
    assert len(INVALID) >= 60
