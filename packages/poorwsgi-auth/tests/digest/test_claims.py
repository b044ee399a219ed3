"""Facts about single claims of a request; the rest are with check_digest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_auth.digest.claims import is_target, read_count


@pytest.mark.parametrize(
    ("value", "expected"),
    [("00000001", 1), ("fFfFfFfF", 0xFFFFFFFF), ("1", 0), ("0000000x", 0), ("", 0)],
)
def test_count_is_eight_hex_digits(value: str, expected: int) -> None:
    """Anything else is no count, which is 0."""
    assert read_count(value) == expected


@given(
    st.text(st.characters(max_codepoint=255), max_size=20),
    st.text(st.characters(max_codepoint=255, exclude_characters="?"), max_size=20),
)
def test_target_is_never_an_error(path: str, uri: str) -> None:
    """Any octets on both sides; the encoded path is the target."""
    assert is_target(uri, path, "") in (True, False)
    encoded = "".join(f"%{ord(character):02X}" for character in path)
    assert is_target(encoded, path, "")
