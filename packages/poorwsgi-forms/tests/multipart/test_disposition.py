"""Facts about names and file names, beside what other frameworks make of them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import Any, TypeAlias, cast

import pytest

from poorwsgi_forms import FormError, Limits
from poorwsgi_forms.multipart.parts import read_parts

Names: TypeAlias = tuple[str | None, str | None] | None
"""Name and file name of a part, ``None`` for a body that is refused."""

_SAME: Any = object()


@dataclass(frozen=True)
class Row:
    """One header line, and who reads what in it.

    Attributes:
        line: value of Content-Disposition.
        names: what counts here.
        werkzeug: what Werkzeug says, where that is something else.
        django: what Django says.
        falcon: what Falcon says.
        why: why we differ.
    """

    line: str
    names: Names
    werkzeug: Names = _SAME
    django: Names = _SAME
    falcon: Names = _SAME
    why: str = ""

    def said_by(self, peer: str) -> Names:
        """Return what a peer says."""
        said: Names = getattr(self, peer)
        return self.names if said is _SAME else said


USUAL = [
    Row('form-data; name="a"; filename="b.txt"', ("a", "b.txt")),
    Row("form-data; name=a; filename=b.txt", ("a", "b.txt")),
    Row('form-data;name="a";filename="b.txt"', ("a", "b.txt")),
    Row('form-data;\tname="a"', ("a", None)),
    Row('form-data; name="a;b=c"; filename="x;y.txt"', ("a;b=c", "x;y.txt")),
    Row('form-data; name="žluť"; filename="kůň.txt"', ("žluť", "kůň.txt")),
    Row('form-data; name="a"; filename="what?.txt"', ("a", "what?.txt")),
    Row('form-data; name="a"; filename="x\\"y.txt"', ("a", 'x"y.txt')),
    Row('attachment; name="a"; filename="x"', ("a", "x")),
    Row('form-data; name="a"; filename', ("a", None)),
    Row('form-data; name="a";; filename="x"', ("a", "x")),
    Row("form-data; name='a'; filename='x.txt'", ("'a'", "'x.txt'")),
]
DOUBLED = [
    Row('form-data; name="a"; name="b"', ("b", None)),
    Row('form-data; name="a"; filename="x"; filename="y"', ("a", "y")),
    Row('form-data; name="a"; FILENAME="X"; Name="b"', ("b", "X")),
]
EXTENDED = [
    Row("form-data; name=\"a\"; filename*=UTF-8''na%C3%AFve.txt", ("a", "naïve.txt")),
    Row(
        "form-data; name=\"a\"; filename*=iso-8859-1'en'na%EFve.txt", ("a", "naïve.txt")
    ),
    Row(
        "form-data; name=\"a\"; filename*=utf8''na%C3%AFve.txt",
        ("a", "naïve.txt"),
        ("a", "na%C3%AFve.txt"),
        why="it can be nothing else",
    ),
    Row(
        'form-data; name="a"; filename=""; filename*=UTF-8\'\'na%C3%AFve.txt',
        ("a", "naïve.txt"),
    ),
    Row(
        "form-data; name=; name*=utf-8''b; filename=x",
        ("b", "x"),
        falcon=("", "x"),
        why="aiohttp sends it",
    ),
    Row(
        "form-data; name*=utf-8''jm%C3%A9no",
        ("jméno", None),
        falcon=(None, None),
        why="aiohttp sends it",
    ),
    Row(
        'form-data; name="a"; filename="?lu?.txt"; '
        "filename*=UTF-8''%C5%BElu%C5%A5.txt",
        ("a", "žluť.txt"),
    ),
    Row(
        'form-data; name="a"; filename="????.txt"; '
        "filename*=UTF-8''%C5%BElu%C5%A5.txt",
        ("a", "žluť.txt"),
    ),
    Row(
        'form-data; name="a"; filename="=?utf-8?B?xb5sdcWlLnR4dA==?="; '
        "filename*=utf-8''%C5%BElu%C5%A5.txt",
        ("a", "žluť.txt"),
    ),
]
PLAIN_ONE_COUNTS = "a firewall that knows no filename* has checked the plain one"
REFUSED = "two programs would read two names, or none"
CONTRADICTING = [
    Row(
        'form-data; name="a"; filename="plain.txt"; filename*=UTF-8\'\'other.sh',
        ("a", "plain.txt"),
        ("a", "other.sh"),
        ("a", "other.sh"),
        ("a", "other.sh"),
        PLAIN_ONE_COUNTS,
    ),
    Row(
        'form-data; name="a"; filename*=UTF-8\'\'other.sh; filename="plain.txt"',
        ("a", "plain.txt"),
        ("a", "plain.txt"),
        ("a", "other.sh"),
        ("a", "other.sh"),
        PLAIN_ONE_COUNTS,
    ),
    Row(
        'form-data; name="a"; filename="?lu?.txt"; filename*=UTF-8\'\'evil.sh',
        ("a", "?lu?.txt"),
        ("a", "evil.sh"),
        ("a", "evil.sh"),
        ("a", "evil.sh"),
        PLAIN_ONE_COUNTS,
    ),
    Row(
        'form-data; name="a"; filename="????.txt"; filename*=UTF-8\'\'evil.sh',
        ("a", "????.txt"),
        ("a", "evil.sh"),
        ("a", "evil.sh"),
        ("a", "evil.sh"),
        PLAIN_ONE_COUNTS,
    ),
    Row(
        "form-data; name=\"a\"; name*=utf-8''b",
        ("a", None),
        ("b", None),
        ("b", None),
        why=PLAIN_ONE_COUNTS,
    ),
    Row(
        'form-data; name="a"; filename*0="x"; filename*1="y"',
        ("a", None),
        ("a", "xy"),
        ("a", "xy"),
        why="no client cuts file names in pieces",
    ),
]
MALFORMED = [
    Row(
        "form-data; name=\"a\"; filename*=koi8-r''%CE.txt",
        None,
        ("a", "%CE.txt"),
        ("a", "н.txt"),
        ("a", "н.txt"),
        REFUSED,
    ),
    Row(
        "form-data; name=\"a\"; filename*=UTF-8''%EF.txt",
        None,
        ("a", "\ufffd.txt"),
        ("a", "\ufffd.txt"),
        why=REFUSED,
    ),
    Row(
        'form-data; name="a"; filename*=nothing',
        None,
        ("a", "nothing"),
        ("a", "nothing"),
        ("a", None),
        REFUSED,
    ),
    Row(
        'form-data; name="a',
        None,
        (None, None),
        ('"a', None),
        ('"a', None),
        REFUSED,
    ),
]
DOT_NET = "the name that .NET and PowerShell mean"
ENCODED = [
    Row(
        f'form-data; name="a"; filename="{words}"',
        ("a", expected),
        ("a", words),
        ("a", words),
        ("a", words),
        DOT_NET,
    )
    for words, expected in [
        ("=?utf-8?B?xb5sdcWlLnR4dA==?=", "žluť.txt"),
        ("=?UTF-8?q?=C5=BElu=C5=A5_1.txt?=", "žluť 1.txt"),
        ("=?iso-8859-1*en?Q?na=EFve?= =?ISO-8859-1?Q?.txt?=", "naïve.txt"),
        ("=?utf-8?B?xQ==?= =?utf-8?B?vi50eHQ=?=", "ž.txt"),
    ]
] + [
    Row(f'form-data; name="a"; filename="{words}"', ("a", words))
    for words in [
        "=?utf-8?B?&?=",
        "=?utf-8?B?a?=",
        "=?utf-8?B?xQ==?=",
        "=?koi8-r?Q?=CE?=",
        "=?utf-8?Q?a?= =?us-ascii?Q?b?=",
        "=?utf-8?Q?a?= b",
    ]
]
ENCODED.append(
    Row(
        'form-data; name="=?utf-8?B?am3DqW5v?="',
        ("jméno", None),
        ("=?utf-8?B?am3DqW5v?=", None),
        ("=?utf-8?B?am3DqW5v?=", None),
        ("=?utf-8?B?am3DqW5v?=", None),
        DOT_NET,
    )
)
CUT = "Werkzeug cuts it at the first such character"
BROWSERS = "browsers escape quotes by %22, and no backslash"
PATHS = "a file name is a base name"
CHARACTERS = [
    Row(
        "form-data; name=a; filename=my report.txt",
        ("a", "my report.txt"),
        ("a", "my"),
        why=CUT,
    ),
    Row(
        "form-data; name=a; filename=naïve.txt",
        ("a", "naïve.txt"),
        ("a", "na"),
        why=CUT,
    ),
    Row("form-data; name=my field", ("my field", None), ("my", None), why=CUT),
    Row(
        'form-data ;name = "a" ; filename = "x"',
        ("a", "x"),
        (None, None),
        why="Werkzeug finds no name",
    ),
    Row(
        'form-data; name="a"; filename="x"y.txt"', ("a", 'x"y.txt'), ("a", "x"), why=CUT
    ),
    Row(
        'form-data; name="a"; filename="x"y".txt"',
        ("a", 'x"y".txt'),
        ("a", "x"),
        why=CUT,
    ),
    Row(
        'form-data; name="a\\"; filename="x"',
        ("a\\", "x"),
        ('a"; filename=', None),
        ('a"; filename="x', None),
        ('a"; filename="x', None),
        BROWSERS,
    ),
    Row(
        'form-data; name="a\\\\b"',
        ("a\\\\b", None),
        ("a\\b", None),
        ("a\\b", None),
        ("a\\b", None),
        BROWSERS,
    ),
    Row(
        'form-data; name="a"; filename="x%22y.txt"',
        ("a", 'x"y.txt'),
        django=("a", "x%22y.txt"),
        falcon=("a", "x%22y.txt"),
        why=BROWSERS,
    ),
    Row(
        'form-data; name="a"; filename="C:\\dir\\x.txt"',
        ("a", "x.txt"),
        werkzeug=("a", "C:dirx.txt"),
        falcon=("a", "C:\\dir\\x.txt"),
        why=PATHS,
    ),
]
ROWS = [
    *USUAL,
    *DOUBLED,
    *EXTENDED,
    *CONTRADICTING,
    *MALFORMED,
    *ENCODED,
    *CHARACTERS,
]


def _encode(line: str) -> bytes:
    head = b"--B\r\nContent-Disposition: " + line.encode()
    return head + b"\r\n\r\ncontent\r\n--B--\r\n"


def _environ(body: bytes) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": "multipart/form-data; boundary=B",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
    }


def _first(fields: Any, files: Any, attribute: str) -> Names:
    for name, file in files.items():
        file.close()
        return name, getattr(file, attribute)
    return next(iter(fields), None), None


def _ask_werkzeug(body: bytes) -> Names:
    module = pytest.importorskip("werkzeug.formparser")
    _, fields, files = module.parse_form_data(_environ(body), silent=False)
    return _first(fields, files, "filename")


@pytest.fixture(scope="module", autouse=True)
def _configured() -> None:
    """Let Django have its settings, which threads can't make at once."""
    with suppress(ImportError):
        settings: Any = import_module("django.conf").settings
        if not settings.configured:
            settings.configure()


def _ask_django(body: bytes) -> Names:
    handler: Any = pytest.importorskip("django.core.handlers.wsgi")
    request = handler.WSGIRequest(_environ(body))
    return _first(request.POST, request.FILES, "name")


def _ask_falcon(body: bytes) -> Names:
    falcon: Any = pytest.importorskip("falcon")
    handler = falcon.media.MultipartFormHandler()
    kind = "multipart/form-data; boundary=B"
    try:
        part = next(iter(handler.deserialize(BytesIO(body), kind, len(body))))
        _ = part.filename
    except falcon.HTTPError:
        return None
    return part.name, part.filename


@pytest.mark.parametrize("row", ROWS, ids=lambda row: cast("Row", row).line)
def test_name_that_counts(row: Row) -> None:
    """Each header has one reading, or none."""
    parts = read_parts(BytesIO(_encode(row.line)).read, b"B", Limits())
    if row.names is None:
        with pytest.raises(FormError) as caught:
            next(parts)
        assert caught.value.status_code == 400
    else:
        part = next(parts)
        assert (part.name, part.filename) == row.names


@pytest.mark.parametrize(
    ("peer", "ask"),
    [
        ("werkzeug", _ask_werkzeug),
        ("django", _ask_django),
        ("falcon", _ask_falcon),
    ],
)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: cast("Row", row).line)
def test_what_a_peer_says(row: Row, peer: str, ask: Callable[[bytes], Names]) -> None:
    """The table says what Werkzeug, Django and Falcon read in it."""
    assert ask(_encode(row.line)) == row.said_by(peer)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: cast("Row", row).line)
def test_difference_has_a_reason(row: Row) -> None:
    """Where a peer says something else, the table says why."""
    differs = any(
        row.said_by(peer) != row.names for peer in ("werkzeug", "django", "falcon")
    )
    assert bool(row.why) is differs
