"""What the fuzzers call: one function for each parser, with the bytes of a client.

A target raises for whatever must not happen: any exception but the documented ones, a
result that breaks a rule, one that is not that of a slow reference.
"""

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from poorwsgi_core import Application, Headers
from poorwsgi_core.application.rules import default_filters, parse_rule
from poorwsgi_core.http.authorization import (
    _parse_any_parameters,  # pyright: ignore[reportPrivateUsage]
    _parse_parameters,  # pyright: ignore[reportPrivateUsage]
    parse_authorization,
)
from poorwsgi_core.http.conditional import check_preconditions, is_range_current
from poorwsgi_core.http.cookies import load_cookies, parse_cookies, render_cookie
from poorwsgi_core.http.parameters import parse_header, split_outside_quotes
from poorwsgi_core.http.ranges import parse_range, resolve_ranges
from poorwsgi_core.http.urlencoded import fill_plain, parse_pairs
from poorwsgi_core.request.body import BadChunk
from poorwsgi_core.request.chunks import ChunkedInput
from poorwsgi_core.testing import build_environ
from poorwsgi_forms import FieldStorageParser, FormError
from poorwsgi_forms.json.values import decode_json

__all__ = ["TARGETS"]

_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
_RULES = [
    "/i/<a:int>",
    "/f/<a:float>",
    "/w/<a:word>/<b>",
    "/h/<a:hex>",
    "/u/<a:uuid>",
    "/r/<a:re:[ab]+c?>",
    "/<a>/x",
    "/i/<a>",
]
_FIELDS = [
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
    "HTTP_HOST",
    "HTTP_RANGE",
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "QUERY_STRING",
    "PATH_INFO",
    "REQUEST_METHOD",
]


class _Pieces:
    """A stream that gives few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self._file = BytesIO(data)
        self._size = size

    def read(self, size: int) -> bytes:
        """Read the next piece."""
        return self._file.read(min(self._size, size))


def _parse_form(data: bytes, kind: str, size: int) -> list[Any] | None:
    headers = {"Content-Type": kind, "Content-Length": str(len(data))}
    try:
        form = FieldStorageParser(_Pieces(data, size), headers).parse()
    except FormError:
        return None
    fields = [(field.name, field.filename, field.value) for field in form.list]
    form.close()
    return fields


def check_multipart(data: bytes) -> None:
    """A form is the same however it arrives, or refused in each case."""
    kind = "multipart/form-data; boundary=B"
    whole = _parse_form(data, kind, 65536)
    assert whole == _parse_form(data, kind, 1)
    assert whole == _parse_form(data, kind, 7)


def check_urlencoded(data: bytes) -> None:
    """The pairs are those of the standard library, by the quick way too."""
    text = data.decode("latin-1")
    for keep in (False, True):
        assert parse_qsl(text, keep) == parse_pairs(text, keep_blank_values=keep)
    values: dict[str, Any] = {}
    if text and fill_plain(values, text, None):
        assert [*values.items()] == parse_pairs(text)
    _parse_form(data, "application/x-www-form-urlencoded", 7)


def check_parameters(data: bytes) -> None:
    """Splitting loses nothing, and names of parameters are in lower case."""
    text = data.decode("latin-1")
    for separator in ",;":
        assert separator.join(split_outside_quotes(text, separator)) == text
    _, parameters = parse_header(text)
    assert all(name == name.lower() for name in parameters)


def check_authorization(data: bytes) -> None:
    """Up to 8 KiB there is always a type; both ways of Digest agree."""
    text = data.decode("latin-1")[:8192]
    for value in (text, f"Digest {text}"[:8192]):
        assert "type" in parse_authorization(value)
    parameters = text.rstrip(", \t")
    assert _parse_parameters(parameters) == _parse_any_parameters(parameters)


def check_cookies(data: bytes) -> None:
    """No value has a control character, and none splits an answer."""
    header = data.decode("latin-1")
    cookies = parse_cookies(header)
    assert {*load_cookies(header)} <= {*cookies}
    for name, value in cookies.items():
        assert not _CONTROLS.search(value)
        try:
            field = render_cookie(name, value)
        except ValueError:
            continue
        pair, _, rest = Headers.iso88591(field).partition(";")
        assert rest == " Path=/; SameSite=Lax; HttpOnly"
        assert parse_cookies(pair) == {name: value}


def check_ranges(data: bytes) -> None:
    """What is selected is what the ranges select one by one."""
    size = 20
    for ranges in parse_range(data.decode("latin-1")).values():
        wanted: set[int] = set()
        for first, last in ranges:
            if first is None:
                assert last is not None
                wanted.update(range(max(size - last, 0), size))
            else:
                end = size if last is None else min(last + 1, size)
                wanted.update(range(min(first, size), end))
        resolved = resolve_ranges(ranges, size)
        found = [n for first, last in resolved for n in range(first, last + 1)]
        assert sorted(wanted) == found


def check_json(data: bytes) -> None:
    """What is decoded is what the standard library decodes; the rest is a FormError."""
    try:
        value = decode_json(data)
    except FormError:
        return
    expected = json.loads(data.decode("utf-8-sig"))
    assert json.dumps(expected) == json.dumps(value)


def check_chunks(data: bytes) -> None:
    """A body is the same however it is read, or broken in each case."""
    outcomes = {(_read_chunks(data, size)) for size in (1, 5, 4096)}
    assert len({outcome[1] for outcome in outcomes}) == 1
    if next(iter(outcomes))[1]:
        assert len(outcomes) == 1


def _read_chunks(data: bytes, size: int) -> tuple[bytes, bool]:
    stream = ChunkedInput(BytesIO(data))
    came = b"".join(iter(lambda: stream.read_what_came(size), b""))
    try:
        stream.check_whole()
    except BadChunk:
        assert not stream.is_complete
    return came, stream.is_complete


def check_conditions(data: bytes) -> None:
    """Conditions let a request through, or are 304 for reads and 412."""
    names = ("MATCH", "NONE_MATCH", "MODIFIED_SINCE", "UNMODIFIED_SINCE")
    lines = data.decode("latin-1").split("\n")
    environ = {
        f"HTTP_IF_{name}": text for name, text in zip(names, lines, strict=False)
    }
    for etag in (None, '"a"', 'W/"a"'):
        reads = {check_preconditions(environ, "GET", etag, _DATE)}
        assert reads <= {None, 304, 412}
        assert check_preconditions(environ, "PUT", etag, _DATE) in {None, 412}
        if etag != '"a"' and is_range_current(lines[0], etag, _DATE):
            assert lines[0] == _DATE


def _build_application() -> Application:
    app = Application("fuzz")
    for rule in _RULES:
        app.set_route(rule, _build_handler(rule))
    app.set_route("/", _read_request)
    return app


def _build_handler(rule: str) -> Callable[..., str]:
    def answer(_: Any, *values: Any) -> str:
        return repr((rule, values))

    return answer


def _read_request(req: Any) -> str:
    seen = (req.accept, req.accept_language, req.authorization, req.cookies)
    hosts = (req.hostname, req.construct_url("/"), req.forwarded_host)
    return repr((seen, hosts, req.args, req.mime_type, req.charset))


def _ask(**variables: Any) -> tuple[int, str]:
    started: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        started.append(status)
        return bytes

    body = b"".join(_APP(build_environ("/", **variables), start_response))
    return int(started[0][:3]), body.decode()


def check_routes(data: bytes) -> None:
    """The first rule that matches the path answers; a converter's refusal is 404."""
    path = "/" + data.decode("utf-8", "ignore")
    status, text = _ask(PATH_INFO=path.encode().decode("latin-1"))
    for rule in _RULES:
        parsed = parse_rule(rule, _FILTERS)
        if found := parsed.compile().match(path):
            try:
                values = [convert(found[name]) for name, convert in parsed.converters]
            except ValueError:
                assert status == 404
            else:
                assert (status, text) == (200, repr((rule, tuple(values))))
            return
    assert path == "/" or status in {400, 403, 404}


def check_fields(data: bytes) -> None:
    """No field of a request, alone or with others, is answered by a 500."""
    lines = data.decode("latin-1").split("\n")
    variables = {
        _FIELDS[ord(line[0]) % len(_FIELDS)]: line[1:] for line in lines if line
    }
    status, _ = _ask(**variables)
    assert status < 500 or status == 501


_FILTERS = default_filters()
_APP = _build_application()
TARGETS: dict[str, Callable[[bytes], None]] = {
    "authorization": check_authorization,
    "chunks": check_chunks,
    "conditions": check_conditions,
    "cookies": check_cookies,
    "fields": check_fields,
    "json": check_json,
    "multipart": check_multipart,
    "parameters": check_parameters,
    "ranges": check_ranges,
    "routes": check_routes,
    "urlencoded": check_urlencoded,
}
"""Functions by name of what they parse."""
