"""What httplint has against an answer, but for what is meant to be so.

ALLOWED is the one list of what is no fault, each with its reason.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from httplint import HttpRequestLinter, HttpResponseLinter, Note, levels

__all__ = ["Exchange", "lint"]


@dataclass
class Exchange:
    """A request, and the answer as the server sent it.

    Attributes:
        method: of the request.
        target: path and query of the request.
        asked: headers of the request.
        status: of the answer.
        answered: headers of the answer.
        body: of the answer, still encoded.
    """

    method: str
    target: str
    asked: dict[str, str]
    status: int
    answered: list[tuple[str, str]]
    body: bytes = field(repr=False)

    def get(self, name: str) -> str:
        """Return a header of the answer, empty when there is none."""
        pairs = (value for key, value in self.answered if key.lower() == name)
        return next(pairs, "")

    def __str__(self) -> str:
        sent = {key: self.asked[key] for key in self.asked if key in _SENT}
        came = {key: text for key in _CAME if (text := self.get(key))}
        return f"{self.method} {self.target} {sent} {self.status} {came}"


_SENT = ("Accept-Encoding", "If-None-Match", "Origin", "Range")
_CAME = ("content-type", "cache-control", "last-modified", "vary")

ALLOWED = {
    # How long a page is kept is the application's to say.  Without a date of the last
    # change there is nothing that a cache could reckon from.
    "FRESHNESS_HEURISTIC": "^((?!last-modified).)*$",
    "FRESHNESS_NO_CACHE_NO_VALIDATOR": "text/event-stream",
    # RFC 9110 15.3.7.2: each part has a Content-Range, and the answer must not.
    "PARTIAL_WITHOUT_RANGE": "206 .*multipart/byteranges",
    # Pieces of code that 2.8 documents; they ignore what the client wants.
    "PARTIAL_NOT_REQUESTED": "^(GET|HEAD) /(last/100/bytes|some/range) ",
    # These say what the status means, which here the client has earned.
    "STATUS_BAD_REQUEST": " 400 ",
    "STATUS_IM_A_TEAPOT": "/(teapot|json/teapot|json/generator) ",
    # An example shows how to have a unit of one's own (RFC 9110 14.1).
    "UNKNOWN_RANGE": "/range/unicodes ",
    # All four count: login, errors as JSON, CORS and compression.
    "VARY_COMPLEX": "Cookie, Accept, Origin, Accept-Encoding",
}
"""By the name of a note: the answers, as a pattern, that it may be about."""


def lint(exchange: Exchange) -> Iterator[str]:
    """Yield what is wrong with an answer, or could be better."""
    linter = HttpResponseLinter()
    linter.request = _describe(exchange)
    linter.is_head_response = exchange.method == "HEAD"
    linter.process_response_topline(b"HTTP/1.1", b"%d" % exchange.status)
    linter.process_headers(_encode(exchange.answered))
    linter.feed_content(exchange.body)
    linter.finish_content(complete=True)
    for note in _flatten(linter.notes):
        allowed = ALLOWED.get(type(note).__name__)
        if not (allowed and re.search(allowed, str(exchange))):
            yield f"{type(note).__name__}: {note.summary} {exchange}"


def _describe(exchange: Exchange) -> HttpRequestLinter:
    linter = HttpRequestLinter(no_content=True)
    method, target = exchange.method.encode(), exchange.target.encode()
    linter.process_request_topline(method, target, b"HTTP/1.1")
    linter.process_headers(_encode(exchange.asked.items()))
    linter.finish_content(complete=True)
    return linter


def _encode(pairs: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), text.encode("latin-1")) for name, text in pairs]


def _flatten(notes: Iterable[Any]) -> Iterator[Note]:
    for note in notes:
        if note.level in {levels.BAD, levels.WARN}:
            yield note
        yield from _flatten(note.subnotes)
