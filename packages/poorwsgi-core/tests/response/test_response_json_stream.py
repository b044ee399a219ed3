"""Facts about JSON that is encoded piece by piece."""

import json
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from itertools import count, islice
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.response.json_stream import stream_json

_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_SCALARS = st.none() | st.booleans() | st.integers() | _FLOATS | st.text()
_KEYS = st.text() | st.integers() | st.booleans() | st.none() | _FLOATS
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner),
    max_leaves=30,
)


class _Color(StrEnum):
    RED = "red"


class _Number(IntEnum):
    ONE = 1


def _encode(value: Any) -> bytes:
    return b"".join(stream_json(value))


@given(_VALUES)
def test_it_is_what_json_dumps_writes(value: Any) -> None:
    """The pieces make the text of the standard library, to the byte."""
    assert _encode(value) == json.dumps(value).encode()


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        (),
        {"a": []},
        [[], {}],
        (1, (2, 3)),
        {True: 1, None: 2, 1.5: 3, 7: 4, "\u2028": 5},
        {_Color.RED: _Number.ONE},
        [_Color.RED],
        'quote " and \\ and \x00 and ě',
    ],
)
def test_values_of_the_library(value: Any) -> None:
    """Empty ones, tuples, keys that aren't text, and enumerations too."""
    assert _encode(value) == json.dumps(value).encode()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (range(3), b"[0, 1, 2]"),
        (iter(()), b"[]"),
        (map(str, range(2)), b'["0", "1"]'),
        ({"a": (n * n for n in range(3))}, b'{"a": [0, 1, 4]}'),
        ([iter("ab"), [range(1)]], b'[["a", "b"], [[0]]]'),
        (frozenset({1}), b"[1]"),
        ({"a": 1}.keys(), b'["a"]'),
        (MappingProxyType({"a": range(1)}), b'{"a": [0]}'),
    ],
)
def test_iterables_are_arrays(value: Any, expected: bytes) -> None:
    """At any depth, a generator too; a mapping is an object."""
    assert _encode(value) == expected


@pytest.mark.parametrize("value", [b"bytes", object(), [b""], {"a": [object()]}, 1j])
def test_what_is_not_json(value: Any) -> None:
    """Neither JSON nor iterable is a TypeError."""
    with pytest.raises(TypeError):
        _encode(value)


def test_key_that_is_none() -> None:
    """A key that json refuses is a TypeError."""
    with pytest.raises(TypeError):
        _encode({(1, 2): 3})


def test_blocks_have_a_kilobyte() -> None:
    """Only the last block is shorter."""
    blocks = list(stream_json(range(2000)))
    assert b"".join(blocks) == json.dumps([*range(2000)]).encode()
    assert len(blocks) > 5
    assert [len(block) >= 1024 for block in blocks[:-1]] == [True] * (len(blocks) - 1)
    assert max(map(len, blocks)) < 1100


def test_last_block_is_not_empty() -> None:
    """A text that ends with a block is not followed by an empty one."""
    assert [len(block) for block in stream_json("x" * 1022)] == [1024]
    assert [len(block) for block in stream_json("x" * 1021)] == [1023]


def test_rows_are_taken_one_by_one() -> None:
    """A generator without an end is encoded as far as it is asked for."""
    taken: list[int] = []

    def rows() -> Iterator[int]:
        for number in count():
            taken.append(number)
            yield number

    stream = stream_json({"rows": rows()})
    assert taken == []
    blocks = b"".join(islice(stream, 2))
    assert blocks.startswith(b'{"rows": [0, 1, 2, ')
    assert 300 < len(taken) < 1000


@pytest.mark.parametrize("depth", [1, 3])
def test_stopping_closes_what_was_begun(depth: int) -> None:
    """Rows that have begun are closed, though somebody still holds them (bar 91)."""
    closed: list[bool] = []

    def rows() -> Iterator[int]:
        try:
            yield from count()
        finally:
            closed.append(True)

    held = rows()
    value: Any = held
    for _ in range(depth):
        value = {"inner": [value]}
    stream = stream_json(value)
    next(stream)
    assert closed == []
    stream.close()  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    assert closed == [True]
    assert list(held) == []


def test_iterable_is_closed_at_its_end() -> None:
    """Something like a cursor is closed when it is through."""

    class Cursor:
        closed = False

        def __iter__(self) -> Iterator[int]:
            return iter(range(2))

        def close(self) -> None:
            self.closed = True

    cursor = Cursor()
    assert _encode([cursor]) == b"[[0, 1]]"
    assert cursor.closed


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_of_json(value: Any) -> None:
    """It is null, as in JavaScript (RFC 8259 §6)."""
    assert _encode({"a": [value, 1.5]}) == b'{"a": [null, 1.5]}'


def test_number_of_too_many_digits() -> None:
    """What Python doesn't write is an error and not null."""
    with pytest.raises(ValueError, match="digits"):
        _encode([10**5000])
