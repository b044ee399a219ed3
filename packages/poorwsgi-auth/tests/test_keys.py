"""Facts about secret keys."""

import pytest

from poorwsgi_auth.keys import read_keys


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        (None, ()),
        ("", ()),
        (b"", ()),
        ("klíč 16 znaků", ("klíč 16 znaků".encode(),)),
        (b"eight by", (b"eight by",)),
        (["the new one", b"the old one"], (b"the new one", b"the old one")),
        (("the new one", "", None), (b"the new one",)),
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
    assert len(read_keys(["some key"] * 8)) == 8
    with pytest.raises(ValueError, match="remove the oldest"):
        read_keys(["some key"] * 9)


@pytest.mark.parametrize("secret", ["7 bytes", b"\0", ["some key", b"guess"], "None"])
def test_keys_of_a_few_bytes_are_refused(secret: object) -> None:
    """They are tried out in no time, so they are none."""
    with pytest.raises(ValueError, match=r"use secrets\.token_bytes\(32\)"):
        read_keys(secret)
