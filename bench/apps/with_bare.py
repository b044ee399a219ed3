"""No framework: what the measuring itself and the bare answer cost."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from wsgiref.util import FileWrapper

from rows import DATA, LAST_ROUTE, ROWS

__all__ = ["build"]

_TEXT = "text/plain; charset=utf-8"
_PAGE = "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>404 Not Found</h1>\n"


def _answer_json() -> bytes:
    return json.dumps(DATA).encode()


def build() -> Callable[..., Iterable[bytes]]:
    """Return an application without any routing but a dict."""
    texts = {path: str(row.body).encode() for path, row in _rows_by_path()}

    def app(
        environ: dict[str, Any], start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/file":
            return _send_file(environ, start_response)
        status, kind = "200 OK", _TEXT
        if path == "/json":
            body, kind = _answer_json(), "application/json"
        elif path in texts:
            body = texts[path]
        else:
            status, kind, body = "404 Not Found", "text/html", _PAGE.encode()
        start_response(
            status, [("Content-Type", kind), ("Content-Length", str(len(body)))]
        )
        return [body]

    return app


def _send_file(
    environ: dict[str, Any], start_response: Callable[..., object]
) -> Iterable[bytes]:
    path = Path(os.environ["BENCH_FILE"])
    size = str(path.stat().st_size)
    start_response(
        "200 OK",
        [("Content-Type", "application/octet-stream"), ("Content-Length", size)],
    )
    wrapper: Callable[..., Iterable[bytes]]
    wrapper = environ.get("wsgi.file_wrapper", FileWrapper)
    return wrapper(path.open("rb"), 65536)


def _rows_by_path() -> list[tuple[str, Any]]:
    paths = {
        "/hello",
        "/user/jana/21",
        f"/{LAST_ROUTE}/jana",
        "/search",
        "/form",
        "/person",
    }
    return [(row.path, row) for row in ROWS.values() if row.path in paths]
