"""The embedded server: for development and for small devices.

The standard library's ``wsgiref``, with a thread for each connection and a
time limit for silent clients.  It speaks HTTP/1.0, closes each connection, and
trusts nothing but what it reads; put a production server in front of users.

``poorwsgi.socket`` of the environ is the connection, for what isn't HTTP any more,
such as a WebSocket.  An application that never calls ``start_response`` has answered
there by itself: nothing is sent after it.
"""

import logging
import sys
from socketserver import TCPServer, ThreadingMixIn
from typing import IO, TYPE_CHECKING, Any, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from poorwsgi_core.state import HTTP_REQUEST_URI_TOO_LARGE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["ThreadingServer", "build_server", "run"]

log = logging.getLogger("poorwsgi")

_NAME = "PoorWSGI"
_MAX_LINE = 65536


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """A WSGI server with a thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Bind, without asking the name service for our own name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log the failure of one connection."""
        log.error("Connection of %s failed", client_address, exc_info=sys.exception())


class _Answer(ServerHandler):
    server_software = _NAME
    request_handler: WSGIRequestHandler

    def log_exception(self, exc_info: Any) -> None:
        log.error("The answer broke off", exc_info=exc_info)

    def finish_content(self) -> None:
        # The base adds a Content-Length of 0, also to a HEAD of unknown length.
        answer: Any = self  # typeshed leaves out the attributes used here
        if answer.status is None:
            answer.status = "000 Declined"  # for the log
        elif answer.environ["REQUEST_METHOD"] == "HEAD" and not answer.headers_sent:
            self.send_headers()
        else:
            super().finish_content()


class _Handler(WSGIRequestHandler):
    timeout = 30
    server_version = _NAME
    sys_version = ""

    def handle(self) -> None:
        # As in the base class, except that a lost connection is no failure of
        # ours, and that the application is told of the threads (PEP 3333).
        try:
            if not self._read_head():
                return
        except OSError as error:
            log.info("Connection of %s lost: %s", self.address_string(), error)
            return
        output, environ = cast("IO[bytes]", self.wfile), self.get_environ()
        answer = _Answer(self.rfile, output, self.get_stderr(), environ)
        answer.request_handler = self
        answer.run(cast("Any", self.server).get_app())

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), "poorwsgi.socket": self.connection}

    def _read_head(self) -> bool:
        self.raw_requestline = self.rfile.readline(_MAX_LINE + 1)
        if len(self.raw_requestline) <= _MAX_LINE:
            return self.parse_request()
        self.requestline = self.request_version = self.command = ""
        self.send_error(HTTP_REQUEST_URI_TOO_LARGE)
        return False

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        text = (format % args).encode("unicode_escape").decode("ascii")
        log.info("%s %s", self.address_string(), text)


def build_server(
    app: "WSGIApplication", host: str = "127.0.0.1", port: int = 8080
) -> ThreadingServer:
    """Bind a server; port 0 chooses a free one (``server_port`` tells it).

    Raises:
        OSError: the address can't be bound.
    """
    server = ThreadingServer((host, port), _Handler)
    server.set_app(app)
    return server


def run(app: "WSGIApplication", host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serve until interrupted.

    Raises:
        OSError: the address can't be bound.
    """
    with build_server(app, host, port) as server:
        _say(f"Serving on http://{host}:{server.server_port}/ (stop: Ctrl+C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _say("Stopped.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
