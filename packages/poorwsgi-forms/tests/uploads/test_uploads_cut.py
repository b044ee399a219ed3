"""Facts about uploads whose connection is cut, on a real server."""

import http.client
import os
import socket
import struct
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_forms import Application

pytestmark = pytest.mark.needs("threads")

CONTENT = os.urandom(900_000)
LINGER = struct.pack("ii", 1, 0)


@pytest.fixture
def port(app: Application, install: Callable[..., None], serve: Any) -> Any:
    """Serve uploads; gives the port."""
    install()
    with serve(app) as port:
        yield port


def _ask(port: int, method: str, path: str, headers: dict[str, str]) -> Any:
    """Send a request without content, until nobody else has the upload."""
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status != 423:
            return answer
        time.sleep(float(answer.headers["Retry-After"]) / 20)
    return pytest.fail("The upload stayed busy")


def _send(port: int, head: list[str], content: bytes, *, reset: bool) -> None:
    """Send the head and a part of the content, and vanish."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        lines = [*head, "Host: localhost", "", ""]
        connection.sendall("\r\n".join(lines).encode() + content)
        if reset:
            # What the server has read by then is not known; something it has.
            time.sleep(0.2)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        else:
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65536)


@pytest.mark.parametrize("dialect", ["draft", "tus"])
def test_upload_is_cut_twice(
    port: int, got: list[dict[str, Any]], dialect: str
) -> None:
    """What came stays, and the rest follows, to the byte."""
    length, rest = {"Upload-Length": str(len(CONTENT))}, "application/partial-upload"
    first, more = {"Upload-Complete": "?0", **length}, ["Upload-Complete: ?1"]
    asked: dict[str, str] = {}
    if dialect == "tus":
        asked, rest = {"Tus-Resumable": "1.0.0"}, "application/offset+octet-stream"
        first, more = {**asked, **length}, ["Tus-Resumable: 1.0.0"]
    path = _ask(port, "POST", "/uploads", first).headers["Location"]
    offsets = [0]
    for end, reset in ((300_000, False), (700_000, True), (len(CONTENT), False)):
        offset = offsets[-1]
        head = [
            f"PATCH {path} HTTP/1.1",
            f"Content-Type: {rest}",
            f"Content-Length: {len(CONTENT) - offset}",
            f"Upload-Offset: {offset}",
            *more,
        ]
        _send(port, head, CONTENT[offset:end], reset=reset)
        state = _ask(port, "HEAD", path, asked)
        offsets.append(int(state.headers["Upload-Offset"]))
    assert offsets[1] == 300_000
    assert 300_000 < offsets[2] <= 700_000
    assert offsets[3] == len(CONTENT)
    assert [each["content"] == CONTENT for each in got] == [True]


def test_cut_creation_leaves_nothing(port: int, folder: Path) -> None:
    """Nobody knows the address of that upload."""
    head = ["POST /uploads HTTP/1.1", "Content-Length: 9", "Upload-Complete: ?1"]
    _send(port, head, b"abc", reset=False)
    assert list(folder.iterdir()) == []


def test_chunked_body_that_is_cut(port: int, got: list[dict[str, Any]]) -> None:
    """A body without its last chunk isn't whole: the upload goes on."""
    path = _ask(port, "POST", "/uploads", {"Upload-Complete": "?0"}).headers["Location"]
    head = [
        f"PATCH {path} HTTP/1.1",
        "Transfer-Encoding: chunked",
        "Content-Type: application/partial-upload",
        "Upload-Complete: ?1",
        "Upload-Offset: 0",
    ]
    _send(port, head, b"3\r\nabc\r\n5\r\nde", reset=False)
    state = _ask(port, "HEAD", path, {}).headers
    assert state["Upload-Complete"] == "?0"
    assert int(state["Upload-Offset"]) in (3, 5)
    assert got == []


def test_second_request_is_told_to_wait(port: int) -> None:
    """While one sends, another one gets 423 and changes nothing."""
    path = _ask(port, "POST", "/uploads", {"Upload-Complete": "?0"}).headers["Location"]
    fields = {"Content-Type": "application/partial-upload", "Upload-Complete": "?1"}
    first = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    first.putrequest("PATCH", path)
    sent = {"Upload-Offset": "0", "Content-Length": "6", "Expect": "100-continue"}
    for name, value in {**fields, **sent}.items():
        first.putheader(name, value)
    first.endheaders()
    # Whoever is told to go on has the upload; a HEAD before might have been first.
    assert first.sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    first.send(b"abc")
    second = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    second.request("HEAD", path)
    answer = second.getresponse()
    answer.read()
    assert answer.status == 423
    second.request("PATCH", path, b"x", {**fields, "Upload-Offset": "0"})
    assert second.getresponse().status == 423
    second.close()
    first.send(b"def")
    answer = first.getresponse()
    assert (answer.status, answer.headers["Upload-Offset"]) == (204, "6")
    first.close()


def test_client_of_tus(port: int, got: list[dict[str, Any]], tmp_path: Path) -> None:
    """Tuspy uploads in pieces, and goes on where another one stopped."""
    library: Any = import_module("tusclient.client")
    (tmp_path / "film").write_bytes(CONTENT)
    client = library.TusClient(f"http://127.0.0.1:{port}/uploads")
    with (tmp_path / "film").open("rb") as file:
        options = {
            "file_stream": file,
            "chunk_size": 250_000,
            "metadata": {"filename": "film é.bin", "filetype": "video/x"},
        }
        first = client.uploader(**options)
        first.upload(stop_at=500_000)
        second = client.uploader(url=first.url, **options)
        assert second.offset == 500_000
        second.upload()
    assert [(each["filename"], each["content_type"]) for each in got] == [
        ("film é.bin", "video/x")
    ]
    assert got[0]["content"] == CONTENT
