"""Charts of times: a line for each contender, a dot for each request.

Times reach over two powers of ten, so the scale is logarithmic: the same way to the
right is the same factor everywhere.  The colours are those of the documentation; the
picture brings its own ground, so that it can be read where a page is dark and the
browser light.  It is narrow, for phones.  Knows nothing of benchmarks and of files.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from statistics import geometric_mean

__all__ = ["Group", "describe", "draw"]

Group = Mapping[str, Sequence[float]]
"""Times of contenders, by their names."""

_WIDTH = 400
_MARGIN = 16
_LEFT, _RIGHT = 132, 336  # of the scale
_HEAD = 88
_HEADING = 36  # of a group
_LINE = 28
_AXIS = 44
_STEPS = (1, 2, 5)

_STYLE = """\
.ground { fill: #fbfcfa }
text { font-family: system-ui, 'Segoe UI', Roboto, sans-serif }
.title { fill: #1d2924; font-size: 16px; font-weight: 600 }
.heading { fill: #1d2924; font-size: 14px; font-weight: 600 }
.name { fill: #1d2924; font-size: 13px }
.about { fill: #4f5d55; font-size: 12px }
.grid { stroke: #dbe2d9 }
.range { stroke: #7b9388; stroke-width: 1.5 }
.dot { fill: #7b9388; fill-opacity: .7 }
.mean { stroke: #1d2924; stroke-width: 2.5 }
.ours .name { fill: #2f6f5e; font-weight: 600 }
.ours .range, .ours .mean { stroke: #2f6f5e }
.ours .dot { fill: #2f6f5e }
.band { fill: #e3efe9 }
.end { text-anchor: end }
.middle { text-anchor: middle }
@media (prefers-color-scheme: dark) {
.ground { fill: #131614 }
.title, .heading, .name { fill: #e8eeea }
.about { fill: #aab8b0 }
.grid { stroke: #2c3631 }
.range { stroke: #7d9488 }
.dot { fill: #7d9488 }
.mean { stroke: #e8eeea }
.ours .name { fill: #7cc4ad }
.ours .range, .ours .mean { stroke: #7cc4ad }
.ours .dot { fill: #7cc4ad }
.band { fill: #23392f }
}
"""


def describe(groups: Mapping[str, Group]) -> str:
    """Say in words what the chart shows."""
    texts = [
        f"{title}: " * bool(title)
        + ", ".join(
            f"{name} {_format(geometric_mean(times))}" for name, times in group.items()
        )
        for title, group in groups.items()
    ]
    return f"Geometric means in µs. {'; '.join(texts)}."


def draw(title: str, groups: Mapping[str, Group], ours: str) -> str:
    """Return the chart as SVG.

    Args:
        title: what is measured.
        groups: times in µs, in groups with headings; one may be empty.
        ours: the contender that stands out.
    """
    scale = _Scale(
        time for group in groups.values() for times in group.values() for time in times
    )
    drawn: list[str] = []
    top = _HEAD
    for heading, group in groups.items():
        if heading:
            drawn.append(_text("heading", _MARGIN, top + 18, heading))
            top += _HEADING
        drawn += _draw_group(group, top, scale, ours)
        top += len(group) * _LINE + _AXIS
    hints = (
        "Further left is cheaper, on a logarithmic scale.",
        "A dot is a row of the table.",
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}"',
        ' role="img">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(describe(groups))}</desc>",
        f"<style>\n{_STYLE}</style>",
        f'<rect class="ground" width="{_WIDTH}" height="{top}" rx="14"/>',
        _text("title", _MARGIN, 32, title),
        *(_text("about", _MARGIN, 52 + 16 * n, hint) for n, hint in enumerate(hints)),
        _text("about end", _WIDTH - _MARGIN, 68, "mean"),
    )
    return "\n".join((*head, *drawn, "</svg>\n"))


class _Scale:
    """A logarithmic scale; its marks are at 1, 2 and 5, or at powers of ten alone."""

    def __init__(self, times: Iterable[float]) -> None:
        found = sorted(times)
        self._low, high = found[0] / 1.15, found[-1] * 1.15
        self._factor = (_RIGHT - _LEFT) / math.log(high / self._low)
        first, last = (math.floor(math.log10(each)) for each in (self._low, high))
        steps = _STEPS if high / self._low < 30 else _STEPS[:1]
        marks = [step * 10.0**n for n in range(first, last + 1) for step in steps]
        self.marks = [mark for mark in marks if self._low <= mark <= high]

    def __call__(self, time: float) -> float:
        return round(_LEFT + math.log(time / self._low) * self._factor, 1)


def _draw_group(group: Group, top: int, scale: _Scale, ours: str) -> Iterator[str]:
    bottom = top + len(group) * _LINE
    for mark in scale.marks:
        x = scale(mark)
        yield f'<path class="grid" d="M{x} {top - 4}V{bottom}"/>'
        yield _text("about middle", x, bottom + 16, f"{mark:g}")
    cheapest_first = sorted(group.items(), key=lambda each: geometric_mean(each[1]))
    for number, (name, times) in enumerate(cheapest_first):
        y = top + number * _LINE + _LINE // 2
        yield from _draw_line(name, times, y, scale, name == ours)


def _draw_line(
    name: str, times: Sequence[float], y: int, scale: _Scale, is_ours: bool
) -> Iterator[str]:
    yield '<g class="ours">' if is_ours else "<g>"
    if is_ours:
        yield (
            f'<rect class="band" x="8" y="{y - _LINE // 2}" '
            f'width="{_WIDTH - 16}" height="{_LINE}" rx="5"/>'
        )
    yield _text("name", _MARGIN, y + 4, name)
    yield f'<path class="range" d="M{scale(min(times))} {y}H{scale(max(times))}"/>'
    for time in times:
        yield f'<circle class="dot" cx="{scale(time)}" cy="{y}" r="3.5"/>'
    mean = geometric_mean(times)
    yield f'<path class="mean" d="M{scale(mean)} {y - 8}V{y + 8}"/>'
    yield _text("name end", _WIDTH - _MARGIN, y + 4, _format(mean))
    yield "</g>"


def _format(time: float) -> str:
    return f"{time:.0f}" if time >= 99.95 else f"{time:.1f}"


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}</text>'
