"""The head of a request: from the bytes of a client to variables of an environ.

The grammar is that of RFC 9112, taken at its word.  What a proxy in front could read
in another way is refused, and so is what frames a body twice.  Names of fields with
an underscore are dropped: in an environ they couldn't be told from those with a
hyphen, which a proxy may set and clients must not.

Knows nothing of sockets, and of no limit but the number of fields.
"""

import logging
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from poorwsgi_core.http.hosts import split_host
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_NOT_IMPLEMENTED,
    HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTP_VERSION_NOT_SUPPORTED,
)

__all__ = ["HeadError", "parse_head"]

log = logging.getLogger("poorwsgi")

_MAX_FIELDS = 100
_MOST_DIGITS = 18
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(%b) ([!-~\x80-\xff]+) HTTP/([0-9])\.([0-9])" % _TOKEN)
_FIELD = re.compile(rb"(%b):([\t -~\x80-\xff]*)" % _TOKEN)
_ABSOLUTE = re.compile(r"https?://([^/?]*)(.*)", re.IGNORECASE)
_SINGLE = frozenset({"host", "content-length", "content-type", "transfer-encoding"})
_PLAIN_NAMES = frozenset({"content-length", "content-type"})


class HeadError(ValueError):
    """The request is refused for its head.

    Attributes:
        status_code: status of the answer.
    """

    def __init__(self, reason: str, status_code: int = HTTP_BAD_REQUEST) -> None:
        super().__init__(reason)
        self.status_code = status_code


class _RequestLine(NamedTuple):
    method: str
    target: str
    minor: int


def parse_head(lines: Sequence[bytes]) -> dict[str, str]:
    """Turn a head into the variables of the environ that come from it.

    Args:
        lines: the request line and the field lines, with their line ends and
            without the empty line that follows.

    Raises:
        HeadError: the head is malformed (400), has too many fields (431), asks
            for what isn't done here (501) or for another version (505).
    """
    request = _parse_request_line(_strip_end(lines[0]))
    fields = _parse_fields(lines[1:])
    _check_framing(fields, request.minor)
    host, path = _split_target(request)
    _check_host(fields.get("host"), request.minor)
    if host is not None:
        fields["host"] = host  # the target's wins, RFC 9112 §3.2.2
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(path, "iso-8859-1"),
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": f"HTTP/1.{request.minor}",
    }
    for name, value in fields.items():
        variable = name.upper().replace("-", "_")
        environ[variable if name in _PLAIN_NAMES else f"HTTP_{variable}"] = value
    return environ


def _strip_end(line: bytes) -> bytes:
    if not line.endswith(b"\r\n"):
        raise HeadError("a line must end with CR and LF")
    return line[:-2]


def _parse_request_line(line: bytes) -> _RequestLine:
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise HeadError("the first line must be a method, a target and HTTP/1.1")
    method, target, major, minor = (
        part.decode("iso-8859-1") for part in match.groups()
    )
    if major != "1":
        raise HeadError("this server speaks HTTP/1", HTTP_VERSION_NOT_SUPPORTED)
    if "#" in target:
        raise HeadError("a fragment isn't part of a request's target")
    return _RequestLine(method, target, min(int(minor), 1))


def _parse_fields(lines: Sequence[bytes]) -> dict[str, str]:
    """Parse field lines to a value for each name, which is in lower case."""
    if len(lines) > _MAX_FIELDS:
        reason = f"more than {_MAX_FIELDS} header fields"
        raise HeadError(reason, HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE)
    fields: dict[str, str] = {}
    for line in lines:
        match = _FIELD.fullmatch(_strip_end(line))
        if match is None:
            raise HeadError("a header field must be a name, a colon and text")
        name = match[1].decode("ascii").lower()
        if "_" in name:
            log.info("The field %s is dropped: its name has an underscore", name)
            continue
        value = match[2].strip(b" \t").decode("iso-8859-1")
        if name not in fields:
            fields[name] = value
        elif name in _SINGLE:
            raise HeadError(f"the field {name} is there more than once")
        else:
            fields[name] += ("; " if name == "cookie" else ", ") + value
    return fields


def _check_framing(fields: dict[str, str], minor: int) -> None:
    """Refuse a body whose end isn't sure (RFC 9112 §6)."""
    length = fields.get("content-length")
    if length is not None and not (
        length.isascii() and length.isdigit() and len(length) <= _MOST_DIGITS
    ):
        raise HeadError("Content-Length must be 1 to 18 digits")
    coding = fields.get("transfer-encoding")
    if coding is None:
        return
    if length is not None:
        raise HeadError("Content-Length and Transfer-Encoding exclude each other")
    if not minor:
        raise HeadError("Transfer-Encoding needs HTTP/1.1")
    others, _, last = coding.lower().rpartition(",")
    if last.strip(" \t") != "chunked" or "chunked" in others:
        raise HeadError("the body must be chunked, once and last")
    if others:
        raise HeadError("only chunked is understood", HTTP_NOT_IMPLEMENTED)


def _split_target(request: _RequestLine) -> tuple[str | None, str]:
    """Split a target into the host that it names, if so, and path with query."""
    method, target, _ = request
    if method == "CONNECT":
        raise HeadError("this server is no proxy", HTTP_NOT_IMPLEMENTED)
    if target[0] == "/" or (target == "*" and method == "OPTIONS"):
        return None, target
    match = _ABSOLUTE.fullmatch(target)
    if match is None:
        raise HeadError("the target must be a path that starts with a slash, or a URL")
    authority, path = match.groups()
    if split_host(authority) is None:
        raise HeadError("the target's host is malformed")
    if path:
        return authority, path if path[0] == "/" else f"/{path}"
    return authority, "*" if method == "OPTIONS" else "/"


def _check_host(host: str | None, minor: int) -> None:
    if host is None:
        if minor:
            raise HeadError("HTTP/1.1 asks for a Host field")
    elif host and split_host(host) is None:
        raise HeadError("the Host field is malformed")
