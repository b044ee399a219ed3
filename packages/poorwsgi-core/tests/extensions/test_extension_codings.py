"""Facts about content codings, with stand-ins for the packages they need."""

import gzip
import sys
import zlib
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core.extensions.codings import encode, encode_all, find_coders

MODULES = ("compression.zstd", "zstandard", "brotli", "brotlicffi")


class StandIn:
    """A coder as the packages have them, that marks what was called."""

    FLUSH_BLOCK = "block"

    def __init__(self, **_: Any) -> None:
        self.kept = b""

    def compress(self, piece: bytes) -> bytes:
        """Keep a piece."""
        self.kept += piece
        return b""

    process = compress

    def flush(self, mode: str | None = None) -> bytes:
        """Give what was kept."""
        kept, self.kept = self.kept, b""
        return kept + (b"|" if mode else b"")

    def finish(self) -> bytes:
        """Give the end."""
        return b"."

    def compressobj(self) -> "StandIn":
        """Give a coder."""
        return self


STAND_IN = SimpleNamespace(
    ZstdCompressor=StandIn, Compressor=StandIn, COMPRESSOBJ_FLUSH_BLOCK="block"
)


@pytest.fixture(autouse=True)
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, None)


def test_gzip_is_always_there() -> None:
    """Without packages there is gzip alone."""
    coders = find_coders()
    assert [*coders] == ["gzip"]
    assert gzip.decompress(encode_all(coders["gzip"](), b"text")) == b"text"


@pytest.mark.parametrize(
    ("module", "coding", "expected"),
    [
        ("compression.zstd", "zstd", [b"a|", b"b|", b""]),
        ("zstandard", "zstd", [b"a|", b"b|", b""]),
        ("brotli", "br", [b"a", b"b", b"."]),
        ("brotlicffi", "br", [b"a", b"b", b"."]),
    ],
)
def test_packages(
    monkeypatch: pytest.MonkeyPatch, module: str, coding: str, expected: list[bytes]
) -> None:
    """Each package is used by its own names, and flushed after each piece."""
    monkeypatch.setitem(sys.modules, module, STAND_IN)
    coders = find_coders()
    assert [*coders] == [coding, "gzip"]
    assert [*encode(coders[coding](), [b"a", b"b"])] == expected


def test_the_first_package_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two for one coding the standard library's comes first."""
    for name in MODULES:
        monkeypatch.setitem(sys.modules, name, STAND_IN)
    assert [*find_coders()] == ["zstd", "br", "gzip"]


def test_nothing_is_sent_for_nothing() -> None:
    """Empty pieces give none, and without a flush all comes at the end."""
    pieces = [b"", b"a", b""]
    sent = [*encode(find_coders()["gzip"](), pieces, flush=False)]
    assert gzip.decompress(b"".join(sent)) == b"a"
    flushed = [*encode(find_coders()["gzip"](), pieces)]
    assert len(flushed) <= 3
    assert zlib.decompressobj(31).decompress(b"".join(flushed[:-1])) == b"a"
