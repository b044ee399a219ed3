"""The frames of an exception for the debug form of the 500 page.

Each frame is a ``<details>`` with the source around its line; frames of the
application are open, those of libraries and of the framework are folded.  With
``debug_locals`` the former have their variables, with ``debug_editor`` each has a
link.  All of it is bounded, however deep the recursion, the chain or the line.
"""

import os
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from linecache import getline
from traceback import FrameSummary, TracebackException, walk_tb
from types import FrameType
from typing import Any, NamedTuple

from poorwsgi_core.request.callables import probe
from poorwsgi_core.results.cells import editor_href
from poorwsgi_core.results.html import code_html, text_html
from poorwsgi_core.results.variables import render_variables

__all__ = ["cut", "is_library", "render_frames"]

_AROUND = 4
_MAX_LINE = 240
_MAX_FIRST = 15
_MAX_LAST = 25
_MAX_EXCEPTIONS = 10

_CAUSE = "It was the direct cause of this exception:"
_CONTEXT = "While it was handled, this exception happened:"
_MEMBER = "One of the group {}:"


def cut(text: str, size: int = _MAX_LINE) -> str:
    """Cut a text that is too long, with dots for the rest."""
    return text if len(text) <= size else f"{text[:size]}\u2026"


class _Happened(NamedTuple):
    """An exception, formatted and itself, with a word on the one before."""

    note: str
    formatted: TracebackException
    error: BaseException


def render_frames(
    last: TracebackException, error: BaseException, app: Any = None
) -> str:
    """Build the HTML of an exception, of those before it and of their groups.

    Args:
        last: the exception, formatted.
        error: the same itself.
        app: the application, for its ``debug_locals`` and ``debug_editor``.
    """
    parts: list[str] = []
    for note, each, raised in islice(_order(last, error), 2 * _MAX_EXCEPTIONS):
        if note:
            parts.append(f'<p class="note">{text_html(note)}</p>')
        title = "".join(each.format_exception_only()).strip()
        parts.append(f"<h3>{code_html(cut(title))}</h3>")
        frames = [frame for frame, _ in walk_tb(raised.__traceback__)]
        parts.extend(_render_stack([*zip(each.stack, frames, strict=False)], app))
    return "\n".join(parts)


def _order(
    last: TracebackException, error: BaseException, origin: str = ""
) -> Iterator[_Happened]:
    """Tell of the exceptions as they happened, then of the members of groups."""
    found: list[_Happened] = []
    each: TracebackException | None = last
    raised: BaseException | None = error
    while each is not None and raised is not None and len(found) < _MAX_EXCEPTIONS:
        before, earlier, note = each.__cause__, raised.__cause__, _CAUSE
        if before is None and not each.__suppress_context__:
            before, earlier, note = each.__context__, raised.__context__, _CONTEXT
        found.append(_Happened(note if before is not None else origin, each, raised))
        each, raised = before, earlier
    yield from reversed(found)
    for _, group, grouped in reversed(found):
        members = getattr(grouped, "exceptions", ())
        name = cut(str(getattr(grouped, "message", "")))
        for member in zip(group.exceptions or (), members, strict=False):
            yield from _order(*member, _MEMBER.format(name))


def _render_stack(
    stack: list[tuple[FrameSummary, FrameType]], app: Any
) -> Iterator[str]:
    first, last = stack[:_MAX_FIRST], stack[_MAX_FIRST:][-_MAX_LAST:]
    left_out = len(stack) - len(first) - len(last)
    for summary, frame in first:
        yield _render_frame(summary, frame, app)
    if left_out:
        yield f'<p class="note">{left_out} frames are left out.</p>'
    for summary, frame in last:
        yield _render_frame(summary, frame, app)


def _render_frame(summary: FrameSummary, frame: FrameType, app: Any) -> str:
    path, line = summary.filename, summary.lineno or 0
    is_own = not is_library(path)
    href = editor_href(app, path, line)
    link = f'<p class="tools"><a href="{href}">Open in the editor</a></p>\n'
    shows_variables = is_own and probe(app, "debug_locals", False)
    name = code_html(cut(summary.name))
    return (
        f"<details{' open' if is_own else ''}>\n<summary>{name} "
        f"{text_html(f'{path}:{line}')}</summary>\n{link if href else ''}"
        f"<pre>{_render_source(path, line)}</pre>\n"
        f"{render_variables(frame) if shows_variables else ''}</details>"
    )


def _render_source(path: str, current: int) -> str:
    lines: list[str] = []
    for number in range(max(1, current - _AROUND), current + _AROUND + 1):
        if line := getline(path, number):
            text = text_html(cut(f"{number:>5}  {line.rstrip().expandtabs()}"))
            lines.append(f"<mark>{text}</mark>" if number == current else text)
    return "\n".join(lines) or "The source is not there."


def is_library(path: str) -> bool:
    """Tell a source file of a library, or of the framework, from one's own."""
    return path.startswith(_libraries())


@cache
def _libraries() -> tuple[str, ...]:
    # Imported here: only the first failure in debug needs it.
    from sysconfig import get_path

    ours = os.path.dirname(os.path.dirname(__file__))
    python = os.path.dirname(os.__file__)  # an archive, in Python that is embedded
    paths = (get_path(name) for name in ("stdlib", "purelib", "platlib"))
    return ("<frozen ", *(f"{path}{os.sep}" for path in chain((ours, python), paths)))
