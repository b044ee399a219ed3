"""What real servers do differently, for tests to meet it in process.

Each entry of ``SERVERS`` was tried on the server itself; ``tests/servers`` compares
them.  ``play`` changes an environ into what the server would hand over, ``merge`` does
so with the fields of a request, ``check_fields`` with those of an answer.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any
from wsgiref.util import is_hop_by_hop

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["SERVERS", "Quirks", "check_fields", "merge", "play"]

_BLOCK = 8192
_LISTS = frozenset(
    {
        *("accept", "accept-charset", "accept-encoding", "accept-language"),
        *("cache-control", "connection", "if-match", "if-none-match", "via"),
    }
)
"""Fields that cheroot knows for lists."""


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
        joint: what joins the values of a repeated field, ``""`` where the last one
            counts unless the field is a list.
        cookie_joint: the same for Cookie.
        joins_names: whether ``X_Name`` and ``X-Name`` are joined too; the last one
            counts otherwise.
        takes_hop_by_hop: whether an application may set Connection and its kin.
        takes_exc_info: whether ``start_response`` may be told the exception.
        variables: entries that are its own.
    """

    wrapper: Callable[..., Any] | None = None
    terminated: str = "never"
    raw_chunks: bool = False
    underscores: bool = False
    joint: str = ", "
    cookie_joint: str = ", "
    joins_names: bool = False
    takes_hop_by_hop: bool = True
    takes_exc_info: bool = True
    variables: tuple[tuple[str, Any], ...] = ()


SERVERS = {
    "wsgiref": Quirks(
        _Wrapper,
        raw_chunks=True,
        underscores=True,
        joint=",",
        cookie_joint=",",
        joins_names=True,
        takes_hop_by_hop=False,
        variables=(("CONTENT_TYPE", "text/plain"), ("CONTENT_LENGTH", "")),
    ),
    "embedded": Quirks(
        _Wrapper, raw_chunks=True, cookie_joint="; ", takes_hop_by_hop=False
    ),
    "gunicorn": Quirks(_Wrapper, "always", joint=",", cookie_joint=","),
    "waitress": Quirks(_Wrapper, "always", takes_hop_by_hop=False),
    "uwsgi": Quirks(
        _FromStart,
        underscores=True,
        joins_names=True,
        takes_exc_info=False,
        variables=(("uwsgi.version", b"2.0.31"),),
    ),
    "granian": Quirks(None, "always", underscores=True, joint=",", cookie_joint=";"),
    "cheroot": Quirks(None, "chunked", underscores=True, joint="", cookie_joint=""),
}
"""Name to what is different there."""


def merge(name: str, fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Make one field of those that a server hands on as one variable."""
    quirks = SERVERS[name]
    merged: dict[str, tuple[str, str]] = {}
    for field, value in fields:
        wire = field.lower()
        if "_" in wire and not quirks.underscores:
            continue
        variable = wire.replace("_", "-")
        known, before = merged.get(variable, ("", ""))
        joint = quirks.cookie_joint if wire == "cookie" else quirks.joint
        if not joint and wire in _LISTS:
            joint = ", "
        is_joined = joint and known and (known == wire or quirks.joins_names)
        merged[variable] = (wire, f"{before}{joint}{value}" if is_joined else value)
    return [*merged.values()]


def check_fields(name: str, fields: Iterable[tuple[str, str]]) -> None:
    """Refuse what a server refuses of an answer.

    Raises:
        AssertionError: it says something of the connection, and the server doesn't
            let applications do that.
    """
    for field, _ in fields:
        if is_hop_by_hop(field) and not SERVERS[name].takes_hop_by_hop:
            raise AssertionError(f"{name} takes no field of the connection: {field}")


def play(name: str, environ: "WSGIEnvironment") -> None:
    """Make an environ that of a server.

    Raises:
        ValueError: it can't be played here.
    """
    quirks = SERVERS[name]
    for variable, value in quirks.variables:
        environ.setdefault(variable, value)
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
