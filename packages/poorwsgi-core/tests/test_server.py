"""The embedded server: real sockets on the loopback interface."""

import logging
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from poorwsgi_core import Application, Request, server
from poorwsgi_core.server import ThreadingServer, build_server, run


@pytest.fixture
def listening(app: Application) -> Iterator[ThreadingServer]:
    """Serve the application in a thread, on a free port."""
    with build_server(app, port=0) as built:
        thread = threading.Thread(target=built.serve_forever, args=(0.01,))
        thread.start()
        yield built
        built.shutdown()
        thread.join()


def fetch(listening: ThreadingServer, path: str) -> tuple[int, bytes]:
    """Send a GET request and return status and body."""
    connection = HTTPConnection("127.0.0.1", listening.server_port, timeout=5)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_it_serves_an_application(app: Application, listening: ThreadingServer) -> None:
    """A request over a socket gets the handler's answer."""
    app.set_route("/hello", lambda _: "hello")
    assert fetch(listening, "/hello") == (200, b"hello")


def test_a_slow_request_does_not_stop_others(
    app: Application, listening: ThreadingServer
) -> None:
    """Each connection has a thread of its own."""
    entered, release = threading.Event(), threading.Event()

    @app.route("/slow")
    def slow(_: Request) -> str:
        entered.set()
        release.wait(5)
        return "slow"

    app.set_route("/fast", lambda _: "fast")
    answers: list[tuple[int, bytes]] = []
    thread = threading.Thread(target=lambda: answers.append(fetch(listening, "/slow")))
    thread.start()
    assert entered.wait(5)
    assert fetch(listening, "/fast") == (200, b"fast")
    release.set()
    thread.join()
    assert answers == [(200, b"slow")]


def test_the_log_line_cannot_be_forged(
    listening: ThreadingServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Control characters of the request line are escaped in the log."""
    caplog.set_level(logging.INFO, "poorwsgi")
    with socket.create_connection(("127.0.0.1", listening.server_port), 5) as client:
        client.sendall(b"GET /\x1b[31m HTTP/1.0\r\n\r\n")
        while client.recv(4096):
            pass
    lines = [record.getMessage() for record in caplog.records]
    assert any("\\x1b[31m" in line for line in lines)
    assert not any("\x1b" in line for line in lines)


def test_its_own_answers_do_not_name_the_python(listening: ThreadingServer) -> None:
    """What is no HTTP gets 400, and no version."""
    with socket.create_connection(("127.0.0.1", listening.server_port), 5) as client:
        client.sendall(b"GET / / /\r\n\r\n")
        received = b""
        while data := client.recv(4096):
            received += data
    assert b"400" in received
    assert b"Python" not in received


def test_a_broken_connection_is_logged(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure outside of the application becomes a log record."""
    with build_server(app, port=0) as built:
        try:
            raise ConnectionResetError("gone")
        except ConnectionResetError:
            built.handle_error(None, ("127.0.0.1", 9))
    assert "Connection of ('127.0.0.1', 9) failed" in caplog.text
    assert "ConnectionResetError: gone" in caplog.text


def test_run_says_where_and_stops_on_interrupt(
    app: Application,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl+C ends the server without a traceback."""

    def interrupt(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(server.ThreadingServer, "serve_forever", interrupt)
    run(app, port=0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Serving on http://127.0.0.1:")
    assert lines[1] == "Stopped."


def test_a_taken_port_is_an_error(app: Application) -> None:
    """An address that is in use raises OSError."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=r"[Aa]ddress already in use"):
            build_server(app, port=port)
