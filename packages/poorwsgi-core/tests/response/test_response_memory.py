"""Facts about responses whose body is in memory."""

import json
import logging
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.response import (
    BaseResponse,
    IBytesIO,
    JSONResponse,
    PartialResponse,
    Response,
    TextResponse,
)
from poorwsgi_core.testing import Answer, Client


def _send(response: BaseResponse) -> Answer:
    return Client(lambda _, start: response(start)).get()


def _start(*_: Any) -> Any:
    return None


# --- Response ------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["", "text", "ěšč", b"bytes", b"\x00\xff"])
def test_response(data: str | bytes) -> None:
    """Text is UTF-8, bytes are as they are; the length is always sent (P10)."""
    expected = data.encode() if isinstance(data, str) else data
    response = Response(data)
    assert (response.data, response.content_length) == (expected, len(expected))
    answer = _send(response)
    assert (answer.status, answer.data) == ("200 OK", expected)
    assert list(answer.headers) == [
        ("X-Powered-By", "Poor WSGI for Python"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(expected))),
    ]


def test_response_takes_keywords() -> None:
    """The names of the arguments are documented."""
    response = Response(
        data="x", content_type="text/css", headers={"A": "1"}, status_code=404
    )
    answer = _send(response)
    assert (answer.status, answer.data) == ("404 Not Found", b"x")
    assert list(answer.headers) == [
        ("A", "1"),
        ("Content-Type", "text/css"),
        ("Content-Length", "1"),
    ]


@pytest.mark.parametrize("data", [None, 5, 1.5, ["x"], {"a": 1}, bytearray(b"x")])
def test_data_of_a_wrong_type(data: Any) -> None:
    """Neither str nor bytes is a TypeError that names the type (P11)."""
    with pytest.raises(TypeError, match=type(data).__name__):
        Response(data)


def test_body_is_a_file() -> None:
    """It reads and iterates, as documented."""
    body = Response("text")(_start)
    assert isinstance(body, IBytesIO)
    assert body.read() == b"text"
    assert [len(block) for block in Response("x" * 1500)(_start)] == [1024, 476]


_DATA = st.text() | st.binary()


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


@given(_DATA, st.lists(_DATA), st.booleans())
def test_write_appends(
    data: str | bytes, writes: list[str | bytes], look: bool
) -> None:
    """Whatever was read in between, it is appended (P1)."""
    response = Response(data)
    expected = _bytes(data)
    for text in writes:
        response.write(text)
        expected += _bytes(text)
        if look:
            assert response.data == expected
            assert response.content_length == len(expected)
    answer = _send(response)
    assert answer.data == expected
    assert answer.headers["Content-Length"] == str(len(expected))


@pytest.mark.parametrize("data", [None, 5, ["x"]])
def test_write_of_a_wrong_type(data: Any) -> None:
    """It is a TypeError, and nothing is written."""
    response = Response("x")
    with pytest.raises(TypeError):
        response.write(data)
    assert response.data == b"x"


def test_body_step_alone() -> None:
    """It may be called by itself, also after something was read of it."""
    response = Response("text")
    assert response.__end_of_response__().read() == b"text"
    assert response.__end_of_response__().read() == b"text"
    response.write("!")
    assert response.__end_of_response__().read() == b"text!"


def test_closed_response(caplog: pytest.LogCaptureFixture) -> None:
    """After the server has closed the body its data are gone, with a WARNING."""
    response = Response("text")
    body = response.__end_of_response__()
    assert response.data == b"text"
    body.close()
    assert (response.data, response.content_length) == (b"", 0)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_body_step_of_a_closed_response(caplog: pytest.LogCaptureFixture) -> None:
    """It is an ERROR and an empty body."""
    response = Response("text")
    response.__end_of_response__().close()
    assert response.__end_of_response__().read() == b""
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.parametrize("ranges", [[(2, 5)], [(0, 99), (200, 299)]])
def test_ranges_of_what_was_written(ranges: list[tuple[int, int]]) -> None:
    """What was appended counts, and the slices are of the whole."""
    response = Response(b"0123", "text/plain")
    response.write(b"456789" * 100)
    data = response.data
    response.make_partial(ranges)
    answer = _send(response)
    assert answer.status_code == 206
    assert [data[first : last + 1] in answer.data for first, last in ranges] == [
        True for _ in ranges
    ]
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_partial_response(caplog: pytest.LogCaptureFixture) -> None:
    """It is a 206 whose make_partial does nothing but warn."""
    response = PartialResponse(
        data="ěšč", content_type="text/plain", headers={"A": "1"}
    )
    response.make_partial([(0, 1)])
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    answer = _send(response)
    assert (answer.status, answer.text) == ("206 Partial Content", "ěšč")
    assert list(answer.headers) == [
        ("A", "1"),
        ("Content-Type", "text/plain"),
        ("Content-Length", "6"),
    ]


# --- TextResponse --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "content_type", "data"),
    [
        ("utf-8", "text/plain; charset=utf-8", "ěš".encode()),
        ("iso-8859-2", "text/plain; charset=iso-8859-2", "ěš".encode("iso-8859-2")),
        ("", "text/plain", "ěš".encode()),
    ],
)
def test_text(charset: str, content_type: str, data: bytes) -> None:
    """The text is encoded by the charset that the header names."""
    answer = _send(TextResponse("ěš", charset))
    assert (answer.headers["Content-Type"], answer.data) == (content_type, data)


def test_text_has_defaults() -> None:
    """It is a 200 in UTF-8; status and headers can be given."""
    response = TextResponse("x")
    assert response.status_code == 200
    assert response.content_type == "text/plain; charset=utf-8"
    answer = _send(TextResponse(text="x", headers={"A": "1"}, status_code=404))
    assert (answer.status_code, answer.headers["A"]) == (404, "1")


def test_text_that_is_encoded_already() -> None:
    """Bytes are sent as they are, as 2.x did."""
    assert _send(TextResponse(b"\xec", "iso-8859-2")).data == b"\xec"
    with pytest.raises(TypeError):
        TextResponse(cast("Any", 5))


def test_text_that_the_charset_lacks() -> None:
    """A letter that can't be encoded is a ValueError, an unknown charset too late."""
    with pytest.raises(UnicodeEncodeError):
        TextResponse("ě", "us-ascii")
    with pytest.raises(LookupError):
        TextResponse("x", "no-such-charset")


# --- JSONResponse --------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [{"a": 1, "b": [None, True]}, [1, 2], [], {}, "text", "", 0, 1.5, False, None],
)
def test_json(value: Any) -> None:
    """Any value goes as json.dumps writes it, also one that is false."""
    answer = _send(JSONResponse(value))
    assert answer.data == json.dumps(value).encode()
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_json_of_keywords() -> None:
    """Other keywords are members of an object; without any it is null."""
    assert _send(JSONResponse(msg="ě", type="object")).data == (
        b'{"msg": "\\u011b", "type": "object"}'
    )
    assert _send(JSONResponse()).data == b"null"


@pytest.mark.parametrize("data", [{}, {"a": 1}, [], 0, ""])
def test_json_of_both(data: Any) -> None:
    """A value and keywords are a RuntimeError."""
    with pytest.raises(RuntimeError, match=r"not both: a= would be .* is status_code="):
        JSONResponse(data, a=1)


def test_json_with_a_status_for_a_charset() -> None:
    """A status has a name."""
    status: Any = 404
    with pytest.raises(TypeError, match=r"charset is text, not 404: .* status_code="):
        JSONResponse({}, status)


@pytest.mark.parametrize(
    ("charset", "content_type"),
    [
        ("utf-8", "application/json; charset=utf-8"),
        ("us-ascii", "application/json; charset=us-ascii"),
        ("", "application/json"),
        (None, "application/json"),
    ],
)
def test_json_charset(charset: str | None, content_type: str) -> None:
    """The charset parameter is there when it isn't empty."""
    assert JSONResponse({}, charset=charset).content_type == content_type


def test_json_status_and_headers() -> None:
    """These keywords are of the response, not of the object."""
    answer = _send(JSONResponse(a=1, headers={"A": "1"}, status_code=400))
    assert (answer.status_code, answer.json()) == (400, {"a": 1})
    assert answer.headers["A"] == "1"


def test_json_encoder() -> None:
    """encoder_kwargs are for json.dumps."""
    options = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":")}
    response = JSONResponse({"b": "ě", "a": 1}, encoder_kwargs=options)
    assert response.data == '{"a":1,"b":"ě"}'.encode()
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    options = {"default": datetime.isoformat}
    assert JSONResponse(at=moment, encoder_kwargs=options).data == (
        b'{"at": "2026-01-01T00:00:00+00:00"}'
    )


@pytest.mark.parametrize("value", [{1, 2}, b"x", object(), {"a": object()}])
def test_json_of_what_is_not_json(value: Any) -> None:
    """It is a TypeError when the value is encoded."""
    with pytest.raises(TypeError):
        assert JSONResponse(value).data
    with pytest.raises(TypeError):
        JSONResponse(value).encode(json.dumps)


@pytest.mark.parametrize("encoded", ["\u010d", b"\xc4\x8d"])
def test_json_is_encoded_once(encoded: str | bytes) -> None:
    """By what the application has, unless somebody has looked at the data."""
    response = JSONResponse(a=1)
    response.encode(lambda _: encoded)
    response.encode(json.dumps)
    assert response.data == b"\xc4\x8d"
    seen = JSONResponse(a=1)
    assert seen.content_length == 8
    seen.encode(repr)
    assert seen.data == b'{"a": 1}'


def test_json_with_options_is_encoded_at_once() -> None:
    """Options are those of the standard library."""
    response = JSONResponse(a=1, encoder_kwargs={"indent": 0})
    response.encode(repr)
    assert response.data == b'{\n"a": 1\n}'


def test_encoder_that_gives_no_text() -> None:
    """What an encoder gives is checked."""
    with pytest.raises(TypeError, match="str or bytes, not int"):
        JSONResponse(a=1).encode(lambda _: cast("str", 1))


def test_json_is_written_to() -> None:
    """It is a Response like others."""
    response = JSONResponse(OrderedDict(a=1))
    response.write("\n")
    assert _send(response).data == b'{"a": 1}\n'
