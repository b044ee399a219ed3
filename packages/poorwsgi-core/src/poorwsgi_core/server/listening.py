"""The socket that clients come to: a thread for each connection."""

import logging
import sys
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIServer

from poorwsgi_core.server.connection import Connection

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["ThreadingServer", "build_server", "run"]

log = logging.getLogger("poorwsgi")


class ThreadingServer(ThreadingMixIn, WSGIServer):
    """A WSGI server with a thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        """Bind, without asking the name service for our own name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]
        self.setup_environ()

    def setup_environ(self) -> None:
        """Prepare what is the same in each environ; no field is made up."""
        super().setup_environ()
        for name in ("CONTENT_LENGTH", "REMOTE_HOST"):
            del self.base_environ[name]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log the failure of one connection."""
        log.error("Connection of %s failed", client_address, exc_info=sys.exception())


def build_server(
    app: "WSGIApplication", host: str = "127.0.0.1", port: int = 8080
) -> ThreadingServer:
    """Bind a server; port 0 chooses a free one (``server_port`` tells it).

    Raises:
        OSError: the address can't be bound.
    """
    server = ThreadingServer((host, port), Connection)
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
