"""Compression of session data: which, when, and never without a bound.

Short data are left as they are: compressing them gains nothing, costs more than
all the rest of a session, and the length of the result tells something of the
content.  That is why nothing is compressed by default unless it has to be.
"""

import bz2
import zlib
from typing import Any, Final, Protocol

from poorwsgi_auth.sessions.payload import MOST_BYTES

__all__ = [
    "BZ2_IF_NEEDED",
    "Compressor",
    "NoCompress",
    "compress",
    "decompress",
    "name_compressor",
]

_LEAST_BYTES = 512
_LEVEL = 9
_PLAIN, _COMPRESSED = b"\0", b"\1"
_GZIP_WINDOW = 31


class Compressor(Protocol):
    """A module such as ``bz2``, ``zlib`` or ``gzip``, or an object like it."""

    def compress(self, data: bytes, compresslevel: int = ..., /) -> bytes:
        """Return data compressed."""
        ...

    def decompress(self, data: bytes, /) -> bytes:
        """Return what was compressed."""
        ...


class _Spare:
    """What ``bz2`` is, for who asks for its name; see BZ2_IF_NEEDED."""

    __name__ = "bz2"
    compress = staticmethod(bz2.compress)
    decompress = staticmethod(bz2.decompress)


BZ2_IF_NEEDED: Final = _Spare()
"""The default: data that fit are left as they are, others are made to fill the room.

So the length tells the length of the data or nothing, and not how much a client's
text is like a secret beside it.  ``bz2`` reads what this writes, and the other way.
"""


class NoCompress:
    """A compressor that leaves data as they are."""

    @staticmethod
    def compress(data: bytes, compresslevel: int = 0) -> bytes:  # noqa: ARG004
        """Return the data."""
        return data

    @staticmethod
    def decompress(data: bytes) -> bytes:
        """Return the data."""
        return data


def name_compressor(compressor: Compressor | None) -> str:
    """Return the name of a module or class, ``""`` for none."""
    if compressor is None:
        return ""
    name: str | None = getattr(compressor, "__name__", None)
    return type(compressor).__name__ if name is None else name


def compress(data: bytes, compressor: Compressor | None, room: int) -> bytes:
    """Compress data if that makes them shorter.

    Args:
        data: what to compress.
        compressor: how; ``None`` leaves them as they are.
        room: bytes that a cookie has for the result.
    """
    if compressor is BZ2_IF_NEEDED:
        if len(data) < room:
            return _PLAIN + data
        # What follows the end of the compressed data isn't read.
        return (_COMPRESSED + bz2.compress(data, _LEVEL)).ljust(room, b"\0")
    if compressor is not None and len(data) > _LEAST_BYTES:
        compressed = compressor.compress(data, _LEVEL)
        if len(compressed) < len(data):
            return _COMPRESSED + compressed
    return _PLAIN + data


def decompress(data: bytes, compressor: Compressor | None) -> bytes:
    """Undo ``compress``.

    Raises:
        ValueError: they can't be decompressed, or not into 64 KiB.
    """
    kind, data = data[:1], data[1:]
    if kind == _COMPRESSED and compressor is not None:
        try:
            data = _decompress(data, compressor)
        except Exception as error:  # a compressor raises what it likes
            raise ValueError(f"can't be decompressed: {error!r}") from error
    elif kind != _PLAIN:
        raise ValueError("compressed in an unknown way")
    if len(data) > MOST_BYTES:
        raise ValueError(f"more than {MOST_BYTES} bytes of data")
    return data


def _decompress(data: bytes, compressor: Compressor) -> bytes:
    """Return at most one byte more than is allowed, where that can be had."""
    decoder: Any
    match name_compressor(compressor):
        case "bz2":
            decoder = bz2.BZ2Decompressor()
        case "zlib":
            decoder = zlib.decompressobj()
        case "gzip":
            decoder = zlib.decompressobj(_GZIP_WINDOW)
        case _:
            return compressor.decompress(data)
    result: bytes = decoder.decompress(data, MOST_BYTES + 1)
    return result
