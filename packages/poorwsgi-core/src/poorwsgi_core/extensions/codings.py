"""Content codings: gzip, and brotli and zstd where a package for them is installed.

A coder takes pieces and gives pieces, all that it can tell after each, so that a stream
stays one.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, Protocol

from poorwsgi_core.http.negotiation import best
from poorwsgi_core.request import Request

__all__ = ["CODERS", "Coder", "choose_coding", "encode", "encode_all", "find_coders"]


class Coder(Protocol):
    """Compresses one body."""

    def add(self, piece: bytes, /) -> bytes:
        """Take a piece; what comes back may be empty."""
        ...

    def flush(self) -> bytes:
        """Return all that the client needs to read what was added."""
        ...

    def finish(self) -> bytes:
        """Return the end."""
        ...


class _Gzip:
    def __init__(self) -> None:
        self._coder = zlib.compressobj(6, zlib.DEFLATED, 31)
        self.add = self._coder.compress

    def flush(self) -> bytes:
        return self._coder.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._coder.flush()


class _Brotli:
    def __init__(self, module: Any) -> None:
        coder = module.Compressor(quality=4)
        self.add: Callable[[bytes], bytes] = coder.process
        self.flush: Callable[[], bytes] = coder.flush
        self.finish: Callable[[], bytes] = coder.finish


class _Zstd:
    """Of the package ``zstandard``."""

    def __init__(self, module: Any) -> None:
        self._coder = module.ZstdCompressor(level=3).compressobj()
        self._block = module.COMPRESSOBJ_FLUSH_BLOCK
        self.add: Callable[[bytes], bytes] = self._coder.compress
        self.finish: Callable[[], bytes] = self._coder.flush

    def flush(self) -> bytes:
        return bytes(self._coder.flush(self._block))


class _LibraryZstd:
    """Of the standard library, since Python 3.14."""

    def __init__(self, module: Any) -> None:
        self._coder = module.ZstdCompressor()
        self.add: Callable[[bytes], bytes] = self._coder.compress
        self.finish: Callable[[], bytes] = self._coder.flush

    def flush(self) -> bytes:
        return bytes(self._coder.flush(self._coder.FLUSH_BLOCK))


_IDENTITY = "identity"

CODERS: tuple[tuple[str, str, Callable[[Any], Coder]], ...] = (
    ("zstd", "compression.zstd", _LibraryZstd),
    ("zstd", "zstandard", _Zstd),
    ("br", "brotli", _Brotli),
    ("br", "brotlicffi", _Brotli),
    ("gzip", "zlib", lambda _: _Gzip()),
)
"""Name of a coding, the module that it needs, and what builds a coder with it."""


def find_coders() -> dict[str, Callable[[], Coder]]:
    """Find what builds a coder for each coding that can be used, the best first."""
    coders: dict[str, Callable[[], Coder]] = {}
    for name, needed, build in CODERS:
        if name in coders:
            continue
        try:
            module = import_module(needed)
        except ImportError:
            continue
        coders[name] = _bind(build, module)
    return coders


def _bind(build: Callable[[Any], Coder], module: Any) -> Callable[[], Coder]:
    return lambda: build(module)


def choose_coding(req: Request, names: Iterable[str]) -> str | None:
    """Choose the coding that a client likes best.

    Returns:
        ``None`` for a client that doesn't say that it takes any, or likes none
        better than the body as it is.
    """
    if not req.headers.get("Accept-Encoding"):
        return None
    coding = best(req.accept_encoding, [*names, _IDENTITY])
    return None if coding == _IDENTITY else coding


def encode_all(coder: Coder, data: bytes) -> bytes:
    """Compress a whole body."""
    return coder.add(data) + coder.finish()


def encode(
    coder: Coder, pieces: Iterable[bytes], *, flush: bool = True
) -> Iterator[bytes]:
    """Compress a body piece by piece.

    Args:
        coder: a new one.
        pieces: the body.
        flush: whether the client can read each piece at once; that costs a few
            bytes each.
    """
    for piece in pieces:
        data = coder.add(piece)
        if flush and piece:
            data += coder.flush()
        if data:
            yield data
    yield coder.finish()
