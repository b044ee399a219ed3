"""Sequential media types: which they are, and how items are written in them.

They are lines of JSON, JSON text sequences (RFC 7464) and server-sent events
(OpenAPI 3.2, "Sequential Media Types").
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from poorwsgi_openapi.document.pointers import is_list, is_map, write_value

__all__ = ["EVENTS", "FIELDS", "is_sequential", "write_items"]

EVENTS = "text/event-stream"
"""The media type of server-sent events."""
FIELDS = ("event", "id", "retry", "data")
"""The fields of an event, as OpenAPI has them."""
_LINES = frozenset(
    {
        *("application/jsonl", "application/x-jsonlines"),
        *("application/x-ndjson", "application/ndjson"),
    }
)


def is_sequential(name: str) -> bool:
    """Tell whether a media type, in lower case, is a sequence of items."""
    is_seq = name == "application/json-seq" or name.endswith("+json-seq")
    return is_seq or name in _LINES or name == EVENTS


def write_items(name: str, value: Any) -> str:
    """Write items as they are sent in a sequential media type.

    Args:
        name: the media type.
        value: a list of items; anything else is one item.
    """
    items: list[Any] = value if is_list(value) else [value]
    if name == EVENTS:
        return "".join(map(_write_event, items))
    start = "" if name in _LINES else "\x1e"
    return "".join(
        f"{start}{json.dumps(item, ensure_ascii=False, default=str)}\n"
        for item in items
    )


def _write_event(event: Any) -> str:
    fields: Mapping[str, Any] = event if is_map(event) else {"data": event}
    return "".join(f"{line}\n" for line in _iter_lines(fields)) + "\n"


def _iter_lines(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in FIELDS:
        if name in fields:
            for line in write_value(fields[name]).splitlines() or [""]:
                yield f"{name}: {line}"
