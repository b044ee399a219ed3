"""Items, written in sequential media types."""

from typing import Any

import pytest

from poorwsgi_openapi.document.sequences import is_sequential, write_items


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("application/jsonl", True),
        ("application/x-ndjson", True),
        ("application/json-seq", True),
        ("application/geo+json-seq", True),
        ("text/event-stream", True),
        ("application/json", False),
        ("multipart/mixed", False),
    ],
)
def test_sequential_media_types(name: str, expected: bool) -> None:
    """Those of OpenAPI 3.2 that are made of JSON or of events."""
    assert is_sequential(name) == expected


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("application/jsonl", [{"a": 1}, "ě"], '{"a": 1}\n"ě"\n'),
        ("application/jsonl", 1, "1\n"),
        ("application/json-seq", [1, 2], "\x1e1\n\x1e2\n"),
        (
            "text/event-stream",
            [{"data": "a\nb", "event": "e", "retry": 5, "x": 1}, "plain", {"data": ""}],
            "event: e\nretry: 5\ndata: a\ndata: b\n\ndata: plain\n\ndata: \n\n",
        ),
    ],
)
def test_items_are_written(name: str, value: Any, text: str) -> None:
    """Each item is written as it is sent; one item needn't be a list."""
    assert write_items(name, value) == text
