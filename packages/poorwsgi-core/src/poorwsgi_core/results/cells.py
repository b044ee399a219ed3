"""Tables of HTML, and what stands in their cells: methods, handlers, places."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from poorwsgi_core.http.paths import encode_path
from poorwsgi_core.request.callables import describe_handler, probe
from poorwsgi_core.results.html import code_html, text_html
from poorwsgi_core.state import METHOD_ALL, sorted_methods

__all__ = ["MASKED", "build_table", "editor_href", "handler_html", "methods_html"]

MASKED = '<span class="masked">masked</span>'
"""Stands for a value whose name sounds secret."""


def build_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Build a table of HTML cells; the first of each row is its header."""
    body = "\n".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(f"<td>{cell}</td>" for cell in others)
        + "</tr>"
        for first, *others in rows
    )
    if not body:
        return '<p class="empty">none</p>'
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    return (
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    )


def methods_html(mask: int) -> str:
    """Write the methods of a mask."""
    if mask == METHOD_ALL:
        return '<span class="method">ALL</span>'
    return " ".join(
        f'<span class="method {name.lower()}">{name}</span>'
        for name, bit in sorted_methods
        if mask & bit
    )


def handler_html(handler: Any, app: Any = None) -> str:
    """Write a handler: its name, where it is, what it does.

    Args:
        handler: anything that can be called.
        app: the application, for its ``debug_editor``.
    """
    info = describe_handler(handler)
    cell = code_html(info.name)
    if info.path:
        place = text_html(f"{os.path.basename(info.path)}:{info.line}")
        title = f'class="place" title="{text_html(info.path)}"'
        href = editor_href(app, info.path, info.line)
        cell += (
            f' <a {title} href="{href}">{place}</a>'
            if href
            else f" <span {title}>{place}</span>"
        )
    if info.summary:
        cell += f'<p class="note">{text_html(info.summary)}</p>'
    return cell


def editor_href(app: Any, path: str, line: int) -> str:
    """Build the address that opens a place in an editor.

    Returns:
        "" where no editor is set, and for what is in no file.
    """
    editor = str(probe(app, "debug_editor", ""))
    if not editor or not os.path.isabs(path):
        return ""
    # Written either way: "file/{path}" and "file{path}".
    before, _, after = editor.partition("{path}")
    path = encode_path(path)
    path = path.lstrip("/") if before.endswith("/") else path
    return text_html(f"{before}{path}{after}".replace("{line}", str(line)))
