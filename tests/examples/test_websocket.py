"""The example websocket.py, on the embedded server."""

import json
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from running import Answer, Example, run_example
from websocket import WebSocket, create_connection

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    """Run the example, with an empty room."""
    with run_example("websocket", tmp_path) as example:
        yield example


@contextmanager
def enter(example: Example, origin: str | None = None) -> Generator[WebSocket]:
    """Enter the room for the block."""
    client = create_connection(f"ws://{example.address}/chat", 20, origin=origin)
    try:
        yield client
    finally:
        client.close()


def hear(client: WebSocket) -> dict[str, object]:
    """Wait for a message."""
    value: dict[str, object] = json.loads(client.recv())
    return value


def say(client: WebSocket, name: str, text: str) -> None:
    """Send a message."""
    client.send(json.dumps({"name": name, "text": text}))


def test_two_people(example: Example) -> None:
    """What one says both hear, and each is told how many there are."""
    with enter(example) as first:
        assert hear(first) == {"people": 1}
        with enter(example) as second:
            assert [hear(first), hear(second)] == [{"people": 2}] * 2
            message = {"name": "Žofie", "text": "Dobrý den 🐎"}
            say(second, "Žofie", "Dobrý den 🐎")
            assert [hear(first), hear(second)] == [message] * 2
        assert hear(first) == {"people": 1}


def test_who_comes_later(example: Example) -> None:
    """What was said before is told to who enters."""
    with enter(example) as first:
        say(first, "a", "early")
        assert [hear(first), hear(first)][1] == {"name": "a", "text": "early"}
    with enter(example) as second:
        assert hear(second) == {"name": "a", "text": "early"}
        assert hear(second) == {"people": 1}


@pytest.mark.parametrize(
    "line",
    [
        *("", "nonsense", "[]", "5", "{}", '{"name": "a"}', '{"name": 1, "text": 2}'),
        *(json.dumps({"name": " ", "text": "b"}), b"\xff\xfe"),
        json.dumps({"name": "a", "text": "x" * 1001}),
    ],
)
def test_what_is_no_message(example: Example, line: str | bytes) -> None:
    """It is left out, and the conversation goes on."""
    with enter(example) as client:
        assert hear(client) == {"people": 1}
        client.send(line) if isinstance(line, str) else client.send_binary(line)
        say(client, "a", "b")
        assert hear(client) == {"name": "a", "text": "b"}


def test_too_large(example: Example) -> None:
    """A message of more than 64 KiB ends the connection, and that one only."""
    with enter(example) as other:
        assert hear(other) == {"people": 1}
        with enter(example) as client:
            assert [hear(client), hear(other)] == [{"people": 2}] * 2
            # The server may close before it has read all of it.
            with suppress(ConnectionError):
                client.send("x" * 70_000)
            assert hear(other) == {"people": 1}


def test_lost_connection(example: Example) -> None:
    """Who vanishes without a word leaves the room."""
    with enter(example) as first:
        assert hear(first) == {"people": 1}
        with enter(example) as second:
            assert hear(first) == {"people": 2}
            assert second.sock is not None
            second.sock.shutdown(socket.SHUT_RDWR)
            assert hear(first) == {"people": 1}


def handshake(example: Example, path: str = "/chat", **changes: str) -> Answer:
    """Ask for a WebSocket, and be refused."""
    return example.get(path, **{**HANDSHAKE, **changes})


def test_other_requests(example: Example) -> None:
    """A request that asks for no WebSocket is 400."""
    answer = example.get("/chat")
    assert (answer.status, "for WebSockets" in answer.text) == (400, True)
    assert example.send("POST", "/chat", b"x").status == 405


@pytest.mark.parametrize(
    "changes",
    [
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Key": "short"},
        {"Connection": "close"},
    ],
)
def test_bad_handshake(example: Example, changes: dict[str, str]) -> None:
    """A handshake that is none is refused, with an HTTP answer."""
    assert handshake(example, **changes).status == 501


def test_foreign_page(example: Example) -> None:
    """A page of another site can't open the chat with its visitors' browsers."""
    assert handshake(example, Origin="https://evil.example").status == 403
    with enter(example, origin=f"http://{example.address}") as client:
        assert hear(client) == {"people": 1}


def test_elsewhere(example: Example) -> None:
    """A handshake on another path is answered by HTTP like any request."""
    assert handshake(example, "/nowhere").status == 404
    assert handshake(example, "/").status == 200


def test_page(example: Example) -> None:
    """The page tells the address for other clients."""
    assert f"ws://{example.address}/chat" in example.get("/").text
    assert b"new WebSocket" in example.get("/websocket.js").body
