"""Facts about session data as bytes."""

import pytest

from poorwsgi_auth.sessions.payload import MOST_BYTES, decode_data, encode_data


def test_data_are_short_json_in_utf8() -> None:
    """Nothing is spent on blanks and escapes."""
    assert encode_data({"a": [1, "č"]}) == '{"a":[1,"č"]}'.encode()


def test_data_come_back() -> None:
    """What was encoded is decoded."""
    data = {"a": [1, 2.5, None, True, {"b": "\ud800"}]}
    assert decode_data(encode_data(data)) == data


def test_limit() -> None:
    """64 KiB are kept, one byte more is not."""
    data = {"a": "x" * (MOST_BYTES - len('{"a":""}'))}
    assert len(encode_data(data)) == MOST_BYTES
    data["a"] += "x"
    with pytest.raises(ValueError, match="65537 bytes"):
        encode_data(data)


@pytest.mark.parametrize("encoded", [b"", b"{", b"[1]", b'"a"', b"null", b"\xff"])
def test_anything_else_is_refused(encoded: bytes) -> None:
    """Bytes that are no dictionary raise ValueError."""
    with pytest.raises(ValueError):
        decode_data(encoded)
