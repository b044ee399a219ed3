"""Range requests: the Range and Content-Range fields (RFC 9110 section 14).

``parse_range`` reads what a client has sent, ``resolve_ranges`` says which
octets of a body are meant.  A range is a pair: ``(first, last)`` inclusive,
``(first, None)`` to the end, ``(None, count)`` the last so many.
"""

import logging
import re
from collections.abc import Iterable
from typing import Final, TypeAlias

__all__ = [
    "RE_BYTES_RANGE",
    "ContentRange",
    "RangeList",
    "log",
    "parse_range",
    "resolve_ranges",
]

log = logging.getLogger("poorwsgi")

RangeList: TypeAlias = list[tuple[int | None, int | None]]
"""Pairs of first and last position; see the module's description."""

RE_BYTES_RANGE: Final = re.compile(r"([0-9]*)-([0-9]*),?")
"""One ``digits-digits`` pair, either side of which may be empty."""

_MAX_SPECS = 100
_MAX_DIGITS = 19
_LOGGED = 100


class ContentRange:
    """The value of a Content-Range field; ``str()`` renders it.

    Args:
        start: first position; ``None`` renders ``*``, for a 416 answer.
        end: last position, inclusive.
        full: length of the whole representation, ``"*"`` when unknown.
        units: range unit.
    """

    def __init__(
        self,
        start: int | None = 0,
        end: int | None = 0,
        full: int | str = "*",
        units: str = "bytes",
    ) -> None:
        self.start = start
        self.end = end
        self.full = full
        self.units = units

    def __str__(self) -> str:
        if self.start is None:
            return f"{self.units} */{self.full}"
        return f"{self.units} {self.start}-{self.end}/{self.full}"

    def __repr__(self) -> str:
        return f"<ContentRange {self}>"


def parse_range(value: str) -> dict[str, RangeList]:
    """Parse a Range value to the ranges of its unit.

    Malformed ranges are left out with a warning.  More than 100 ranges or a
    number of more than 19 digits make the whole set empty: the field is to be
    ignored.  Ranges whose end lies before their start are kept.

    Returns:
        One item, unit to ranges; nothing when value isn't ``unit=ranges``.
    """
    unit, equals, text = value.partition("=")
    if not equals or "=" in text:
        log.error("Malformed Range field: %.*r", _LOGGED, value)
        return {}
    return {unit: _parse_specs(text)}


def resolve_ranges(
    ranges: Iterable[tuple[int | None, int | None]], length: int
) -> list[tuple[int, int]]:
    """Resolve ranges to inclusive positions in a body.

    Ends are clipped, a suffix longer than the body is all of it, and ranges
    that select nothing are dropped.  Overlapping and adjacent ones are joined.

    Args:
        ranges: pairs as ``parse_range`` gives them.
        length: octets (or whatever the unit is) of the body.

    Returns:
        Rising pairs of first and last position; empty: not satisfiable, 416.
    """
    resolved: list[tuple[int, int]] = []
    for first, last in sorted(_selected(ranges, length)):
        if not resolved or first > resolved[-1][1] + 1:
            resolved.append((first, last))
        elif last > resolved[-1][1]:
            resolved[-1] = (resolved[-1][0], last)
    return resolved


def _parse_specs(text: str) -> RangeList:
    specs = [spec for piece in text.split(",") if (spec := piece.strip(" \t"))]
    if len(specs) > _MAX_SPECS:
        log.warning("Range field with %d ranges ignored", len(specs))
        return []
    ranges: RangeList = []
    for spec in specs:
        match = RE_BYTES_RANGE.fullmatch(spec)
        if match is None or spec == "-":
            log.warning("Malformed range skipped: %.*r", _LOGGED, spec)
            continue
        first, last = match.groups()
        if len(first) > _MAX_DIGITS or len(last) > _MAX_DIGITS:
            log.warning("Range field with too long a number ignored")
            return []
        ranges.append((int(first) if first else None, int(last) if last else None))
    return ranges


def _selected(
    ranges: Iterable[tuple[int | None, int | None]], length: int
) -> Iterable[tuple[int, int]]:
    for start, end in ranges:
        first, last = start, length - 1
        if end is not None:
            if first is None:
                first = max(length - end, 0)
            else:
                last = min(end, last)
        if first is not None and 0 <= first <= last:
            yield first, last
