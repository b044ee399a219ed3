"""Facts about the embedded server, on real sockets."""

import logging
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from wire import exchange, serve

from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import Declined, FileResponse
from poorwsgi_core.server import ThreadingServer, build_server, listening, run
from poorwsgi_core.state import METHOD_ALL, METHOD_POST

pytestmark = pytest.mark.needs("threads")


@pytest.fixture
def server(app: Application) -> Iterator[ThreadingServer]:
    """Serve the application on a free port."""
    with serve(app) as server:
        yield server


def fetch(
    server: ThreadingServer, method: str, path: str, **options: Any
) -> tuple[int, dict[str, str], bytes]:
    """Send a request and return status, headers and body."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.request(method, path, **options)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_get(app: Application, server: ThreadingServer) -> None:
    """A request is answered; the server tells little of itself."""
    app.set_route("/č", lambda req: req.full_path)
    status, headers, data = fetch(server, "GET", "/%C4%8D?a=%20")
    assert (status, data) == (200, "/č?a=%20".encode())
    assert (headers["Server"], headers["Content-Length"]) == ("PoorWSGI", "9")


def test_head(app: Application, server: ThreadingServer) -> None:
    """HEAD has the length of GET and no body on the wire."""
    app.set_route("/", lambda _: "text")
    answer = exchange(server.server_port, b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (b"Content-Length: 4" in head, body) == (True, b"")


def test_post(app: Application, server: ThreadingServer) -> None:
    """A body arrives whole."""
    app.set_route("/", lambda req: req.data or b"", METHOD_POST)
    body = bytes(range(256)) * 200
    assert fetch(server, "POST", "/", body=body)[2] == body


def test_large_file(app: Application, server: ThreadingServer, tmp_path: Path) -> None:
    """A file larger than any buffer arrives whole."""
    file = tmp_path / "file.bin"
    file.write_bytes(bytes(range(256)) * 4096)
    app.set_route("/", lambda _: FileResponse(file))
    status, headers, data = fetch(server, "GET", "/")
    assert (status, data) == (200, file.read_bytes())
    assert headers["Content-Length"] == str(len(data))


def test_generator(app: Application, server: ThreadingServer) -> None:
    """A stream ends with the connection."""
    app.set_route("/", lambda _: (b"%d" % number for number in range(10)))
    assert fetch(server, "GET", "/")[2] == b"0123456789"


def test_failure(app: Application, server: ThreadingServer) -> None:
    """A failing handler is one 500 page on the wire."""
    app.set_route("/", lambda _: 1 / 0)
    status, _, data = fetch(server, "GET", "/")
    assert (status, data.count(b"<!DOCTYPE html>")) == (500, 1)


def test_body_that_ends_early(app: Application, server: ThreadingServer) -> None:
    """A client that leaves in the middle of a body is answered 400."""
    app.set_route("/", lambda req: req.read(), METHOD_POST)
    request = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\nshort"
    assert exchange(server.server_port, request).startswith(b"HTTP/1.0 400 ")


def test_bad_length(app: Application, server: ThreadingServer) -> None:
    """A length that is no number doesn't reach a handler."""
    app.set_route("/", lambda _: "handled", METHOD_POST)
    request = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -5\r\n\r\n"
    answer = exchange(server.server_port, request)
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"handled" not in answer


@pytest.mark.parametrize(
    "request_line",
    [b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"BREW / HTTP/1.1\r\n\r\n"],
)
def test_junk(app: Application, server: ThreadingServer, request_line: bytes) -> None:
    """Junk doesn't stop the server."""
    app.set_route("/", lambda _: "fine", METHOD_ALL)
    assert b"fine" not in exchange(server.server_port, request_line)
    assert fetch(server, "GET", "/")[2] == b"fine"


def test_connections_are_served_at_once(
    app: Application, server: ThreadingServer
) -> None:
    """A slow request doesn't hold up another one."""
    release = threading.Event()

    def slow(_: Request) -> str:
        release.wait(10)
        return "slow"

    def release_it(_: Request) -> str:
        release.set()
        return "released"

    app.set_route("/slow", slow)
    app.set_route("/release", release_it)
    answers: list[bytes] = []
    thread = threading.Thread(
        target=lambda: answers.append(fetch(server, "GET", "/slow")[2])
    )
    thread.start()
    assert fetch(server, "GET", "/release")[2] == b"released"
    thread.join(10)
    assert answers == [b"slow"]


def test_requests_are_logged_in_one_line(
    app: Application, server: ThreadingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """What a client sends can't forge a line of the log (bar 29)."""
    caplog.set_level(logging.INFO, "poorwsgi")
    app.set_route("/", lambda _: "")
    exchange(server.server_port, b"GET /\x0b\x1b[31m HTTP/1.1\r\nHost: h\r\n\r\n")
    fetch(server, "GET", "/")
    lines = [message for message in caplog.messages if "127.0.0.1" in message]
    assert len(lines) >= 1
    assert all(line.isprintable() for line in lines)


def test_failed_connection(
    app: Application,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The failure of one connection is logged, and nothing is printed."""
    with build_server(app, port=0) as server:
        try:
            raise LookupError
        except LookupError:
            server.handle_error(None, ("192.0.2.1", 1))
    assert "192.0.2.1" in caplog.text
    assert caplog.records[0].exc_info is not None
    assert capsys.readouterr() == ("", "")


def test_binding_asks_no_name_service(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken name service doesn't delay the start."""

    def getfqdn(_: str = "") -> str:
        raise AssertionError

    monkeypatch.setattr(socket, "getfqdn", getfqdn)
    with build_server(app, port=0) as server:
        assert server.server_name == "127.0.0.1"
        assert server.base_environ["SERVER_NAME"] == "127.0.0.1"
        assert server.base_environ["SERVER_PORT"] == str(server.server_port)


def test_environ(app: Application, server: ThreadingServer) -> None:
    """The application is told that threads may call it at once (PEP 3333)."""
    names = ["wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once"]
    app.set_route("/", lambda req: [req.environ[name] for name in names])
    assert fetch(server, "GET", "/")[2] == b"[true, false, false]"


def test_declined(
    app: Application, server: ThreadingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """After a declined response nothing is sent, not even a head."""
    caplog.set_level(logging.INFO, "poorwsgi")
    app.set_route("/", lambda _: Declined())
    assert exchange(server.server_port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n") == b""
    assert caplog.messages == ['127.0.0.1 "GET / HTTP/1.1" 000 0']


def test_socket(app: Application, server: ThreadingServer) -> None:
    """A handler may take the connection over, and close it."""

    def take_over(req: Request) -> Declined:
        connection: socket.socket = req.environ["poorwsgi.socket"]
        connection.sendall(b"not HTTP")
        connection.close()
        return Declined()

    app.set_route("/", take_over)
    for _ in range(2):
        assert (
            exchange(server.server_port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            == b"not HTTP"
        )


def test_stream_that_breaks_off(
    app: Application,
    server: ThreadingServer,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The application names it, the server adds that it broke off."""

    def generate(_: Request) -> Iterator[bytes]:
        yield b"start"
        raise LookupError

    app.set_route("/", generate)
    assert fetch(server, "GET", "/")[2] == b"start"
    records = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage().partition("_) ")[2] for record in records] == [
        "failed while it was sent",
        "",
    ]
    assert records[1].getMessage() == "The answer broke off"
    assert capsys.readouterr() == ("", "")


def test_long_request_line(server: ThreadingServer) -> None:
    """A request line beyond 64 KiB is 414."""
    request = b"GET /" + b"a" * 65536 + b" HTTP/1.1\r\nHost: h\r\n\r\n"
    assert b"414" in exchange(server.server_port, request).splitlines()[0]


def test_silent_client(
    server: ThreadingServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A client that sends nothing is left after a while, which is no error."""
    caplog.set_level(logging.INFO, "poorwsgi")
    monkeypatch.setattr(server.RequestHandlerClass, "timeout", 0.05)
    address = ("127.0.0.1", server.server_port)
    with socket.create_connection(address, timeout=10) as connection:
        assert connection.recv(1) == b""
    assert [record.levelno for record in caplog.records] == [logging.INFO]
    assert "lost: timed out" in caplog.text


def test_silent_clients_have_a_time_limit(server: ThreadingServer) -> None:
    """A connection that sends nothing doesn't stay for ever."""
    assert vars(server.RequestHandlerClass)["timeout"] == 30
    assert server.daemon_threads


def test_address_in_use(app: Application) -> None:
    """A taken port raises OSError."""
    with build_server(app, port=0) as first, pytest.raises(OSError):
        build_server(app, port=first.server_port)


def test_run(
    app: Application,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It says where it serves, and ends with Ctrl+C and a closed socket."""
    servers: list[ThreadingServer] = []

    class Interrupted(ThreadingServer):
        def serve_forever(self, poll_interval: float = 0.5) -> None:
            servers.append(self)
            raise KeyboardInterrupt

    monkeypatch.setattr(listening, "ThreadingServer", Interrupted)
    run(app, port=0)
    port = servers[0].server_port
    expected = f"Serving on http://127.0.0.1:{port}/ (stop: Ctrl+C)\nStopped.\n"
    assert capsys.readouterr().out == expected
    assert servers[0].fileno() == -1


def test_run_that_ends(
    app: Application,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A server that is shut down ends quietly."""

    class Finished(ThreadingServer):
        def serve_forever(self, poll_interval: float = 0.5) -> None:
            """Return at once."""

    monkeypatch.setattr(listening, "ThreadingServer", Finished)
    run(app, port=0)
    assert "Stopped" not in capsys.readouterr().out
