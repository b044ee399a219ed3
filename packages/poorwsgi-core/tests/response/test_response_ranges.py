"""Facts about the ranges of responses."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.response import (
    BaseResponse,
    HTTPException,
    PartialResponse,
    Response,
    TextResponse,
)
from poorwsgi_core.testing import Answer, Client

_POWERED_BY = ("X-Powered-By", "Poor WSGI for Python")
_TYPE = ("Content-Type", "text/html; charset=utf-8")
_DIGITS = b"0123456789"


def _send(response: BaseResponse) -> Answer:
    return Client(lambda _, start: response(start)).get()


def _text(data: bytes = _DIGITS, **options: Any) -> TextResponse:
    return TextResponse(data.decode(), "", **options)


def _messages(caplog: pytest.LogCaptureFixture) -> str:
    assert {record.levelno for record in caplog.records} <= {logging.WARNING}
    return "\n".join(caplog.messages)


# --- make_partial --------------------------------------------------------------------


def test_make_partial_offers_ranges() -> None:
    """However often it is called, there is one Accept-Ranges (P5)."""
    response = _text()
    response.make_partial()
    response.make_partial()
    assert response.ranges == ()
    answer = _send(response)
    assert answer.status_code == 200
    assert answer.data == _DIGITS
    assert answer.headers.get_all("Accept-Ranges") == ("bytes",)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(0, 1)], ((0, 1),)),
        ([(0, 1), (5, 6), (0, 1)], ((0, 1), (5, 6))),
        ([(5, 2), (0, 1)], ((0, 1),)),
        ([(5, 2)], ()),
        ([], ()),
        (iter([(None, 5), (5, None)]), ((None, 5), (5, None))),
        ({(3, 4)}, ((3, 4),)),
        ([[1, 2], [3, 4]], ((1, 2), (3, 4))),
        ({None, 100}, ((None, 100),)),
        ({199, 100}, ((100, 199),)),
        (frozenset({7, 3}), ((3, 7),)),
        ((5, None), ((5, None),)),
        ([None, 5], ((None, 5),)),
        ((5, 2), ()),
    ],
)
def test_ranges(ranges: Any, expected: tuple[Any, ...]) -> None:
    """Pairs, or one bare pair; a set has no order (P3b, decision 15)."""
    response = _text()
    response.make_partial(ranges)
    assert response.ranges == expected


@pytest.mark.parametrize("ranges", [5, [5], [(1, 2, 3)], {5}])
def test_ranges_of_a_wrong_type(ranges: Any) -> None:
    """What is no pair is a TypeError or a ValueError."""
    with pytest.raises((TypeError, ValueError)):
        _text().make_partial(ranges)


def test_inverted_range_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It is dropped with a warning."""
    _text().make_partial([(5, 2)])
    assert "Inconsistent" in _messages(caplog)


def test_make_partial_replaces() -> None:
    """The last call counts."""
    response = _text()
    response.make_partial([(0, 1)])
    response.make_partial([(2, 3)], "lines")
    assert response.ranges == ((2, 3),)
    assert response.headers.get_all("Accept-Ranges") == ("lines",)


@pytest.mark.parametrize("code", [201, 206, 404])
def test_make_partial_of_another_status(
    code: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Only a 200 can become partial; nothing changes."""
    response = _text(status_code=code)
    response.make_partial([(0, 1)])
    assert "200" in _messages(caplog)
    assert response.ranges == ()
    assert list(response.headers) == [_POWERED_BY]


@pytest.mark.parametrize("code", [404, 304, 500])
def test_status_drops_ranges(code: int, caplog: pytest.LogCaptureFixture) -> None:
    """A status that can't be partial drops ranges with a warning."""
    response = _text()
    response.make_partial([(0, 1)])
    response.status_code = code
    assert str(code) in _messages(caplog)
    assert response.ranges == ()
    assert "Accept-Ranges" not in response.headers


def test_status_keeps_ranges(caplog: pytest.LogCaptureFixture) -> None:
    """200 and 206 keep them, and without any nothing is said."""
    response = _text()
    response.status_code = 404
    response.status_code = 200
    response.make_partial([(0, 1)])
    response.status_code = 200
    assert response.ranges == ((0, 1),)
    assert caplog.records == []


def test_status_206_set_by_hand() -> None:
    """Who sets 206 has cut the body already."""
    response = _text()
    response.make_partial([(0, 1)])
    response.status_code = 206
    answer = _send(response)
    assert (answer.status_code, answer.data) == (206, _DIGITS)
    assert "Content-Range" not in answer.headers


# --- ranges that are sent ------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "content_range", "data"),
    [
        ((0, 0), "0-0", b"0"),
        ((0, 9), "0-9", b"0123456789"),
        ((2, 5), "2-5", b"2345"),
        ((8, 15), "8-9", b"89"),
        ((5, None), "5-9", b"56789"),
        ((0, None), "0-9", b"0123456789"),
        ((None, 3), "7-9", b"789"),
        ((None, 10), "0-9", b"0123456789"),
        ((None, 20), "0-9", b"0123456789"),
        ((9, 10**19), "9-9", b"9"),
    ],
)
def test_range_is_sent(
    pair: tuple[int | None, int | None], content_range: str, data: bytes
) -> None:
    """206 with the bytes asked for, clipped at the end (P2, bar 55)."""
    response = _text()
    response.make_partial([pair])
    answer = _send(response)
    assert (answer.status_code, answer.data) == (206, data)
    assert answer.headers["Content-Range"] == f"bytes {content_range}/10"
    assert answer.headers["Content-Length"] == str(len(data))
    assert "Accept-Ranges" not in answer.headers
    assert response.status_code == 206


@pytest.mark.parametrize(
    "ranges",
    [
        [(10, None)],
        [(10, 15)],
        [(20, None)],
        [(12, 15)],
        [(None, 0)],
        [(None, None)],
        [(10, 11), (12, 13)],
    ],
)
@pytest.mark.parametrize("data", [_DIGITS, b""])
def test_range_that_is_not_there(ranges: Any, data: bytes) -> None:
    """416 with the length as its only header (P2, P3, bar 55)."""
    response = _text(data)
    response.make_partial(ranges)
    with pytest.raises(HTTPException) as caught:
        _send(response)
    refusal = caught.value.response
    assert refusal is not None
    assert list(refusal.headers) == [("Content-Range", f"bytes */{len(data)}")]
    answer = _send(refusal)
    assert (answer.status_code, answer.data) == (416, b"")
    assert list(answer.headers) == [
        ("Content-Range", f"bytes */{len(data)}"),
        _TYPE,
        ("Content-Length", "0"),
    ]


def test_satisfiable_range_is_enough() -> None:
    """One range that can't be satisfied is left out."""
    response = _text()
    response.make_partial([(20, 30), (2, 3)])
    answer = _send(response)
    assert (answer.status_code, answer.data) == (206, b"23")


def test_declared_length_gives_way() -> None:
    """A length set by hand is that of the whole, so it is replaced."""
    response = _text(headers={"Content-Length": "10"})
    response.make_partial([(0, 1)])
    assert _send(response).headers.get_all("Content-Length") == ("2",)


def test_other_units_are_not_cut(caplog: pytest.LogCaptureFixture) -> None:
    """The whole is sent as 200 with a warning."""
    response = _text()
    response.make_partial([(0, 1)], "lines")
    answer = _send(response)
    assert (answer.status_code, answer.data) == (200, _DIGITS)
    assert answer.headers["Accept-Ranges"] == "lines"
    assert "Content-Range" not in answer.headers
    assert "lines" in _messages(caplog)


def _parts(answer: Answer) -> list[tuple[str, bytes]]:
    boundary = answer.headers["Content-Type"].partition("boundary=")[2]
    parts = answer.data.split(f"--{boundary}".encode())[1:-1]
    found: list[tuple[str, bytes]] = []
    for part in parts:
        head, _, data = part.partition(b"\r\n\r\n")
        found.append((head.decode().strip(), data.removesuffix(b"\r\n")))
    return found


def test_several_ranges() -> None:
    """They are sent as multipart/byteranges (bar 55)."""
    data = bytes(range(65, 91)) * 40
    response = _text(data)
    response.make_partial([(100, 199), (0, 49), (None, 10)])
    answer = _send(response)
    assert answer.status_code == 206
    assert answer.headers.get_all("Content-Length") == (str(len(answer.data)),)
    assert "Content-Range" not in answer.headers
    kind = "Content-Type: text/plain\r\nContent-Range: bytes"
    assert _parts(answer) == [
        (f"{kind} 0-49/1040", data[:50]),
        (f"{kind} 100-199/1040", data[100:200]),
        (f"{kind} 1030-1039/1040", data[1030:]),
    ]


def test_type_of_several_ranges() -> None:
    """A type among the headers is that of the parts."""
    response = Response("x" * 1000, headers={"Content-Type": "text/css"})
    response.make_partial([(0, 9), (20, 29)])
    answer = _send(response)
    assert answer.headers.get_all("Content-Type")[0].startswith("multipart/byteranges")
    assert len(answer.headers.get_all("Content-Type")) == 1
    assert [head.split("\r\n")[0] for head, _ in _parts(answer)] == [
        "Content-Type: text/css"
    ] * 2


def test_joined_ranges_are_one() -> None:
    """Overlapping and adjacent ranges make one plain 206 (bar 55)."""
    response = _text()
    response.make_partial([(4, 6), (0, 3), (5, 8)])
    answer = _send(response)
    assert answer.headers["Content-Range"] == "bytes 0-8/10"
    assert answer.data == b"012345678"


def test_many_small_ranges_are_ignored(caplog: pytest.LogCaptureFixture) -> None:
    """When framing costs more than twice the whole, the whole is sent (bar 55)."""
    response = _text(b"x" * 1000)
    response.make_partial([(number, number) for number in range(0, 200, 2)])
    answer = _send(response)
    assert (answer.status_code, len(answer.data)) == (200, 1000)
    assert answer.headers["Content-Length"] == "1000"
    assert answer.headers["Content-Type"] == "text/plain"
    assert "ignored" in _messages(caplog)


_POSITIONS = st.integers(0, 300) | st.none()


@given(st.integers(0, 300), st.lists(st.tuples(_POSITIONS, _POSITIONS), max_size=6))
def test_any_ranges(length: int, ranges: list[tuple[int | None, int | None]]) -> None:
    """The length is what is sent, and the parts are slices (bar 55)."""
    data = (bytes(range(65, 91)) * 12)[:length]
    response = _text(data)
    response.make_partial(ranges)
    try:
        answer = _send(response)
    except HTTPException as error:
        assert error.status_code == 416  # noqa: PT017 - any outcome will do
        return
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    if answer.status_code == 200:
        assert answer.data == data
    elif value := answer.headers.get("Content-Range"):
        first, last = map(int, value[6:].split("/")[0].split("-"))
        assert answer.data == data[first : last + 1]
    else:
        assert len(answer.data) <= 2 * length
        for head, part in _parts(answer):
            first, last = map(int, head.split()[-1].split("/")[0].split("-"))
            assert part == data[first : last + 1]


# --- prepare -------------------------------------------------------------------------


def test_prepare_cuts() -> None:
    """After prepare the after handlers see what will be sent (L13)."""
    response = _text()
    assert not response.needs_request
    response.make_partial([(0, 1)])
    before = response.needs_request
    response.prepare({"REQUEST_METHOD": "GET"})
    assert (before, response.needs_request) == (True, False)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == "bytes 0-1/10"
    assert _send(response).data == b"01"


def test_prepare_refuses() -> None:
    """A 416 comes before the after handlers (L13)."""
    response = _text()
    response.make_partial([(10, None)])
    with pytest.raises(HTTPException):
        response.prepare({"REQUEST_METHOD": "GET"})


def test_head_ignores_ranges() -> None:
    """HEAD tells about the whole (bar 55)."""
    response = _text()
    response.make_partial([(10, None)])
    response.prepare({"REQUEST_METHOD": "HEAD"})
    answer = _send(response)
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == "10"


@pytest.mark.parametrize("ranges", [[(0, 1)], [(0, 99), (200, 299)]])
def test_ranges_are_dropped_after_prepare(ranges: Any) -> None:
    """An after handler that changes the status gets the whole body back."""
    response = _text(_DIGITS * 100)
    response.make_partial(ranges)
    response.prepare({"REQUEST_METHOD": "GET"})
    response.status_code = 404
    answer = _send(response)
    assert (answer.status_code, answer.data) == (404, _DIGITS * 100)
    assert list(answer.headers) == [
        _POWERED_BY,
        ("Content-Type", "text/plain"),
        ("Content-Length", "1000"),
    ]


# --- make_range ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ranges", "options", "expected"),
    [
        ([(0, 9)], {}, "bytes 0-9/*"),
        ([(0, 9)], {"full": 100}, "bytes 0-9/100"),
        ({(100, 199)}, {"units": "unicodes", "full": 200}, "unicodes 100-199/200"),
        ({100, 199}, {"units": "unicodes", "full": 200}, "unicodes 100-199/200"),
        ((100, 199), {}, "bytes 100-199/*"),
        ([(5, 5)], {}, "bytes 5-5/*"),
    ],
)
def test_make_range(ranges: Any, options: dict[str, Any], expected: str) -> None:
    """The body is the range already, Content-Range says which (P3b)."""
    response = PartialResponse(_DIGITS)
    response.make_range(ranges, **options)
    answer = _send(response)
    assert (answer.status_code, answer.data) == (206, _DIGITS)
    assert answer.headers.get_all("Content-Range") == (expected,)
    assert answer.headers["Content-Length"] == "10"


def test_make_range_takes_the_arguments_in_order() -> None:
    """The documented call has them by position."""
    response = PartialResponse("ěščřž")
    response.make_range({100, 199}, "unicodes", 200)
    assert response.headers["Content-Range"] == "unicodes 100-199/200"
    assert response.ranges == ((100, 199),)


@pytest.mark.parametrize(
    ("ranges", "text"),
    [
        ([(5, 2)], "Inconsistent"),
        ([(None, 5)], "full range"),
        ([(5, None)], "full range"),
        ([], "one range"),
    ],
)
def test_unusable_range(
    ranges: Any, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is left out with a warning (P3b)."""
    response = PartialResponse(_DIGITS)
    response.make_range(ranges)
    assert text in _messages(caplog)
    assert response.ranges == ()
    assert "Content-Range" not in response.headers


def test_make_range_of_several(caplog: pytest.LogCaptureFixture) -> None:
    """The first usable one counts, with a warning."""
    response = PartialResponse(_DIGITS)
    response.make_range([(5, 2), (10, 19), (30, 39)])
    assert "one range" in _messages(caplog)
    assert response.headers["Content-Range"] == "bytes 10-19/*"
    assert response.ranges == ((10, 19), (30, 39))


def test_make_range_replaces() -> None:
    """There is one Content-Range."""
    response = PartialResponse(_DIGITS)
    response.make_range([(0, 1)])
    response.make_range([(2, 3)])
    assert response.headers.get_all("Content-Range") == ("bytes 2-3/*",)


def test_make_range_of_another_status(caplog: pytest.LogCaptureFixture) -> None:
    """Only a 206 has a Content-Range."""
    response = _text()
    response.make_range([(0, 1)])
    assert "206" in _messages(caplog)
    assert response.ranges == ()
    assert list(response.headers) == [_POWERED_BY]
