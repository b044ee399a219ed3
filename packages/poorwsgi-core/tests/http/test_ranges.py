"""Facts about range requests."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.ranges import (
    RE_BYTES_RANGE,
    ContentRange,
    RangeList,
    log,
    parse_range,
    resolve_ranges,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-499", {"bytes": [(0, 499)]}),
        ("bytes=-500", {"bytes": [(None, 500)]}),
        ("bytes=9500-", {"bytes": [(9500, None)]}),
        ("bytes=0-0, 5-6 ,-1,", {"bytes": [(0, 0), (5, 6), (None, 1)]}),
        ("bytes=5-2", {"bytes": [(5, 2)]}),
        ("bytes=\xa01-2,3-4\x85,\t5-6 ", {"bytes": [(5, 6)]}),
        ("bytes=", {"bytes": []}),
        ("bytes=5", {"bytes": []}),
        ("bytes=-", {"bytes": []}),
        ("bytes=0-1,-,5-6", {"bytes": [(0, 1), (5, 6)]}),
        ("bytes=٠-٩", {"bytes": []}),
        ("bytes=1--2", {"bytes": []}),
        ("invalid=a-b", {"invalid": []}),
        (" Chunks =1-2", {" Chunks ": [(1, 2)]}),
        ("", {}),
        ("bytes", {}),
        ("bytes=1-2=3", {}),
    ],
)
def test_range_is_parsed(value: str, expected: dict[str, RangeList]) -> None:
    """Pairs have None on the side that is missing (bar 62)."""
    assert parse_range(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=" + "0-1," * 100, 100),
        ("bytes=" + "0-1," * 101, 0),
        (f"bytes=0-1,{'9' * 19}-", 2),
        (f"bytes=0-1,{'9' * 20}-", 0),
        (f"bytes=0-1,-{'0' * 20}", 0),
    ],
)
def test_too_much_makes_the_set_empty(value: str, expected: int) -> None:
    """At most 100 ranges, and 19 digits, or all are ignored (bar 55)."""
    assert len(parse_range(value)["bytes"]) == expected


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("bytes", logging.ERROR),
        ("bytes=-", logging.WARNING),
        ("bytes=" + "0-1," * 101, logging.WARNING),
        (f"bytes=-{'1' * 20}", logging.WARNING),
    ],
)
def test_malformed_range_is_logged(
    caplog: pytest.LogCaptureFixture, value: str, level: int
) -> None:
    """One record says it, on the logger of the framework."""
    parse_range(value)
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("poorwsgi", level)
    ]


def test_log_is_short_and_has_no_line_breaks(caplog: pytest.LogCaptureFixture) -> None:
    """What a client sends is escaped and cut (bar 29)."""
    parse_range("\r\n" + "x" * 60_000)
    assert len(caplog.messages[0]) < 200
    assert "\n" not in caplog.messages[0]
    assert log.name == "poorwsgi"


def test_pattern_finds_pairs() -> None:
    """RE_BYTES_RANGE finds pairs of digits, with sides missing."""
    assert RE_BYTES_RANGE.findall("0-1,-5,7-") == [("0", "1"), ("", "5"), ("7", "")]


def test_content_range_is_rendered() -> None:
    """str() of a ContentRange is the value of the field."""
    assert str(ContentRange()) == "bytes 0-0/*"
    assert str(ContentRange(0, 9, 10)) == "bytes 0-9/10"
    assert str(ContentRange(2, 5, units="lines")) == "lines 2-5/*"
    assert repr(ContentRange(0, 9, 10)) == "<ContentRange bytes 0-9/10>"


def test_content_range_of_nothing_has_an_asterisk() -> None:
    """Without a start it is the form of a 416 answer (P3)."""
    assert str(ContentRange(None, None, 10)) == "bytes */10"


def test_content_range_holds_its_parts() -> None:
    """The parts may be read and changed."""
    content_range = ContentRange(1, 2, 3, "lines")
    content_range.start = 2
    assert (content_range.start, content_range.end) == (2, 2)
    assert (content_range.full, content_range.units) == (3, "lines")


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(0, 0)], [(0, 0)]),
        ([(0, 9)], [(0, 9)]),
        ([(8, 15)], [(8, 9)]),
        ([(9, None)], [(9, 9)]),
        ([(None, 3)], [(7, 9)]),
        ([(None, 20)], [(0, 9)]),
        ([(None, 0)], []),
        ([(10, None)], []),
        ([(10, 15)], []),
        ([(12, 15)], []),
        ([(5, 2)], []),
        ([(-3, 5)], []),
        ([(None, None)], []),
        ([], []),
        ([(0, 1), (12, None)], [(0, 1)]),
        ([(0, 1), (3, 4)], [(0, 1), (3, 4)]),
        ([(0, 1), (2, 4)], [(0, 4)]),
        ([(4, 6), (0, 5)], [(0, 6)]),
        ([(0, 8), (2, 3), (5, None)], [(0, 9)]),
    ],
)
def test_ranges_are_resolved(
    ranges: RangeList, expected: list[tuple[int, int]]
) -> None:
    """Ranges of ten octets are clipped, dropped and joined (P2, bar 55)."""
    assert resolve_ranges(ranges, 10) == expected


def test_empty_body_satisfies_nothing() -> None:
    """No range of an empty body can be answered."""
    assert resolve_ranges([(0, 0), (0, None), (None, 5)], 0) == []


_SIDES = st.none() | st.integers(0, 30)


@given(st.lists(st.tuples(_SIDES, _SIDES)), st.integers(0, 20))
def test_resolved_ranges_select_the_same_octets(ranges: RangeList, size: int) -> None:
    """Resolving selects what the ranges select one by one, in order, once."""
    body = list(range(size))
    wanted: set[int] = set()
    for start, end in ranges:
        if start is not None:
            wanted.update(body[start : None if end is None else end + 1])
        elif end:
            wanted.update(body[-end:])
    resolved = resolve_ranges(ranges, size)
    selected = [octet for first, last in resolved for octet in body[first : last + 1]]
    assert selected == sorted(wanted)
    gaps = [after[0] - before[1] for before, after in zip(resolved, resolved[1:])]  # noqa: B905, RUF007
    assert all(gap > 1 for gap in gaps)


@given(st.text(alphabet="bytes=0123456789-, \tx\n٠é"))
def test_any_text_is_parsed(value: str) -> None:
    """Nothing raises, and every pair has a side."""
    for ranges in parse_range(value).values():
        assert (None, None) not in ranges


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize("piece", ["-", ",", "0-1,", "9", "=", " ", "a-b,"])
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    """Hostile text takes no more than its length (bar 55)."""
    assert parse_range("bytes=" + piece * (250_000 // len(piece))) is not None
