"""What real servers do differently, for tests to meet it in process.

Each entry of ``SERVERS`` was tried on the server itself; ``tests/servers`` compares
them.  ``play`` changes an environ into what the server would hand over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["SERVERS", "Quirks", "play"]

_BLOCK = 8192


class _Wrapper:
    """A ``wsgi.file_wrapper`` (PEP 3333) that sends from where the file stands."""

    def __init__(self, file: IO[bytes], size: int = _BLOCK) -> None:
        self._file, self._size = file, size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(self._size), b"")

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _FromStart(_Wrapper):
    """uWSGI's: it sends the descriptor from its start, wherever the file stands."""

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        return super().__iter__()


@dataclass(frozen=True)
class Quirks:
    """How a server differs.

    Attributes:
        wrapper: its ``wsgi.file_wrapper``, if it has one.
        terminated: whether it ends a body itself (``wsgi.input_terminated``):
            always, never, or where the body is chunked.
        raw_chunks: whether chunks reach the application as they came.
        underscores: whether a field named ``X_Name`` passes for ``X-Name``.
        takes_exc_info: whether ``start_response`` may be told the exception.
        variables: entries that are its own.
    """

    wrapper: Callable[..., Any] | None = None
    terminated: str = "never"
    raw_chunks: bool = False
    underscores: bool = False
    takes_exc_info: bool = True
    variables: tuple[tuple[str, Any], ...] = ()


SERVERS = {
    "wsgiref": Quirks(_Wrapper, raw_chunks=True, underscores=True),
    "embedded": Quirks(_Wrapper, raw_chunks=True),
    "gunicorn": Quirks(_Wrapper, "always"),
    "waitress": Quirks(_Wrapper, "always"),
    "uwsgi": Quirks(
        _FromStart,
        underscores=True,
        takes_exc_info=False,
        variables=(("uwsgi.version", b"2.0.31"),),
    ),
    "granian": Quirks(None, "always", underscores=True),
    "cheroot": Quirks(None, "chunked", underscores=True),
}
"""Name to what is different there."""


def play(name: str, environ: "WSGIEnvironment") -> None:
    """Make an environ that of a server.

    Raises:
        ValueError: it can't be played here.
    """
    quirks = SERVERS[name]
    environ.update(quirks.variables)
    if quirks.wrapper is not None:
        environ["wsgi.file_wrapper"] = quirks.wrapper
    is_chunked = environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
    if is_chunked:
        _send_chunked(quirks, environ)
    if quirks.terminated == "always" or (is_chunked and quirks.terminated == "chunked"):
        environ["wsgi.input_terminated"] = True


def _send_chunked(quirks: Quirks, environ: "WSGIEnvironment") -> None:
    if "uwsgi.version" in environ:
        raise ValueError(
            "uWSGI hands out chunks by a module that exists there alone: try a chunked "
            "body on the server itself"
        )
    environ.pop("CONTENT_LENGTH", None)
    body: bytes = environ["wsgi.input"].read()
    if quirks.raw_chunks:
        size = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        environ["wsgi.input"] = BytesIO(size + b"0\r\n\r\n")
        return
    environ["wsgi.input"] = BytesIO(body)
