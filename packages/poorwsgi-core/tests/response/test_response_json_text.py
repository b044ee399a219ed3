"""Facts about JSON that is encoded at once: what is sent, and what never is."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core import Application
from poorwsgi_core.response import JSONGeneratorResponse, JSONResponse
from poorwsgi_core.response.json_stream import stream_json
from poorwsgi_core.response.json_text import (
    dump_json,
    encode_json,
    encode_with,
    has_whole_pairs,
)
from poorwsgi_core.testing import Client

_HALVES = ["\ud800", "\udfff", "a\udcffb", "\\\ud83d", "\ude00\ud83d", "\ud83d\\ude00"]
_WHOLE = [
    "\U0001f600",
    "\\ud800",
    "\\\\ud800\\",
    "\ud7ff\ue000",
    "\U00010000\U0010ffff",
]
_TEXTS = st.text(st.sampled_from("\\u" + "\ud83d\ude00\U0001f600d8a\n"))
_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "own": lambda value: dump_json(value, encode_json),
    "library": lambda value: dump_json(value, json.dumps),
    "as it is": lambda value: dump_json(
        value, json.JSONEncoder(ensure_ascii=False).encode
    ),
    "options": lambda value: encode_with(value, {"indent": 1}),
    "stream": lambda value: b"".join(stream_json({"a": value})),
}


@given(_TEXTS)
def test_text_is_sent_when_it_is_text(text: str) -> None:
    """Exactly what has no UTF-8 has an escape without its other half."""
    try:
        text.encode()
        is_text = True
    except UnicodeEncodeError:
        is_text = False
    # Two halves that stand beside each other read as a whole pair.
    is_read = json.loads(json.dumps(text)).encode("utf-8", "ignore").decode() != ""
    whole = has_whole_pairs(json.dumps(text))
    assert whole == is_text or (whole and is_read)


@pytest.mark.parametrize("text", _WHOLE)
def test_whole_pairs_are_sent(text: str) -> None:
    """A pair is one character, and a backslash before a letter is none."""
    assert json.loads(dump_json({text: text}, encode_json)) == {text: text}
    assert json.loads(encode_with([text], {"indent": 1})) == [text]


@pytest.mark.parametrize("half", _HALVES)
@pytest.mark.parametrize("name", _ENCODERS)
def test_half_of_a_pair_is_not_sent(name: str, half: str) -> None:
    """It is a ValueError, in a value and in a name."""
    encode = _ENCODERS[name]
    with pytest.raises(ValueError, match="surrogate"):
        encode({"a": [half]})
    with pytest.raises(ValueError, match="surrogate"):
        encode({half: 1})


def test_half_of_a_pair_is_the_mistake_of_the_application(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is 500, and the log names the cause and the remedy."""
    app = Application(__name__)
    app.set_route("/dict", lambda _: {"a": "\ud800"})
    app.set_route("/list", lambda _: ["\ud800"])
    app.set_route("/response", lambda _: JSONResponse(a="\ud800"))
    app.set_route("/options", lambda _: JSONResponse("\ud800", encoder_kwargs={"a": 1}))
    app.set_route("/stream", lambda _: JSONGeneratorResponse(a="\ud800"))
    client = Client(app)
    for path in ("/dict", "/list", "/response", "/stream"):
        caplog.clear()
        assert client.get(path).status_code == 500
        assert "surrogatepass" in caplog.text
    assert client.get("/options").status_code == 500


@pytest.mark.parametrize(
    ("options", "expected"),
    [({"indent": 0}, b"[\nnull,\n1.5\n]"), ({"allow_nan": True}, b"[NaN, 1.5]")],
)
def test_options_send_no_nan(
    options: dict[str, Any], expected: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Keywords for ``json.dumps`` change nothing of it, unless they ask for it."""
    with caplog.at_level(logging.WARNING):
        assert encode_with([float("nan"), 1.5], options) == expected
    assert len(caplog.records) == (0 if "allow_nan" in options else 1)
