"""Facts about the compression of session data."""

import bz2
import gzip
import zlib
from typing import Any

import pytest

from poorwsgi_auth.sessions.compression import (
    NoCompress,
    compress,
    decompress,
    name_compressor,
)


class Reverse:
    """A compressor of an application's own: it halves what is twice the same."""

    def compress(self, data: bytes, compresslevel: int = 9) -> bytes:
        """Return one half."""
        return data[: len(data) // 2]

    def decompress(self, data: bytes) -> bytes:
        """Return both."""
        return data * 2


COMPRESSORS = [bz2, zlib, gzip, Reverse()]
NAMES = ["bz2", "zlib", "gzip", "Reverse"]


@pytest.mark.parametrize("compressor", COMPRESSORS, ids=NAMES)
def test_large_data_are_compressed(compressor: Any) -> None:
    """Data that get shorter by it are compressed, and come back."""
    compressed = compress(b"xy" * 2000, compressor, 3000)
    assert len(compressed) < 4000
    assert decompress(compressed, compressor) == b"xy" * 2000


@pytest.mark.parametrize("compressor", [*COMPRESSORS, None], ids=[*NAMES, "None"])
def test_small_data_are_left_as_they_are(compressor: Any) -> None:
    """Up to 512 bytes nothing is gained, so nothing is done."""
    assert compress(b"x" * 512, compressor, 3000) == b"\0" + b"x" * 512


def test_data_that_get_no_shorter_are_left_as_they_are() -> None:
    """Compression that gains nothing isn't used."""
    assert compress(b"x" * 1000, NoCompress, 3000) == b"\0" + b"x" * 1000


@pytest.mark.parametrize("compressor", COMPRESSORS, ids=NAMES)
def test_what_cannot_be_decompressed(compressor: Any) -> None:
    """What is too large, or of another kind, is a ValueError."""
    too_much = b"\1" + compressor.compress(b"x" * 70_000 * 2)
    for data in (b"", b"\2data", too_much):
        with pytest.raises(ValueError):
            decompress(data, compressor)


@pytest.mark.parametrize("compressor", [bz2, zlib, gzip], ids=NAMES[:3])
def test_junk_is_a_value_error(compressor: Any) -> None:
    """Whatever a compressor raises for junk becomes a ValueError."""
    with pytest.raises(ValueError, match="can't be decompressed"):
        decompress(b"\1junk", compressor)


def test_compressed_data_without_a_compressor() -> None:
    """Who compresses nothing can't read what was compressed."""
    with pytest.raises(ValueError, match="unknown way"):
        decompress(b"\1data", None)


@pytest.mark.parametrize(
    ("compressor", "name"),
    [(None, ""), (bz2, "bz2"), (NoCompress, "NoCompress"), (Reverse(), "Reverse")],
    ids=str,
)
def test_names(compressor: Any, name: str) -> None:
    """A compressor is known by the name of its module or class."""
    assert name_compressor(compressor) == name


def test_no_compress() -> None:
    """NoCompress has the functions, and changes nothing."""
    assert NoCompress.compress(b"data", 9) == NoCompress.decompress(b"data") == b"data"
