"""Facts about nonces."""

import re

import pytest

from poorwsgi_auth.digest.nonces import (
    OLDEST,
    build_nonce,
    first_nonce_of,
    is_of_age,
    read_marked,
    read_nonce,
    time_of_nonce,
)

KEY = b"k" * 32
NOW = 1_800_000_000.25


def build(now: float = NOW) -> str:
    """Build a nonce."""
    return build_nonce(KEY, "Zone", "opaque", now)


def read(nonce: str, key: bytes = KEY) -> bytes | None:
    """Read a nonce."""
    return read_nonce(nonce, [key], "Zone", "opaque")


def test_nonce_is_time_random_and_proof() -> None:
    """All in hex digits of a fixed length (bar 81)."""
    time, _, _ = build().split(".")
    assert re.fullmatch(r"[0-9a-f]{12}\.[0-9a-f]{24}\.[0-9a-f]{64}", build())
    assert int(time, 16) == NOW * 1000


def test_each_nonce_is_unique() -> None:
    """Also at the same time (bar 81)."""
    assert len({build() for _ in range(1000)}) == 1000


def test_nonce_is_known_again() -> None:
    """Its identity tells when it was made."""
    identity = read(build())
    assert identity is not None
    assert len(identity) == 18
    assert time_of_nonce(identity) == NOW


def test_identities_sort_by_time() -> None:
    """What is older sorts before."""
    identity = read(build()) or b""
    assert OLDEST < first_nonce_of(-1) < first_nonce_of(NOW) < identity
    assert identity < first_nonce_of(NOW + 0.001)


def test_any_key_of_the_list_will_do() -> None:
    """So a key can be replaced while nonces are out."""
    assert read_nonce(build(), [b"new", KEY], "Zone", "opaque") is not None


@pytest.mark.parametrize(
    "nonce",
    ["", ".", "..", "é", "a.b.c", "\0", build()[:-1], build() + "0", build().upper()],
)
def test_what_is_not_signed_is_none_of_ours(nonce: str) -> None:
    """Whatever it looks like."""
    assert read(nonce) is None


@pytest.mark.parametrize("place", range(0, 102, 3))
def test_changed_nonce_is_none_of_ours(place: int) -> None:
    """One character is enough."""
    nonce = build()
    other = "0" if nonce[place] != "0" else "1"
    assert read(nonce[:place] + other + nonce[place + 1 :]) is None


def test_nonce_is_of_its_realm_opaque_value_and_key() -> None:
    """It can't be carried elsewhere."""
    nonce = build()
    assert read_nonce(nonce, [KEY], "Other", "opaque") is None
    assert read_nonce(nonce, [KEY], "Zone", "other") is None
    assert read_nonce(nonce, [], "Zone", "opaque") is None
    assert read(nonce, b"other") is None


@pytest.mark.parametrize("place", range(0, 70, 3))
def test_changed_mark_is_none_of_ours(place: int) -> None:
    """Time, random bits and the mark itself count, and the dots between."""
    nonce = build_nonce(KEY, "Zone", "opaque", NOW, 300)
    other = "0" if nonce[place] != "0" else "1"
    changed = nonce[:place] + other + nonce[place + 1 :]
    assert read_marked(nonce, [b"new", KEY], 300) == read(nonce)
    assert read_marked(changed, [KEY], 300) is None


def test_mark_is_of_its_key_and_timeout() -> None:
    """So a nonce is no token of something that has another timeout."""
    nonce = build_nonce(KEY, "Zone", "opaque", NOW, 300)
    assert read_marked(nonce, [KEY], 300.0) is not None
    assert read_marked(nonce, [KEY], 301) is None
    assert read_marked(nonce, [b"other"], 300) is None
    assert read_marked(nonce, [], 300) is None
    assert read_marked(build(), [KEY], 300) is None


def test_nonce_may_be_a_minute_ahead_and_as_old_as_its_timeout() -> None:
    """Clocks of hosts differ a little."""
    identity = read(build()) or b""
    ages = [-61, -60, 0, 300, 301]
    assert [is_of_age(identity, 300, NOW + age) for age in ages] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert is_of_age(identity, None, NOW + 10**6)
