"""What the parser gives for any form that a client can build.

The clients are ``requests`` and ``urllib3``; the other parsers are those of
``multipart`` and Werkzeug.
"""

from importlib import import_module
from io import BytesIO
from typing import Any, TypeAlias
from urllib.parse import urlencode

import requests
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata
from werkzeug.formparser import parse_form_data

from poorwsgi_forms import FieldStorage, FieldStorageParser, FormError
from poorwsgi_forms.multipart.parts import Limits, read_parts

File: TypeAlias = tuple[str, bytes]
Fields: TypeAlias = list[tuple[str, str | File]]

# Our stub of it has only what the package uses.
_multipart: Any = import_module("multipart")

NO_LIMITS = Limits(None, None, None)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
# Clients write no escapes of %22 and such, nor backslashes, in one way.
NAMES = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters='%\\"'
    ),
    min_size=1,
    max_size=40,
)
FILENAMES = NAMES.filter(
    lambda name: (
        name.strip() == name and "/" not in name and name not in (".", "..", "")
    )
)
# Line ends, dashes and pieces of the boundary, to come near to it.
CONTENT = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"-", b"--", b"B", b"\r\n--", b"\r\n--B"])
    | st.binary(max_size=20)
).map(b"".join)
FIELDS = st.lists(
    st.tuples(NAMES, TEXT | st.tuples(FILENAMES, CONTENT)), min_size=1, max_size=8
)
PAIRS = st.lists(st.tuples(TEXT.filter(bool), TEXT.filter(bool)), max_size=8)
STEPS = st.lists(st.integers(min_value=1, max_value=200), min_size=1, max_size=50)


class Pieces:
    """A stream that gives the bytes in pieces of the given sizes."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self._file = BytesIO(data)
        self._sizes = sizes
        self._reads = 0

    def read(self, size: int) -> bytes:
        """Read the next piece."""
        step = self._sizes[self._reads % len(self._sizes)]
        self._reads += 1
        return self._file.read(min(step, size))


def encode(fields: Fields, boundary: str | None = None) -> tuple[bytes, str]:
    """Encode a form by urllib3; a short boundary may stand in a value too."""
    body, kind = encode_multipart_formdata(fields, boundary)
    assume(boundary is None or body.count(f"--{boundary}".encode()) == len(fields) + 1)
    return body, kind


def parse(
    body: bytes, kind: str, sizes: list[int] | None = None, **options: Any
) -> FieldStorage:
    """Parse a body that comes in pieces."""
    headers = {"Content-Type": kind, "Content-Length": str(len(body))}
    source = Pieces(body, sizes or [65536])
    options.setdefault("limits", NO_LIMITS)
    return FieldStorageParser(source, headers, **options).parse()


def in_memory(*_: object, **__: object) -> BytesIO:
    """Keep Werkzeug's files in memory, where nobody has to close them."""
    return BytesIO()


def content_of(form: FieldStorage) -> Fields:
    """Return what the form has as a client has it."""
    return [
        (field.name or "", field.value if field.filename is None else _file(field))
        for field in form.list
    ]


def _file(field: FieldStorage) -> File:
    return field.filename or "", field.value


@given(FIELDS, STEPS)
def test_what_urllib3_encodes_comes_back(fields: Fields, sizes: list[int]) -> None:
    """Names, text and files are what urllib3 was given, bit by bit."""
    body, kind = encode(fields)
    assert content_of(parse(body, kind, sizes)) == fields


@given(FIELDS.filter(lambda fields: any(not isinstance(v, str) for _, v in fields)))
def test_what_requests_encodes_comes_back(fields: Fields) -> None:
    """Names, text and files are what requests was given, bit by bit."""
    texts = [(name, value) for name, value in fields if isinstance(value, str)]
    files = [(name, value) for name, value in fields if not isinstance(value, str)]
    prepared = requests.Request(
        "POST", "http://localhost/", data=texts, files=files
    ).prepare()
    assert isinstance(prepared.body, bytes)
    form = parse(prepared.body, str(prepared.headers["Content-Type"]))
    assert content_of(form) == [*texts, *files]


@given(PAIRS)
def test_what_requests_sends_as_a_form_comes_back(pairs: list[tuple[str, str]]) -> None:
    """An urlencoded form is what requests was given."""
    prepared = requests.Request("POST", "http://localhost/", data=pairs).prepare()
    body = str(prepared.body or "").encode()
    kind = str(prepared.headers.get("Content-Type", ""))
    assert content_of(parse(body, kind)) == list(pairs)


@given(FIELDS, STEPS, st.sampled_from([b"", b"preamble\r\n", b"\r\n"]))
def test_pieces_do_not_matter(fields: Fields, sizes: list[int], before: bytes) -> None:
    """However the body is cut into pieces, the form is the same."""
    body, kind = encode(fields, "B7")
    body = before + body + b"after\r\n--B7"
    assert content_of(parse(body, kind, sizes)) == content_of(parse(body, kind))


@given(FIELDS, STEPS)
def test_parts_are_those_of_the_form(fields: Fields, sizes: list[int]) -> None:
    """Parts that are handed out one by one have the content of the form."""
    body, kind = encode(fields, "B7")
    parts: Fields = []
    for part in read_parts(Pieces(body, sizes).read, b"B7", NO_LIMITS):
        data, filename = part.read(), part.filename
        value = data.decode() if filename is None else (filename, data)
        parts.append((part.name or "", value))
    assert parts == content_of(parse(body, kind))


@given(FIELDS)
def test_callback_gets_what_the_file_has(fields: Fields) -> None:
    """With a callback, files have the same content."""
    body, kind = encode(fields)

    def store(filename: str) -> BytesIO:
        assert filename
        return BytesIO()

    form = parse(body, kind, file_callback=store)
    assert content_of(form) == fields


@given(FIELDS)
def test_agrees_with_multipart(fields: Fields) -> None:
    """The parser of the multipart library gives the same fields and files."""
    body, kind = encode(fields)
    environ = _environ(body, kind)
    forms, files = _multipart.parse_form_data(environ, strict=True)
    ours = content_of(parse(body, kind))
    assert sorted(forms.iterallitems()) == sorted(
        (name, value) for name, value in ours if isinstance(value, str)
    )
    assert sorted(
        (name, part.filename, part.raw) for name, part in files.iterallitems()
    ) == sorted((name, *value) for name, value in ours if not isinstance(value, str))


@given(FIELDS)
def test_agrees_with_werkzeug(fields: Fields) -> None:
    """Werkzeug's parser gives the same fields and files."""
    body, kind = encode(fields)
    _, forms, files = parse_form_data(_environ(body, kind), stream_factory=in_memory)
    ours = content_of(parse(body, kind))
    assert sorted(forms.items(multi=True)) == sorted(
        (name, value) for name, value in ours if isinstance(value, str)
    )
    assert sorted(
        (name, file.filename or "", file.read())
        for name, file in files.items(multi=True)
    ) == sorted((name, *value) for name, value in ours if not isinstance(value, str))


@given(PAIRS | st.just([("a", "1&2;3=4+5"), ("č", "\x00\r\n")]))
def test_urlencoded_agrees_with_others(pairs: list[tuple[str, str]]) -> None:
    """Urlencoded forms are the same to all three."""
    body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    theirs, _ = _multipart.parse_form_data(_environ(body, kind))
    _, werkzeugs, _ = parse_form_data(_environ(body, kind))
    ours = sorted(content_of(parse(body, kind)))
    assert ours == sorted(theirs.iterallitems())
    assert ours == sorted(werkzeugs.items(multi=True))


JUNK = st.lists(
    st.sampled_from(
        [
            b"--B",
            b"\r\n",
            b"\r",
            b"\n",
            b"--",
            b"-",
            b"x",
            b": ",
            b'Content-Disposition: form-data; name="a"',
            b"; filename=b",
            b"Content-Length: 1",
            b"\r\n--B\r\n",
            b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
            b"\r\n--B--",
        ]
    )
    | st.binary(max_size=10),
    max_size=30,
).map(b"".join)


def outcome(body: bytes, kind: str, sizes: list[int] | None = None) -> Fields | None:
    """Return the content of the form, None when it is refused."""
    try:
        return content_of(parse(body, kind, sizes))
    except FormError:
        return None


@given(JUNK, STEPS)
@settings(max_examples=300)
def test_any_bytes_are_a_form_or_an_error(junk: bytes, sizes: list[int]) -> None:
    """Whatever comes, in whatever pieces, ends as the same form or refusal."""
    for kind in (
        "multipart/form-data; boundary=B",
        "application/x-www-form-urlencoded",
    ):
        assert outcome(junk, kind, sizes) == outcome(junk, kind)


def _environ(body: bytes, kind: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }
