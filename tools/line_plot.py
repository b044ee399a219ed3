"""Plots of lines as SVG, light and dark: small charts beside one another.

A line has the same colour in all charts of a plot, which a legend above them names.
The vertical axis begins at zero, so that growth looks as large as it is.  Knows nothing
of what is measured, nor of files.
"""

import math
import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

__all__ = ["Chart", "Line", "draw"]

_WIDTH, _HEIGHT = 1080, 250  # of the plot, and of a row of charts
_COLUMNS = 2
_MARGIN, _HEAD = 24, 96
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 36, 42, 46  # around the lines of a chart
_TICKS = 4
_LETTER = 7.2
_COLOURS = (
    ("#2f6f5e", "#7cc4ad"),
    ("#b3541e", "#e8a06a"),
    ("#4a5fb0", "#9fb0f0"),
    ("#8a3f83", "#d79ad0"),
    ("#6b6a1f", "#cfcb6a"),
    ("#a33b4c", "#ef9aa8"),
    ("#2b7a92", "#7fcbe0"),
    ("#5c5c5c", "#c4c4c4"),
)
_STYLE = """\
.ground { fill: #fbfcfa }
.panel { fill: #f1f4ef; stroke: #dbe2d9 }
.title { fill: #2f6f5e; font-size: 19px; font-weight: 600 }
.name { fill: #1d2924; font-size: 14px; font-weight: 600 }
.tick { fill: #4f5d55; font-size: 12px }
.title, .name, .tick { font-family: system-ui, 'Segoe UI', Roboto, sans-serif }
.middle { text-anchor: middle }
.end { text-anchor: end }
.grid { stroke: #dbe2d9 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
"""
_DARK = """\
.ground { fill: #131614 }
.panel { fill: #1a1f1c; stroke: #2c3631 }
.title { fill: #7cc4ad }
.name { fill: #e8eeea }
.tick { fill: #aab8b0 }
.grid { stroke: #2c3631 }
"""


class Line(NamedTuple):
    """What one thing did.

    Attributes:
        name: in the legend.
        points: pairs of what is given and what was measured, in order.
    """

    name: str
    points: Sequence[tuple[float, float]]


class Chart(NamedTuple):
    """Lines on the same axes.

    Attributes:
        title: what is measured, with its unit.
        below: what is given, with its unit.
        lines: at least one, each with at least one point.
        powers: whether the horizontal axis counts powers of ten.
    """

    title: str
    below: str
    lines: Sequence[Line]
    powers: bool = False


def draw(title: str, charts: Sequence[Chart]) -> str:
    """Draw charts, two in a row, as the text of an SVG file.

    Raises:
        ValueError: lines have more names than there are colours.
    """
    names = [*dict.fromkeys(line.name for chart in charts for line in chart.lines)]
    if len(names) > len(_COLOURS):
        raise ValueError(f"At most {len(_COLOURS)} names can be told apart")
    height = _HEAD + -(-len(charts) // _COLUMNS) * (_HEIGHT + _MARGIN)
    size = f'width="{_WIDTH}" height="{height}"'
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" role="img"',
        f'viewBox="0 0 {_WIDTH} {height}">',
        f"<title>{escape(title)}</title>",
        f"<style>\n{_build_style(names)}</style>",
        f'<rect class="ground" {size} rx="14"/>',
        _write("title", _MARGIN, 40, title),
        *_draw_legend(names),
    ]
    width = (_WIDTH - _MARGIN) / _COLUMNS
    for number, chart in enumerate(charts):
        row, column = divmod(number, _COLUMNS)
        x = round(_MARGIN + column * width)
        y = _HEAD + row * (_HEIGHT + _MARGIN)
        parts += _draw_chart(chart, names, x, y, round(width) - _MARGIN)
    return "\n".join([*parts, "</svg>\n"])


def _build_style(names: Sequence[str]) -> str:
    rules = [
        "".join(
            f".line{number} {{ stroke: {colours[dark]} }}\n"
            for number, colours in enumerate(_COLOURS[: len(names)])
        )
        for dark in (0, 1)
    ]
    dark = f"@media (prefers-color-scheme: dark) {{\n{_DARK}{rules[1]}}}\n"
    return _STYLE + rules[0] + dark


def _draw_legend(names: Sequence[str]) -> Iterator[str]:
    x = float(_MARGIN)
    for number, name in enumerate(names):
        yield f'<path class="line line{number}" d="M{x:.0f} 68h26"/>'
        yield _write("tick", x + 34, 72, name)
        x += 34 + len(name) * _LETTER + 26


def _draw_chart(
    chart: Chart, names: Sequence[str], x: int, y: int, width: int
) -> Iterator[str]:
    points = [point for line in chart.lines for point in line.points]
    top = _round_up(max(value for _, value in points))
    across = math.log10 if chart.powers else float
    first, last = (across(f(given for given, _ in points)) for f in (min, max))
    left, right = x + _LEFT, x + width - _RIGHT
    bottom, room = y + _HEIGHT - _BOTTOM, _HEIGHT - _TOP - _BOTTOM

    def place(given: float, value: float) -> tuple[float, float]:
        along = (across(given) - first) / ((last - first) or 1)
        return left + along * (right - left), bottom - value / top * room

    yield (
        f'<rect class="panel" x="{x}" y="{y}" width="{width}" height="{_HEIGHT}" '
        'rx="10"/>'
    )
    yield _write("name", x + 16, y + 26, chart.title)
    for step in range(_TICKS + 1):
        value = top * step / _TICKS
        height = place(10**first if chart.powers else first, value)[1]
        yield f'<path class="grid" d="M{left} {height:.1f}H{right}"/>'
        yield _write("tick end", left - 8, height + 4, _format(value))
    for given in _choose_ticks(first, last, powers=chart.powers):
        yield _write("tick middle", place(given, 0)[0], bottom + 18, _format(given))
    yield _write("tick middle", (left + right) / 2, bottom + 36, chart.below)
    for line in chart.lines:
        path = _trace([place(*each) for each in line.points])
        yield f'<path class="line line{names.index(line.name)}" d="{path}"/>'


def _trace(points: Sequence[tuple[float, float]]) -> str:
    """Return the path through points, from one to the next: that is short."""
    rounded = [(round(x * 10), round(y * 10)) for x, y in points]
    steps = [
        f"l{(x - before) / 10:g} {(y - above) / 10:g}"
        for (before, above), (x, y) in pairwise(rounded)
    ]
    path = "".join(steps).replace(" -", "-")
    start = "{:.1f} {:.1f}".format(*points[0])
    return f"M{start}" + re.sub(r"(?<!\d)0\.", ".", path)


def _choose_ticks(first: float, last: float, *, powers: bool) -> list[float]:
    """Choose places of the horizontal axis, whose ends are powers or numbers."""
    if powers:
        return [10.0**power for power in range(math.ceil(first), math.floor(last) + 1)]
    step = _round_up(last - first) / _TICKS
    return [step * n for n in range(math.ceil(first / step), int(last / step) + 1)]


def _round_up(value: float) -> float:
    """Return the next number that four steps lead to without odd digits."""
    if value <= 0:
        return float(_TICKS)
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(
        each * power for each in (1, 1.2, 2, 4, 6, 8, 10) if each * power >= value
    )


def _format(value: float) -> str:
    return f"{value:,.10g}" if value < 1000 else f"{value:,.0f}"


def _write(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}">{escape(text)}</text>'
