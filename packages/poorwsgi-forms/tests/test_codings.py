"""Facts about bodies with a Content-Encoding."""

import gzip
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from poorwsgi_core import HTTPException
from poorwsgi_core.state import METHOD_ALL
from poorwsgi_core.testing import Client
from poorwsgi_forms import Application, FormError, FormTooLarge, Request, codings
from poorwsgi_forms.codings import DecodedBody, find_coding

zstd: Any = pytest.importorskip("backports.zstd")

Encode = Callable[[bytes], bytes]
Build = Callable[..., Request]

ENCODERS: dict[str, Encode] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstd.compress,
}
URLENCODED = "application/x-www-form-urlencoded"
JSON = "application/json"
ALL = pytest.mark.parametrize("coding", ENCODERS)


def decode(raw: bytes, coding: str, limit: int = 10**9, step: int = 10**9) -> bytes:
    """Decode a body whose stream gives *step* bytes at once."""
    source = BytesIO(raw)
    body = DecodedBody(lambda size: source.read(min(size, step)), coding, limit)
    return body.read_whole("max_json_size", None)


@ALL
@pytest.mark.parametrize("step", [1, 100, 10**9])
@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 40])
def test_body_is_decoded(coding: str, step: int, content: bytes) -> None:
    """What comes out is what went in, however it arrives."""
    assert decode(ENCODERS[coding](content), coding, step=step) == content


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_one_behind_the_other(coding: str) -> None:
    """Both may be several in a row (RFC 1952 §2.2, RFC 8878 §3)."""
    encode = ENCODERS[coding]
    raw = encode(b"one") + encode(b"") + encode(b"two")
    assert [decode(raw, coding, step=step) for step in (1, 10**9)] == [b"onetwo"] * 2


@ALL
def test_body_that_ends_early(coding: str) -> None:
    """It is 400, wherever it breaks off."""
    raw = ENCODERS[coding](bytes(range(256)))
    for end in range(len(raw) - 1):
        with pytest.raises(FormError) as caught:
            decode(raw[:end], coding)
        assert caught.value.status_code == 400


@ALL
@pytest.mark.parametrize("raw", [b"no such coding", b"\x1f\x8b\x08"])
def test_body_that_is_not_coded(coding: str, raw: bytes) -> None:
    """It is 400."""
    with pytest.raises(FormError):
        decode(raw, coding)


@ALL
def test_rubbish_behind_the_end(coding: str) -> None:
    """What follows, and is no more of it, is 400."""
    with pytest.raises(FormError):
        decode(ENCODERS[coding](b"x") + b"rubbish", coding)


@ALL
def test_bomb_stops_at_the_limit(coding: str) -> None:
    """A gigabyte in a few bytes is read as far as the limit, and is 413."""
    bomb = ENCODERS[coding](bytes(50_000_000))
    body = DecodedBody(BytesIO(bomb).read, coding, 1000)
    with pytest.raises(FormTooLarge) as caught:
        body.read(10**9)
    assert (caught.value.limit, caught.value.status_code) == ("max_decoded_size", 413)
    assert decode(ENCODERS[coding](bytes(1000)), coding, 1000) == bytes(1000)


@ALL
def test_other_limits_hold_for_what_comes_out(coding: str) -> None:
    """The setting that is exceeded is named."""
    body = DecodedBody(BytesIO(ENCODERS[coding](bytes(99))).read, coding, 1000)
    with pytest.raises(FormTooLarge) as caught:
        body.read_whole("max_json_size", 98)
    assert caught.value.limit == "max_json_size"


def test_window_of_zstd_is_limited() -> None:
    """A frame that asks for more than 8 MiB of memory is refused (RFC 9659)."""
    level = {zstd.CompressionParameter.window_log: 27}
    compressor = zstd.ZstdCompressor(options=level)
    raw = compressor.compress(b"x" * 100) + compressor.flush()
    with pytest.raises(FormError, match="is not zstd"):
        decode(raw, "zstd")


def test_other_errors_pass() -> None:
    """What reading raises isn't taken for a broken coding."""

    def fail(_: int) -> bytes:
        raise HTTPException(408)

    with pytest.raises(HTTPException) as caught:
        DecodedBody(fail, "gzip", 9).read(9)
    assert caught.value.status_code == 408


@pytest.mark.parametrize(
    ("value", "coding"),
    [
        ("gzip", "gzip"),
        ("X-GZip", "gzip"),
        (" deflate\t", "deflate"),
        ("zstd", "zstd"),
        ("identity", ""),
        ("", ""),
    ],
)
def test_names_of_codings(value: str, coding: str) -> None:
    """Names have no case, and identity is none."""
    assert find_coding(value, 9) == coding


@pytest.mark.parametrize("value", ["br", "gzip, gzip", "aes128gcm", "gzip;q=1"])
def test_unknown_codings(value: str) -> None:
    """Another coding, or two of them, is 415 with those that are known."""
    with pytest.raises(FormError) as caught:
        find_coding(value, 9)
    assert caught.value.args == (
        415,
        {
            "error": f"Content-Encoding: {value!r} is not decoded here, but "
            "gzip, deflate, zstd",
            "accept_encoding": "gzip, deflate, zstd",
        },
    )


def test_without_zstd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no module has it, it is a coding like any other."""
    monkeypatch.setattr(codings, "_ZSTD_MODULES", ("no.such_module",))
    module: Any = codings
    caches = (module._find_zstd, module._list_codings)
    try:
        for cached in caches:
            cached.cache_clear()
        with pytest.raises(FormError, match=r"gzip, deflate$"):
            find_coding("zstd", 9)
    finally:
        for cached in caches:
            cached.cache_clear()


# --- in requests -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [URLENCODED, JSON, "multipart/form-data; boundary=B"])
@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_coding_is_415_by_default(
    app: Application, client: Client, kind: str, coding: str
) -> None:
    """Nothing is decoded unless the application says how much (RFC 9110 §15.5.16)."""
    app.set_route("/", lambda req: str((req.form, req.json)), METHOD_ALL)
    app.set_route("/parts", lambda req: str([*req.form_parts()]), METHOD_ALL)
    for path in ("/", "/parts") if kind.startswith("m") else ("/",):
        answer = client.post(
            path, body=b"x", CONTENT_TYPE=kind, HTTP_CONTENT_ENCODING=coding
        )
        assert answer.status_code == 415
        assert answer.headers["Accept-Encoding"] == "identity"


@ALL
@pytest.mark.parametrize("size", [10, 200_000])
def test_forms_and_json_with_a_coding(
    app: Application,
    build: Build,
    encode: Any,
    multipart_type: str,
    stream: Any,
    coding: str,
    size: int,
) -> None:
    """Each is decoded on its way; data and read() are as sent."""
    app.max_decoded_size = 1_000_000
    text = b"0123456789" * (size // 10)

    def request(body: bytes, kind: str) -> Any:
        raw = ENCODERS[coding](body)
        source = None if size < 100 else stream(raw, 1000)
        return build(raw, kind, stream=source, HTTP_CONTENT_ENCODING=coding)

    multipart = encode(("a", text), ("f", "x.png", text))
    form = request(multipart, multipart_type).form
    parts = [part.read() for part in request(multipart, multipart_type).form_parts()]
    assert (form.getfirst("a"), form["f"].value) == (text.decode(), text)
    assert (parts, form.length) == ([text, text], -1)
    assert request(b"a=" + text, URLENCODED).form.getfirst("a") == text.decode()
    assert request(b'"%s"' % text, JSON).json == text.decode()
    assert request(b'"%s"' % text, JSON).json_as(str) == text.decode()
    raw = ENCODERS[coding](b"1")
    assert build(raw, JSON, HTTP_CONTENT_ENCODING=coding).data == raw


def test_identity_is_no_coding(build: Build) -> None:
    """Who says that there is none is taken at his word."""
    request = build(b"1", JSON, HTTP_CONTENT_ENCODING="identity")
    assert request.json == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (URLENCODED, b"a=" + bytes(2000)),
        (JSON, b'"%s"' % (b"x" * 2000)),
        ("multipart/form-data; boundary=B", b"--B\r\n\r\n" + bytes(2000)),
    ],
)
def test_bombs_in_requests_are_413(
    app: Application, client: Client, kind: str, body: bytes
) -> None:
    """The limit is named in the log and on the page."""
    app.max_decoded_size = 1000
    app.strict_json = False
    app.set_route("/", lambda req: str((req.form, req.json)), METHOD_ALL)
    answer = client.post(
        "/",
        body=gzip.compress(body),
        CONTENT_TYPE=kind,
        HTTP_CONTENT_ENCODING="gzip",
    )
    assert answer.status_code == 413
