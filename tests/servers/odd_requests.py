"""Odd and invalid requests, and how many answers each may get.

``REQUESTS`` has those that ``python -m poorwsgi_core probe`` sends, and more that it
must not send to others' servers: behind these stands a second request, which one of
their readings is and the other isn't.  ``ask_all`` sends them at once, each on a
connection of its own, and ``FAULTS`` says which server does worse than it should.

Statuses are the servers' own business, as long as none says that the server failed.
"""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from poorwsgi_core.server.probe_cases import CASES

__all__ = ["FAULTS", "REQUESTS", "Outcome", "ask_all"]

_AT_ONCE = 25
_PATIENCE = 0.25  # seconds for an answer, after which the server sees the end
_IDLE = 0.04  # seconds in which a second answer would follow the first one
_MOST = 10.0
_HIDDEN = b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n"
_SIZE = b"%d" % len(_HIDDEN)
_END = b"0\r\n\r\n"
_CHUNK = b"%x\r\n%b\r\n0\r\n\r\n" % (len(_HIDDEN), _HIDDEN)


class Outcome(NamedTuple):
    """What came of a request.

    Attributes:
        statuses: of the answers, without those of 1xx.
        has_ended: whether the server answered, or closed.
    """

    statuses: tuple[int, ...]
    has_ended: bool

    def find_fault(self) -> str:
        """Say what must not be, or nothing."""
        failures = {code for code in self.statuses if code >= 500} - {501, 505}
        if failures:
            return f"{min(failures)}"
        if len(self.statuses) > 1:
            return "two answers"
        return "" if self.has_ended else "no end"


def _send(
    *fields: bytes, line: bytes = b"GET /text HTTP/1.1", body: bytes = b""
) -> bytes:
    return b"\r\n".join([line, b"Host: localhost", *fields, b"", body])


def _post(*fields: bytes, body: bytes = _HIDDEN, line: bytes = b"") -> bytes:
    return _send(*fields, line=line or b"POST /length HTTP/1.1", body=body)


def _chunks(body: bytes, *fields: bytes) -> bytes:
    return _post(b"Transfer-Encoding: chunked", *fields, body=body + _HIDDEN)


_ALL = b"Content-Length: %d" % (len(_END) + len(_HIDDEN))
_FRAMINGS = {
    "length before chunks": (_ALL, b"Transfer-Encoding: chunked"),
    "chunks before length": (b"Transfer-Encoding: chunked", _ALL),
    "chunked, unknown last": (b"Transfer-Encoding: chunked, gzip",),
    "chunked, quoted": (b'Transfer-Encoding: "chunked"',),
    "chunked, with a parameter": (b"Transfer-Encoding: chunked;q=1",),
    "chunked in capitals": (_ALL, b"Transfer-Encoding: CHUNKED"),
    "chunked behind a tab": (_ALL, b"Transfer-Encoding:\tchunked"),
    "chunked behind a no-break space": (
        _ALL,
        b"Transfer-Encoding: \xa0chunked",
    ),
    "chunked, folded": (_ALL, b"Transfer-Encoding:\r\n\tchunked"),
    "chunked, two fields": (
        _ALL,
        b"Transfer-Encoding: identity",
        b"Transfer-Encoding: chunked",
    ),
    "chunked, an underscore": (_ALL, b"Transfer_Encoding: chunked"),
    "chunked, a control in the name": (
        _ALL,
        b"Transfer-Encoding\x0b: chunked",
    ),
    "chunked behind a lone CR": (
        _ALL,
        b"X-A: b\rTransfer-Encoding: chunked",
    ),
}
"""A body is sent with each that is the end of chunks, and a request behind it."""

_LENGTHS = {
    "two lengths, the first short": (b"Content-Length: 0", b"Content-Length: " + _SIZE),
    "two lengths, the last short": (b"Content-Length: " + _SIZE, b"Content-Length: 0"),
    "list of two lengths": (b"Content-Length: 0, " + _SIZE,),
    "length and a blank in it": (b"Content-Length: 0 " + _SIZE,),
    "length of a fraction": (b"Content-Length: %b.0" % _SIZE,),
    "length of an underscore": (b"Content-Length: %b_%b" % (_SIZE[:1], _SIZE[1:]),),
    "length without a number": (b"Content-Length:",),
    "length in other digits": (b"Content-Length: \xd9\xa4\xd9\xa5",),
    "length of 30 digits": (b"Content-Length: " + b"9" * 30,),
    "length with zeros before": (b"Content-Length: 0000%b" % _SIZE,),
    "length before a colon": (b"Content-Length : " + _SIZE,),
    "length, an underscore": (b"Content-Length: " + _SIZE, b"Content_Length: 0"),
}
"""The body is a request, for who takes the length for 0."""

_BODIES = {
    "chunk of no size": b"zz\r\n",
    "chunk below zero": b"-1\r\n",
    "chunk with a sign": b"+5\r\nhello\r\n0\r\n\r\n",
    "chunk with a prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "chunk with an underscore": b"0_5\r\nhello\r\n0\r\n\r\n",
    "chunk of 20 digits": b"f" * 20 + b"\r\nhello\r\n",
    "chunk without its end": b"5\r\nhello0\r\n\r\n",
    "chunk that is longer": b"3\r\nhello\r\n0\r\n\r\n",
    "chunk after a lone LF": b"5\nhello\n0\n\n",
    "chunk after a lone CR": b"5\rhello\r0\r\r",
    "LF in an extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "trailer without a colon": b"0\r\ntrailer\r\n\r\n",
}

_UNREAD = {
    "body of GET": _send(b"Content-Length: " + _SIZE, body=_HIDDEN),
    "chunks of GET": _send(b"Transfer-Encoding: chunked", body=_CHUNK),
    "body of HEAD": _post(b"Content-Length: " + _SIZE, line=b"HEAD /text HTTP/1.1"),
    "body of OPTIONS": _post(
        b"Content-Length: " + _SIZE, line=b"OPTIONS /text HTTP/1.1"
    ),
    "body of an answer without one": _send(
        b"Content-Length: " + _SIZE, line=b"GET /none HTTP/1.1", body=_HIDDEN
    ),
    "body for nobody": _post(b"Content-Length: " + _SIZE, line=b"POST /no HTTP/1.1"),
    "body that waits to be asked for": _post(
        b"Content-Length: " + _SIZE, b"Expect: 100-continue"
    ),
    "unknown expectation": _post(b"Content-Length: " + _SIZE, b"Expect: a-miracle"),
    "a coding before chunks": _post(b"Transfer-Encoding: gzip, chunked", body=_END),
    "a comma behind chunks": _post(b"Transfer-Encoding: chunked,", body=_END),
    "long extension": _post(
        b"Transfer-Encoding: chunked", body=b"0;" + b"a" * 20_000 + b"\r\n\r\n"
    ),
    "trailer": _post(b"Transfer-Encoding: chunked", body=b"0\r\nHost: a\r\n\r\n"),
    "upgrade": _send(b"Connection: Upgrade", b"Upgrade: h2c", b"HTTP2-Settings: AAA"),
    "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "the hello of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "nothing but ends of lines": b"\r\n" * 20,
    "field before any": _send(b"").replace(b"Host", b" Host"),
    "fields that end with a lone LF": _send().replace(b"\r\n", b"\n"),
    "long method": _send(line=b"G" * 9000 + b" /text HTTP/1.1"),
    "port of letters": _send(line=b"GET http://localhost:port/text HTTP/1.1"),
}

_UNFINISHED = {
    "half a line": b"GET /te",
    "half a field": b"GET /text HTTP/1.1\r\nHost: loc",
    "half a body": _post(b"Content-Length: 9", body=b"hel"),
    "half a chunk": _post(b"Transfer-Encoding: chunked", body=b"9\r\nhel"),
}


def _build_all() -> Iterator[tuple[str, bytes]]:
    yield from _UNFINISHED.items()  # they take longest
    for name, fields in _FRAMINGS.items():
        yield name, _post(*fields, body=_END + _HIDDEN)
    for name, fields in _LENGTHS.items():
        yield name, _post(*fields)
    for name, body in _BODIES.items():
        yield name, _chunks(body)
    yield from _UNREAD.items()
    for case in CASES:
        yield f"probe: {case.name}", case.build("localhost", "/text")


REQUESTS = dict(_build_all())

_BOTH = {
    "length before chunks",
    "chunks before length",
    "chunked in capitals",
    "chunked behind a tab",
    "chunked, folded",
}

FAULTS = {
    # Its own 500, where SCRIPT_NAME of a proxy isn't the begin of the path.
    "gunicorn": {"probe: SCRIPT_NAME"},
    # Both take chunks where there is a length too, and keep the connection, which
    # RFC 9112 (6.1) has them close; and what follows the last chunk as it comes.
    "waitress": _BOTH | {"trailer without a colon"},
    "cheroot": _BOTH
    | {
        # It strips controls from names, takes the last of two lengths, and what int()
        # takes for a size; a body that can't be read doesn't end the connection.
        "chunked, a control in the name",
        "two lengths, the last short",
        *_BODIES,
        # It takes what nobody has read of a body for a request, and refuses that; how
        # soon depends on the machine.
        "chunks of GET",
        "a comma behind chunks",
        "trailer",
        # Its own 500.
        "field before any",
    },
    # mod_wsgi tells the client 500 in place of the 400 of the application.
    "apache": {"half a body", "half a chunk", "trailer without a colon"},
}
"""Names of requests that a server doesn't treat as it should, and why."""


def ask_all(port: int) -> dict[str, Outcome]:
    """Send each request; returns what came of it."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outcomes = pool.map(partial(_ask, port), REQUESTS.values())
        return dict(zip(REQUESTS, outcomes, strict=True))


def _ask(port: int, request: bytes) -> Outcome:
    data, has_ended = b"", True
    with socket.create_connection(("127.0.0.1", port), _MOST) as connection:
        connection.settimeout(_PATIENCE)
        try:
            with suppress(ConnectionError):
                connection.sendall(request)
            data = _receive(connection)
            connection.settimeout(_IDLE)
            while piece := connection.recv(65536):
                data += piece
        except TimeoutError:
            has_ended = data != b""
        except OSError:
            pass  # reset: what came is the answer
    return Outcome(tuple(_read_statuses(data, request)), has_ended)


def _receive(connection: socket.socket) -> bytes:
    with suppress(TimeoutError):
        return connection.recv(65536)
    connection.shutdown(socket.SHUT_WR)
    connection.settimeout(_MOST)
    return connection.recv(65536)


def _read_statuses(data: bytes, request: bytes) -> Iterator[int]:
    """Take the answers apart, as a client does that doubts nothing."""
    has_body = not request.startswith(b"HEAD")
    while data.startswith(b"HTTP/"):
        head, _, data = data.partition(b"\r\n\r\n")
        status, fields = int(head[9:12]), _parse_fields(head)
        if status < 200:
            continue
        yield status
        if fields.get(b"transfer-encoding") == b"chunked":
            data = data.partition(b"0\r\n\r\n")[2]
        elif b"content-length" in fields:
            data = data[int(fields[b"content-length"]) if has_body else 0 :]
        elif has_body and status not in (204, 304):
            return
        has_body = True


def _parse_fields(head: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in lines}
