"""An icicle picture of a profile: who called whom, and what that took.

Each function is a bar below the one that called it, as wide as it took long.  A profile
knows who called whom, not by which way: where a function has several callers, what it
called in turn is shared out by the time that it spent for each of them.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from poorwsgi_core.results.html import text_html
from poorwsgi_core.results.profiles import Calls, Function

__all__ = ["draw_icicle"]

_WIDTH = 1200
_HEIGHT = 22
_CHARACTER = 7
_NARROWEST = 3
_MAX_DEPTH = 40
_MAX_BARS = 1000


class _Bar(NamedTuple):
    """A function in the picture: where it is, how wide, below whom."""

    function: Function
    x: float
    width: float
    above: tuple[Function, ...]


def draw_icicle(calls: Calls, own: Mapping[Function, bool]) -> str:
    """Draw a profile as SVG.

    Args:
        calls: what the profile says.
        own: which functions are the application's.
    """
    bars = _lay_out(calls)
    height = _HEIGHT * (1 + max((len(bar.above) for bar in bars), default=0))
    drawn = "\n".join(_draw(bar, calls, own[bar.function]) for bar in bars)
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="Who called whom; the table below has the same as numbers">\n'
        f"{drawn}\n</svg>"
    )


def _lay_out(calls: Calls) -> list[_Bar]:
    """Place the bars, level by level, so that what is left out is deep and narrow."""
    called = {each for callees in calls.callees.values() for each in callees}
    roots = [function for function in calls.functions if function not in called]
    whole = sum(calls.functions[root].total for root in roots) or 1.0
    waiting: deque[_Bar] = deque()
    x = 0.0
    for root in roots:
        width = _WIDTH * calls.functions[root].total / whole
        waiting.append(_Bar(root, x, width, ()))
        x += width
    bars: list[_Bar] = []
    while waiting and len(bars) < _MAX_BARS:
        bar = waiting.popleft()
        if bar.width >= _NARROWEST:
            bars.append(bar)
            waiting.extend(_lay_out_below(bar, calls))
    return bars


def _lay_out_below(bar: _Bar, calls: Calls) -> list[_Bar]:
    above = (*bar.above, bar.function)
    if len(above) >= _MAX_DEPTH:
        return []
    total = calls.functions[bar.function].total or 1.0
    below: list[_Bar] = []
    x, end = bar.x, bar.x + bar.width
    for function, call in calls.callees.get(bar.function, {}).items():
        width = min(bar.width * call.total / total, end - x)
        if function not in above:  # one that calls itself is one bar
            below.append(_Bar(function, x, width, above))
            x += width
    return below


def _draw(bar: _Bar, calls: Calls, is_own: bool) -> str:
    name = bar.function.name
    seconds = calls.functions[bar.function].total
    place = f"{bar.function.path}:{bar.function.line}"
    y = _HEIGHT * len(bar.above)
    room = int((bar.width - 8) / _CHARACTER)
    text = name if len(name) <= room else f"{name[: room - 1]}\u2026"
    label = f'<text x="{bar.x + 4:.1f}" y="{y + 15}">{text_html(text)}</text>'
    kind = "own" if is_own else "library"
    return (
        f'<g class="{kind}">'
        f"<title>{text_html(f'{name} ({place}), {seconds * 1000:.1f} ms')}</title>"
        f'<rect x="{bar.x:.1f}" y="{y}" width="{bar.width:.1f}" height="{_HEIGHT}"/>'
        f"{label if room > 2 else ''}</g>"
    )
