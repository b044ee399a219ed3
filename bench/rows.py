"""What is measured: requests, and the answers that count as the same work.

Used by run.py and, in other environments, by worker.py: standard library only.
"""

import json
from dataclasses import dataclass
from typing import Any

__all__ = ["DATA", "LAST_ROUTE", "PATTERNS", "ROWS", "Row", "build_environ"]

PATTERNS = [f"section{number}" for number in range(100)]
"""Prefixes of the hundred pattern routes that each application has."""

LAST_ROUTE = PATTERNS[-1]

DATA = {
    "id": 7,
    "name": "Jana",
    "active": True,
    "score": 12.5,
    "address": {"street": "Long Street 8", "town": "Brno", "country": "CZ"},
    "tags": ["wsgi", "http", "python", "micro", "framework"],
}
"""What the JSON row sends."""

PERSON = {"name": "Jana", "age": 21, "active": True}
"""What the row with a JSON body sends."""

_TEXT = "text/plain;charset=utf-8"

_COMMON: dict[str, Any] = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "SERVER_SOFTWARE": "bench/1.0",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "41234",
    "HTTP_HOST": "127.0.0.1:8000",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "HTTP_ACCEPT_LANGUAGE": "cs,en;q=0.7,en-US;q=0.3",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
    "HTTP_CONNECTION": "keep-alive",
    "HTTP_SEC_FETCH_DEST": "document",
    "HTTP_SEC_FETCH_MODE": "navigate",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


@dataclass(frozen=True)
class Row:
    """One request, and what has to come back.

    Attributes:
        title: as the table shows it.
        path: value of PATH_INFO.
        query: value of QUERY_STRING.
        status: status code.
        content_type: without blanks and in lower case; a prefix of it.
        body: the text, ``None`` when any page will do.
        sent: body of the request, which then is a POST.
        sent_type: its content type.
    """

    title: str
    path: str
    query: str = ""
    status: int = 200
    content_type: str = _TEXT
    body: str | None = None
    sent: bytes = b""
    sent_type: str = ""

    def check(self, status: int, content_type: str, body: str) -> str:
        """Return what is wrong with an answer, nothing when it is as it must be."""
        kind = content_type.replace(" ", "").lower()
        if status != self.status:
            return f"status {status}, not {self.status}"
        if not kind.startswith(self.content_type):
            return f"content type {kind}, not {self.content_type}"
        if self.body is None:
            return "" if body else "no body"
        if self.content_type == "application/json":
            return "" if json.loads(body) == json.loads(self.body) else "other JSON"
        return "" if body == self.body else f"body {body!r}, not {self.body!r}"


ROWS = {
    "text": Row("text, static route", "/hello", body="Hello, world!"),
    "json": Row(
        "JSON of a dict",
        "/json",
        content_type="application/json",
        body=json.dumps(DATA),
    ),
    "path": Row("two path arguments", "/user/jana/21", body="jana 42"),
    "last": Row("last of 100 patterns", f"/{LAST_ROUTE}/jana", body="jana"),
    "query": Row(
        "two of four query arguments",
        "/search",
        "q=poor+wsgi&sort=name&page=2&lang=cs",
        body="poor wsgi 3",
    ),
    "form": Row(
        "urlencoded form, four fields",
        "/form",
        body="Jana Nov\u00e1k 22",
        sent=b"name=Jana+Nov%C3%A1k&email=jana%40example.org&age=21&lang=cs",
        sent_type="application/x-www-form-urlencoded",
    ),
    "body": Row(
        "JSON body, three keys",
        "/person",
        body="Jana 22",
        sent=json.dumps(PERSON).encode(),
        sent_type="application/json",
    ),
    # Whatever page the framework makes by default; Falcon's is JSON.
    "missing": Row("404 page", "/nowhere/at/all", status=404, content_type=""),
}


def build_environ(row: Row) -> dict[str, Any]:
    """Return the environ of a row, without the streams."""
    environ = {**_COMMON, "PATH_INFO": row.path, "QUERY_STRING": row.query}
    if row.sent:
        environ["REQUEST_METHOD"] = "POST"
        environ["CONTENT_TYPE"] = row.sent_type
        environ["CONTENT_LENGTH"] = str(len(row.sent))
    return environ
