"""Facts about secret keys."""

import pytest

from poorwsgi_auth.keys import read_keys


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        (None, ()),
        ("", ()),
        (b"", ()),
        ("klíč", ("klíč".encode(),)),
        (b"key", (b"key",)),
        (["new", b"old"], (b"new", b"old")),
        (("new", "", None), (b"new",)),
    ],
)
def test_keys_are_text_bytes_or_a_sequence(
    secret: object, expected: tuple[bytes, ...]
) -> None:
    """The first one signs; empty ones are left out."""
    assert read_keys(secret) == expected


@pytest.mark.parametrize("secret", [7, {"key"}, [3.5]])
def test_other_types_are_no_keys(secret: object) -> None:
    """The message says what is one."""
    with pytest.raises(TypeError, match="token_bytes"):
        read_keys(secret)


def test_more_than_eight_keys_are_refused() -> None:
    """Each one costs time with every request (bar 72)."""
    assert len(read_keys(["key"] * 8)) == 8
    with pytest.raises(ValueError, match="remove the oldest"):
        read_keys(["key"] * 9)
