"""Sequential media types: one item after the other (OpenAPI 3.2).

They are lines of JSON, JSON text sequences (RFC 7464) and server-sent events.  Each
item is checked by ``itemSchema``, all of them as a list by ``schema``.  What has no
``schema`` needn't be in memory: its items are read and checked one by one, and the
steps that checking may take grow with the octets that have come.

``Splitter`` is sans-IO: octets in, items out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from poorwsgi_openapi.checks.certain import never
from poorwsgi_openapi.checks.engine import InvalidValue, Purse, SchemaPlan, Side
from poorwsgi_openapi.checks.json_text import decode_json
from poorwsgi_openapi.checks.media import MediaPlan
from poorwsgi_openapi.document.sequences import EVENTS, FIELDS

__all__ = ["ItemError", "SequencePlan", "Splitter", "build_media"]

_LINE_END = re.compile(rb"\r?\n")
_RECORD_START = re.compile(rb"\x1e")
_EVENT_END = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_LONGEST_END = 4
_LINE = re.compile("\r\n|\n|\r")
_NOTHING: Any = object()
"""Stands for what is no item: an empty line, a comment of server-sent events."""


class ItemError(ValueError):
    """An item can't be read.

    Attributes:
        index: which one.
        is_large: it has too many octets.
    """

    def __init__(self, index: int, *, is_large: bool = False) -> None:
        super().__init__(f"Item {index} can't be read")
        self.index = index
        self.is_large = is_large


class Splitter:
    """Divides octets into items.

    Args:
        name: media type.
        most: most octets of one item, ``None`` for any number.
    """

    def __init__(self, name: str, most: int | None = None) -> None:
        self._end, self._decode = _find_format(name)
        self._most = most
        self._buffer = bytearray()
        self._count = 0

    def feed(self, data: bytes) -> list[Any]:
        """Return the items that end in these octets.

        Raises:
            ItemError: one can't be read, or is too large.
        """
        buffer = self._buffer
        # What ends an item may have come in parts.
        known = max(len(buffer) - _LONGEST_END, 0)
        buffer += data
        start, pieces = 0, list[bytes]()
        for match in self._end.finditer(buffer, known):
            pieces.append(bytes(buffer[start : match.start()]))
            start = match.end()
        del buffer[:start]
        items = self._read(pieces)
        self._check_size(len(buffer))
        return items

    def finish(self) -> list[Any]:
        """Return the item that ends with the octets, if there is one.

        Raises:
            ItemError: it can't be read.
        """
        return self._read([bytes(self._buffer)])

    def _read(self, pieces: Iterable[bytes]) -> list[Any]:
        items: list[Any] = []
        # PERF: there may be one of each two octets.
        decode, most = self._decode, self._most
        for piece in pieces:
            if most is not None and len(piece) > most:
                raise ItemError(self._count + len(items), is_large=True)
            text = piece.strip()
            try:
                item = decode(text) if text else _NOTHING
            except (ValueError, RecursionError) as error:
                raise ItemError(self._count + len(items)) from error
            if item is not _NOTHING:
                items.append(item)
        self._count += len(items)
        return items

    def _check_size(self, size: int) -> None:
        if self._most is not None and size > self._most:
            raise ItemError(self._count, is_large=True)


def _find_format(name: str) -> tuple["re.Pattern[bytes]", Callable[[bytes], Any]]:
    if name == EVENTS:
        return _EVENT_END, _decode_event
    is_lines = not name.endswith("json-seq")
    return _LINE_END if is_lines else _RECORD_START, decode_json


def _decode_event(raw: bytes) -> Any:
    """Decode an event as OpenAPI has it: the fields, of which data may have lines."""
    event: dict[str, Any] = {}
    for line in _LINE.split(raw.decode().removeprefix("\ufeff")):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data" and "data" in event:
            event["data"] += f"\n{value}"
        elif name == "retry" and value.isascii() and value.isdecimal():
            event["retry"] = int(value)
        elif name in FIELDS and name != "retry":
            event[name] = value
    return event or _NOTHING


class SequencePlan(MediaPlan):
    """How a sequence of items is read.

    Attributes:
        is_whole: there is a schema of all items, so all have to be in memory.
        has_items: there is a schema of each.
    """

    def __init__(
        self, side: Side, kind: str, node: Mapping[str, Any], keys: tuple[str, ...]
    ) -> None:
        super().__init__(side, kind, node, keys)
        self.is_whole = self.schema is not None
        self._media = node
        self.has_items = "itemSchema" in node
        if self.has_items:
            self.certain = never

    @cached_property
    def _item(self) -> SchemaPlan:
        keys = (*self._keys, "itemSchema")
        return self._side.plan(keys, self._media["itemSchema"])

    def decode(self, raw: bytes, options: Mapping[str, str]) -> Any:
        """Decode all items.

        Raises:
            ItemError: one can't be read.
        """
        splitter = Splitter(self.name)
        return [*splitter.feed(raw), *splitter.finish()]

    def judge(self, value: Any, size: int = 0) -> tuple[Any, Sequence[Any]]:
        """Judge all items, then each.

        Raises:
            InvalidValue: an item doesn't fit, or they can't be checked.
        """
        whole, errors = super().judge(value, size)
        if errors or not self.has_items:
            return whole, errors
        purse = self._side.open_purse(size)
        return self._check_items(0, value, purse), ()

    def read_items(
        self, chunks: Iterable[bytes], most: int | None = None
    ) -> Iterator[Any]:
        """Yield the items of octets that come in pieces, each typed.

        Args:
            chunks: the pieces.
            most: most octets of an item.

        Raises:
            ItemError: an item can't be read, or is too large.
            InvalidValue: it doesn't fit.
        """
        for items in self.follow(chunks, most):
            yield from items

    def follow(
        self, chunks: Iterable[bytes], most: int | None = None
    ) -> Iterator[list[Any]]:
        """Yield, for each piece, the items that end in it; see ``read_items``."""
        splitter, purse = Splitter(self.name, most), self._side.open_purse()
        count = 0
        for chunk in chunks:
            purse.add(len(chunk))
            items = splitter.feed(chunk)
            yield self._check_items(count, items, purse)
            count += len(items)
        yield self._check_items(count, splitter.finish(), purse)

    def _check_items(self, first: int, items: Iterable[Any], purse: Purse) -> list[Any]:
        made: list[Any] = []
        load = self._item.load
        for index, item in enumerate(items, first):
            try:
                made.append(load(item, purse=purse))
            except InvalidValue as error:
                error.pointer = f"/{index}"
                raise
        return made


def build_media(
    side: Side, kind: str, node: Mapping[str, Any], keys: tuple[str, ...]
) -> MediaPlan:
    """Build the plan of a media type, see ``MediaPlan``."""
    plan = MediaPlan(side, kind, node, keys)
    return SequencePlan(side, kind, node, keys) if plan.reading == "items" else plan
