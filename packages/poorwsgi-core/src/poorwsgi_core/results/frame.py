"""The page of a status code: code and phrase, a sentence, the webmaster.

All of it but the sentence and the webmaster is put together once per code.
"""

import logging
from functools import cache
from typing import Any

from poorwsgi_core.request.callables import probe
from poorwsgi_core.response import HTTPException, Response
from poorwsgi_core.response.base import HTML, POWERED_BY
from poorwsgi_core.results.html import (
    build_page,
    escape_controls,
    page_policy,
    text_html,
)
from poorwsgi_core.state import HTTP_UNAUTHORIZED, phrases

__all__ = ["build_status_page", "log_reason", "read_text"]

log = logging.getLogger("poorwsgi")

_UNREADABLE = "[ NOT PARSED ]"
_GAP = "\0"


class _StatusPage(Response):
    def __init__(self, data: bytes, code: int) -> None:
        super().__init__(data, HTML, None, code)
        # PERF: defaults become a Headers object only when somebody asks for it;
        # a list for the constructor would be checked for each page.
        self._default_headers = _build_headers(code)


@cache
def _build_headers(code: int) -> tuple[tuple[str, str], ...]:
    own = () if code == HTTP_UNAUTHORIZED else (POWERED_BY,)
    return own + page_policy()


@cache
def _frame(code: int, kind: str) -> tuple[str, str, str]:
    title = f"{code} - {text_html(phrases[code])}"
    page = build_page(
        title,
        f"<main>\n<h1>{title}</h1>\n{_GAP}</main>",
        f"webmaster: {_GAP}",
        f"status s{code // 100}{kind}",
    )
    head, middle, end = page.split(_GAP)
    return head, middle, end


def build_status_page(
    code: int, body: str, req: Any, footer: str = "", kind: str = ""
) -> Response:
    """Build the page of a status code.

    Args:
        code: status code.
        body: HTML below the heading.
        req: the request, for its ``server_admin``.
        footer: HTML after the webmaster.
        kind: more classes for the body element, each after a blank.
    """
    head, middle, end = _frame(code, kind)
    admin = text_html(probe(req, "server_admin", ""))
    page = f"{head}{body}\n{middle}{admin}{footer}{end}"
    return _StatusPage(page.encode("utf-8", "backslashreplace"), code)


def log_reason(level: int, code: int, reason: object) -> None:
    """Log why a status is answered, in one line; nothing without a reason."""
    if reason:
        log.log(level, "%d - %s: %s", code, phrases[code], escape_controls(reason))


def read_text(req: Any, name: str) -> str:
    """Read an attribute such as the path, which may prove to be malformed."""
    try:
        return str(getattr(req, name))
    except HTTPException:
        return _UNREADABLE
