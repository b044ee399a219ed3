"""Content codings of bodies (RFC 9110 §8.4.1): gzip, deflate and zstd.

A body is decoded while it is read, and never further than to a limit, because a few
bytes can stand for very many.  Without a limit nothing is decoded.  Nothing here
knows a request.
"""

import zlib
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any, Protocol, cast

from poorwsgi_forms.errors import FormError, FormTooLarge, UnsupportedCoding

__all__ = ["DecodedBody", "find_coding"]

_BLOCK_SIZE = 65536
_GZIP, _ZLIB = 31, 15
_ZSTD_WINDOW = 23  # 8 MiB, the most that RFC 9659 allows
_ZSTD_MODULES = ("compression.zstd", "backports.zstd")


class _Decoder(Protocol):
    """What decodes: as in ``compression.zstd``, and as bz2 and lzma have it."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflater:
    """Makes zlib's object keep what it hasn't looked at."""

    def __init__(self, bits: int) -> None:
        self._inflater = zlib.decompressobj(bits)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        rest = self._inflater.unconsumed_tail
        return self._inflater.decompress(rest + data, max_length)


@lru_cache(maxsize=1)
def _find_zstd() -> Any:
    """Return the module for zstd, ``None`` where there is none."""
    for name in _ZSTD_MODULES:
        try:
            return import_module(name)
        except ImportError:
            continue
    return None


def _build_zstd(zstd: Any) -> _Decoder:
    options = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW}
    return cast("_Decoder", zstd.ZstdDecompressor(options=options))


@lru_cache(maxsize=1)
def _list_codings() -> dict[str, Callable[[], _Decoder]]:
    """Map codings to what builds their decoders, and ``identity`` to nothing."""
    codings: dict[str, Callable[[], _Decoder]] = {
        "gzip": partial(_Inflater, _GZIP),
        "deflate": partial(_Inflater, _ZLIB),
    }
    zstd = _find_zstd()
    if zstd is not None:
        codings["zstd"] = partial(_build_zstd, zstd)
    return codings


def find_coding(value: str, limit: int | None) -> str:
    """Return the coding of a body, empty when it has none.

    Args:
        value: the Content-Encoding header.
        limit: ``max_decoded_size``; ``None`` when nothing is to be decoded.

    Raises:
        UnsupportedCoding: it can't be decoded, or more than one is applied.
    """
    coding = value.strip(" \t").lower().removeprefix("x-")
    if coding in ("", "identity"):
        return ""
    codings = () if limit is None else tuple(_list_codings())
    if coding not in codings:
        raise UnsupportedCoding(value, codings)
    return coding


class DecodedBody:
    """A body without its coding, as a stream.

    Args:
        read: reads the coded body; empty at its end.
        coding: as ``find_coding`` returns it.
        limit: most bytes that are decoded.
    """

    def __init__(self, read: Callable[[int], bytes], coding: str, limit: int) -> None:
        self._read = read
        self._coding = coding
        self._limit = limit
        self._size = 0
        self._decoder = _list_codings()[coding]()

    def read(self, size: int) -> bytes:
        """Read up to *size* bytes; empty at the end.

        Raises:
            FormTooLarge: more than the limit came out.
            FormError: the body is not in this coding, or ends early.
        """
        size = min(size, _BLOCK_SIZE, self._limit + 1)
        try:
            data = self._decode(size)
        except Exception as error:
            if isinstance(error, zlib.error) or type(error).__name__ == "ZstdError":
                raise FormError(f"The body is not {self._coding}: {error}") from error
            raise
        self._size += len(data)
        if self._size > self._limit:
            raise FormTooLarge("max_decoded_size", self._limit)
        return data

    def read_whole(self, name: str, limit: int | None) -> bytes:
        """Read all, for a parser that needs it at once.

        Raises:
            FormTooLarge: it is more than *limit*, which *name* names.
        """
        data = bytearray()
        while block := self.read(_BLOCK_SIZE):
            data += block
            if limit is not None and len(data) > limit:
                raise FormTooLarge(name, limit)
        return bytes(data)

    def _decode(self, size: int) -> bytes:
        block = b""
        while True:
            data = b"" if self._decoder.eof else self._decoder.decompress(block, size)
            if data:
                return data
            ended = self._decoder.eof
            block = (ended and self._decoder.unused_data) or self._read(_BLOCK_SIZE)
            if ended:
                if not block:
                    return b""
                # gzip and zstd may be one after the other.
                self._decoder = _list_codings()[self._coding]()
            elif not block:
                raise FormError(f"Incomplete body: its {self._coding} has no end")
