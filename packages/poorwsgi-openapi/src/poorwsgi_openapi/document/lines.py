"""Lines where the parts of a JSON or YAML text stand.

One pass finds all that are asked for, and what is near the root beside: the
operations are there, so that a second question about one needs no pass.
"""

import json
import re
from collections.abc import Collection
from json import JSONDecoder
from typing import Any, cast

__all__ = ["find_lines"]

_NEAR = 3
"""How deep everything is noted: ``/paths/~1pets/get`` is."""
_scan_text: Any = json.decoder.scanstring  # type: ignore[attr-defined]
_BLANK = re.compile(r"[ \t\r\n]*")
Place = tuple[str, ...]


def find_lines(
    text: str, places: Collection[Place], *, loader: Any = None
) -> dict[Place, int]:
    """Find the lines of places, of all above them, and of all near the root.

    Args:
        text: the text.
        places: keys and indexes from the root.
        loader: of YAML; without one the text is JSON.
    """
    wanted = {place[:end] for place in places for end in range(len(place) + 1)}
    if loader is None:
        return _JsonLines(text, wanted).lines
    return _YamlLines(text, wanted, loader).lines


class _JsonLines:
    """Walks through JSON; what nobody asks for is skipped by the decoder."""

    def __init__(self, text: str, wanted: Collection[Place]) -> None:
        self.lines: dict[Place, int] = {}
        self._text = text
        self._wanted = wanted
        self._skip = JSONDecoder(strict=False).raw_decode
        self._line, self._counted = 1, 0
        start = self._blank(0)
        self._note((), start)
        self._value((), start)

    def _blank(self, position: int) -> int:
        match: Any = _BLANK.match(self._text, position)  # always one
        end: int = match.end()
        return end

    def _note(self, place: Place, position: int) -> None:
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        if place in self._wanted or len(place) <= _NEAR:
            self.lines[place] = self._line

    def _value(self, place: Place, position: int) -> int:
        """Walk through the value at a position; returns its end."""
        is_near = place in self._wanted or len(place) < _NEAR
        opening = self._text[position]
        if not is_near or opening not in "{[":
            return self._skip(self._text, position)[1]
        position, index = self._blank(position + 1), 0
        while self._text[position] not in "}]":
            start, name = position, str(index)
            if opening == "{":
                name, position = _scan_text(self._text, position + 1, False)
                position = self._blank(self._blank(position) + 1)
            inner = (*place, name)
            self._note(inner, start)
            position = self._blank(self._value(inner, position))
            if self._text[position] == ",":
                position = self._blank(position + 1)
            index += 1
        return position + 1


class _YamlLines:
    """Walks through the nodes of YAML."""

    def __init__(self, text: str, wanted: Collection[Place], loader: Any) -> None:
        import yaml

        self.lines: dict[Place, int] = {(): 1}
        self._wanted = wanted
        try:
            root = cast("Any", yaml.compose(text, Loader=loader))
        except yaml.YAMLError:
            return  # it was no YAML to begin with
        if root is not None:
            self._walk((), root)

    def _walk(self, place: Place, node: Any) -> None:
        import yaml

        if place not in self._wanted and len(place) >= _NEAR:
            return
        if isinstance(node, yaml.MappingNode):
            pairs = [(str(key.value), key, value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            pairs = [(str(i), item, item) for i, item in enumerate(node.value)]
        else:
            return
        for name, mark, value in pairs:
            inner = (*place, name)
            if inner in self._wanted or len(inner) <= _NEAR:
                self.lines[inner] = mark.start_mark.line + 1
                self._walk(inner, value)
