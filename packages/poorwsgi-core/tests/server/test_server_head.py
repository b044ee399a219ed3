"""Facts about the head of a request, on real sockets: a table of raw requests."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from wire import exchange, serve

from poorwsgi_core.server import ThreadingServer

pytestmark = pytest.mark.needs("threads")

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = b"Host: h.example\r\n"
END = HOST + b"\r\n"
POST = b"POST / HTTP/1.1\r\n" + HOST


def echo(
    environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    """Answer with what the environ says, the body as far as it is declared."""
    seen = {key: value for key, value in environ.items() if isinstance(value, str)}
    body = environ["wsgi.input"].read(int(seen.get("CONTENT_LENGTH", "0")))
    seen["body"] = body.decode("iso-8859-1")
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingServer]:
    """Serve the echo."""
    with serve(echo) as server:
        yield server


def fetch(server: ThreadingServer, request: bytes) -> dict[str, Any]:
    """Send a good request and return what the application saw."""
    answer = exchange(server.server_port, request)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK\r\n"), answer
    seen: dict[str, Any] = json.loads(body)
    return seen


GOOD: dict[str, tuple[bytes, dict[str, str]]] = {
    "path": (b"GET /a/b?c=d HTTP/1.1\r\n" + END, {"PATH_INFO": "/a/b"}),
    "query": (b"GET /a?b=%20?c HTTP/1.1\r\n" + END, {"QUERY_STRING": "b=%20?c"}),
    "empty query": (b"GET /a? HTTP/1.1\r\n" + END, {"QUERY_STRING": ""}),
    "escapes": (b"GET /%C4%8D%2F HTTP/1.1\r\n" + END, {"PATH_INFO": "/\xc4\x8d/"}),
    "raw UTF-8": (b"GET /\xc4\x8d HTTP/1.1\r\n" + END, {"PATH_INFO": "/\xc4\x8d"}),
    "slashes": (b"GET //evil/x HTTP/1.1\r\n" + END, {"PATH_INFO": "//evil/x"}),
    "HTTP/1.0": (b"GET / HTTP/1.0\r\n\r\n", {"SERVER_PROTOCOL": "HTTP/1.0"}),
    "HTTP/1.2": (b"GET / HTTP/1.2\r\n" + END, {"SERVER_PROTOCOL": "HTTP/1.1"}),
    "empty line first": (b"\r\nGET / HTTP/1.1\r\n" + END, {"PATH_INFO": "/"}),
    "another method": (b"BREW / HTTP/1.1\r\n" + END, {"REQUEST_METHOD": "BREW"}),
    "absolute form": (
        b"GET http://t.example:81/a?b HTTP/1.1\r\n" + END,
        {"HTTP_HOST": "t.example:81", "PATH_INFO": "/a", "QUERY_STRING": "b"},
    ),
    "absolute form, no path": (
        b"GET HTTP://t.example HTTP/1.1\r\n" + END,
        {"HTTP_HOST": "t.example", "PATH_INFO": "/"},
    ),
    "absolute form, query alone": (
        b"GET http://t.example?b HTTP/1.1\r\n" + END,
        {"PATH_INFO": "/", "QUERY_STRING": "b"},
    ),
    "absolute form, HTTP/1.0": (
        b"GET http://t.example/ HTTP/1.0\r\n\r\n",
        {"HTTP_HOST": "t.example"},
    ),
    "asterisk form": (b"OPTIONS * HTTP/1.1\r\n" + END, {"PATH_INFO": "*"}),
    "OPTIONS of a host": (
        b"OPTIONS http://t.example HTTP/1.1\r\n" + END,
        {"PATH_INFO": "*"},
    ),
    "IPv6": (b"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", {"HTTP_HOST": "[::1]:80"}),
    "empty Host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", {"HTTP_HOST": ""}),
    "no blank before a value": (
        b"GET / HTTP/1.1\r\nX-A:1\r\n" + END,
        {"HTTP_X_A": "1"},
    ),
    "blanks around a value": (
        b"GET / HTTP/1.1\r\nX-A: \t1 2 \t\r\n" + END,
        {"HTTP_X_A": "1 2"},
    ),
    "empty value": (b"GET / HTTP/1.1\r\nX-A:\r\n" + END, {"HTTP_X_A": ""}),
    "Latin-1 value": (b"GET / HTTP/1.1\r\nX-A: \xe9\r\n" + END, {"HTTP_X_A": "\xe9"}),
    "a list in two fields": (
        b"GET / HTTP/1.1\r\nX-A: 1\r\nx-a: 2\r\n" + END,
        {"HTTP_X_A": "1, 2"},
    ),
    "cookies in two fields": (
        b"GET / HTTP/1.1\r\nCookie: a=1\r\nCookie: b=2\r\n" + END,
        {"HTTP_COOKIE": "a=1; b=2"},
    ),
    "body": (
        POST + b"Content-Type: a/b\r\nContent-Length: 2\r\n\r\nhi",
        {"CONTENT_TYPE": "a/b", "CONTENT_LENGTH": "2", "body": "hi"},
    ),
    "body of nothing": (POST + b"Content-Length: 0\r\n\r\n", {"CONTENT_LENGTH": "0"}),
    "chunked body": (
        POST + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
        {"HTTP_TRANSFER_ENCODING": "Chunked"},
    ),
}
"""What is asked for, and what an application gets to see of it."""

BAD: dict[str, tuple[bytes, int]] = {
    "TLS": (b"\x16\x03\x01\x02\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /\r\n\r\n", 400),
    "method alone": (b"GET\r\n\r\n", 400),
    "two blanks": (b"GET  / HTTP/1.1\r\n" + END, 400),
    "a tab": (b"GET\t/ HTTP/1.1\r\n" + END, 400),
    "blank in the target": (b"GET /a b HTTP/1.1\r\n" + END, 400),
    "blank at the end": (b"GET / HTTP/1.1 \r\n" + END, 400),
    "blank at the start": (b" GET / HTTP/1.1\r\n" + END, 400),
    "method that is no token": (b"G(T / HTTP/1.1\r\n" + END, 400),
    "version in lower case": (b"GET / http/1.1\r\n" + END, 400),
    "long version": (b"GET / HTTP/1.10\r\n" + END, 400),
    "HTTP/2": (b"GET / HTTP/2.0\r\n" + END, 505),
    "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "NUL in the target": (b"GET /\0 HTTP/1.1\r\n" + END, 400),
    "CR in the target": (b"GET /\r HTTP/1.1\r\n" + END, 400),
    "LF alone": (b"GET / HTTP/1.1\nHost: h\n\n", 400),
    "LF in the fields": (b"GET / HTTP/1.1\r\nX-A: 1\n" + END, 400),
    "fragment": (b"GET /a#b HTTP/1.1\r\n" + END, 400),
    "no slash": (b"GET a HTTP/1.1\r\n" + END, 400),
    "asterisk with GET": (b"GET * HTTP/1.1\r\n" + END, 400),
    "authority form": (b"CONNECT h.example:443 HTTP/1.1\r\n" + END, 501),
    "authority form with GET": (b"GET h.example:443 HTTP/1.1\r\n" + END, 400),
    "another scheme": (b"GET ftp://h.example/ HTTP/1.1\r\n" + END, 400),
    "absolute form, no host": (b"GET http:///a HTTP/1.1\r\n" + END, 400),
    "absolute form, user": (b"GET http://u@h.example/ HTTP/1.1\r\n" + END, 400),
    "absolute form, no Host field": (b"GET http://h/ HTTP/1.1\r\n\r\n", 400),
    "blank before the colon": (b"GET / HTTP/1.1\r\nX-A : 1\r\n" + END, 400),
    "no colon": (b"GET / HTTP/1.1\r\nX-A\r\n" + END, 400),
    "no name": (b"GET / HTTP/1.1\r\n: 1\r\n" + END, 400),
    "name that is no token": (b"GET / HTTP/1.1\r\nX(A: 1\r\n" + END, 400),
    "name that is not ASCII": (b"GET / HTTP/1.1\r\nX-\xe9: 1\r\n" + END, 400),
    "folding": (b"GET / HTTP/1.1\r\nX-A: 1\r\n 2\r\n" + END, 400),
    "folding at once": (b"GET / HTTP/1.1\r\n X-A: 1\r\n" + END, 400),
    "NUL in a value": (b"GET / HTTP/1.1\r\nX-A: 1\0\r\n" + END, 400),
    "CR in a value": (b"GET / HTTP/1.1\r\nX-A: 1\r2\r\n" + END, 400),
    "escape in a value": (b"GET / HTTP/1.1\r\nX-A: \x1b[1m\r\n" + END, 400),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two Hosts": (b"GET / HTTP/1.1\r\n" + HOST + END, 400),
    "two Hosts in one": (b"GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400),
    "Host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "Host with a user": (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    "Host with a bad port": (b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 1\r\ncontent-length: 2\r\n\r\n12", 400),
    "equal lengths": (POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n1", 400),
    "list of lengths": (POST + b"Content-Length: 1, 1\r\n\r\n1", 400),
    "signed length": (POST + b"Content-Length: +1\r\n\r\n1", 400),
    "negative length": (POST + b"Content-Length: -1\r\n\r\n", 400),
    "empty length": (POST + b"Content-Length:\r\n\r\n", 400),
    "length in other digits": (POST + b"Content-Length: \xb2\r\n\r\n12", 400),
    "endless length": (POST + b"Content-Length: 1" + b"0" * 18 + b"\r\n\r\n", 400),
    "two types": (POST + b"Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n", 400),
    "length and chunks": (
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "chunks in HTTP/1.0": (
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "two codings in two fields": (
        POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
    ),
    "chunked twice": (POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n", 400),
    "chunked not last": (POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n", 400),
    "another coding": (POST + b"Transfer-Encoding: xchunked\r\n\r\n", 400),
    "blank of Latin-1": (POST + b"Transfer-Encoding: \xa0chunked\r\n\r\n", 400),
    "control of Latin-1": (POST + b"Transfer-Encoding: chunked\x85\r\n\r\n", 400),
    "identity": (POST + b"Transfer-Encoding: identity\r\n\r\n", 400),
    "no coding": (POST + b"Transfer-Encoding:\r\n\r\n", 400),
    "gzip and chunked": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
    "end in the head": (b"GET / HTTP/1.1\r\nHost: h", 400),
    "end in the request line": (b"GET / HT", 400),
    "long request line": (b"GET /" + b"a" * 65536 + b" HTTP/1.1\r\n" + END, 414),
    "long field": (b"GET / HTTP/1.1\r\nX-A: " + b"a" * 65536 + b"\r\n" + END, 431),
    "many bytes": (b"GET / HTTP/1.1\r\n" + b"A: %b\r\n" % (b"a" * 9999) * 14, 431),
    "many fields": (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 100 + END, 431),
    "empty lines without end": (b"\r\n" * 99999, 414),
}
"""What is refused, and by which status."""


@pytest.mark.parametrize(("request_", "expected"), GOOD.values(), ids=GOOD)
def test_good_request(
    server: ThreadingServer, request_: bytes, expected: dict[str, str]
) -> None:
    """A request arrives as it was meant."""
    seen = fetch(server, request_)
    assert {name: seen[name] for name in expected} == expected


@pytest.mark.parametrize(("request_", "status"), BAD.values(), ids=BAD)
def test_bad_request(server: ThreadingServer, request_: bytes, status: int) -> None:
    """What no application sees is answered, and the connection ends."""
    smuggled = b"GET /smuggled HTTP/1.1\r\n" + END
    has_end = request_.endswith((b"\r\n\r\n", END))
    answer = exchange(server.server_port, request_ + smuggled * has_end)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 %d " % status)
    assert b"Connection: close" in head.splitlines()
    assert b"Content-Length: %d" % len(body) in head.splitlines()
    assert answer.count(b"HTTP/1.0 ") == 1


def test_no_variable_is_made_up(server: ThreadingServer) -> None:
    """An application sees the fields that were sent, and no others."""
    seen = fetch(server, b"GET / HTTP/1.1\r\nAccept: a/b\r\n" + END)
    fields = [name for name in seen if name.startswith(("HTTP_", "CONTENT_"))]
    assert fields == ["HTTP_ACCEPT", "HTTP_HOST"]


def test_names_with_an_underscore(server: ThreadingServer) -> None:
    """They are dropped, whatever stands beside them."""
    fields = b"X_Forwarded_Host: evil\r\nX-Forwarded-Host: good\r\nX_A: 1\r\n"
    length = b"Content_Length: 5\r\n"
    seen = fetch(server, b"GET / HTTP/1.1\r\n" + fields + length + END)
    assert seen["HTTP_X_FORWARDED_HOST"] == "good"
    assert ("HTTP_X_A" in seen, "HTTP_CONTENT_LENGTH" in seen) == (False, False)
    assert "CONTENT_LENGTH" not in seen
