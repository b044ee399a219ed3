"""Facts about looking at a server from outside."""

import socket
import struct
from collections.abc import Callable, Generator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from types import SimpleNamespace

import pytest
from wire import serve

from poorwsgi_core.application import Application
from poorwsgi_core.command import main
from poorwsgi_core.server.probe import ProbeTarget, parse_target, print_report, probe
from poorwsgi_core.server.probe_cases import (
    CASES,
    MARKER,
    PLAIN,
    Verdict,
    parse_reply,
)

pytestmark = pytest.mark.needs("threads")

OK = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: <a>; rel=preload\r\n\r\n"
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\n\r\n"


def look(port: int, path: str = "/", timeout: float = 5.0) -> dict[str, Verdict]:
    """Return the verdicts by the names of the cases."""
    target = parse_target(f"http://127.0.0.1:{port}{path}", timeout)
    return {case.name: verdict for case, _, verdict in probe(target)}


@contextmanager
def answer(
    respond: Callable[[bytes, socket.socket], bytes | None],
) -> Generator[int]:
    """Run a server that answers heads as it likes; gives its port."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            connection: socket.socket = self.request
            head = connection.recv(500_000)
            connection.sendall(respond(head, connection) or b"")

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def test_embedded_server(app: Application, capsys: pytest.CaptureFixture[str]) -> None:
    """It stands all of it, for an application that knows its hosts."""
    app.trusted_hosts = ["127.0.0.1"]
    app.set_route("/", lambda req: req.construct_url("/"))
    with serve(app) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        assert main(["probe", "--strict", url]) == 0
    output = capsys.readouterr().out
    assert output.startswith("framing\n  length and chunks         400      ok\n")
    assert output.endswith(f"\n\n{len(CASES)} ok, 0 care, 0 BAD\n")


def test_application_that_believes(
    app: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it repeats of clients is found, with advice."""
    app.trusted_proxies = ["127.0.0.1"]
    app.trusted_fields = ["X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix"]
    app.set_route("/", lambda req: req.construct_url("/"))
    with serve(app) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        assert main(["probe", url]) == 1
    output = capsys.readouterr().out
    assert "\n  X-Forwarded-Host          200      BAD\n" in output
    assert "\nforeign Host, foreign host as target:\n  Name your hosts:" in output
    assert f"\n{len(CASES) - 5} ok, 0 care, 5 BAD\n" in output


def test_status_for_what_needs_care(app: Application) -> None:
    """A warning fails only where that is asked for."""
    app.set_route("/", lambda _: "")
    with serve(app) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        assert (main(["probe", url]), main(["probe", "--strict", url])) == (0, 1)


def test_server_that_takes_everything() -> None:
    """Each malformed request that is taken shows."""
    with answer(lambda _head, _connection: OK) as port:
        verdicts = look(port)
    bad = [name for name, verdict in verdicts.items() if verdict is Verdict.BAD]
    assert bad == [
        *("two lengths", "length with a sign", "length below zero"),
        *("length in hexadecimal", "unknown coding", "chunked not last"),
        *("coding before a blank", "coding behind a control"),
        *(
            "NUL in a field",
            "CR in a field",
            "NUL in the target",
            "CONNECT",
            "two Hosts",
        ),
    ]
    assert verdicts["absolute form"] is verdicts["TRACE"] is Verdict.FINE
    assert verdicts["long field"] is verdicts["foreign Host"] is Verdict.CARE


def test_server_that_shows_what_it_got() -> None:
    """What is sent back, and where a redirect leads, is looked at."""

    def respond(head: bytes, _connection: socket.socket) -> bytes:
        target = head.split(b" ")[1]
        if b"passwd" in target:
            return OK + b"root:x:0:0:root:/root:/bin/bash\n"
        if target.startswith(b"//"):
            return b"HTTP/1.1 301 Moved\r\nLocation: %b\r\n\r\n" % target
        return OK + head

    with answer(respond) as port:
        verdicts = look(port)
    expected = ["TRACE", "X_Forwarded_Host", "two slashes", "upward"]
    assert {verdicts[name] for name in expected} == {Verdict.BAD}
    assert verdicts["backslash"] is Verdict.FINE


def test_redirect_to_a_foreign_host() -> None:
    """It is one whatever slashes it has, and none where the name is in the path."""
    places = iter([b"http://%b/", b"/\\%b", b"/x/%b"])

    def respond(head: bytes, _connection: socket.socket) -> bytes:
        if b"/.. HTTP" not in head and b"/%2e%2e HTTP" not in head:
            return OK
        place = next(places, b"/%b") % MARKER.encode()
        return b"HTTP/1.1 301 Moved\r\nLocation: %b\r\n\r\n" % place

    with answer(respond) as port:
        verdicts = look(port)
    names = ["two slashes", "backslash", "slash, escaped"]
    found = [verdicts[name].value for name in names]
    assert found == ["BAD", "BAD", "ok"]


def test_server_that_fails() -> None:
    """A failure needs care, unless a plain request fails too."""
    failure = b"HTTP/1.1 500 Oops\r\n\r\n"

    def respond(head: bytes, _connection: socket.socket) -> bytes:
        return failure if b"%" in head.partition(b"\r\n")[0] else OK

    with answer(respond) as port:
        assert look(port)["no UTF-8"] is Verdict.CARE
        assert look(port, "/%20")["no UTF-8"] is Verdict.FINE


def test_old_answers() -> None:
    """An answer without a head is that of HTTP/0.9: the request was taken."""
    with answer(lambda head, _: OK if b"1.1" in head else b"page") as port:
        assert look(port)["HTTP/0.9"] is Verdict.CARE


def test_silence_and_resets() -> None:
    """A server that says nothing needs care, one that hangs up doesn't."""

    def respond(head: bytes, connection: socket.socket) -> bytes | None:
        if head.startswith(b"GET / HTTP/1.1\r\nHost: 127") and b"\r\nX" not in head:
            connection.sendall(OK)
            connection.recv(1)  # the connection stays open, the answer is there
            return None
        if b"X-Probe:" in head:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()
        elif head.startswith(b"POST"):
            connection.recv(1)
        return None

    with answer(respond) as port:
        verdicts = look(port, timeout=0.05)
    assert verdicts["length and chunks"] is Verdict.CARE
    assert verdicts["NUL in a field"] is verdicts["no Host"] is Verdict.FINE
    assert verdicts["X-Forwarded-Host"] is Verdict.FINE


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (BAD_REQUEST, "a plain request is answered by 400"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "is answered by 503"),
        (b"", "a plain request is answered by closed"),
        (INTERIM, "a plain request is answered by closed"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "what answers doesn't speak HTTP/1"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "what answers doesn't speak HTTP/1"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "what answers doesn't speak HTTP/1"),
    ],
)
def test_plain_request_that_tells_nothing(
    reply: bytes, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then there is nothing to compare with."""
    with answer(lambda _head, _connection: reply) as port:
        assert main(["probe", f"http://127.0.0.1:{port}/"]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (INTERIM + OK, 200),
        (INTERIM * 3000 + BAD_REQUEST, 400),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101),
        (b"HTTP/1.1 200\r\n\r\n", 200),
        (b"HTTP/1.1 100 Continue\r\n", 100),
    ],
)
def test_interim_answers(data: bytes, status: int) -> None:
    """They are no answer yet (RFC 9110 §15.2)."""
    assert status == parse_reply(data).status


def test_server_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """It is said in a line."""
    with answer(lambda _head, _connection: OK) as port:
        pass
    assert main(["probe", f"http://127.0.0.1:{port}/"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_tls(monkeypatch: pytest.MonkeyPatch, app: Application) -> None:
    """A URL of https is asked through TLS; its certificate is checked unless told."""
    contexts: list[SimpleNamespace] = []

    def wrap(connection: socket.socket, server_hostname: str) -> socket.socket:
        assert server_hostname == "127.0.0.1"
        return connection

    def build() -> SimpleNamespace:
        contexts.append(SimpleNamespace(check_hostname=True, wrap_socket=wrap))
        return contexts[-1]

    app.set_route("/", lambda _: "")
    with serve(app) as server:
        url = f"https://127.0.0.1:{server.server_port}/"
        assert main(["probe", "--timeout", "0.1", url]) == 2  # it speaks no TLS
        monkeypatch.setattr("ssl.create_default_context", build)
        assert main(["probe", url]) == 0
        assert contexts[-1].check_hostname
        assert main(["probe", "--insecure", url]) == 0
        assert (contexts[-1].check_hostname, contexts[-1].verify_mode) == (False, 0)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://h", (False, "h", 80, "h", "/")),
        ("https://h:8443/a?b#c", (True, "h", 8443, "h:8443", "/a?b")),
        ("http://[::1]:80/", (False, "::1", 80, "[::1]:80", "/")),
    ],
)
def test_target(url: str, expected: tuple[bool, str, int, str, str]) -> None:
    """A URL says whom to ask, and for what."""
    assert parse_target(url) == ProbeTarget(*expected)


@pytest.mark.parametrize(
    "url",
    [
        *("", "h", "ftp://h/", "http:///x", "http://u@h/", "http://h:x/"),
        *("http://h/a b", "http://h/č", "http://h/\x1b"),
    ],
)
def test_bad_target(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is asked for what isn't the URL of a host."""
    assert main(["probe", url]) == 2
    assert capsys.readouterr().err.rstrip().isprintable()


def test_cases() -> None:
    """More than forty requests, each with a name of its own, and one end of a body."""
    assert len({case.name for case in CASES}) == len(CASES) == 57
    for case in CASES:
        head, _, body = case.build("h", "/").partition(b"\r\n\r\n")
        assert (case.name, body in {b"", b"\r\n", b"0\r\n\r\n"}) == (case.name, True)
        assert b"<" not in head
    assert PLAIN.build("h:1", "/p") == (
        b"GET /p HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\n\r\n"
    )


def test_report_of_nothing() -> None:
    """Without an answer there is nothing bad."""
    written: list[str] = []
    assert print_report(iter(()), written.append) is Verdict.FINE
    assert written == ["\n0 ok, 0 care, 0 BAD\n"]
