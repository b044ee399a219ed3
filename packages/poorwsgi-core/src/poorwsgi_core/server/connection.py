"""One connection: a head is read, the application answers, the connection ends.

The head has a time limit as a whole, so that a client can't hold a thread by sending
a byte now and then; a body has the same limit for each of its pieces.  What a client
still sends when it has been answered is thrown away for a while: closing at once would
make its system drop the answer (RFC 9112 §9.6).
"""

import logging
import socket
import sys
from contextlib import suppress
from io import BufferedReader, RawIOBase
from socketserver import StreamRequestHandler
from time import monotonic, perf_counter
from typing import IO, TYPE_CHECKING, Any, cast

from poorwsgi_core.http.dates import time_to_http
from poorwsgi_core.server.answer import Answer
from poorwsgi_core.server.head import HeadError, parse_head
from poorwsgi_core.state import (
    HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTP_REQUEST_TIME_OUT,
    HTTP_REQUEST_URI_TOO_LARGE,
    status_lines,
)

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

    from _typeshed import WriteableBuffer
    from _typeshed.wsgi import WSGIApplication

__all__ = ["Connection"]

log = logging.getLogger("poorwsgi")

_MAX_LINE = 65536
_MAX_HEAD = 2 * _MAX_LINE
_MAX_LINGER = 64 * 1024 * 1024
_TOO_LONG = HTTP_REQUEST_URI_TOO_LARGE
_TOO_LARGE = HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_REFUSAL = (
    "HTTP/1.0 {}\r\nDate: {}\r\nServer: PoorWSGI\r\nContent-Type: text/plain\r\n"
    "Content-Length: {}\r\nConnection: close\r\n\r\n{}"
)


class _Source(RawIOBase):
    """What a client sends, in the time that it has.

    Attributes:
        has_begun: whether anything has come.
        deadline: when the head has to be there, ``None`` once it is.
        interim: sent before the next bytes are waited for.
    """

    def __init__(self, connection: socket.socket, patience: float) -> None:
        self._connection = connection
        self._patience = patience
        self.has_begun = False
        self.deadline: float | None = monotonic() + patience
        self.interim = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Wait for bytes.

        Raises:
            OSError: none came in time, or the connection is lost.
        """
        if self.interim:
            self._connection.sendall(self.interim)
            self.interim = b""
        if self.deadline is not None:
            left = self.deadline - monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._connection.settimeout(left)
        try:
            size = self._connection.recv_into(buffer)
        finally:
            self._connection.settimeout(self._patience)
        self.has_begun = self.has_begun or size > 0
        return size


class Connection(StreamRequestHandler):
    """Serves one request."""

    timeout = 30
    """Seconds for the head, and for each piece of a body."""

    linger_time = 2.0
    """Seconds in which a client may go on sending when it has been answered."""

    _request_line = b""
    _may_send_more = False

    def setup(self) -> None:
        """Read through a source that knows the time limits."""
        super().setup()
        self.rfile.close()
        self._begun = perf_counter()
        self._source = _Source(self.connection, cast("float", self.timeout))
        self.rfile = BufferedReader(self._source)

    def handle(self) -> None:
        """Answer a request, whatever comes."""
        try:
            lines = self._read_lines()
            self._begun = perf_counter()
            self._request_line = lines[0].rstrip(b"\r\n")
            environ = parse_head(lines)
        except HeadError as error:
            self._refuse(error)
        except OSError as error:
            log.info("Connection of %s lost: %s", self._client, error)
        else:
            self._answer(environ)

    def finish(self) -> None:
        """Close, when the client has had the time to read its answer."""
        if self._may_send_more:
            with suppress(OSError):
                self._linger()
        super().finish()

    @property
    def _client(self) -> str:
        return str(self.client_address[0])

    def _read_lines(self) -> list[bytes]:
        """Read the head without the empty line at its end.

        Raises:
            HeadError: it is too long, incomplete, or doesn't come in time.
            OSError: the connection is lost before anything came.
        """
        lines: list[bytes] = []
        left = _MAX_HEAD
        while (line := self._read_line()) != b"\r\n" or not lines:
            left -= len(line)
            if left < 0 or len(line) > _MAX_LINE:
                status = _TOO_LARGE if lines else _TOO_LONG
                raise HeadError("the head is too long", status)
            if line != b"\r\n":  # empty lines before a request are ignored (§2.2)
                lines.append(line)
            if line.endswith(b"\n") and not line.endswith(b"\r\n"):
                break  # it is refused now, and what ends the head may never come
        self._source.deadline = None
        return lines

    def _read_line(self) -> bytes:
        try:
            line = self.rfile.readline(_MAX_LINE + 1)
        except TimeoutError as error:
            if not self._source.has_begun:
                raise
            raise HeadError("the head took too long", HTTP_REQUEST_TIME_OUT) from error
        if not self._source.has_begun:
            raise ConnectionError("the client left")
        if not line:
            raise HeadError("the head ends early")
        return line

    def _answer(self, environ: dict[str, Any]) -> None:
        """Let the application answer."""
        length = environ.get("CONTENT_LENGTH", "")
        if length.strip("0") or "HTTP_TRANSFER_ENCODING" in environ:
            self._may_send_more = True
            if _expects_continue(environ):
                self._source.interim = _CONTINUE
        server = cast("WSGIServer", self.server)
        environ["REMOTE_ADDR"] = self._client
        environ["poorwsgi.socket"] = self.connection
        answer = Answer(
            cast("IO[bytes]", self.rfile),
            cast("IO[bytes]", self.wfile),
            sys.stderr,
            {**server.base_environ, **environ},
        )
        try:
            answer.run(cast("WSGIApplication", server.get_app()))
        finally:
            self._log(answer.outcome or answer.tell())

    def _refuse(self, error: HeadError) -> None:
        """Answer without the application."""
        self._may_send_more = True
        status, text = status_lines[error.status_code], f"{error}\n"
        content = "" if self._request_line.startswith(b"HEAD ") else text
        answer = _REFUSAL.format(status, time_to_http(), len(text), content)
        self._log(f"{error.status_code} {len(content)}: {error}")
        with suppress(OSError):
            self.wfile.write(answer.encode())

    def _log(self, outcome: str) -> None:
        line = self._request_line.decode("iso-8859-1")
        text = f'"{line}" {outcome}'.encode("unicode_escape").decode("ascii")
        extra = {"duration": perf_counter() - self._begun}
        log.info("%s %s", self._client, text, extra=extra)

    def _linger(self) -> None:
        """Throw away what still comes (RFC 9112 §9.6)."""
        self.connection.shutdown(socket.SHUT_WR)
        deadline = monotonic() + self.linger_time
        left = _MAX_LINGER
        while left > 0 and (patience := deadline - monotonic()) > 0:
            self.connection.settimeout(patience)
            size = len(self.connection.recv(_MAX_LINE))
            left = left - size if size else 0


def _expects_continue(environ: dict[str, str]) -> bool:
    return (
        environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        and environ.get("HTTP_EXPECT", "").lower() == "100-continue"
    )
