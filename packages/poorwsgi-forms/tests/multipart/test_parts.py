"""Facts about the parts of a multipart body, while they arrive."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest

from poorwsgi_forms import FormError, FormTooLarge, Limits, Part
from poorwsgi_forms.multipart.parts import (
    check_boundary,
    clean_filename,
    read_parts,
)

Encode = Callable[..., bytes]


def _parts(body: bytes, limits: Limits = Limits()) -> Iterator[Part]:  # noqa: B008
    return read_parts(BytesIO(body).read, b"Boundary7", limits)


def _part(headers: bytes) -> Part:
    body = b"--Boundary7\r\n" + headers + b"\r\n\r\ncontent\r\n--Boundary7--"
    return next(_parts(body))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("plain.txt", "plain.txt"),
        ("žluťoučký kůň.pdf", "žluťoučký kůň.pdf"),
        ("/etc/passwd", "passwd"),
        ("../../x", "x"),
        (r"C:\fakepath\x.txt", "x.txt"),
        (r"..\/..\x", "x"),
        ("a/b\\c", "c"),
        ("x\x00.txt", "x.txt"),
        ("x\r\n.txt", "x.txt"),
        ("\x1fx\x7f", "x"),
        (" x ", "x"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        (".\x00.", "file"),
        ("dir/", "file"),
        (" ", "file"),
        (".bashrc", ".bashrc"),
    ],
)
def test_file_name_becomes_a_base_name(sent: str, expected: str) -> None:
    """No separator, no control, never empty or a directory (bar 48)."""
    assert clean_filename(sent) == expected


@pytest.mark.parametrize(
    "boundary",
    ["a", "a" * 200, "'()+_,-./:=?", "in side", "*****", "{b}", "a~b", "$#&%!b", '"'],
)
def test_boundary_of_printable_characters(boundary: str) -> None:
    """A boundary that RFC 2046 allows, or clients send all the same, is encoded."""
    assert check_boundary(boundary) == boundary.encode()


@pytest.mark.parametrize(
    "boundary", ["", " ", "a ", "a\n", "a\r", "a\tb", "č", "\x00", "a" * 201]
)
def test_boundary_of_another_kind(boundary: str) -> None:
    """Any other is refused, and a long one isn't repeated whole (bar 44)."""
    with pytest.raises(FormError, match="Invalid boundary") as caught:
        check_boundary(boundary)
    assert len(str(caught.value)) < 200


def test_parts_one_after_the_other(encode: Encode) -> None:
    """Each part tells name, file name and type, and has its content."""
    body = encode(("a", b"1"), ("f", "../x.png", b"\x00\r\n"))
    assert [
        (p.name, p.filename, p.content_type, b"".join(p)) for p in _parts(body)
    ] == [("a", None, "text/plain", b"1"), ("f", "x.png", "image/png", b"\x00\r\n")]


def test_headers_of_a_part() -> None:
    """All headers but the length are there, in order."""
    part = _part(
        b"X-Own: 1\r\ncontent-length: 99\r\ncontent-disposition: form-data; name=a"
    )
    assert part.headers == [
        ("X-Own", "1"),
        ("Content-Disposition", "form-data; name=a"),
    ]
    assert part.read() == b"content"


def test_type_of_a_part_has_no_controls() -> None:
    """An application may send it in a field of its answer, which can have none."""
    part = _part(b"Content-Disposition: form-data; name=a\r\nContent-Type: a/\x00b;\tc")
    assert part.content_type == "a/b;c"


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        ('form-data; name="a"', "a", None),
        ("form-data; name=a; filename=b", "a", "b"),
        ('form-data; filename="b"; name="a"', "a", "b"),
        ('form-data; name="a"; filename=""', "a", None),
        ('form-data; name="%22%0D%0A%41"', '"\r\n%41', None),
        ('form-data; name="a"; filename="%22x%22"', "a", '"x"'),
        (r'form-data; name="a \"b\" \\c"', r'a "b" \c', None),
        ('form-data; name="č"; filename="ž.txt"', "č", "ž.txt"),
        ("form-data; name=a; filename*=UTF-8''%C5%BE", "a", "ž"),
        ("form-data; name=a; name*=UTF-8''b; filename=x; filename*=UTF-8''y", "a", "x"),
        ('form-data; name="a;b=c"', "a;b=c", None),
    ],
)
def test_names_of_a_part(
    disposition: str, name: str | None, filename: str | None
) -> None:
    """Names are UTF-8, escaped as browsers do or by backslash (bar 49)."""
    part = _part(f"Content-Disposition: {disposition}".encode())
    assert (part.name, part.filename) == (name, filename)


def test_content_is_handed_out_while_it_arrives(encode: Encode) -> None:
    """A part is there before the rest of the body is."""
    body = encode(("a", b"1"), ("f", "x", bytes(200_000)), ("b", b"2"))
    source = BytesIO(body)
    parts = read_parts(source.read, b"Boundary7", Limits())
    seen = [(next(parts).name, source.tell() < len(body))]
    upload = next(parts)
    seen += [("chunk", source.tell() < len(body)) for _ in [next(iter(upload))]]
    assert seen == [("a", True), ("chunk", True)]
    assert [part.name for part in parts] == ["b"]
    assert source.tell() == len(body)


def test_nothing_is_read_before_the_first_part_is_asked_for(encode: Encode) -> None:
    """To make the iterator reads nothing."""
    source = BytesIO(encode(("a", b"1")))
    parts = read_parts(source.read, b"Boundary7", Limits())
    assert source.tell() == 0
    assert next(parts).read() == b"1"


def test_content_is_skipped(encode: Encode) -> None:
    """A part that is not read, or not to its end, is skipped."""
    body = encode(("f", "x", bytes(200_000)), ("g", "y", bytes(200_000)), ("b", b"2"))
    names: list[str | None] = []
    for part in _parts(body):
        names.append(part.name)
        if part.name == "g":
            next(iter(part))
    assert names == ["f", "g", "b"]


def test_content_comes_once(encode: Encode) -> None:
    """What was read is gone, and so is what was skipped."""
    parts = list(_parts(encode(("a", b"1"), ("b", b"2"))))
    assert [part.read() for part in parts] == [b"", b""]
    part = next(_parts(encode(("a", b"1"))))
    assert (part.read(), part.read(), list(part)) == (b"1", b"", [])


def test_rest_is_read_after_a_chunk(encode: Encode) -> None:
    """Reading goes on where the iterator stands."""
    content = bytes(i % 251 for i in range(200_000))
    part = next(_parts(encode(("f", "x", content))))
    assert next(iter(part)) + part.read() == content


def test_part_without_content(encode: Encode) -> None:
    """An empty part has no chunks."""
    assert [list(part) for part in _parts(encode(("a", b"")))] == [[]]


def test_too_many_parts(encode: Encode) -> None:
    """The part that is one too many is refused (bar 40)."""
    parts = _parts(encode(("a", b"1"), ("b", b"2")), Limits(max_form_parts=1))
    assert next(parts).name == "a"
    with pytest.raises(FormTooLarge) as caught:
        next(parts)
    assert caught.value.limit == "max_form_parts"


def test_too_many_files(encode: Encode) -> None:
    """The file that is one too many is refused (bar 40)."""
    body = encode(("a", "x", b"1"), ("b", b"2"), ("c", "y", b"3"))
    parts = _parts(body, Limits(max_form_files=1))
    assert [next(parts).name, next(parts).name] == ["a", "b"]
    with pytest.raises(FormTooLarge) as caught:
        next(parts)
    assert caught.value.limit == "max_form_files"


@pytest.mark.parametrize("read", [True, False])
def test_too_much_text(encode: Encode, read: bool) -> None:
    """Text is counted while it comes, read or not; files are not (bar 41)."""
    body = encode(("f", "x", bytes(1000)), ("a", b"12"), ("b", b"34"))
    parts = _parts(body, Limits(max_form_memory_size=3))
    assert [next(parts).name, next(parts).name] == ["f", "a"]
    part = next(parts)
    with pytest.raises(FormTooLarge) as caught:
        part.read() if read else list(parts)
    assert caught.value.limit == "max_form_memory_size"


@pytest.mark.parametrize(
    "disposition",
    [f"name={'n' * 4097}", f"name=n; filename={'f' * 4097}"],
    ids=["name", "file name"],
)
def test_names_are_at_most_4_kib(disposition: str) -> None:
    """A longer name of a field or a file is refused (bar 42)."""
    with pytest.raises(FormError, match="longer than 4096") as caught:
        _part(f"Content-Disposition: form-data; {disposition}".encode())
    assert caught.value.status_code == 400


def test_name_of_4_kib_is_allowed() -> None:
    """A name of just that length works."""
    part = _part(b"Content-Disposition: form-data; name=" + b"n" * 4096)
    assert part.name == "n" * 4096


def test_iterator_that_was_closed(encode: Encode) -> None:
    """To close the iterator of a part is one more way not to read it."""
    parts = _parts(encode(("f", "x", bytes(200_000)), ("b", b"2")))
    chunks: Any = iter(next(parts))
    next(chunks)
    chunks.close()
    assert [(part.name, part.read()) for part in parts] == [("b", b"2")]
