"""Facts about the short way: it sends what the long one does."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.response import Response, to_response
from poorwsgi_core.response.shortcut import send_value

_Sent = tuple[Any, ...]
_TEXT = st.text(st.characters(exclude_categories=[]))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT | st.integers(), inner),
    max_leaves=5,
)
_DATA = _TEXT | st.binary() | st.dictionaries(_TEXT, _JSON)
_TYPES = st.sampled_from(["text/plain", "", "text/č", "a\nb"]) | st.text()
_VALUES = _DATA | st.tuples(_DATA) | st.tuples(_DATA, _TYPES | st.none())


class _Color(StrEnum):
    RED = "red"


class _Dict(dict[str, int]):
    pass


def _send_short(value: Any, method: str = "GET") -> _Sent | None:
    sent: list[Any] = []

    def start_response(*args: Any) -> Any:
        sent.extend(args)

    body = send_value(value, {"REQUEST_METHOD": method}, start_response)
    if body is None:
        assert sent == []
        return None
    return (*sent, b"".join(body))


def _send_long(value: Any) -> _Sent:
    sent: list[Any] = []

    def start_response(*args: Any) -> Any:
        sent.extend(args)

    body = to_response(value)(start_response)
    return (*sent, b"".join(body))


@given(_VALUES)
def test_short_way_is_the_long_way(value: Any) -> None:
    """Status, headers and body are the same to the byte, or nothing is sent."""
    sent = _send_short(value)
    if sent is not None:
        assert sent == _send_long(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "text ě",
        b"\xff",
        {},
        {"a": [1, None], "ě": "š"},
        ("text", "text/plain"),
        (b"bytes", "text/css"),
        ("text", "text/č"),
        ("text", "text/plain;\ttitle=x"),
    ],
)
def test_common_values_take_the_short_way(value: Any) -> None:
    """They are sent, and as the long way would."""
    sent = _send_short(value)
    assert sent is not None
    assert sent == _send_long(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        [],
        [b"x"],
        (),
        ("text",),
        ("text", 400),
        ("text", ""),
        ("text", None),
        ("text", "text/plain", None),
        ({"a": 1}, "text/plain"),
        ([1], "text/plain"),
        (("text", "text/plain"), "text/plain"),
        ("text", _Color.RED),
        _Color.RED,
        _Dict(a=1),
        Response("x"),
        "\ud800",
        {"a": object()},
        ("text", "a\nb"),
        ("text", "\ud800"),
    ],
)
def test_others_take_the_long_way(value: Any) -> None:
    """Nothing is sent for what is unusual or wrong."""
    assert _send_short(value) is None


@pytest.mark.parametrize("value", ["text", b"bytes", {"a": 1}, ("x", "text/plain")])
def test_head_has_no_body(value: Any) -> None:
    """HEAD has the headers of GET, with the length (decision 7, bar 15)."""
    sent = _send_short(value, "HEAD")
    assert sent is not None
    assert sent[-1] == b""
    assert sent[:-1] == _send_long(value)[:-1]


def test_responses_share_no_headers() -> None:
    """A server may change the list it is given."""
    first, second = _send_short("x"), _send_short("x")
    assert first is not None
    first[1].clear()
    assert second == _send_short("x")
