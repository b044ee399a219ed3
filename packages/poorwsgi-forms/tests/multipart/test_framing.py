"""Facts about where the parts of a multipart body begin and end."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest

from poorwsgi_forms import FormError, Limits, Part, PartHeaderTooLarge
from poorwsgi_forms.multipart.events import Headers
from poorwsgi_forms.multipart.framing import read_events
from poorwsgi_forms.multipart.parts import read_parts

Encode = Callable[..., bytes]
END = b"--Boundary7--"


def _parts(body: bytes) -> Iterator[Part]:
    return read_parts(BytesIO(body).read, b"Boundary7", Limits())


def _read_headers(headers: bytes) -> Headers:
    body = b"--Boundary7\r\n" + headers + b"\r\n\r\ncontent\r\n--Boundary7--"
    return next(_parts(body)).headers


def _head(name: str) -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"'
    return f"--Boundary7\r\n{disposition}\r\n\r\n".encode()


@pytest.mark.parametrize(
    "headers",
    [
        b"\r\n".join(b"X-%d: 1" % i for i in range(9)),
        b"X: " + b"x" * 4222,
        b"X: " + b"x" * 70_000,
        b"Content-Length: " + b"1" * 70_000,
        b"\r\n".join([b"Content-Length: 1"] * 9),
        b"X: 1" + b"\r\n folded" * 1000,
    ],
    ids=["nine", "long", "endless", "long length", "nine lengths", "folded"],
)
def test_too_many_or_long_headers(headers: bytes) -> None:
    """More than 8 headers in a part, or over 4224 bytes, are 431 (bar 42)."""
    with pytest.raises(PartHeaderTooLarge) as caught:
        _read_headers(headers)
    assert caught.value.status_code == 431


def test_as_many_headers_as_allowed() -> None:
    """Eight headers, one of them of 4224 bytes, are fine."""
    headers = [b"X-%d: 1" % i for i in range(7)]
    assert len(_read_headers(b"\r\n".join([*headers, b"Y: " + b"y" * 4221]))) == 8


@pytest.mark.parametrize("cut", [0, 5, 30, 60])
def test_cut_body(encode: Encode, cut: int) -> None:
    """A body that ends early is 400 (bar 44)."""
    with pytest.raises(FormError, match="Malformed multipart body") as caught:
        list(_parts(encode(("a", b"1"))[:cut]))
    assert caught.value.status_code == 400


@pytest.mark.parametrize("step", [None, 4000])
@pytest.mark.parametrize(
    ("size", "allowed"), [(65_534, True), (65_535, False), (10_000_000, False)]
)
def test_preamble_is_at_most_64_kib(
    encode: Encode, stream: Any, step: int | None, size: int, allowed: bool
) -> None:
    """What stands before the first boundary is skipped, a lot refused (bar 46)."""
    source = stream(b"x" * size + b"\r\n" + encode(("a", b"1")), step)
    parts = read_parts(source.read, b"Boundary7", Limits())
    if allowed:
        assert [part.read() for part in parts] == [b"1"]
    else:
        with pytest.raises(FormError, match="no boundary"):
            next(parts)
        assert sum(source.sizes) < 40 * 65_536


def test_events_of_a_body(encode: Encode) -> None:
    """A part is its headers, its chunks, and None."""
    events = [*read_events(BytesIO(encode(("a", b"1"))).read, b"Boundary7")]
    assert events[1:] == [b"1", None]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'Content-Disposition: form-data; name="\xe9.txt"', "\ufffd.txt"),
        (b'Content-Disposition: form-data;\r\n name="\xd6\xd0"', "\ufffd\ufffd"),
        (b'X-Name: \xe9\r\nContent-Disposition: form-data; name="a"', "a"),
    ],
)
def test_headers_that_are_no_utf_8(line: bytes, expected: str) -> None:
    """Letters of another charset are lost, and nothing else of the form."""
    body = b"--Boundary7\r\n" + line + b"\r\n\r\n1\r\n" + END
    assert [(part.name, part.read()) for part in _parts(body)] == [(expected, b"1")]


def test_rest_after_the_end_is_read_and_dropped(encode: Encode) -> None:
    """What follows the closing delimiter doesn't matter (bar 46)."""
    body = encode(("a", b"1")) + b"--Boundary7\r\n\r\nmore\r\n" * 10_000
    source = BytesIO(body)
    names = [part.name for part in read_parts(source.read, b"Boundary7", Limits())]
    assert (names, source.tell()) == (["a"], len(body))


@pytest.mark.parametrize(
    "content", [b"\r\n", b"\r", b"\n--", b"\r\n--Boundary", b"\r\n-"]
)
def test_near_boundaries_are_content(encode: Encode, content: bytes) -> None:
    """What looks like a boundary, and is none, is part of the content (bar 45)."""
    many = content * 1000
    got: Any = [
        part.read() for part in _parts(encode(("f", "x", many), ("a", content)))
    ]
    assert got == [many, content]


BODILESS = {
    "only": (_head("a") + END, [("a", b"")]),
    "first": (_head("a") + _head("b") + b"2\r\n" + END, [("a", b""), ("b", b"2")]),
    "last": (_head("a") + b"1\r\n" + _head("b") + END, [("a", b"1"), ("b", b"")]),
    "many": (
        b"".join(_head(name) for name in "abcdefg") + END,
        [(name, b"") for name in "abcdefg"],
    ),
    "between": (
        _head("a") + _head("b") + b"2\r\n" + _head("c") + _head("d") + b"4\r\n" + END,
        [("a", b""), ("b", b"2"), ("c", b""), ("d", b"4")],
    ),
    "before an empty one": (
        _head("a") + _head("b") + b"\r\n" + END,
        [("a", b""), ("b", b"")],
    ),
    "before a large one": (
        _head("a") + _head("b") + b"-\r\n" * 99_999 + b"\r\n" + END,
        [("a", b""), ("b", b"-\r\n" * 99_999)],
    ),
    "rest": (_head("a") + END + b"\r\n" + _head("b") + b"\r\n" + END, [("a", b"")]),
}


@pytest.mark.parametrize("step", [1, 7, 40, None])
@pytest.mark.parametrize(("body", "expected"), BODILESS.values(), ids=list(BODILESS))
def test_part_without_a_body(
    stream: Any, step: int | None, body: bytes, expected: list[tuple[str, bytes]]
) -> None:
    """A delimiter may follow the headers at once (RFC 2046 §5.1.1), anywhere."""
    if step == 1 and len(body) > 10_000:
        step = 1000
    source = stream(body, step)
    parts = read_parts(source.read, b"Boundary7", Limits())
    assert [(part.name, part.read()) for part in parts] == expected
    assert source.read(1) == b""


@pytest.mark.parametrize("step", [1, None])
@pytest.mark.parametrize(
    "content", [b"-", b"--", b"--Boundary", b"--Boundary8\r\n", b"-\r\n--", b"---"]
)
def test_content_that_begins_like_a_delimiter(
    encode: Encode, stream: Any, step: int | None, content: bytes
) -> None:
    """It is content as long as it is none (bar 45)."""
    source = stream(encode(("a", content), ("b", b"2")), step)
    parts = read_parts(source.read, b"Boundary7", Limits())
    assert [(part.name, part.read()) for part in parts] == [("a", content), ("b", b"2")]


@pytest.mark.parametrize(
    "rest",
    [
        b"--Boundary7",
        b"--Boundary7\r\n" + END,
        b"--Boundary77\r\n\r\n" + END,
        b"--Boundary7\r\nX: 1" + END,
        b"--Boundary7\r\nX: 1\r\n" + END,
        b"--Boundary7\r\nX: 1\r\n\r\n",
        b"--Boundary7\r\nX: 1\r\n\r\n2" + END,
    ],
)
def test_broken_delimiter_behind_headers(rest: bytes) -> None:
    """Neither a part nor content: 400 (bar 44)."""
    with pytest.raises(FormError, match="Malformed multipart body"):
        list(_parts(_head("a") + rest))


def test_headers_of_the_next_part_are_limited() -> None:
    """Those behind a part without a body too (bar 42)."""
    headers = b"\r\n".join(b"X-%d: 1" % i for i in range(9))
    body = _head("a") + b"--Boundary7\r\n" + headers + b"\r\n\r\n1\r\n" + END
    with pytest.raises(PartHeaderTooLarge):
        list(_parts(body))


@pytest.mark.parametrize("content", [b"half", b"-half"])
def test_part_that_is_cut_off_does_not_end(content: bytes) -> None:
    """Who reads no further than this part gets the error too (bar 31)."""
    part = next(_parts(_head("a") + content))
    with pytest.raises(FormError, match="Unexpected end"):
        part.read()


PADDED = {
    "first": _head("a") + b"1\r\n" + _head("b") + b"2\r\n" + END,
    "without bodies": _head("a") + _head("b") + _head("c") + b"3\r\n" + END,
    "delimiter as content": _head("a") + b"x--Boundary7 y\r\n" + END,
    "without headers": b"--Boundary7\r\n\r\n1\r\n" + END,
    "preamble": b"x\r\n" + _head("a") + b"1\r\n" + _head("b") + b"2\r\n" + END,
    "headers alone": _head("a")[:-2]
    + b"--Boundary7 : 1\r\n\r\n1\r\n"
    + _head("b")
    + END,
}


@pytest.mark.parametrize("step", [1, 2, 7, None])
@pytest.mark.parametrize("padding", [b" ", b"\t", b" \t  "])
@pytest.mark.parametrize("body", PADDED.values(), ids=list(PADDED))
def test_blanks_behind_a_delimiter(
    stream: Any, body: bytes, padding: bytes, step: int | None
) -> None:
    """Transport padding doesn't matter, on each delimiter or on some (RFC 2046)."""
    line = b"--Boundary7\r\n"
    expected = [*read_events(BytesIO(body).read, b"Boundary7")]
    count = body.count(line)
    for chosen in range(1, 2**count):
        pieces = body.split(line)
        padded = pieces[0]
        for index, piece in enumerate(pieces[1:]):
            blanks = padding if chosen >> index & 1 else b""
            padded += b"--Boundary7" + blanks + b"\r\n" + piece
        padded = padded + padding + b"\r\n"
        events: list[Any] = []
        for event in read_events(stream(padded, step).read, b"Boundary7"):
            if events and isinstance(event, bytes) and isinstance(events[-1], bytes):
                events[-1] += event
            else:
                events.append(event)
        assert events == expected


@pytest.mark.parametrize("step", [1, None])
@pytest.mark.parametrize("behind", [b" x\r\n", b" --\r\n", b" \n", b"\t\r", b"  "])
@pytest.mark.parametrize("before", [b"", _head("a") + b"1\r\n"], ids=["first", "later"])
def test_more_than_blanks_behind_a_delimiter(
    stream: Any, before: bytes, behind: bytes, step: int | None
) -> None:
    """Only blanks and a line break may stand there (bar 44)."""
    body = before + b"--Boundary7" + behind
    with pytest.raises(FormError, match="Malformed multipart body"):
        list(read_events(stream(body, step).read, b"Boundary7"))


@pytest.mark.parametrize(
    "body",
    [
        b"x--Boundary7 \r\n\r\n1\r\n" + END,
        _head("a")[:-2] + b"no header\r\n\r\n--Boundary7 \r\n" + END,
    ],
    ids=["no line of its own", "broken header"],
)
def test_blanks_mend_nothing_else(body: bytes) -> None:
    """What is wrong before them stays wrong."""
    with pytest.raises(FormError, match="Malformed multipart body"):
        list(_parts(body))
