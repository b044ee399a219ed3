"""Facts about the parser of forms: a stream and headers in, a form out."""

import email
import io
import tempfile
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from typing import Any

import pytest

from poorwsgi_core import Headers, HTTPException
from poorwsgi_forms import FieldStorage, FieldStorageParser, FormError, FormTooLarge
from poorwsgi_forms.form.fieldstorage import Limits

Parser = Callable[..., FieldStorageParser]
Encode = Callable[..., bytes]

URLENCODED = "application/x-www-form-urlencoded"


class Storage:
    """What a callback returns at least: no read."""

    def __init__(self, filename: str = "") -> None:
        self.filename = filename
        self.pieces: list[bytes] = []
        self.calls: list[str] = []

    def write(self, data: bytes) -> int:
        """Take a piece."""
        self.pieces.append(data)
        return len(data)

    def seek(self, offset: int) -> None:
        """Note that it was called."""
        self.calls.append(f"seek {offset}")

    def close(self) -> None:
        """Note that it was called."""
        self.calls.append("close")


# --- urlencoded ------------------------------------------------------------------


def test_urlencoded_fields_in_order(parser: Parser) -> None:
    """Fields keep their order; a name may be there several times."""
    form = parser(b"b=1&a=%C4%8D+x&b=2", URLENCODED).parse()
    assert [(f.name, f.value) for f in form.list] == [
        ("b", "1"),
        ("a", "č x"),
        ("b", "2"),
    ]


def test_urlencoded_form_has_no_file(parser: Parser) -> None:
    """The form has type, length and fields; it has no name and no file."""
    form = parser(b"a=1", "application/x-www-form-urlencoded; charset=utf-8").parse()
    assert (form.name, form.file, form.length, form.type, form.type_options) == (
        None,
        None,
        3,
        URLENCODED,
        {"charset": "utf-8"},
    )


@pytest.mark.parametrize(
    ("keep", "expected"), [(0, {"a": "1"}), (1, {"a": "1", "b": "", "c": ""})]
)
def test_blank_values(parser: Parser, keep: int, expected: dict[str, str]) -> None:
    """Fields without a value are dropped, or kept as empty text."""
    form = parser(b"a=1&b=&c", URLENCODED, keep_blank_values=keep).parse()
    assert {name: form.getvalue(name) for name in form} == expected


def test_strict_parsing_refuses_a_field_without_equals(parser: Parser) -> None:
    """A malformed field is an error with strict_parsing, and skipped without."""
    assert list(parser(b"a=1&b", URLENCODED).parse()) == ["a"]
    with pytest.raises(FormError, match="Malformed form") as caught:
        parser(b"a=1&b", URLENCODED, strict_parsing=1).parse()
    assert caught.value.status_code == 400


def test_encoding_errors_and_separator(parser: Parser) -> None:
    """The arguments for text are used."""
    form = parser(
        b"a=\xe8%E8;b=2", URLENCODED, encoding="iso-8859-2", separator=";"
    ).parse()
    assert (form.getvalue("a"), form.getvalue("b")) == ("čč", "2")
    with pytest.raises(FormError):
        parser(b"a=%FF", URLENCODED, errors="strict").parse()


def test_charset_of_the_body_is_not_used(parser: Parser) -> None:
    """Text is UTF-8, whatever charset the client names (bar 50)."""
    form = parser(b"a=%C4%8D", f"{URLENCODED}; charset=utf-7").parse()
    assert form.getvalue("a") == "č"


def test_bad_percent_encoding_is_kept_or_replaced(parser: Parser) -> None:
    """What is no escape stays, and what is no UTF-8 is replaced (bar 50)."""
    assert parser(b"a=%zz%E8", URLENCODED).parse().getvalue("a") == "%zz\ufffd"


def test_only_ampersand_separates(parser: Parser) -> None:
    """A semicolon is text (bar 50)."""
    assert parser(b"a=1;b=2", URLENCODED).parse().getvalue("a") == "1;b=2"


def test_missing_type_is_urlencoded() -> None:
    """A body without Content-Type is taken for an urlencoded form."""
    assert FieldStorageParser(BytesIO(b"a=1")).parse().getvalue("a") == "1"


def test_missing_length_reads_all(stream: Any) -> None:
    """Without Content-Length the stream is read to its end, with sizes."""
    source = stream(b"a=1&b=2", step=3)
    parser = FieldStorageParser(source, {"content-type": URLENCODED})
    assert (list(parser.parse()), parser.bytes_read, parser.length) == (
        ["a", "b"],
        7,
        -1,
    )
    assert min(source.sizes) > 0


@pytest.mark.parametrize("length", ["", "abc", "-1", "1.0", "١", "9" * 19])
def test_length_that_is_no_number_counts_as_missing(length: str) -> None:
    """A malformed Content-Length is as none."""
    headers = {"Content-Type": URLENCODED, "Content-Length": length}
    assert FieldStorageParser(BytesIO(b"a=1"), headers).parse().length == -1


def test_reads_no_more_than_the_length(stream: Any) -> None:
    """What follows the body stays in the stream."""
    source = stream(b"a=1&b=2")
    headers = {"Content-Type": URLENCODED, "Content-Length": "3"}
    assert list(FieldStorageParser(source, headers).parse()) == ["a"]
    assert source.read(9) == b"&b=2"


def test_limit_ends_the_body(parser: Parser) -> None:
    """With limit, no more bytes are read; that they are less is no error."""
    form = parser(b"a=1&b=2", URLENCODED, limit=3)
    assert (list(form.parse()), form.bytes_read) == (["a"], 3)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": URLENCODED, "Content-Length": "3"},
        {"content-type": URLENCODED, "content-length": "3"},
        Headers({"content-TYPE": URLENCODED, "content-LENGTH": "3"}),
        email.message_from_string(f"content-TYPE: {URLENCODED}\nContent-length: 3\n\n"),
    ],
    ids=["dict", "lower case", "Headers", "message"],
)
def test_headers_of_any_kind(headers: Any) -> None:
    """Headers are a dict, a Headers or an e-mail message."""
    assert FieldStorageParser(BytesIO(b"a=1"), headers).parse().length == 3


def test_text_stream_gives_its_buffer() -> None:
    """A text stream over bytes is used by its buffer."""
    text = TextIOWrapper(BytesIO(b"a=1"))
    assert FieldStorageParser(text).parse().getvalue("a") == "1"


def test_stream_of_text_is_refused() -> None:
    """A stream that gives str is a mistake, and told so."""
    with pytest.raises(ValueError, match="should return bytes"):
        FieldStorageParser(StringIO("a=1")).parse()


def test_arguments_become_attributes() -> None:
    """What was given can be read; nothing is read before parse."""
    source, headers, callback = BytesIO(b"a=1"), Headers(), Storage
    parser = FieldStorageParser(
        source, headers, b"out", 1, 1, 5, "ascii", "strict", 7, ";", callback
    )
    attributes = {
        "input": source,
        "headers": headers,
        "outerboundary": b"out",
        "innerboundary": b"",
        "keep_blank_values": 1,
        "strict_parsing": 1,
        "limit": 5,
        "encoding": "ascii",
        "errors": "strict",
        "max_num_fields": 7,
        "separator": ";",
        "file_callback": callback,
        "bytes_read": 0,
        "done": 0,
        "filename": None,
        "length": -1,
        "BUFSIZE": 8192,
    }
    assert {name: getattr(parser, name) for name in attributes} == attributes
    assert source.tell() == 0


# --- limits ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
@pytest.mark.parametrize(
    ("options", "limit"),
    [
        ({"max_num_fields": 2}, "max_num_fields"),
        ({"limits": Limits(max_form_parts=2)}, "max_form_parts"),
    ],
)
def test_too_many_fields(
    parser: Parser, encode: Encode, kind: str, options: Any, limit: str
) -> None:
    """More fields than allowed are refused by the name of the limit (bar 40)."""
    arguments = (
        (b"a=1&b=2&c=3", URLENCODED)
        if kind == "urlencoded"
        else (encode(("a", b"1"), ("b", b"2"), ("c", b"3")),)
    )
    with pytest.raises(FormTooLarge, match="Max number of fields") as caught:
        parser(*arguments, **options).parse()
    assert (caught.value.limit, caught.value.status_code) == (limit, 413)


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_as_many_fields_as_allowed(parser: Parser, encode: Encode, kind: str) -> None:
    """A form with exactly as many fields as the limit says is fine."""
    arguments = (
        (b"a=1&b=2", URLENCODED)
        if kind == "urlencoded"
        else (encode(("a", b"1"), ("b", b"2")),)
    )
    form = parser(*arguments, max_num_fields=2, limits=Limits(1)).parse()
    assert list(form) == ["a", "b"]


def test_too_many_files(parser: Parser, encode: Encode) -> None:
    """Files have a limit of their own (bar 40)."""
    body = encode(("a", "1.png", b""), ("b", b"2"), ("c", "3.png", b""))
    assert len(parser(body, limits=Limits(max_form_files=2)).parse()) == 3
    with pytest.raises(FormTooLarge) as caught:
        parser(body, limits=Limits(max_form_files=1)).parse()
    assert caught.value.limit == "max_form_files"


def test_text_of_a_form_is_limited(parser: Parser, encode: Encode) -> None:
    """All text together is limited, files are not (bar 41)."""
    body = encode(("a", b"12"), ("f", "f.png", bytes(100)), ("b", b"345"))
    assert parser(body, limits=Limits(max_form_memory_size=5)).parse()["b"].value
    with pytest.raises(FormTooLarge) as caught:
        parser(body, limits=Limits(max_form_memory_size=4)).parse()
    assert caught.value.limit == "max_form_memory_size"


def test_long_urlencoded_body_is_refused_unread(parser: Parser, stream: Any) -> None:
    """What is too long by its length is not read at all (bar 41)."""
    source = stream(b"a=123")
    with pytest.raises(FormTooLarge) as caught:
        parser(
            b"a=123", URLENCODED, stream=source, limits=Limits(max_form_memory_size=4)
        ).parse()
    assert (caught.value.limit, source.sizes) == ("max_form_memory_size", [])


def test_endless_urlencoded_body_is_refused_while_reading(stream: Any) -> None:
    """Without a length, reading stops at the limit (bar 41)."""
    source = stream(b"a=" + b"x" * 1_000_000)
    with pytest.raises(FormTooLarge):
        FieldStorageParser(source, limits=Limits(None, None, 100_000)).parse()
    assert len(source.sizes) == 2


def test_limits_can_be_off(parser: Parser, encode: Encode) -> None:
    """None switches a limit off."""
    off = Limits(None, None, None)
    body = encode(*[(f"f{i}", f"{i}.png", b"") for i in range(1100)])
    assert len(parser(body, limits=off).parse()) == 1100
    text = b"a=" + b"x" * 600_000
    assert len(parser(text, URLENCODED, limits=off).parse().getvalue("a")) == 600_000
    assert (
        len(parser(b"&".join([b"a=1"] * 1100), URLENCODED, limits=off).parse()["a"])
        == 1100
    )


# --- multipart -------------------------------------------------------------------


def test_multipart_fields(parser: Parser, encode: Encode) -> None:
    """Text and files stand in the list in the order of the body."""
    body = encode(("a", b"1\r\n\xc4\x8d"), ("f", "x.png", b"\x00\xff"), ("a", b""))
    form = parser(body).parse()
    assert [(f.name, f.filename, f.value) for f in form.list] == [
        ("a", None, "1\r\nč"),
        ("f", "x.png", b"\x00\xff"),
        ("a", None, ""),
    ]
    assert form.getvalue("a") == ["1\r\nč", ""]


def test_attributes_of_the_form(
    parser: Parser, encode: Encode, multipart_type: str
) -> None:
    """The form has the type of the body and its length, and no name of a file."""
    body = encode(("a", b"1"), ("f", "x.png", b"2"))
    form = parser(body).parse()
    assert (
        form.name,
        form.filename,
        form.file,
        form.type,
        form.type_options,
        form.disposition,
        form.disposition_options,
        form.length,
    ) == (
        None,
        None,
        None,
        "multipart/form-data",
        {"boundary": multipart_type.partition("=")[2]},
        "",
        {},
        len(body),
    )


def test_attributes_of_fields(parser: Parser, encode: Encode) -> None:
    """A field has the headers of its part; its length is never believed."""
    text, upload = parser(encode(("a", b"1"), ("f", "x.png", b"2"))).parse().list
    assert (
        text.type,
        text.type_options,
        text.disposition,
        text.disposition_options,
        text.length,
    ) == ("text/plain", {}, "form-data", {"name": "a"}, -1)
    assert (
        upload.type,
        upload.disposition,
        upload.disposition_options,
        upload.length,
    ) == ("image/png", "form-data", {"name": "f", "filename": "x.png"}, -1)


def test_type_options_of_a_part(parser: Parser) -> None:
    """Parameters of a part's type are told, and its charset is not used."""
    body = (
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n'
        b"Content-Type: text/csv; charset=iso-8859-2\r\n\r\n\xc4\x8d\r\n--B--"
    )
    field = parser(body, "multipart/form-data; boundary=B").parse()["a"]
    assert (field.type, field.type_options, field.value) == (
        "text/csv",
        {"charset": "iso-8859-2"},
        "č",
    )


def test_text_of_a_part_can_be_read_as_a_file(parser: Parser, encode: Encode) -> None:
    """Its line ends are as they were sent, and its value stays."""
    field = parser(encode(("f", b"a\r\nb"))).parse()["f"]
    assert (field.file.readline(), field.file.read()) == ("a\r\n", "b")
    assert field.value == "a\r\nb"


@pytest.mark.parametrize("method", ["read", "readline"])
def test_text_is_not_read_for_ever(parser: Parser, encode: Encode, method: str) -> None:
    """A loop that waits for bytes is the client's doing, who sent no file."""
    field = parser(encode(("f", b"a"))).parse()["f"]
    with pytest.raises(HTTPException) as caught:
        list(iter(getattr(field.file, method), b""))
    assert caught.value.status_code == 400


def test_empty_filename_is_text(parser: Parser, encode: Encode) -> None:
    """A file field that was left empty is a text field without text."""
    field = parser(encode(("f", "", b""))).parse()["f"]
    assert (field.filename, field.file.read(), field.value) == ("", "", "")
    assert not field
    assert field.disposition_options == {"name": "f", "filename": ""}


def test_encoding_of_multipart_text(parser: Parser, encode: Encode) -> None:
    """Text is decoded as the arguments say."""
    body = encode(("a", b"\xe8"))
    assert parser(body).parse().getvalue("a") == "\ufffd"
    assert parser(body, encoding="iso-8859-2").parse().getvalue("a") == "č"


def test_bytes_read_is_the_length(parser: Parser, encode: Encode) -> None:
    """After parse every byte was read, also what follows the end."""
    body = encode(("a", b"1")) + b"epilogue"
    form = parser(body)
    form.parse()
    assert (form.bytes_read, form.done) == (len(body), 1)


def test_inner_boundary(parser: Parser, encode: Encode) -> None:
    """The boundary is known as bytes once the body is parsed."""
    form = parser(encode(("a", b"1")))
    form.parse()
    assert form.innerboundary == b"Boundary7"


def test_form_may_be_empty(parser: Parser) -> None:
    """A body with no part at all is a form without fields."""
    form = parser(b"--B--\r\n", "multipart/form-data; boundary=B").parse()
    assert (form.list, bool(form)) == ([], False)


def test_preamble_is_skipped(parser: Parser, encode: Encode) -> None:
    """Text before the first boundary is no field (bar 46)."""
    body = b"preamble\r\n\r\n" + encode(("a", b"1"))
    assert list(parser(body).parse()) == ["a"]


def test_line_end_after_the_last_boundary_is_optional(
    parser: Parser, encode: Encode
) -> None:
    """The body may end with the closing delimiter (bar 44)."""
    body = encode(("a", b"1")).removesuffix(b"\r\n")
    assert parser(body).parse().getvalue("a") == "1"


@pytest.mark.parametrize(
    "cut", [1, 5, 20, 60, 80, -1, -3, -13, -14, -20], ids=lambda cut: f"at {cut}"
)
def test_cut_body_is_refused(parser: Parser, encode: Encode, cut: int) -> None:
    """A body without its closing delimiter is 400, and done is -1 (bar 44)."""
    body = encode(("a", b"1"), ("f", "x.png", b"2")).removesuffix(b"\r\n")[:cut]
    form = parser(body)
    with pytest.raises(FormError) as caught:
        form.parse()
    assert (caught.value.status_code, form.done) == (400, -1)


@pytest.mark.parametrize("kind", [URLENCODED, None, "text/plain"])
def test_body_shorter_than_its_length_is_refused(
    parser: Parser, encode: Encode, multipart_type: str, kind: str | None
) -> None:
    """A stream that ends before the length is 400, whatever the type (bar 31)."""
    body = encode(("a", b"1"))
    form = parser(
        body, kind or multipart_type, headers={"Content-Length": str(len(body) + 1)}
    )
    with pytest.raises(FormError, match="Incomplete body") as caught:
        form.parse()
    assert (caught.value.status_code, form.done) == (400, -1)


@pytest.mark.parametrize(
    "boundary",
    [
        "",
        "; boundary=",
        '; boundary=""',
        '; boundary="trailing "',
        '; boundary="a\x00b"',
        '; boundary="a\nb"',
        "; boundary=é",
        f"; boundary={'a' * 201}",
    ],
    ids=["none", "no value", "empty", "blank", "NUL", "LF", "é", "long"],
)
def test_invalid_boundary(parser: Parser, boundary: str) -> None:
    """A boundary that is missing, long or not printable is 400 (bar 44)."""
    with pytest.raises(FormError, match="Invalid boundary") as caught:
        parser(b"--a--", f"multipart/form-data{boundary}").parse()
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    "boundary", ["a", "a" * 200, "'()+_,-./:=?", "inner blank", "0", "*****"]
)
def test_boundary_of_each_kind(parser: Parser, boundary: str) -> None:
    """All characters and lengths that are allowed work."""
    body = (
        f"--{boundary}\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
        f"--{boundary}--"
    ).encode()
    form = parser(body, f'multipart/form-data; boundary="{boundary}"').parse()
    assert form.getvalue("a") == "1"


@pytest.mark.parametrize(
    "body",
    [
        b"--B\nContent-Disposition: form-data; name=a\n\n1\n--B--\n",
        b'--B\r\nContent-Disposition: form-data; name="a"\n\n1\r\n--B--\r\n',
        b'--B\r\nContent-Disposition: form-data; name="a"\nX: 1\r\n\r\n1\r\n--B--\r\n',
        b'--B\r\nContent-Disposition: form-data; name="a"\rX: 1\r\n\r\n1\r\n--B--\r\n',
        b"--B\r\nno header\r\n\r\n1\r\n--B--\r\n",
        b"--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--\r\n",
        b"--B\r\n\r\n1\r\n--B--\r\n",
        b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--Bx\r\n--B--\r\n",
        b"x--B\r\n",
        b"--Bx\r\n",
    ],
    ids=[
        "LF only",
        "LF after a header",
        "LF in a header",
        "CR in a header",
        "no colon",
        "no name",
        "no disposition",
        "more after a boundary",
        "text before the first boundary",
        "more after the first boundary",
    ],
)
@pytest.mark.parametrize("step", [None, 1, 7])
def test_malformed_multipart(
    parser: Parser, stream: Any, body: bytes, step: int | None
) -> None:
    """Broken framing is 400, in whatever pieces it comes (bar 51)."""
    with pytest.raises(FormError) as caught:
        parser(
            body, "multipart/form-data; boundary=B", stream=stream(body, step)
        ).parse()
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    "value", ["1", "99999", "abc", "-1", "", "1\r\nContent-Length: 2"]
)
def test_length_of_a_part_is_ignored(parser: Parser, value: str) -> None:
    """Whatever a part says of its length, its content ends at the boundary (bar 51)."""
    body = (
        f'--B\r\ncontent-length : {value}\r\nContent-Disposition: form-data; name="a"'
        "\r\n\r\n123\r\n--B--\r\n"
    ).encode()
    field = parser(body, "multipart/form-data; boundary=B").parse()["a"]
    assert (field.value, field.length) == ("123", -1)


def test_transfer_encoding_of_a_part_is_ignored(parser: Parser) -> None:
    """Nothing is decoded from base64 (bar 51)."""
    body = (
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nYQ==\r\n--B--\r\n"
    )
    form = parser(body, "multipart/form-data; boundary=B").parse()
    assert form.getvalue("a") == "YQ=="


def test_nested_multipart_is_a_value(parser: Parser) -> None:
    """A part that is multipart itself is text, and what follows is there (bar 47)."""
    inner = (
        b"--C\r\nContent-Disposition: file; filename=x\r\n\r\n1\r\n"
        b"--C\r\nContent-Disposition: file; filename=y\r\n\r\n2\r\n--C--\r\n"
    )
    body = (
        b'--B\r\nContent-Disposition: form-data; name="files"\r\n'
        b"Content-Type: multipart/mixed; boundary=C\r\n\r\n" + inner + b"\r\n"
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n'
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\nb=1\r\n--B--\r\n"
    )
    form = parser(body, "multipart/form-data; boundary=B").parse()
    assert (form["files"].type, form.getvalue("files"), form.getvalue("a")) == (
        "multipart/mixed",
        inner.decode(),
        "b=1",
    )


def test_other_multipart_needs_no_names(parser: Parser) -> None:
    """Parts of another multipart type have no name (M6)."""
    body = b"--B\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--B\r\n\r\n2\r\n--B--"
    form = parser(body, "Multipart/Related; boundary=B").parse()
    assert [
        (f.name, f.type, f.disposition, f.disposition_options, f.value)
        for f in form.list
    ] == [(None, "text/xml", "", {}, "<a/>"), (None, "text/plain", "", {}, "2")]


def test_file_without_a_name(parser: Parser) -> None:
    """Another multipart may have a file whose field has no name."""
    body = b"--B\r\nContent-Disposition: attachment; filename=x\r\n\r\n1\r\n--B--"
    field = parser(body, "multipart/mixed; boundary=B").parse().list[0]
    assert (field.name, field.filename, field.value, field.disposition_options) == (
        None,
        "x",
        b"1",
        {"filename": "x"},
    )


# --- where content goes ----------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "in_memory"), [(0, True), (8192, True), (8193, False), (200_000, False)]
)
def test_small_files_stay_in_memory(
    parser: Parser, encode: Encode, size: int, in_memory: bool
) -> None:
    """A file over 8 KiB goes to a temporary file; both stand at the start."""
    content = bytes(i % 251 for i in range(size))
    field = parser(encode(("f", "x.png", content), ("a", b"1"))).parse()["f"]
    assert (isinstance(field.file, BytesIO), field.file.tell()) == (in_memory, 0)
    assert (field.file.read(), field.value) == (content, content)


def test_temporary_files_read_by_line(parser: Parser, encode: Encode) -> None:
    """A temporary file is a buffered one."""
    content = b"line\n" * 3000
    field = parser(encode(("f", "x.png", content))).parse()["f"]
    assert isinstance(field.file, io.BufferedRandom)
    assert [*field.file] == [b"line\n"] * 3000


def test_callback_is_called_once_per_file(parser: Parser, encode: Encode) -> None:
    """A callback is called for each file with its name, not for text (M4)."""
    names: list[str] = []

    def store(filename: str) -> BytesIO:
        names.append(filename)
        return BytesIO()

    content = bytes(i % 251 for i in range(200_000))
    body = encode(("f", "x.png", content), ("a", b"1"), ("e", "", b""), ("g", "č", b""))
    form = parser(body, file_callback=store).parse()
    assert names == ["x.png", "č"]
    assert (form.getvalue("f"), form.getvalue("a"), form.getvalue("g")) == (
        content,
        "1",
        b"",
    )


def test_callback_gets_every_byte_once(
    parser: Parser, encode: Encode, stream: Any
) -> None:
    """The object gets the bytes in order, then seek(0); it needs no read."""
    content = bytes(i % 251 for i in range(200_000))
    body = encode(("f", "x.png", content))
    form = parser(body, file_callback=Storage, stream=stream(body, 999)).parse()
    storage = form["f"].file
    assert (storage.filename, b"".join(storage.pieces), storage.calls) == (
        "x.png",
        content,
        ["seek 0"],
    )
    form.close()
    assert storage.calls == ["seek 0", "close"]


def test_callback_may_be_fileio(
    parser: Parser, encode: Encode, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class such as FileIO is a callback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.png").write_bytes(b"")

    def store(filename: str) -> io.FileIO:
        return io.FileIO(filename, "w+b")

    with parser(
        encode(("f", "x.png", b"content")), file_callback=store
    ).parse() as form:
        assert form["f"].value == b"content"
    assert (tmp_path / "x.png").read_bytes() == b"content"


@pytest.mark.parametrize(
    "error", [OSError("disk full"), HTTPException(409), KeyboardInterrupt()]
)
def test_error_of_the_callback_passes(
    parser: Parser, encode: Encode, error: BaseException
) -> None:
    """What a callback raises comes out; files that are open get closed."""
    opened: list[Storage] = []

    def store(filename: str) -> Storage:
        if filename == "second":
            raise error
        opened.append(Storage(filename))
        return opened[-1]

    body = encode(("f", "first", b"1"), ("g", "second", b"2"))
    with pytest.raises(type(error)) as caught:
        parser(body, file_callback=store).parse()
    assert caught.value is error
    assert opened[0].calls[-1] == "close"


def test_error_of_write_passes(parser: Parser, encode: Encode) -> None:
    """A storage that can't write ends the parsing, and is closed."""

    class Full(Storage):
        def write(self, data: bytes) -> int:
            raise OSError("disk full")

    opened: list[Full] = []

    def store(filename: str) -> Full:
        opened.append(Full(filename))
        return opened[-1]

    form = parser(encode(("f", "x", b"1")), file_callback=store)
    with pytest.raises(OSError, match="disk full"):
        form.parse()
    assert (set(opened[0].calls), form.done) == ({"close"}, -1)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\dir\\\\file.txt", "file.txt"),
        ("a\x01b\x7f.txt", "ab.txt"),
        ("..", "file"),
        ("dir/", "file"),
    ],
)
def test_callback_gets_a_base_name(
    parser: Parser, encode: Encode, sent: str, expected: str
) -> None:
    """Callback and field get the same clean name (bar 48, M12)."""
    names: list[str] = []

    def store(filename: str) -> Storage:
        names.append(filename)
        return Storage(filename)

    field = parser(encode(("f", sent, b"")), file_callback=store).parse()["f"]
    assert (names, field.filename) == ([expected], expected)


def test_raw_name_is_in_the_options(parser: Parser, encode: Encode) -> None:
    """The name as it was sent is at most among the options (bar 48)."""
    field = parser(encode(("f", "../x", b""))).parse()["f"]
    assert field.disposition_options["filename"] == "../x"


@pytest.mark.parametrize(
    ("filename", "callback", "kind"),
    [
        ("x", Storage, Storage),
        ("x", None, io.BufferedRandom),
        (None, None, io.TextIOWrapper),
        (None, Storage, io.TextIOWrapper),
    ],
)
def test_make_file(
    filename: str | None, callback: Any, kind: type, parser: Parser
) -> None:
    """The callback's object for a file, else a temporary one, binary or text."""
    form = parser(b"", file_callback=callback)
    form.filename = filename
    file = form.make_file()
    file.close()
    assert isinstance(file, kind)


# --- any other body --------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 10, 100_000])
@pytest.mark.parametrize("with_length", [True, False])
def test_other_body_is_one_field(parser: Parser, size: int, with_length: bool) -> None:
    """A body that is no form is in file, as bytes (M8)."""
    content = bytes(i % 251 for i in range(size))
    headers = {} if with_length else {"Content-Length": ""}
    form = parser(content, "image/png; q=1", headers=headers)
    field = form.parse()
    assert (field.file.tell(), field.value, field.type, field.type_options) == (
        0,
        content,
        "image/png",
        {"q": "1"},
    )
    assert (field.length, field.list, form.done) == (size if with_length else -1, [], 1)


def test_other_body_may_have_a_disposition(parser: Parser) -> None:
    """Content-Disposition gives the field a name and a clean file name (bar 48)."""
    headers = {"Content-Disposition": 'attachment; name="f"; filename="../x.png"'}
    field = parser(b"1", "image/png", headers=headers).parse()
    assert (
        field.name,
        field.filename,
        field.disposition,
        field.disposition_options["filename"],
        field.value,
    ) == ("f", "x.png", "attachment", "../x.png", b"1")


def test_other_body_goes_to_the_callback(parser: Parser) -> None:
    """With a file name the callback takes the body, under the clean name."""
    headers = {"Content-Disposition": 'attachment; filename="../x.png"'}
    content = bytes(100_000)
    field = parser(content, "image/png", headers=headers, file_callback=Storage).parse()
    assert (field.file.filename, b"".join(field.file.pieces)) == ("x.png", content)


def test_other_body_without_a_name_needs_no_callback(parser: Parser) -> None:
    """Without a file name the callback is not asked."""
    field = parser(b"1", "image/png", file_callback=Storage).parse()
    assert field.value == b"1"


def test_other_body_that_is_cut_closes_its_file(parser: Parser) -> None:
    """When the body ends early, what was opened is closed."""
    opened: list[Storage] = []

    def store(filename: str) -> Storage:
        opened.append(Storage(filename))
        return opened[-1]

    headers = {"Content-Disposition": "a; filename=x", "Content-Length": "9"}
    with pytest.raises(FormError):
        parser(b"1", "image/png", headers=headers, file_callback=store).parse()
    assert opened[0].calls == ["close"]


def test_read_urlencoded_and_read_binary() -> None:
    """Both may be called alone."""
    fields = FieldStorageParser(BytesIO(b"a=1")).read_urlencoded()
    file = FieldStorageParser(BytesIO(b"a=1")).read_binary()
    assert isinstance(fields, FieldStorage)
    assert (fields.getvalue("a"), file.read()) == ("1", b"a=1")


def test_broken_upload_leaves_no_file(
    parser: Parser, encode: Encode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A temporary file of a broken body is closed at once."""
    opened: list[Any] = []
    temporary_file = tempfile.TemporaryFile

    def recorded(*args: Any, **kwargs: Any) -> Any:
        opened.append(temporary_file(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", recorded)
    with pytest.raises(FormError):
        parser(encode(("f", "x", bytes(100_000)))[:-20]).parse()
    assert [file.closed for file in opened] == [True]
