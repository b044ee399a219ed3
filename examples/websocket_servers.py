"""WebSockets (RFC 6455) on the WSGI servers that let an application have one.

WSGI has no word for it, so each server has its own way.  ``WebSocketApp`` goes around
an application and knows them: a request that asks for a WebSocket finds one in
``environ["wsgi.websocket"]``.  Its handler calls ``accept()``, talks as long as it
likes, and returns ``Declined()``.

    uWSGI              its own functions
    gunicorn gthread   simple-websocket, on the socket in the environ
    embedded server    the same

Elsewhere ``environ`` has nothing of that name.  Each connection keeps a thread of the
server.  Nothing here knows what is talked about.
"""

import selectors
import socket
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha1
from queue import Full, Queue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["WebSocket", "WebSocketApp"]

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 §1.3
_LARGEST_MESSAGE = 64 * 1024
_LONGEST_QUEUE = 100
_PING_INTERVAL = 25.0
_PATIENCE = 2.0
_SOCKETS = ("gunicorn.socket", "poorwsgi.socket")


class WebSocket(ABC):
    """A WebSocket of text messages.

    Only the thread of the handler accepts and receives; any thread may send.
    """

    accepted = False

    def __init__(self) -> None:
        self._queue: Queue[str | None] = Queue(_LONGEST_QUEUE)

    @abstractmethod
    def accept(self) -> None:
        """Answer the handshake; the request can't be answered otherwise then."""

    @abstractmethod
    def receive(self) -> str | None:
        """Wait for a message; ``None`` when the connection has ended."""

    def send(self, text: str) -> None:
        """Send a message, without waiting: a client that is too slow is lost."""
        try:
            self._queue.put_nowait(text)
        except Full:
            self.close()

    @abstractmethod
    def close(self) -> None:
        """End the connection, from any thread."""

    @abstractmethod
    def finish(self) -> None:
        """Send what is waiting and release everything; the handler has ended."""


class _LibrarySocket(WebSocket):
    """On a server that hands over its socket: simple-websocket does the talking."""

    def __init__(self, environ: "WSGIEnvironment", connection: socket.socket) -> None:
        super().__init__()
        self._environ = environ
        self._connection = connection
        self._sender = Thread(target=self._send_queue, daemon=True)

    def accept(self) -> None:
        from simple_websocket import Server

        self._connection.settimeout(None)
        # The library looks for the socket under the names of servers it knows.
        self._websocket = Server.accept(
            {**self._environ, "werkzeug.socket": self._connection},
            ping_interval=_PING_INTERVAL,
            max_message_size=_LARGEST_MESSAGE,
        )
        self.accepted = True
        self._sender.start()

    def _send_queue(self) -> None:
        from simple_websocket import ConnectionClosed
        from wsproto.utilities import LocalProtocolError  # which it lets through

        with suppress(OSError, ConnectionClosed, LocalProtocolError):
            while (text := self._queue.get()) is not None:
                self._websocket.send(text)
            self._websocket.close()

    def receive(self) -> str | None:
        from simple_websocket import ConnectionClosed

        message = None
        try:
            while message is None:
                # The library forgets to wake us after a message that is too large.
                message = self._websocket.receive(_PATIENCE)
        except ConnectionClosed:
            return None
        return message if isinstance(message, str) else _decode(message)

    def close(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def finish(self) -> None:
        with suppress(Full):
            self._queue.put_nowait(None)
        self._sender.join(_PATIENCE)
        self.close()
        self._websocket.thread.join()


class _UwsgiSocket(WebSocket):
    """On uWSGI, whose functions work in the thread of the request alone."""

    def __init__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> None:
        super().__init__()
        self._key: str = environ["HTTP_SEC_WEBSOCKET_KEY"]
        self._start_response = start_response
        self._closed = False

    def accept(self) -> None:
        import uwsgi

        # uwsgi.websocket_handshake() does the same, but not in builds without SSL.
        digest = sha1((self._key + _GUID).encode(), usedforsecurity=False).digest()
        headers = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Accept", b64encode(digest).decode()),
        ]
        self._start_response("101 Switching Protocols", headers)(b"")
        self._woken, self._wake = socket.socketpair()
        self._wake.setblocking(False)
        self._selector = selectors.DefaultSelector()
        for file in (uwsgi.connection_fd(), self._woken):
            self._selector.register(file, selectors.EVENT_READ)
        self.accepted = True

    def receive(self) -> str | None:
        import uwsgi

        with suppress(OSError):
            while not self._closed:
                self._send_queue()
                message = uwsgi.websocket_recv_nb()
                if message:
                    return _decode(message)
                # uWSGI pings by itself, if it is asked for a message now and then.
                for key, _ in self._selector.select(_PING_INTERVAL):
                    if key.fileobj is self._woken:
                        self._woken.recv(4096)
        return None

    def _send_queue(self) -> None:
        import uwsgi

        while not self._queue.empty():
            text = self._queue.get()
            if text is not None:
                uwsgi.websocket_send(text)

    def send(self, text: str) -> None:
        super().send(text)
        self._wake_up()

    def close(self) -> None:
        self._closed = True
        self._wake_up()

    def _wake_up(self) -> None:
        with suppress(OSError):  # awake, or finished
            self._wake.send(b"!")

    def finish(self) -> None:
        with suppress(OSError):
            self._send_queue()
        self._selector.close()
        self._woken.close()
        self._wake.close()


def _decode(message: bytes) -> str:
    return message.decode("utf-8", "replace")


class WebSocketApp:
    """A WSGI application around another one, with WebSockets where there can be.

    Args:
        application: the application whose handlers want them.
    """

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve one request."""
        websocket = _build_websocket(environ, start_response)
        if websocket is None:
            return self._application(environ, start_response)
        environ["wsgi.websocket"] = websocket

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: "OptExcInfo | None" = None,
            /,
        ) -> Callable[[bytes], object]:
            if websocket.accepted:  # the handler failed: there is no way back to HTTP
                return len
            return start_response(status, headers, exc_info)

        body = self._application(environ, start)
        if not websocket.accepted:
            return body
        if hasattr(body, "close"):
            body.close()
        websocket.finish()
        if "gunicorn.socket" in environ:
            raise StopIteration  # gunicorn's word for: the connection is done with
        return ()


def _build_websocket(
    environ: "WSGIEnvironment", start_response: "StartResponse"
) -> WebSocket | None:
    if not _asks_for_websocket(environ):
        return None
    if "uwsgi.version" in environ:
        return _UwsgiSocket(environ, start_response)
    for name in _SOCKETS:
        if name in environ:
            return _LibrarySocket(environ, environ[name])
    return None


def _asks_for_websocket(environ: "WSGIEnvironment") -> bool:
    """Check the handshake (RFC 6455 §4.2.1)."""
    upgrade = environ.get("HTTP_UPGRADE", "").lower()
    connection = environ.get("HTTP_CONNECTION", "").lower().split(",")
    return (
        environ["REQUEST_METHOD"] == "GET"
        and upgrade == "websocket"
        and "upgrade" in map(str.strip, connection)
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and len(environ.get("HTTP_SEC_WEBSOCKET_KEY", "")) == 24
    )
