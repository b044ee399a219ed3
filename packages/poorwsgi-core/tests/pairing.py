"""Questions that an application answers alike, whatever is installed in it."""

import gzip
import json
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from opentelemetry.sdk.trace import TracerProvider

from poorwsgi_core.application import Application, Extension
from poorwsgi_core.extensions.access_log import AccessLog
from poorwsgi_core.extensions.compression import Compression
from poorwsgi_core.extensions.cors import CORS
from poorwsgi_core.extensions.error_pages import ErrorPages
from poorwsgi_core.extensions.etags import ETags
from poorwsgi_core.extensions.health import HealthChecks
from poorwsgi_core.extensions.rate_limit import RateLimit
from poorwsgi_core.extensions.request_id import RequestId
from poorwsgi_core.extensions.security_headers import SecurityHeaders
from poorwsgi_core.extensions.static_cache import Precompressed, StaticCache
from poorwsgi_core.extensions.tracing import Tracing
from poorwsgi_core.request import Request
from poorwsgi_core.response import (
    BaseResponse,
    GeneratorResponse,
    RedirectResponse,
    Response,
    abort,
)
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Answer, Client

__all__ = [
    "EXTENSIONS",
    "KEY",
    "LONG",
    "ORIGIN",
    "PREFLIGHT",
    "QUESTIONS",
    "Question",
    "ask",
    "build",
    "check",
    "find_expected",
    "read_text",
    "write_root",
]

ORIGIN = "https://shop.example"
LONG = "a page that is read again and again\n" * 30
KEY = {"X-Key": "1"}
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}

EXTENSIONS: dict[str, Callable[[], Extension]] = {
    "access_log": lambda: AccessLog(logger="test.pairs"),
    "compression": lambda: Compression(codings=["gzip"]),
    "cors": lambda: CORS(ORIGIN),
    "error_pages": ErrorPages,
    "etags": ETags,
    "health": HealthChecks,
    "precompressed": Precompressed,
    "rate_limit": lambda: RateLimit(1000),
    "request_id": RequestId,
    "security_headers": SecurityHeaders,
    "static_cache": StaticCache,
    "tracing": lambda: Tracing(provider=TracerProvider()),
}

# Question, request, and status and text of the answer without any extension.
Question = tuple[str, str, dict[str, str], int, str | None]
QUESTIONS: list[Question] = [
    ("GET", "/", {}, 200, LONG),
    ("HEAD", "/", {}, 200, ""),
    ("GET", "/", {"Accept-Encoding": "gzip"}, 200, LONG),
    ("GET", "/", {"Origin": ORIGIN}, 200, LONG),
    ("GET", "/", {"If-None-Match": "*"}, 200, LONG),
    ("POST", "/save", {}, 201, "saved"),
    ("POST", "/", {}, 405, None),
    ("OPTIONS", "/", {}, 204, ""),
    ("OPTIONS", "/save", PREFLIGHT, 204, ""),
    ("GET", "/stream", {"Accept-Encoding": "gzip"}, 200, LONG),
    ("HEAD", "/stream", {}, 200, ""),
    ("GET", "/nothing", {}, 204, ""),
    ("GET", "/moved", {}, 302, ""),
    ("GET", "/nowhere", {"Accept": "text/plain"}, 404, None),
    ("GET", "/refused", {"Accept": "application/json"}, 403, None),
    ("GET", "/broken", {}, 500, None),
    ("GET", "/file.txt", {}, 200, LONG),
    ("GET", "/file.txt", {"Range": "bytes=2-5"}, 206, LONG[2:6]),
    ("GET", "/file.txt", {"If-None-Match": "*"}, 304, ""),
    ("GET", "/file.txt", {"Accept-Encoding": "gzip"}, 200, LONG),
    ("GET", "/cookie", {"Accept-Encoding": "gzip", "Cookie": "a=b"}, 200, LONG),
]


def write_root(folder: Path) -> Path:
    """Write the files of a document root."""
    (folder / "file.txt").write_text(LONG)
    (folder / "file.txt.gz").write_bytes(gzip.compress(LONG.encode()))
    return folder


def build(app: Application[Any], root: Path) -> None:
    """Give an application an answer for each question."""
    app.document_root = str(root)

    @app.before_response()
    def guard(req: Request) -> None:
        if "X-Key" not in req.headers:
            abort(403)

    @app.route("/cookie")
    def cookie(_: Request) -> BaseResponse:
        response = Response(LONG)
        response.set_cookie("a", "b")
        return response

    @app.route("/broken")
    def broken(_: Request) -> None:
        raise RuntimeError

    @app.route("/stream")
    def stream(_: Request) -> BaseResponse:
        return GeneratorResponse(line.encode() for line in LONG.splitlines(True))

    app.set_route("/", lambda _: LONG)
    app.set_route("/save", lambda _: ("saved", 201), METHOD_POST)
    app.set_route("/nothing", lambda _: None)
    app.set_route("/moved", lambda _: RedirectResponse("/"))
    app.set_route("/refused", lambda _: abort(403))


def read_text(answer: Answer) -> str:
    """Return the text of an answer, whatever its coding."""
    data = answer.data
    if data and answer.headers.get("Content-Encoding") == "gzip":
        data = gzip.decompress(data)
    return data.decode()


def ask(client: Client, question: Question, **more: str) -> Answer:
    """Ask a question, and forget cookies.

    Args:
        client: asks the application.
        question: one of ``QUESTIONS``.
        **more: headers beside a key, which only a preflight is sent without.
    """
    method, path, sent, *_ = question
    is_preflight = "Access-Control-Request-Method" in sent
    headers = sent if is_preflight else sent | KEY | more
    answer = client.request(method, path, headers=headers)
    client.cookies.clear()
    return answer


def find_expected(question: Question, pair: Collection[str]) -> tuple[int, str | None]:
    """Return the status, and the text if one is expected, beside two extensions."""
    method, path, sent, status, text = question
    if method == "GET" and path == "/" and "If-None-Match" in sent and "etags" in pair:
        return 304, ""
    if "Access-Control-Request-Method" in sent and "cors" not in pair:
        return 403, None
    return status, text


def check(answer: Answer, question: Question, pair: Collection[str]) -> None:
    """Check what holds for each answer, and what an extension promises of all."""
    method, path, *_ = question
    headers = answer.headers
    assert find_expected(question, pair)[1] in (None, read_text(answer))
    assert len(headers.get_all("Content-Length")) <= 1
    if method != "HEAD" and "Content-Length" in headers:
        assert int(headers["Content-Length"]) == len(answer.data)
    for name in ("Content-Type", "ETag", "Content-Encoding", "Cache-Control"):
        assert len(headers.get_all(name)) <= 1
    varies = [each.strip() for each in headers.get("Vary", "").split(",")]
    assert len(varies) == len({*varies})
    assert ("Set-Cookie" in headers) == (path == "/cookie")
    if "Content-Encoding" in headers:
        assert "Accept-Encoding" in varies
        assert path != "/cookie"
    check_promises(answer, question, pair, varies)


def check_promises(
    answer: Answer, question: Question, pair: Collection[str], varies: list[str]
) -> None:
    """Check what each of the two extensions adds, whatever the other one does."""
    headers, (_, path, sent, _, _) = answer.headers, question
    if "cors" in pair:
        assert "Origin" in varies
        allowed = headers.get("Access-Control-Allow-Origin")
        assert allowed == (ORIGIN if "Origin" in sent else None)
    if "security_headers" in pair:
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert len(headers.get_all("Content-Security-Policy")) == 1
    if "request_id" in pair:
        assert len(headers["X-Request-Id"]) == 32
    if "static_cache" in pair:
        is_file = path == "/file.txt"
        assert headers.get("Cache-Control") == ("max-age=3600" if is_file else None)
    if "error_pages" in pair and path == "/refused":
        assert json.loads(answer.data)["status"] == 403
    if "compression" in pair and path in ("/", "/stream"):
        # What depends on a cookie is for one person.
        is_gzip = sent.get("Accept-Encoding") == "gzip" and "Cookie" not in varies
        assert headers.get("Content-Encoding") == ("gzip" if is_gzip else None)
