"""The 500 page: what is shown of an exception, and what is logged.

Without debug nothing of the exception gets to the client.  The page is the
last resort, so it reads what it can and shows ``-`` for what it can't.
"""

import logging
import sys
from collections.abc import Iterable
from traceback import format_exception, format_exception_only
from typing import Any, cast

from poorwsgi_core import state
from poorwsgi_core.request.callables import describe_handler, probe
from poorwsgi_core.response import Response, ResponseError
from poorwsgi_core.results.frame import build_status_page, read_text
from poorwsgi_core.results.html import (
    code_html,
    escape_controls,
    html_escape,
    text_html,
)

__all__ = ["format_traceback", "internal_server_error", "log_failure"]

log = logging.getLogger("poorwsgi")

_MAX_LINE = 2000
_MAX_LINES = 2000

_TEXT = "<p>The server failed to answer your request. The failure has been logged.</p>"


def internal_server_error(
    req: Any, *_: Any, error: object = None, **_kwargs: Any
) -> Response:
    """Build the 500 page, with the current exception in its debug form.

    Args:
        req: the request.
        error: the reason, or the exception when none is being handled.
    """
    exception = sys.exception()
    if exception is None and isinstance(error, BaseException):
        exception = error
    reason = error if error is not exception else None
    facts = log_failure(req, exception, reason)
    if not probe(req, "shows_debug"):
        return build_status_page(500, _TEXT, req)
    software = text_html(probe(req, "server_software", "-"))
    body = _debug_body(facts, exception, req)
    return build_status_page(500, body, req, f" / {software}", " wide")


def log_failure(
    req: Any, exception: BaseException | None, reason: object = None
) -> dict[str, str]:
    """Log a failure as one record, what has happened first.

    Returns:
        The facts by name, for the page.
    """
    facts = _facts(req)
    if reason:
        facts["Reason"] = str(reason)
    what = "" if exception is None else f"{_summarise(exception)}; "
    line = what + ", ".join(f"{name}: {value}" for name, value in facts.items())
    # Where the value that was returned is wrong, the traceback is ours alone.
    shown = None if isinstance(exception, ResponseError) else exception
    log.error("500 - %s", escape_controls(line), exc_info=shown)
    return facts


def format_traceback(exception: BaseException) -> str | None:
    """Format a traceback for a log, when the text of an exception has controls.

    Such a text may be a client's, and look like a record of its own: so no line begins
    where records do, and no control gets to a terminal.

    Returns:
        ``None`` for an ordinary one, which is logged as always.
    """
    texts = "".join(_list_texts(exception))
    if escape_controls(texts) == texts:
        return None
    lines = "".join(format_exception(exception)).rstrip("\n").split("\n")
    return "\n".join(f"  {escape_controls(line)}" for line in lines)


def _list_texts(exception: BaseException) -> Iterable[str]:
    """List the texts of an exception, and of all that its traceback shows."""
    waiting, seen = [exception], set[int]()
    while waiting:
        each: Any = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield "".join(format_exception_only(each)).removesuffix("\n")
        waiting += filter(None, (each.__cause__, each.__context__))
        if isinstance(each, BaseExceptionGroup):
            waiting += cast("BaseExceptionGroup[BaseException]", each).exceptions


def _summarise(exception: BaseException) -> str:
    try:
        text = str(exception)
    except Exception:  # noqa: BLE001 - the last resort must not fail
        text = ""
    name = type(exception).__name__
    return f"{name}: {text}" if text else name


def _facts(req: Any) -> dict[str, str]:
    handler = probe(req, "failed_handler") or probe(req, "uri_handler")
    address = probe(req, "remote_addr")
    client = probe(req, "client_addr", address)
    facts = {
        "Method": str(probe(req, "method")),
        "URI": read_text(req, "uri"),
        "URI rule": str(probe(req, "uri_rule") or "-"),
        "Handler": _describe(handler),
        "Remote host": str(probe(req, "remote_host") or "-"),
        "Remote address": str(address or "-"),
    }
    if client != address:  # that was a proxy
        facts["Client address"] = str(client)
    return facts


def _describe(handler: Any) -> str:
    return "-" if handler is None else str(describe_handler(handler))


def _debug_body(
    facts: dict[str, str], exception: BaseException | None, req: Any
) -> str:
    rows = "\n".join(
        f'<tr><th scope="row">{name}</th><td>{code_html(value)}</td></tr>'
        for name, value in facts.items()
    )
    table = f'<table class="facts">\n<tbody>\n{rows}\n</tbody>\n</table>'
    table += f"\n{_describe_request(req)}"
    if exception is None:
        return f"{_TEXT}\n{table}"
    summary, lines, frames = _format(exception, probe(req, "app"))
    spans = "".join(
        f'<span class="line{number % 2}">{html_escape(line)}\n</span>'
        for number, line in enumerate(lines)
    )
    return (
        f'<p class="summary">{html_escape(summary)}</p>\n{table}\n'
        f"<h2>Frames</h2>\n{frames}\n"
        f'<h2>Exception Traceback</h2>\n<pre class="traceback" tabindex="0" '
        f'role="region" aria-label="Traceback">{spans}</pre>\n'
        "<details>\n<summary>All of it as text, to copy</summary>\n"
        '<textarea readonly rows="16" aria-label="The failure as text">'
        f"{html_escape(_write_plain(facts, lines))}</textarea>\n</details>"
    )


def _describe_request(req: Any) -> str:
    # Imported here: only the debug form of a failure needs them.
    from poorwsgi_core.results.values import read_headers, values_table

    query = probe(req, "query")
    rows = [("Query string", query), *read_headers(req)] if query else read_headers(req)
    table = values_table(("Name", "Value"), rows)
    return f"<details>\n<summary>What was sent</summary>\n{table}\n</details>"


def _write_plain(facts: dict[str, str], lines: Iterable[str]) -> str:
    about = [f"{name}: {escape_controls(value)}" for name, value in facts.items()]
    about.append(f"PoorWSGI: {probe(state, '__version__', '-')}")
    about.append(f"Python: {sys.version.split()[0]}")
    return "\n".join([*about, "", *lines])


def _format(exception: BaseException, app: Any) -> tuple[str, list[str], str]:
    """Return the summary, the lines of the traceback and the HTML of its frames."""
    # Imported here: only the debug form of a failure needs them.
    from traceback import TracebackException

    from poorwsgi_core.results.frames import cut, render_frames

    try:
        formatted = TracebackException.from_exception(exception)
        summary = "".join(formatted.format_exception_only()).strip()
        text = "".join(formatted.format())
        frames = render_frames(formatted, exception, app)
    except Exception as error:  # noqa: BLE001 - the last resort must not fail
        summary = type(exception).__name__
        text = f"{summary}\nThe traceback can't be shown: {type(error).__name__}"
        frames = ""
    lines = [cut(line, _MAX_LINE) for line in text.rstrip("\n").split("\n")]
    if len(lines) > _MAX_LINES:
        half = _MAX_LINES // 2
        lines[half:-half] = ["\u2026"]
    return cut(summary, _MAX_LINE), lines, frames
