"""Multipart bodies that are measured, made while they are read.

Used by form_measures.py and, in other environments, by form_worker.py: standard
library only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["BODIES", "FLOODS", "Body", "Stream", "build_environ"]

_BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
_END = f"--{_BOUNDARY}--\r\n".encode()
_MEGABYTE = 1_000_000


def _head(name: str, filename: str = "") -> bytes:
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if filename:
        disposition += f'; filename="{filename}"\r\nContent-Type: application/zip'
    return f"--{_BOUNDARY}\r\n{disposition}\r\n\r\n".encode()


@dataclass(frozen=True)
class Body:
    """A head, a block that is repeated, and a tail.

    Attributes:
        title: as the table shows it.
        head: what comes first.
        block: what is repeated.
        times: how often.
        tail: what comes last.
        fields: how many fields there are.
        files: how many files.
    """

    title: str
    head: bytes
    block: bytes = b""
    times: int = 0
    tail: bytes = b""
    fields: int = 0
    files: int = 0

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.head) + len(self.block) * self.times + len(self.tail)


def build_file(title: str, piece: bytes, megabytes: int) -> Body:
    """Build the body of one file."""
    block = piece * (_MEGABYTE // len(piece))
    head, tail = _head("file", "file.zip"), b"\r\n" + _END
    return Body(title, head, block, megabytes, tail, files=1)


def _build_fields(number: int) -> Body:
    parts = (_head(f"field{n}") + f"value {n}\r\n".encode() for n in range(number))
    return Body(f"{number} small fields", b"".join(parts) + _END, fields=number)


BODIES = {
    "file": build_file("one file, 256 MB", bytes(range(256)), 256),
    "text": build_file("text full of CRLF, 64 MB", b"a line of text\r\n", 64),
    "fields": _build_fields(900),
}
"""What is measured beside the peers."""

_ALMOST = f"\r\n--{_BOUNDARY[:-1]}".encode()

FLOODS = {
    "CR": build_file("CR", b"\r", 32),
    "LF": build_file("LF", b"\n", 32),
    "CRLF": build_file("CRLF", b"\r\n", 32),
    "CRLF and dash": build_file("CRLF and dash", b"\r\n-", 32),
    "cut boundary": build_file("cut boundary", _ALMOST, 32),
    "other boundary": build_file("other boundary", _ALMOST + b"X", 32),
}
"""What a hostile client may send."""


class Stream:
    """The ``wsgi.input`` of a body."""

    def __init__(self, body: Body) -> None:
        self._pieces = self._iterate(body)
        self._rest = memoryview(b"")

    @staticmethod
    def _iterate(body: Body) -> Iterator[bytes]:
        yield body.head
        for _ in range(body.times):
            yield body.block
        yield body.tail

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes."""
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._rest = memoryview(piece)
        data = self._rest[:size] if size >= 0 else self._rest
        self._rest = self._rest[len(data) :]
        return bytes(data)

    def readline(self, size: int = -1) -> bytes:
        """Read like ``read``: no parser here asks for lines."""
        return self.read(size)


def build_environ(body: Body) -> dict[str, Any]:
    """Return an environ with the body."""
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "CONTENT_TYPE": f"multipart/form-data; boundary={_BOUNDARY}",
        "CONTENT_LENGTH": str(body.size),
        "REQUEST_STARTTIME": 0.0,
        "wsgi.input": Stream(body),
    }
