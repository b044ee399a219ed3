"""Server-sent events: a stream of messages for ``EventSource``.

The format is that of the HTML standard, 9.2.  Nothing here waits or starts threads: the
source decides when there is nothing to tell, by ``None``, and a comment is sent then,
which keeps proxies from giving up and finds out whether the client has gone.
"""

import queue
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

from poorwsgi_core.extensions.arguments import convert, count
from poorwsgi_core.response.base import HeadersInput
from poorwsgi_core.response.json_text import dump_json, encode_json
from poorwsgi_core.response.streams import GeneratorResponse

__all__ = ["Event", "EventStreamResponse", "read_queue"]

_TYPE = "text/event-stream"
_KEEP_ALIVE = b":\n\n"


class Event(NamedTuple):
    """One message.

    Attributes:
        data: text, or a value that is sent as JSON.
        event: its type, ``message`` for the client when empty.
        id: what the client tells in Last-Event-ID when it connects again; 0 is one.
        retry: milliseconds to wait before that.
    """

    data: Any
    event: str = ""
    id: str | int = ""
    retry: int | None = None


_Source: TypeAlias = Iterable[Event | str | dict[str, Any] | list[Any] | None]


class _Queue(Protocol):
    def get(self, block: bool = ..., timeout: float | None = ...) -> Any: ...


class EventStreamResponse(GeneratorResponse):
    """Server-sent events, each sent when the source gives it.

    A comment goes out at once, so that the client knows that it is connected before
    there is a first event.

    Args:
        events: gives events, or their data alone; ``None`` keeps the connection
            alive.  Its ``close`` is called when the client has gone.
        headers: see BaseResponse.

    Raises:
        TypeError: *events* isn't what gives several.
    """

    def __init__(self, events: _Source, headers: HeadersInput = None) -> None:
        _check_source(events)
        super().__init__(_encode_all(events), _TYPE, headers)
        self._sources = (self._generator, events)
        self.headers.setdefault("Cache-Control", "no-cache")
        # nginx would keep the events until its buffer is full.
        self.headers.setdefault("X-Accel-Buffering", "no")


def read_queue(source: _Queue, keep_alive: float = 15.0) -> Iterator[Any]:
    """Yield what a queue gives, and ``None`` whenever nothing comes for a while.

    Args:
        source: such as ``queue.Queue``; ``None`` in it ends the events.
        keep_alive: seconds.
    """
    while True:
        try:
            item = source.get(timeout=keep_alive)
        except queue.Empty:
            yield None
            continue
        if item is None:
            return
        yield item


def _check_source(events: object) -> None:
    name = type(events).__name__
    is_one = isinstance(events, str | bytes | dict | Event)
    if is_one or not isinstance(events, Iterable):
        raise TypeError(
            "events: takes what gives several, such as a list, or a generator function "
            f"that has been called, not {name}"
        )


def _encode_all(events: _Source) -> Iterator[bytes]:
    yield _KEEP_ALIVE
    for event in events:
        if event is None:
            yield _KEEP_ALIVE
        else:
            yield _encode(event if isinstance(event, Event) else Event(event))


def _encode(event: Event) -> bytes:
    data = event.data
    text = data if isinstance(data, str) else dump_json(data, encode_json).decode()
    lines = [
        f"{name}: {_check_line(name, value)}\n"
        for name, value in (("event", event.event), ("id", event.id))
        if value not in ("", None)
    ]
    if event.retry is not None:
        lines.append(f"retry: {convert('retry', count, event.retry)}\n")
    # Not splitlines(), which knows more ends of lines than the format does.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines += [f"data: {line}\n" for line in text.split("\n")]
    return "".join([*lines, "\n"]).encode()


def _check_line(name: str, value: object) -> str:
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"The {name} of an event is text, not {value!r}")
    if not {"\r", "\n", "\0"}.isdisjoint(value):
        raise ValueError(f"The {name} of an event is one line, not {value[:50]!r}")
    return value
