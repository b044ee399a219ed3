"""Facts about server-sent events."""

import queue
from collections.abc import Iterator
from typing import Any

import pytest
from recording import Start

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.event_stream import (
    Event,
    EventStreamResponse,
    read_queue,
)
from poorwsgi_core.request import Request
from poorwsgi_core.response import Response
from poorwsgi_core.testing import Client, build_environ


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("text", "data: text\n\n"),
        (
            "two\r\nlines\rand\none\u2028",
            "data: two\ndata: lines\ndata: and\ndata: one\u2028\n\n",
        ),
        ("", "data: \n\n"),
        ({"a": 1}, 'data: {"a": 1}\n\n'),
        ([1], "data: [1]\n\n"),
        (None, ":\n\n"),
        (
            Event("x", event="new", id="7", retry=500),
            "event: new\nid: 7\nretry: 500\ndata: x\n\n",
        ),
        (Event(7), "data: 7\n\n"),
        (Event("x", id=0), "id: 0\ndata: x\n\n"),
    ],
)
def test_events(app: Application, client: Client, event: Any, expected: str) -> None:
    """Text, values and whole events are written as the format has them."""
    app.set_route("/", lambda _: EventStreamResponse([event]))
    answer = client.get("/")
    assert answer.text == f":\n\n{expected}"
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Accel-Buffering"] == "no"


LISTS: Any = [[1]]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Event("x", event="a\nb"), "The event of an event is one line"),
        (Event("x", id="a\0"), "The id of an event is one line"),
        (Event("x", id=LISTS), r"The id of an event is text, not \[\[1\]\]"),
        (Event("x", retry=-1), "retry: takes a number from 0 on, not -1"),
    ],
)
def test_fields_are_one_line(event: Event, reason: str) -> None:
    """A line break would begin another field, and clients pass over what is odd."""
    body = EventStreamResponse([event]).__end_of_response__()
    with pytest.raises((TypeError, ValueError), match=reason):
        _ = [*body]


def test_the_head_does_not_wait(app: Application) -> None:
    """The client is connected before the source has an event; close reaches it."""
    seen: list[str] = []

    def events() -> Iterator[str]:
        try:
            seen.append("asked")
            yield "one"
            yield "two"
        finally:
            seen.append("closed")

    app.set_route("/", lambda _: EventStreamResponse(events()))
    start = Start()
    body: Any = app(build_environ("/"), start)
    assert (start.calls[0][0], seen) == ("200 OK", [])
    pieces = iter(body)
    assert [next(pieces), next(pieces), seen] == [b":\n\n", b"data: one\n\n", ["asked"]]
    body.close()
    assert seen == ["asked", "closed"]


def test_queues() -> None:
    """What a queue gives is an event, its silence a comment, and None the end."""
    source: queue.Queue[Any] = queue.Queue()
    events = read_queue(source, 0.001)
    assert next(events) is None
    source.put("one")
    source.put(None)
    assert [*events] == ["one"]


def test_clients_that_come_again(app: Application, client: Client) -> None:
    """A client says which event it had last, and headers of one's own stay."""

    @app.route("/")
    def index(req: Request) -> Response | EventStreamResponse:
        last = int(req.headers.get("Last-Event-ID", 0))
        events = [Event("x", id=str(number)) for number in range(last + 1, 4)]
        return EventStreamResponse(events, {"Cache-Control": "no-store"})

    answer = client.get("/", headers={"Last-Event-ID": "2"})
    assert answer.text == ":\n\nid: 3\ndata: x\n\n"
    assert answer.headers["Cache-Control"] == "no-store"
