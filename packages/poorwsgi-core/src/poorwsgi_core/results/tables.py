"""How an application is wired, as HTML tables: routes, states, hooks, filters."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.results.cells import build_table, handler_html, methods_html
from poorwsgi_core.results.html import code_html, text_html
from poorwsgi_core.results.pages import default_states
from poorwsgi_core.state import METHOD_GET, METHOD_HEAD, methods, phrases

__all__ = [
    "build_error_table",
    "build_filter_table",
    "build_hook_lists",
    "build_route_tables",
    "build_state_table",
    "handlers_view",
]

_Key = TypeVar("_Key")
_Handler = TypeVar("_Handler")

_DEBUG_PATH = "/debug-info"
_TAG = re.compile("<[^>]*>")


def handlers_view(
    table: Mapping[_Key, Mapping[int, _Handler]], sort: bool = True
) -> list[tuple[_Key, int, _Handler]]:
    """Flatten a table of handlers to ``(key, mask, handler)``.

    Args:
        table: key to method bit to handler; it isn't changed.
        sort: sort by key; otherwise the order of the table is kept.

    Returns:
        The methods of one handler under one key as one mask, those of a key
        in the order of their masks.
    """
    keys: list[Any] = list(table)
    return [
        (key, mask, handler)
        for key in (sorted(keys) if sort else keys)
        for mask, handler in _merge(table[key])
    ]


def _merge(handlers: Mapping[int, _Handler]) -> list[tuple[int, _Handler]]:
    merged: list[tuple[int, _Handler]] = []
    for bit, handler in handlers.items():
        # Compared, not hashed: a dataclass that can be called has no hash.
        for index, (mask, known) in enumerate(merged):
            if known == handler:
                merged[index] = (mask | bit, known)
                break
        else:
            merged.append((bit, handler))
    return sorted(merged, key=lambda item: item[0])


def build_route_tables(app: Any, base: str, *, debug: bool, wanted: str = "") -> str:
    """Build the tables of all routes, of groups and of default handlers.

    Args:
        app: the application.
        base: SCRIPT_NAME, for links.
        debug: whether the debug page is served.
        wanted: text of the rows to show, in any case.
    """
    defaults = _default_rows(app)
    if debug and _DEBUG_PATH not in app.routes:
        own = f'{code_html("debug_info")}<p class="note">This page.</p>'
        link = _path(_DEBUG_PATH, base, METHOD_GET)
        defaults.insert(0, (link, methods_html(METHOD_GET | METHOD_HEAD), own))
    parts = (
        ("Static routes", ("Path", "Methods", "Handler"), _static_rows(app, base)),
        (
            "Regular expression routes, in order",
            ("Rule", "Groups", "Methods", "Handler"),
            _regular_rows(app),
        ),
        (
            "Groups and mounted applications",
            ("Rule", "Group", "Name", "Methods", "Handler"),
            _group_rows(app),
        ),
        ("Default handlers", ("Path", "Methods", "Handler"), defaults),
    )
    return "\n".join(
        f"<h3>{title}</h3>\n{build_table(columns, _choose(rows, wanted))}"
        for title, columns, rows in parts
    )


def _choose(rows: Iterable[Sequence[str]], wanted: str) -> Iterable[Sequence[str]]:
    """Choose the rows with a text that is shown in them."""
    text = text_html(wanted).lower()
    for row in rows:
        if not text or any(text in _TAG.sub("", cell).lower() for cell in row):
            yield row


def _static_rows(app: Any, base: str) -> Iterable[Sequence[str]]:
    for path, mask, handler in handlers_view(app.routes):
        yield _path(path, base, mask), methods_html(mask), handler_html(handler, app)


def _regular_rows(app: Any) -> Iterable[Sequence[str]]:
    for pattern, mask, route in handlers_view(app.regular_routes, sort=False):
        handler, converters, rule = route
        yield (
            _rule(pattern, rule),
            _groups(converters),
            methods_html(mask),
            handler_html(handler, app),
        )


def _group_rows(app: Any) -> Iterable[Sequence[str]]:
    for row in app.route_table:
        if row.group or row.rule.endswith("/*"):
            yield (
                code_html(row.rule),
                code_html(row.group or "-"),
                code_html(row.name or "-"),
                methods_html(sum(methods[name] for name in row.methods)),
                handler_html(row.handler, app),
            )


def _default_rows(app: Any) -> list[Sequence[str]]:
    return [
        (code_html("/*"), methods_html(mask), handler_html(handler, app))
        for _, mask, handler in handlers_view({"": app.defaults})
    ]


def build_state_table(app: Any) -> str:
    """Build the table of state handlers: the application's over the default."""
    states: dict[int, dict[int, Any]] = {
        code: {**default_states.get(code, {}), **app.states.get(code, {})}
        for code in {*default_states, *app.states}
    }
    return build_table(
        ("Status", "Methods", "Handler"),
        (
            (
                f"{code} {text_html(phrases.get(code, ''))}",
                methods_html(mask),
                handler_html(handler, app),
            )
            for code, mask, handler in handlers_view(states)
        ),
    )


def build_error_table(app: Any) -> str:
    """Build the table of exception handlers, in order."""
    return build_table(
        ("Exception", "Methods", "Handler"),
        (
            (code_html(_name(error)), methods_html(mask), handler_html(handler, app))
            for error, mask, handler in handlers_view(app.errors, sort=False)
        ),
    )


def build_hook_lists(app: Any) -> str:
    """Build the lists of before and after handlers, side by side."""
    before, after = app.list_hooks()
    return (
        '<div class="pair">\n'
        f"<div><h3>Before a request</h3>\n{_list(before, app)}</div>\n"
        f"<div><h3>After a request</h3>\n{_list(after, app)}</div>\n</div>"
    )


def build_filter_table(app: Any) -> str:
    """Build the table of filters for groups in routes."""
    return build_table(
        ("Name", "Regular expression", "Converter"),
        (
            (code_html(name), code_html(regex or "-"), code_html(_name(converter)))
            for name, (regex, converter) in app.filters.items()
        ),
    )


def _name(callable_: Any) -> str:
    return describe_handler(callable_).name.removeprefix("builtins.")


def _list(handlers: Iterable[Any], app: Any) -> str:
    items = "\n".join(f"<li>{handler_html(handler, app)}</li>" for handler in handlers)
    return f"<ol>\n{items}\n</ol>" if items else '<p class="empty">none</p>'


def _path(path: str, base: str, mask: int) -> str:
    # Imported here: only this page needs it.
    from urllib.parse import quote

    if not mask & METHOD_GET or not path.startswith("/") or path.startswith("//"):
        return code_html(path)
    # SCRIPT_NAME is bytes in the guise of text (PEP 3333).
    href = quote(base.encode("latin-1", "replace")) + quote(
        path, errors="surrogateescape"
    )
    return f'<a href="{href}">{code_html(path)}</a>'


def _rule(pattern: Any, rule: str | None) -> str:
    if rule is None:
        return code_html(pattern.pattern)
    return f'{code_html(rule)}<p class="note">{code_html(pattern.pattern)}</p>'


def _groups(converters: Iterable[tuple[str, Any]]) -> str:
    lines = [
        code_html(f"{group}: {_name(converter)}") for group, converter in converters
    ]
    return "<br>".join(lines) or "-"
