"""The embedded server and raw bytes on its sockets, for tests."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from poorwsgi_core.server import ThreadingServer, build_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["exchange", "serve"]


@contextmanager
def serve(app: "WSGIApplication") -> Generator[ThreadingServer]:
    """Serve an application on a free port until the end of the block."""
    with build_server(app, port=0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def exchange(port: int, request: bytes, *, is_all: bool = True) -> bytes:
    """Send raw bytes and return all that comes back.

    Args:
        port: port of 127.0.0.1.
        request: what is sent.
        is_all: whether the end is shown to the server too.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        if is_all:
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))
