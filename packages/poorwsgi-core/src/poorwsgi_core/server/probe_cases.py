"""Odd and hostile requests, and what to think of the answers.

Each case is one request.  None of them changes anything, and a body ends at the same
byte in every reading of its head, so that a proxy and a server that disagree about it
leave nothing behind for the next request.

Knows nothing of sockets: a case is bytes, and judges a reply.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

__all__ = ["CASES", "MARKER", "PLAIN", "Case", "Reply", "Verdict", "parse_reply"]

MARKER = "poorwsgi-probe.invalid"
"""A name of nobody (RFC 2606): an answer that has it repeats what a client sent."""

_HOST, _PATH = b"<host>", b"<path>"
_REFUSED = frozenset({400, 411, 413, 414, 417, 421, 431, 501, 505})
_FILE = b"root:x:0:0:"
_ABROAD = re.compile(rb"//|[a-z]+:/*[^/]*" + re.escape(MARKER.encode()))
_LONG = 70_000
_STATUS = rb"HTTP/[0-9.]+[ ]+([0-9]{3})(?![^ \r])"
_INTERIM = rb"\A(?:HTTP/[0-9.]+[ ]+1(?!01)[0-9]{2}(?![^ \r])(?:[^\n]+\n)+?\r\n)+"


class Verdict(Enum):
    """What an answer is worth."""

    FINE = "ok"
    CARE = "care"
    BAD = "BAD"


class Reply(NamedTuple):
    """What came back.

    Attributes:
        status: status code, 0 when the connection was closed without an answer,
            -1 when nothing came in time.
        head: status line and fields.
        body: what followed.
    """

    status: int
    head: bytes = b""
    body: bytes = b""

    def says(self, text: str) -> bool:
        """Tell whether a text is in it."""
        wanted = text.encode()
        return wanted in self.head or wanted in self.body


_Judge = Callable[[Reply, Reply], Verdict]


class Case(NamedTuple):
    """A request to send.

    Attributes:
        group: what it is about.
        name: what is odd.
        request: the bytes, with ``<host>`` and ``<path>`` for those of the URL.
        judge: from the reply, and that to a plain request, to a verdict.
        advice: what to do when it isn't fine.
    """

    group: str
    name: str
    request: bytes
    judge: _Judge
    advice: str

    def build(self, host: str, path: str) -> bytes:
        """Build the request for a URL."""
        request = self.request.replace(_HOST, host.encode())
        return request.replace(_PATH, path.encode())


def parse_reply(data: bytes) -> Reply:
    """Parse what came back on a connection that was closed, but interim answers."""
    data = re.sub(_INTERIM, b"", data, count=1)
    head, _, body = data.partition(b"\r\n\r\n")
    match = re.match(_STATUS, head)
    if match is None:
        return Reply(200 if data else 0, b"", data)  # HTTP/0.9 has a body alone
    return Reply(int(match[1]), head, body)


# --- judges ---------------------------------------------------------------------------


def _refused(otherwise: Verdict) -> _Judge:
    def judge(reply: Reply, _plain: Reply) -> Verdict:
        if reply.status in _REFUSED or reply.status == 0:
            return Verdict.FINE
        return Verdict.CARE if reply.status == -1 else otherwise

    return judge


def _hidden(text: str = MARKER) -> _Judge:
    def judge(reply: Reply, plain: Reply) -> Verdict:
        is_told = reply.says(text) and reply.status not in _REFUSED
        if is_told and not plain.says(text):
            return Verdict.BAD
        return _stands(reply, plain)

    return judge


def _understood(reply: Reply, plain: Reply) -> Verdict:
    return Verdict.FINE if reply.status == plain.status else Verdict.CARE


def _stands(reply: Reply, plain: Reply) -> Verdict:
    """Whatever is answered, it is no failure."""
    fails = reply.status == -1 or (reply.status >= 500 and reply.status not in _REFUSED)
    return Verdict.CARE if fails and reply.status != plain.status else Verdict.FINE


def _foreign_host(reply: Reply, plain: Reply) -> Verdict:
    if reply.status in _REFUSED:
        return Verdict.FINE
    if reply.says(MARKER):
        return Verdict.BAD
    return Verdict.CARE if reply.status == plain.status else _stands(reply, plain)


def _no_tunnel(reply: Reply, plain: Reply) -> Verdict:
    return Verdict.BAD if 200 <= reply.status < 300 else _stands(reply, plain)


def _no_file(reply: Reply, plain: Reply) -> Verdict:
    return Verdict.BAD if _FILE in reply.body else _stands(reply, plain)


def _no_way_out(reply: Reply, plain: Reply) -> Verdict:
    """A redirect doesn't lead to the host that is named in the path."""
    for line in reply.head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        target = value.strip().replace(b"\\", b"/")
        if name.lower() == b"location" and _ABROAD.match(target):
            return Verdict.BAD
    return _stands(reply, plain)


_or_bad = _refused(Verdict.BAD)
_or_care = _refused(Verdict.CARE)


# --- requests -------------------------------------------------------------------------


def _get(
    *fields: bytes,
    method: bytes = b"GET",
    target: bytes = _PATH,
    version: bytes = b"HTTP/1.1",
    host: bytes = b"Host: <host>",
    body: bytes = b"",
) -> bytes:
    lines = [b"%b %b %b" % (method, target, version), host, b"Connection: close"]
    return b"\r\n".join([*filter(None, lines), *fields, b"", body])


def _framed(*fields: bytes, body: bytes = b"0\r\n\r\n", **options: bytes) -> bytes:
    return _get(*fields, method=b"POST", body=body, **options)


PLAIN = Case("", "plain", _get(), _stands, "")
"""The request that others are compared with."""

_LENGTH = b"Content-Length: 5"
_CHUNKED = b"Transfer-Encoding: chunked"
_EMPTY = b"\r\n"  # a body that is nothing where it is taken for the next request
_FRAMING = (
    "Two programs may see two different requests here. Update or replace the one that "
    "takes it; on the proxy, refuse such requests."
)
_FIELDS = (
    "A malformed field was taken. What one program reads another may skip: let the "
    "proxy refuse it."
)
_LINE = "A malformed request line was taken: let the proxy refuse it."
_SETS = (
    "What a client says of itself is believed. The proxy must set or remove this "
    "field, and drop names with an underscore; see trusted_proxies and trusted_fields."
)
_HOSTS = "Name your hosts: server_name of the proxy, trusted_hosts of the application."
_PATHS = "A path made the server fail or leave its place: look into the logs."
_LIMITS = "There should be a limit: large_client_header_buffers of nginx, or its like."

_Row = tuple[str, bytes, _Judge]


def _build(group: str, advice: str, *rows: _Row) -> list[Case]:
    return [Case(group, name, request, judge, advice) for name, request, judge in rows]


CASES = [
    *_build(
        "framing",
        _FRAMING,
        ("length and chunks", _framed(_LENGTH, _CHUNKED), _or_care),
        (
            "two lengths",
            _framed(b"Content-Length: 2", b"Content-Length: 0", body=_EMPTY),
            _or_bad,
        ),
        ("list of lengths", _framed(b"Content-Length: 2, 2", body=_EMPTY), _or_care),
        ("length with a sign", _framed(b"Content-Length: +2", body=_EMPTY), _or_bad),
        ("length below zero", _framed(b"Content-Length: -2", body=_EMPTY), _or_bad),
        (
            "length in hexadecimal",
            _framed(b"Content-Length: 0x2", body=_EMPTY),
            _or_bad,
        ),
        (
            "unknown coding",
            _framed(_LENGTH, b"Transfer-Encoding: xchunked"),
            _or_bad,
        ),
        (
            "chunked not last",
            _framed(_LENGTH, b"Transfer-Encoding: chunked, identity"),
            _or_bad,
        ),
        (
            "coding before a blank",
            _framed(_LENGTH, b"Transfer-Encoding : chunked"),
            _or_bad,
        ),
        (
            "coding behind a control",
            _framed(_LENGTH, b"Transfer-Encoding: \x0bchunked"),
            _or_bad,
        ),
        (
            "folded coding",
            _framed(_LENGTH, b"Transfer-Encoding:\r\n chunked"),
            _or_care,
        ),
        ("chunks twice", _framed(_LENGTH, _CHUNKED, _CHUNKED), _or_care),
        (
            "chunks in HTTP/1.0",
            _framed(_LENGTH, _CHUNKED, version=b"HTTP/1.0"),
            _or_care,
        ),
    ),
    *_build(
        "fields",
        _FIELDS,
        ("blank before the colon", _get(b"X-Probe : 1"), _or_care),
        ("no colon", _get(b"X-Probe"), _or_care),
        ("no name", _get(b": 1"), _or_care),
        ("name that is no token", _get(b"X(Probe: 1"), _or_care),
        ("folded field", _get(b"X-Probe: 1\r\n 2"), _or_care),
        ("NUL in a field", _get(b"X-Probe: 1\x002"), _or_bad),
        ("CR in a field", _get(b"X-Probe: 1\r2"), _or_bad),
    ),
    *_build(
        "request line",
        _LINE,
        ("two blanks", _get(target=b" <path>"), _or_care),
        ("NUL in the target", _get(target=b"<path>\0"), _or_bad),
        ("target without a slash", _get(target=b"probe"), _or_care),
        ("fragment", _get(target=b"<path>#probe"), _or_care),
        ("asterisk with GET", _get(target=b"*"), _or_care),
        ("unknown version", _get(version=b"HTTP/9.9"), _or_care),
        ("version in lower case", _get(version=b"http/1.1"), _or_care),
        ("HTTP/0.9", b"GET <path>\r\n\r\n", _or_care),
        ("absolute form", _get(target=b"http://<host><path>"), _understood),
    ),
    *_build(
        "limits",
        _LIMITS,
        ("long target", _get(target=b"<path>?" + b"a" * _LONG), _or_care),
        ("long field", _get(b"X-Probe: " + b"a" * _LONG), _or_care),
        ("1000 fields", _get(*[b"X-Probe: 1"] * 1000), _or_care),
    ),
    *_build(
        "proxy for others",
        "The server must not connect to others, nor send back what it got: switch off "
        "CONNECT and TRACE.",
        (
            "CONNECT",
            _get(method=b"CONNECT", target=f"{MARKER}:443".encode()),
            _no_tunnel,
        ),
        ("TRACE", _get(f"X-Probe: {MARKER}".encode(), method=b"TRACE"), _hidden()),
    ),
    *_build(
        "host",
        _HOSTS,
        ("no Host", _get(host=b""), _or_care),
        ("two Hosts", _get(b"Host: " + MARKER.encode()), _or_bad),
        ("Host with a path", _get(host=b"Host: <host>/probe"), _or_care),
        ("Host with a user", _get(host=b"Host: probe@<host>"), _or_care),
        ("foreign Host", _get(host=b"Host: " + MARKER.encode()), _foreign_host),
        (
            "foreign host as target",
            _get(target=f"http://{MARKER}<path>".encode()),
            _foreign_host,
        ),
    ),
    *_build(
        "proxies",
        _SETS,
        *(
            (field, _get(f"{field}: {value}".encode()), _hidden())
            for field, value in (
                ("X-Forwarded-Host", MARKER),
                ("X_Forwarded_Host", MARKER),
                ("Forwarded", f"host={MARKER};proto=https"),
                ("X-Forwarded-Prefix", f"/{MARKER}"),
                ("X-Original-URL", f"/{MARKER}"),
                ("X-Rewrite-URL", f"/{MARKER}"),
                ("SCRIPT_NAME", f"/{MARKER}"),
            )
        ),
        ("X-Forwarded-Port", _get(b"X-Forwarded-Port: 64999"), _hidden(":64999")),
    ),
    *_build(
        "paths",
        _PATHS,
        ("two slashes", _get(target=f"//{MARKER}/..".encode()), _no_way_out),
        ("backslash", _get(target=f"/\\{MARKER}/..".encode()), _no_way_out),
        ("slash, escaped", _get(target=f"/%2f{MARKER}/%2e%2e".encode()), _no_way_out),
        ("upward", _get(target=b"/.." * 9 + b"/etc/passwd"), _no_file),
        ("upward, escaped", _get(target=b"/%2e%2e" * 9 + b"/etc/passwd"), _no_file),
        ("upward, slash too", _get(target=b"/..%2f" * 9 + b"etc%2fpasswd"), _no_file),
        ("NUL, escaped", _get(target=b"/%00"), _stands),
        ("no UTF-8", _get(target=b"/%ff%fe"), _stands),
        ("half an escape", _get(target=b"/%"), _stands),
    ),
]
"""All cases, group by group."""
