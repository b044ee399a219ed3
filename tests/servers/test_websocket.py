"""The chat of examples/websocket.py on servers with WebSockets, and on one without."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from serving import KINDS, Server, is_there, run_server
from websocket import WebSocket, create_connection

APPLICATION = "websocket:application"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(params=["gunicorn-threads", "uwsgi"])
def server(
    request: pytest.FixtureRequest, need: Callable[[str, object], None], tmp_path: Path
) -> Iterator[Server]:
    """Run the chat on a server that can."""
    need("servers", is_there(KINDS[request.param]))
    with run_server(request.param, tmp_path, APPLICATION) as server:
        yield server
    print(server.log.read_text("utf-8", "replace"))  # noqa: T201 - if a test fails


def enter(server: Server) -> closing[WebSocket]:
    """Enter the room for a block."""
    return closing(create_connection(f"ws://127.0.0.1:{server.port}/chat", 20))


def hear(client: WebSocket) -> dict[str, object]:
    """Wait for a message."""
    value: dict[str, object] = json.loads(client.recv())
    return value


def test_two_people(server: Server) -> None:
    """What one says both hear, and who leaves is missed."""
    with enter(server) as first:
        assert hear(first) == {"people": 1}
        with enter(server) as second:
            assert [hear(first), hear(second)] == [{"people": 2}] * 2
            message = {"name": "Žofie", "text": "Dobrý den 🐎"}
            second.send(json.dumps(message))
            assert [hear(first), hear(second)] == [message] * 2
        assert hear(first) == {"people": 1}
        first.send(json.dumps({"name": "a", "text": "b"}))
        assert hear(first) == {"name": "a", "text": "b"}


def test_many_messages(server: Server) -> None:
    """Messages that come at once are heard one by one, in order."""
    with enter(server) as first:
        assert hear(first) == {"people": 1}
        with enter(server) as second:
            lines = [{"name": "a", "text": str(number)} for number in range(50)]
            for line in lines:
                second.send(json.dumps(line))
            for client in (first, second):
                heard = [hear(client) for _ in range(51)]
                assert heard == [{"people": 2}, *lines]


def test_refusals(server: Server) -> None:
    """What is no handshake, or one of a foreign page, is answered by HTTP."""
    assert server.request("/chat").status == 400
    foreign = {**HANDSHAKE, "Origin": "https://evil.example"}
    assert server.request("/chat", headers=foreign).status == 403
    assert server.request("/nowhere", headers=HANDSHAKE).status == 404
    assert server.request("/").status == 200


def test_the_thread_is_free_again(server: Server) -> None:
    """Connections that have ended keep no thread of the server."""
    for _ in range(12):
        with enter(server) as client:
            assert "people" in hear(client)
    assert server.request("/").status == 200


def test_server_without(need: Callable[[str, object], None], tmp_path: Path) -> None:
    """Where the server has no WebSockets the page says so: 501."""
    need("servers", is_there(KINDS["waitress"]))
    with run_server("waitress", tmp_path, APPLICATION) as server:
        assert server.request("/chat", headers=HANDSHAKE).status == 501
