"""The frames of an exception for the debug form of the 500 page.

Each frame is a ``<details>`` with the source around its line; frames of the
application are open, those of libraries and of the framework are folded.  All of it is
bounded, however deep the recursion, the chain or the line.
"""

import os
from collections.abc import Iterator
from functools import cache
from itertools import chain
from linecache import getline
from traceback import FrameSummary, StackSummary, TracebackException

from poorwsgi_core.results.html import code_html, text_html

__all__ = ["cut", "render_frames"]

_AROUND = 4
_MAX_LINE = 240
_MAX_FIRST = 15
_MAX_LAST = 25
_MAX_EXCEPTIONS = 10

_CAUSE = "It was the direct cause of this exception:"
_CONTEXT = "While it was handled, this exception happened:"
_MEMBER = "One of the group:"


def cut(text: str, size: int = _MAX_LINE) -> str:
    """Cut a text that is too long, with dots for the rest."""
    return text if len(text) <= size else f"{text[:size]}\u2026"


def render_frames(last: TracebackException) -> str:
    """Build the HTML of an exception, of those before it and of its group."""
    parts: list[str] = []
    for note, each in _order(last):
        if note:
            parts.append(f'<p class="note">{note}</p>')
        title = "".join(each.format_exception_only()).strip()
        parts.append(f"<h3>{code_html(cut(title))}</h3>")
        parts.extend(_render_stack(each.stack))
    return "\n".join(parts)


def _order(last: TracebackException) -> list[tuple[str, TracebackException]]:
    """List the exceptions as they happened, each with a word on the one before."""
    found: list[tuple[str, TracebackException]] = []
    each: TracebackException | None = last
    while each is not None and len(found) < _MAX_EXCEPTIONS:
        before, note = each.__cause__, _CAUSE
        if before is None and not each.__suppress_context__:
            before, note = each.__context__, _CONTEXT
        found.append((note if before is not None else "", each))
        each = before
    members = (last.exceptions or [])[:_MAX_EXCEPTIONS]
    return [*reversed(found), *((_MEMBER, member) for member in members)]


def _render_stack(stack: StackSummary) -> Iterator[str]:
    first, last = stack[:_MAX_FIRST], stack[_MAX_FIRST:][-_MAX_LAST:]
    left_out = len(stack) - len(first) - len(last)
    for frame in first:
        yield _render_frame(frame)
    if left_out:
        yield f'<p class="note">{left_out} frames are left out.</p>'
    for frame in last:
        yield _render_frame(frame)


def _render_frame(frame: FrameSummary) -> str:
    state = "" if frame.filename.startswith(_libraries()) else " open"
    place = text_html(f"{frame.filename}:{frame.lineno}")
    return (
        f"<details{state}>\n<summary>{code_html(cut(frame.name))} {place}</summary>\n"
        f"<pre>{_render_source(frame.filename, frame.lineno or 0)}</pre>\n</details>"
    )


def _render_source(path: str, current: int) -> str:
    lines: list[str] = []
    for number in range(max(1, current - _AROUND), current + _AROUND + 1):
        if line := getline(path, number):
            text = text_html(cut(f"{number:>5}  {line.rstrip().expandtabs()}"))
            lines.append(f"<mark>{text}</mark>" if number == current else text)
    return "\n".join(lines) or "The source is not there."


@cache
def _libraries() -> tuple[str, ...]:
    # Imported here: only the first failure in debug needs it.
    from sysconfig import get_path

    ours = os.path.dirname(os.path.dirname(__file__))
    paths = (get_path(name) for name in ("stdlib", "purelib", "platlib"))
    return ("<frozen ", *(f"{path}{os.sep}" for path in chain((ours,), paths)))
