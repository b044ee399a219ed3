"""The routes on a 404 or 405 page in debug: what was tried, and why in vain.

The nearest ones come first, then all in the order in which they are tried.
"""

from collections.abc import Sequence
from typing import Any

from poorwsgi_core.request.callables import probe
from poorwsgi_core.results.cells import build_table, handler_html, methods_html
from poorwsgi_core.results.frame import read_text
from poorwsgi_core.results.html import code_html, text_html
from poorwsgi_core.state import methods

__all__ = ["describe_search", "find_trials", "sort_trials"]

_MAX_ROUTES = 300
_MAX_NEAREST = 3
_LIKENESS = 3
"""Part of a path's length that may differ where a route is called near."""

_COLUMNS = ("Route", "Why it doesn't answer", "Methods", "Handler")


def find_trials(req: Any) -> Sequence[Any]:
    """Ask the application of a request why its routes don't answer.

    Returns:
        Its trials in the order of its routes; none where one of them answers, and
        where debug pages aren't shown.
    """
    explain = probe(probe(req, "app"), "explain_routes")
    is_routed = probe(req, "uri_handler") is not None
    if explain is None or is_routed or not probe(req, "shows_debug"):
        return ()
    trials: Sequence[Any] = explain(read_text(req, "path"), str(probe(req, "method")))
    return trials


def sort_trials(trials: Sequence[Any]) -> Sequence[Any]:
    """Put the nearest ones first, as many as a page shows."""
    return sorted(trials, key=lambda trial: trial.distance)[:_MAX_ROUTES]


def describe_search(req: Any) -> str:
    """Build the HTML below the sentence of the page; *req* may be a stand-in."""
    app = probe(req, "app")
    handler = probe(req, "uri_handler")
    if handler is not None:
        rule = code_html(probe(req, "uri_rule") or "-")
        return (
            f"<p>The route {rule} answers this path. Its handler, or a hook, answered "
            f"with this status:</p>\n<div>{handler_html(handler, app)}</div>"
        )
    trials = find_trials(req)
    if not trials:
        return ""
    path = read_text(req, "path")
    return _describe_nearest(path, trials) + _describe_all(req, app, trials)


def _describe_nearest(path: str, trials: Sequence[Any]) -> str:
    limit = max(2, len(path) // _LIKENESS)
    near = [trial for trial in sort_trials(trials) if trial.distance <= limit]
    items = "".join(
        f"<li>{code_html(trial.rule)}: {text_html(trial.reason)}</li>\n"
        for trial in near[:_MAX_NEAREST]
    )
    return f"<h2>Nearest routes</h2>\n<ul>\n{items}</ul>\n" if items else ""


def _describe_all(req: Any, app: Any, trials: Sequence[Any]) -> str:
    rows = (
        (
            code_html(trial.rule),
            text_html(trial.reason),
            methods_html(sum(methods[name] for name in trial.methods)),
            handler_html(trial.handler, app),
        )
        for trial in trials[:_MAX_ROUTES]
    )
    left_out = len(trials) - _MAX_ROUTES
    more = (
        f'<p class="note">{left_out} more are left out.</p>\n' if left_out > 0 else ""
    )
    root = probe(req, "document_root")
    files = f"Files below {code_html(root)}" if root else "Files, but there are none,"
    return (
        f"<h2>Routes, in the order tried</h2>\n{build_table(_COLUMNS, rows)}\n{more}"
        f'<p class="note">{files} come behind them, then default handlers.</p>'
    )
