"""Facts about responses that are produced while they are sent."""

import json
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.response import (
    JSON_GENERATOR,
    BaseResponse,
    GeneratorResponse,
    HTTPException,
    JSONGeneratorResponse,
    StrGeneratorResponse,
)
from poorwsgi_core.response.bodies import close_body
from poorwsgi_core.testing import Answer, Client

_HTML = "text/html; charset=utf-8"
_CHUNKS = [b"0", b"12", b"", b"3456", b"789"]


def _send(response: BaseResponse) -> Answer:
    """Send a response, through wsgiref.validate (bar 90)."""
    return Client(lambda _, start: response(start)).get()


def _start(*_: Any) -> Any:
    return None


class _Source:
    """An iterable that knows whether it was closed, and how far it was read."""

    def __init__(self, *items: Any) -> None:
        self._items = items
        self.taken = 0
        self.closed = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            self.taken += 1
            yield item

    def close(self) -> None:
        self.closed += 1


def _responses(source: _Source) -> list[BaseResponse]:
    return [
        GeneratorResponse(source),
        GeneratorResponse(source, content_length=10),
        StrGeneratorResponse(source),
        JSONGeneratorResponse(rows=source),
    ]


# --- GeneratorResponse ---------------------------------------------------------------


def test_generator() -> None:
    """Chunks are sent without a length."""
    response = GeneratorResponse(iter(_CHUNKS))
    assert response.content_length == 0
    answer = _send(response)
    assert (answer.status_code, answer.data) == (200, b"0123456789")
    assert list(answer.headers) == [
        ("X-Powered-By", "Poor WSGI for Python"),
        ("Content-Type", _HTML),
    ]


def test_generator_takes_keywords() -> None:
    """The names of the arguments are documented."""
    response = GeneratorResponse(
        generator=_CHUNKS,
        content_type="text/plain",
        headers={"A": "1"},
        status_code=404,
        content_length=10,
    )
    answer = _send(response)
    assert (answer.status_code, answer.data) == (404, b"0123456789")
    assert list(answer.headers) == [
        ("A", "1"),
        ("Content-Type", "text/plain"),
        ("Content-Length", "10"),
    ]


def test_length_is_what_is_sent() -> None:
    """Nothing is sent past a declared length (bar 55)."""
    source = _Source(*_CHUNKS)
    answer = _send(GeneratorResponse(source, content_length=4))
    assert answer.data == b"0123"
    assert source.taken == 4


def test_chunks_are_forwarded_one_by_one() -> None:
    """Nothing is taken before it is asked for."""
    source = _Source(b"a", b"b")
    body = iter(GeneratorResponse(source)(_start))
    assert source.taken == 0
    assert next(body) == b"a"
    assert source.taken == 1


class _Bytes(bytes):
    pass


@pytest.mark.parametrize("length", [0, 9])
@pytest.mark.parametrize("kind", [bytearray, memoryview, _Bytes])
def test_chunks_like_bytes(kind: Callable[[bytes], Any], length: int) -> None:
    """They are sent as bytes: servers refuse others, or leave them out."""
    chunks = [kind(b""), kind(b"012"), b"345", kind(b"678")]
    response = GeneratorResponse(chunks, content_length=length)
    response.prepare({})
    body = list(response(_start))
    assert (b"012345678", {bytes}) == (b"".join(body), {type(each) for each in body})


def test_length_of_wide_items() -> None:
    """The bytes of a memoryview count, not its items."""
    numbers: Any = memoryview(array("H", [1, 2, 3]))
    response = GeneratorResponse([numbers], content_length=6)
    assert b"".join(response(_start)) == numbers.tobytes()


@pytest.mark.parametrize("chunk", [5, None])
def test_chunk_that_is_not_bytes(chunk: Any) -> None:
    """It fails only while it is sent, when the head is out already."""
    body = GeneratorResponse([b"a", chunk], content_length=9)(_start)
    with pytest.raises(TypeError):
        list(body)


def test_failing_generator() -> None:
    """Its exception reaches the server."""

    def chunks() -> Iterator[bytes]:
        yield b"a"
        raise LookupError("row")

    with pytest.raises(LookupError):
        list(GeneratorResponse(chunks())(_start))


@pytest.mark.parametrize(
    ("pair", "content_range", "data"),
    [
        ((0, 0), "0-0", b"0"),
        ((2, 5), "2-5", b"2345"),
        ((8, 15), "8-9", b"89"),
        ((4, None), "4-9", b"456789"),
        ((None, 3), "7-9", b"789"),
    ],
)
def test_range(pair: Any, content_range: str, data: bytes) -> None:
    """With a length the range is cut of the chunks."""
    response = GeneratorResponse(_CHUNKS, content_length=10)
    response.make_partial([pair])
    answer = _send(response)
    assert (answer.status_code, answer.data) == (206, data)
    assert answer.headers["Content-Range"] == f"bytes {content_range}/10"
    assert answer.headers["Content-Length"] == str(len(data))


@given(st.lists(st.binary(max_size=9)), st.integers(0, 80), st.integers(0, 80))
def test_any_range(chunks: list[bytes], first: int, size: int) -> None:
    """However the data are cut in chunks, the slice is the same."""
    data = b"".join(chunks)
    response = GeneratorResponse(chunks, content_length=len(data))
    response.make_partial([(first, first + size)])
    if first >= len(data):
        with pytest.raises(HTTPException):
            _send(response)
    else:
        assert _send(response).data == data[first : first + size + 1]


def test_range_stops_early() -> None:
    """Chunks behind the range are never produced."""
    source = _Source(*_CHUNKS)
    response = GeneratorResponse(source, content_length=10)
    response.make_partial([(0, 2)])
    assert _send(response).data == b"012"
    assert source.taken == 2


def test_range_of_unknown_length() -> None:
    """It can't be satisfied, and the generator is closed (P2)."""
    source = _Source(*_CHUNKS)
    response = GeneratorResponse(source)
    response.make_partial([(0, 2)])
    with pytest.raises(HTTPException) as caught:
        _send(response)
    assert caught.value.status_code == 416
    assert caught.value.response is not None
    assert caught.value.response.headers["Content-Range"] == "bytes */0"
    assert (source.taken, source.closed) == (0, 1)


def test_first_of_several_ranges() -> None:
    """Chunks come once, so only the first range is sent (P2)."""
    response = GeneratorResponse(_CHUNKS, content_length=10)
    response.make_partial([(5, 6), (0, 1)])
    answer = _send(response)
    assert (answer.headers["Content-Range"], answer.data) == ("bytes 5-6/10", b"56")


# --- closing -------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(4))
def test_closing_reaches_the_source(number: int) -> None:
    """The server closes early, before the first chunk too (P14, bar 91)."""
    source = _Source()
    body = _responses(source)[number](_start)
    assert source.closed == 0
    close_body(body)
    assert source.closed >= 1


@pytest.mark.parametrize("number", range(4))
def test_response_can_be_closed(number: int) -> None:
    """A response that is never sent is closed by the application (bar 91)."""
    source = _Source()
    _responses(source)[number].close()
    assert (source.taken, source.closed) == (0, 1)


@pytest.mark.parametrize("begun", [False, True])
def test_generator_is_finished(begun: bool) -> None:
    """A generator's finally clause runs when the server closes the body."""
    finished: list[bool] = []

    def chunks() -> Iterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            finished.append(True)

    generator = chunks()
    body = GeneratorResponse(generator)(_start)
    if begun:
        assert next(iter(body)) == b"a"
    close_body(body)
    assert finished == [True] * begun
    assert list(generator) == []


def test_body_without_content_is_closed() -> None:
    """A 204 doesn't send its chunks, but closes them (bar 15)."""
    source = _Source(b"a")
    answer = _send(GeneratorResponse(source, status_code=204))
    assert (answer.data, source.taken, source.closed) == (b"", 0, 1)


# --- StrGeneratorResponse ------------------------------------------------------------


def test_text_generator() -> None:
    """Each chunk is encoded as UTF-8."""
    answer = _send(StrGeneratorResponse(chunk for chunk in ("ě", "", "š")))
    assert answer.data == "ěš".encode()
    assert answer.headers["Content-Type"] == _HTML
    assert "Content-Length" not in answer.headers


def test_text_generator_has_ranges() -> None:
    """With a length it can be cut (P13)."""
    response = StrGeneratorResponse(
        generator=["ě", "šč"],
        content_type="text/plain",
        headers={"A": "1"},
        status_code=200,
        content_length=6,
    )
    response.make_partial([(2, 3)])
    answer = _send(response)
    assert (answer.status_code, answer.data) == (206, "š".encode())
    assert answer.headers["A"] == "1"


# --- JSONGeneratorResponse -----------------------------------------------------------


def test_json_generator() -> None:
    """Iterables among the members are arrays, without any other package."""
    assert JSON_GENERATOR is True
    numbers = (number * number for number in range(3))
    answer = _send(JSONGeneratorResponse(numbers=numbers, text="ě", none=None))
    assert answer.data == b'{"numbers": [0, 1, 4], "text": "\\u011b", "none": null}'
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Content-Length" not in answer.headers


def test_json_generator_of_nothing() -> None:
    """Without members it is an empty object."""
    assert _send(JSONGeneratorResponse()).json() == {}


@pytest.mark.parametrize(
    ("charset", "content_type"),
    [
        ("us-ascii", "application/json; charset=us-ascii"),
        ("", "application/json"),
        (None, "application/json"),
    ],
)
def test_json_generator_charset(charset: str | None, content_type: str) -> None:
    """The charset parameter is there when it isn't empty."""
    response = JSONGeneratorResponse(charset, {"A": "1"}, 404, a=1)
    answer = _send(response)
    assert (answer.status_code, answer.headers["A"]) == (404, "1")
    assert answer.headers["Content-Type"] == content_type


def test_json_generator_writes_what_json_does() -> None:
    """A large object comes in blocks that make the same text."""
    members: dict[str, Any] = {
        f"member {number}": [number] * 50 for number in range(100)
    }
    body = list(JSONGeneratorResponse(**members)(_start))
    assert len(body) > 10
    assert b"".join(body) == json.dumps(members).encode()
