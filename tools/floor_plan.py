"""The drawing of the architecture: packages as panels, rooms on floors, arrows down.

Boxes of one floor stand in a row.  All arrows to a room run together into one, on a
level of their own between the floors.  The colours are those of the documentation;
the picture brings its own ground, so that it can be read where a page is dark and
the browser light.  Knows nothing of Python and of files.
"""

import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from html import escape
from itertools import permutations, product
from typing import NamedTuple

__all__ = ["Panel", "Room", "draw"]

_WIDTH = 1080
_MARGIN = 24
_BETWEEN = 46  # panels of two storeys
_BESIDE = 20  # panels of one storey
_PADDING = 16
_TITLE = 58
_GAP = 14  # boxes of one floor
_NARROW = 116  # what a box needs to say more than a name
_WAY = 12  # room for an arrow that passes a floor
_LEVEL = 8  # levels of two arrows
_STEP = 12  # arrows that leave one box
_NEAR = 22  # so little aside, a line is drawn straight
_TRIED = 6
_RADIUS = 6
_MONO = 0.602  # width of a letter, in its size
_SANS = 0.55  # about that, in the widest of the usual fonts
_NAME = 14.0  # sizes of text
_ABOUT = 12.5
_INSIDE = 11.5
_LEGEND = (
    "An arrow leads from a room to one that it imports; those that follow from "
    "others are left out. Tinted rooms are wings of several modules."
)

_STYLE = """\
.ground { fill: #fbfcfa }
.panel { fill: #f1f4ef; stroke: #dbe2d9 }
.room { fill: #fff; stroke: #b5c6bc }
.wing { fill: #e3efe9; stroke: #7fa898 }
.title { fill: #2f6f5e; font-size: 19px; font-weight: 600 }
.name { fill: #1d2924; font-weight: 600 }
.title, .name { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace }
.about { fill: #4f5d55; font-size: 12.5px }
.inside { fill: #2f6f5e; font-size: 11.5px }
.about, .inside { font-family: system-ui, 'Segoe UI', Roboto, sans-serif }
.arrow { fill: none; stroke: #7b9388; stroke-width: 1.6 }
.head { fill: #7b9388 }
.down { fill: none; stroke: #2f6f5e; stroke-width: 3 }
.tip { fill: #2f6f5e }
@media (prefers-color-scheme: dark) {
.ground { fill: #131614 }
.panel { fill: #1a1f1c; stroke: #2c3631 }
.room { fill: #232a26; stroke: #43524a }
.wing { fill: #23392f; stroke: #4d7a68 }
.title { fill: #7cc4ad }
.name { fill: #e8eeea }
.about { fill: #aab8b0 }
.inside { fill: #7cc4ad }
.arrow { stroke: #7d9488 }
.head { fill: #7d9488 }
.down { stroke: #7cc4ad }
.tip { fill: #7cc4ad }
}"""


class Room(NamedTuple):
    """A room: a module, or a wing of several.

    Attributes:
        name: as it is imported, without the package.
        about: what it holds, in a line.
        modules: names of the modules inside; none when it is a module itself.
    """

    name: str
    about: str
    modules: Sequence[str]


class Panel(NamedTuple):
    """A package.

    Attributes:
        name: as it is imported.
        about: what it is, in a line.
        floors: its rooms, the highest floor first.
        arrows: names of rooms, and of rooms below that they import.
    """

    name: str
    about: str
    floors: Sequence[Sequence[Room]]
    arrows: Sequence[tuple[str, str]]


class _Box(NamedTuple):
    """Where a room stands, or where an arrow to it passes a floor."""

    name: str
    room: Room | None
    x: float
    width: float
    size: float
    told: bool

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def about(self) -> list[str]:
        """What the room holds, if there is space to say it."""
        if self.room is None or not self.told:
            return []
        return _wrap(self.room.about, self.width - 20, _ABOUT, 5)

    @property
    def inside(self) -> list[str]:
        """The modules of a wing, if there is space to name them."""
        if self.room is None or not self.told:
            return []
        names = ", ".join(self.room.modules)
        return _wrap(names, self.width - 20, _INSIDE, 9)

    @property
    def height(self) -> float:
        lines = len(self.about) + len(self.inside)
        return 32 + 16 * lines + (2 if self.inside else 0)


_Row = list[_Box]
_Links = Sequence[tuple[str, str]]


def draw(storeys: Sequence[Sequence[Panel]]) -> str:
    """Return the picture as SVG.

    Args:
        storeys: panels that stand side by side, the highest storey first.
    """
    parts: list[str] = []
    y = float(_MARGIN)
    above: list[float] = []
    for storey in storeys:
        drawings = _set_side_by_side(storey)
        height = max(drawing.height for drawing in drawings)
        middles = [drawing.x + drawing.width / 2 for drawing in drawings]
        for drawing in drawings:
            parts += drawing.draw(y, height)
        if above:
            # The fewer panels are as wide as all of the other storey.
            parts += [_thick_arrow(x, y) for x in max(above, middles, key=len)]
        above = middles
        y += height + _BETWEEN
    parts.append(_text("about", _MARGIN, y - _BETWEEN + 26, _LEGEND))
    return _frame(parts, y - _BETWEEN + 44)


def _frame(parts: Sequence[str], height: float) -> str:
    box = f"0 0 {_WIDTH} {_n(height)}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img">',
        "<title>PoorWSGI: rooms, each above those that it imports</title>",
        f"<style>\n{_STYLE}\n</style>",
        f'<rect class="ground" width="{_WIDTH}" height="{_n(height)}" rx="14"/>',
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _set_side_by_side(storey: Sequence[Panel]) -> list["_Drawing"]:
    """Give each panel of a storey a width for its rooms and the ways beside them."""
    needs = [min(3.0, max([2.6, *map(len, _split(panel)[1])])) for panel in storey]
    free = _WIDTH - 2 * _MARGIN - _BESIDE * (len(storey) - 1)
    drawings: list[_Drawing] = []
    x = float(_MARGIN)
    for panel, need in zip(storey, needs, strict=True):
        drawings.append(_Drawing(panel, x, free * need / sum(needs)))
        x += drawings[-1].width + _BESIDE
    return drawings


class _Drawing:
    """One panel, laid out from its own upper left corner."""

    def __init__(self, panel: Panel, x: float, width: float) -> None:
        self.x = x
        self.panel = panel
        self.width = width
        self.about = _wrap(panel.about, width - 2 * _PADDING, _ABOUT, 3)
        self.links, names = _split(panel)
        widest = 430 if width > _WIDTH / 2 else 230
        inner = width - 2 * _PADDING
        order = _order(names, self.links)
        self.rows = _straighten(
            [
                _lay(row, floor, inner, widest)
                for row, floor in zip(order, panel.floors, strict=True)
            ]
        )
        self.tops: list[float] = []
        y = float(_TITLE + 17 * (len(self.about) - 1)) + 6
        for row, links in zip(self.rows, [*self.links, []], strict=False):
            self.tops.append(y)
            levels = len({target for _, target in links})
            y += _row_height(row) + (24 + _LEVEL * levels if links else _PADDING)
        self.height = y

    def draw(self, y: float, height: float) -> Iterator[str]:
        """Yield the panel, drawn into a height that may be more than it needs."""
        lift = height - self.height  # all panels stand on the ground of their storey
        yield f'<g transform="translate({_n(self.x)} {_n(y)})">'
        yield (
            f'<rect class="panel" width="{_n(self.width)}" height="{_n(height)}"'
            ' rx="10"/>'
        )
        yield _text("title", _PADDING, 30, self.panel.name)
        for number, line in enumerate(self.about):
            yield _text("about", _PADDING, 50 + 17 * number, line)
        yield f'<g transform="translate(0 {_n(lift)})">'
        for index, links in enumerate(self.links):
            yield from self._draw_links(index, links)
        for row, top in zip(self.rows, self.tops, strict=True):
            for box in row:
                yield from self._draw_box(box, top, _row_height(row))
        yield "</g>"
        yield "</g>"

    def _draw_box(self, box: _Box, top: float, height: float) -> Iterator[str]:
        if box.room is None:
            yield f'<path class="arrow" d="M{_n(box.middle)} {_n(top)}v{_n(height)}"/>'
            return
        room = box.room
        kind = "wing" if room.modules else "room"
        title = escape(f"{self.panel.name}.{room.name}: {room.about}")
        yield f"<g><title>{title}</title>"
        yield (
            f'<rect class="{kind}" x="{_n(box.x)}" y="{_n(top)}" '
            f'width="{_n(box.width)}" height="{_n(height)}" rx="6"/>'
        )
        left, y = box.x + 10, top + 21
        yield _text("name", left, y, room.name, f' font-size="{_n(box.size)}"')
        for line in box.about:
            y += 16
            yield _text("about", left, y + 2, line)
        for line in box.inside:
            y += 16
            yield _text("inside", left, y + 4, line)
        yield "</g>"

    def _draw_links(self, index: int, links: _Links) -> Iterator[str]:
        """Draw the arrows between a floor and the next one below."""
        upper = {box.name: box for box in self.rows[index]}
        lower = {box.name: box for box in self.rows[index + 1]}
        top = self.tops[index] + _row_height(self.rows[index])
        bottom = self.tops[index + 1]
        ends = [
            (_port(upper[source], lower[name], links, lower), lower[name])
            for source, name in links
        ]
        levels = _levels([(start, box.middle) for start, box in ends])
        for start, box in ends:
            bend = top + 8 + _LEVEL * (levels.index(box.middle) + 1)
            yield _line(start, top, bend, box.middle, bottom)
        reached = {box.middle for _, box in ends if box.room is not None}
        for middle in sorted(reached):
            yield _head("head", middle, bottom, 5)


def _split(panel: Panel) -> tuple[list[list[tuple[str, str]]], list[list[str]]]:
    """Cut arrows that pass floors into pieces, all to one room sharing theirs.

    Returns:
        The pieces that leave each floor but the lowest, and the names that stand on
        each floor: rooms, and where arrows pass the room that they lead to.
    """
    names = [[room.name for room in floor] for floor in panel.floors]
    level = {name: index for index, floor in enumerate(names) for name in floor}
    links: list[set[tuple[str, str]]] = [set() for _ in panel.floors[1:]]
    for source, target in panel.arrows:
        links[level[source]].add((source, target))
        for index in range(level[source] + 1, level[target]):
            links[index].add((target, target))
            if target not in names[index]:
                names[index].append(target)
    return [sorted(each) for each in links], names


def _order(names: list[list[str]], links: Sequence[_Links]) -> list[list[str]]:
    """Order each floor by where its neighbours stand, so that few arrows cross."""
    rows = [list(row) for row in names]
    for _ in range(6):
        for index in range(1, len(rows)):
            above = [(lower, upper) for upper, lower in links[index - 1]]
            rows[index] = _by_neighbours(rows[index], rows[index - 1], above)
        for index in range(len(rows) - 2, -1, -1):
            rows[index] = _by_neighbours(rows[index], rows[index + 1], links[index])
    return rows


def _by_neighbours(row: list[str], other: list[str], links: _Links) -> list[str]:
    where = {name: (at + 0.5) / len(other) for at, name in enumerate(other)}
    seen: defaultdict[str, list[float]] = defaultdict(list)
    for name, neighbour in links:
        seen[name].append(where[neighbour])
    here = {name: (at + 0.5) / len(row) for at, name in enumerate(row)}

    def place(name: str) -> float:
        return sum(seen[name]) / len(seen[name]) if seen[name] else here[name]

    return sorted(row, key=place)


def _lay(
    names: Sequence[str], floor: Sequence[Room], inner: float, widest: float
) -> _Row:
    """Set the boxes of a floor side by side, in the middle of the panel."""
    rooms = {room.name: room for room in floor}
    ways = len(names) - len(rooms)
    free = inner - _WAY * ways - _GAP * (len(names) - 1)
    size, widths = _fit(floor, free, widest)
    row: _Row = []
    x = 0.0
    for name in names:
        width, told = widths.get(name, (_WAY, False))
        row.append(_Box(name, rooms.get(name), x, width, size, told))
        x += width + _GAP
    boxes = [box for box in row if box.room is not None]
    shift = _PADDING + (inner - boxes[0].x - boxes[-1].x - boxes[-1].width) / 2
    # Ways at the ends don't push the boxes aside, as long as there is space.
    shift = max(shift, _PADDING - row[0].x)
    shift = min(shift, _PADDING + inner - row[-1].x - row[-1].width)
    return [box._replace(x=box.x + shift) for box in row]


def _fit(
    floor: Sequence[Room], free: float, widest: float
) -> tuple[float, dict[str, tuple[float, bool]]]:
    """Share the width of a floor among its rooms.

    Where they can't all tell what they hold, wings do, then none.

    Returns:
        The size of the names, and of each room the width and whether it tells.
    """
    width = free / len(floor)
    if width >= _NARROW:
        width = min(widest, width)
        longest = max(len(room.name) for room in floor)
        size = min(_NAME, (width - 20) / longest / _MONO)
        return size, {room.name: (width, True) for room in floor}
    wings = [room for room in floor if room.modules]
    widths = {room.name: 20 + len(room.name) * _NAME * _MONO for room in floor}
    rest = free - sum(widths[room.name] for room in floor if not room.modules)
    if wings and rest / len(wings) >= _NARROW:
        wide = min(widest, rest / len(wings))
        told = {room.name: (wide, True) for room in wings}
        return _NAME, {name: (widths[name], False) for name in widths} | told
    letters = sum(len(room.name) for room in floor)
    size = min(_NAME, (free - 20 * len(floor)) / letters / _MONO)
    return size, {
        room.name: (20 + len(room.name) * size * _MONO, False) for room in floor
    }


def _straighten(rows: list[_Row]) -> list[_Row]:
    """Let an arrow that passes several floors at their ends pass them straight."""
    ends = [(_end(row), _end(row[::-1])) for row in rows]
    lanes: dict[str, float] = {}
    for side, choose in ((0, max), (1, min)):
        for way in (way for end in ends for way in end[side]):
            lanes[way.name] = choose(lanes.get(way.name, way.x), way.x)
    outer = [{way.name for way in (*left, *right)} for left, right in ends]
    return [
        [box._replace(x=lanes[box.name]) if box.name in names else box for box in row]
        for row, names in zip(rows, outer, strict=True)
    ]


def _end(row: _Row) -> _Row:
    """Return what stands behind the last room of a floor."""
    last = max(index for index, box in enumerate(row) if box.room is not None)
    return row[last + 1 :]


def _wrap(text: str, width: float, size: float, most: int) -> list[str]:
    """Break a text into lines that fit."""
    letters = int(width / size / _SANS)
    return textwrap.wrap(text, letters, max_lines=most, placeholder="…")


def _row_height(row: _Row) -> float:
    return max(box.height for box in row)


def _port(box: _Box, target: _Box, links: _Links, lower: dict[str, _Box]) -> float:
    """Return where on the lower edge of a box the arrow to a target leaves it."""
    if box.room is None:
        return box.middle
    away = [lower[name].middle - box.middle for each, name in links if each == box.name]
    own = target.middle - box.middle
    if abs(own) < _NEAR:
        return target.middle
    side = 1 if own > 0 else -1
    same = sorted(side * each for each in away if side * each > 0)
    near = max((each for each in same if each < _NEAR), default=0)
    far = [each for each in same if each >= _NEAR]
    return box.middle + side * (near + _STEP * (len(far) - far.index(side * own)))


def _levels(lines: Sequence[tuple[float, float]]) -> Sequence[float]:
    """Order the targets by the level on which lines to them run aside.

    Few are tried in all orders, for the one where the fewest lines meet.
    """
    targets = sorted({to for _, to in lines})
    if len(targets) > _TRIED:
        return targets
    return min(permutations(targets), key=lambda order: _meetings(lines, order))


def _meetings(lines: Sequence[tuple[float, float]], order: Sequence[float]) -> int:
    """Count where lines cross; one upon another is worse."""
    count = 0
    for (start, to), (other, end) in product(lines, lines):
        if to == end:
            continue
        above = order.index(to) < order.index(end)
        left, right = sorted((start, to))
        count += left < other < right and above
        count += left < end < right and not above
        count += 10 * (abs(other - to) < _STEP / 2 and above)
    return count


def _line(x: float, top: float, bend: float, to: float, bottom: float) -> str:
    """Draw a line down, aside and down again, with round corners."""
    if abs(to - x) < 1:
        return f'<path class="arrow" d="M{_n(x)} {_n(top)}V{_n(bottom)}"/>'
    radius = min(_RADIUS, abs(to - x) / 2)
    turn = radius if to > x else -radius
    return (
        f'<path class="arrow" d="M{_n(x)} {_n(top)}V{_n(bend - radius)}'
        f"Q{_n(x)} {_n(bend)} {_n(x + turn)} {_n(bend)}H{_n(to - turn)}"
        f'Q{_n(to)} {_n(bend)} {_n(to)} {_n(bend + radius)}V{_n(bottom)}"/>'
    )


def _thick_arrow(x: float, bottom: float) -> str:
    """Draw an arrow from the panels of a storey to one below."""
    top = bottom - _BETWEEN + 2
    line = f'<path class="down" d="M{_n(x)} {_n(top)}V{_n(bottom - 10)}"/>'
    return line + _head("tip", x, bottom - 2, 8)


def _head(kind: str, x: float, y: float, size: float) -> str:
    return (
        f'<path class="{kind}" d="M{_n(x - size)} {_n(y - size * 1.4)}'
        f'h{_n(2 * size)}L{_n(x)} {_n(y)}z"/>'
    )


def _text(kind: str, x: float, y: float, text: str, more: str = "") -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}"{more}>{escape(text)}</text>'


def _n(number: float) -> str:
    """Write a number with what digits it needs."""
    return f"{number:.1f}".removesuffix(".0")
