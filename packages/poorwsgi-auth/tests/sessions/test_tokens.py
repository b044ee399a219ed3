"""Facts about tokens."""

import re
from typing import Any

import pytest

from poorwsgi_auth.digest.nonces import build_nonce
from poorwsgi_auth.sessions import tokens
from poorwsgi_auth.sessions.tokens import check_token, get_token

NOW = 1_700_000_042.5
START = 1_700_000_000
SECRET = "secret to all"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock, 42.5 seconds after the start of a window of 100."""
    set_time(monkeypatch, NOW)


def set_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the clock of the module."""
    monkeypatch.setattr(tokens, "time", lambda: seconds)


def test_token_is_64_hex_digits_and_always_the_same() -> None:
    """A token depends on secret and client alone."""
    token = get_token(SECRET, "client")
    assert re.fullmatch("[0-9a-f]{64}", token)
    assert token == get_token(SECRET, "client")


@pytest.mark.parametrize("secret", ["another one", b"secret to all"])
def test_other_secrets_make_other_tokens(secret: Any) -> None:
    """Text and bytes: each is a secret of its own, but for its bytes."""
    is_same = secret == b"secret to all"
    token = get_token("secret to all", "client")
    assert is_same == (get_token(secret, "client") == token)


def test_secret_and_client_dont_run_into_one_another() -> None:
    """What is moved from the secret to the client makes another token."""
    assert get_token("long secret", "c") != get_token("long secre", "tc")


@pytest.mark.parametrize("client", ["client", b"bytes", None, 7, "klient č", "\ud800"])
def test_own_token_is_right(client: Any) -> None:
    """A token is right for its client, with a timeout and without."""
    assert check_token(get_token(SECRET, client), SECRET, client)
    assert check_token(get_token(SECRET, client, 100), SECRET, client, 100)


@pytest.mark.parametrize("token", [None, "", b"bytes", 7, "0" * 64, "č" * 64, "\ud800"])
def test_anything_else_is_no_token(token: Any) -> None:
    """What isn't the token of this client is wrong, and raises nothing."""
    assert not check_token(token, SECRET, "client")
    assert not check_token(token, SECRET, "client", 100)


def test_token_of_another_client_is_wrong() -> None:
    """A token is good for one client, and for one secret."""
    token = get_token(SECRET, "client")
    assert not check_token(token, SECRET, "other")
    assert not check_token(token, "another one", "client")


def test_secrets_can_be_changed() -> None:
    """Of several the first makes tokens, and all check them (bar 72)."""
    new, other, old = "the new one", "another one", "the old one"
    token = get_token(old, "client")
    assert get_token([old, other], "client") == token
    assert check_token(token, (new, old.encode()), "client")
    assert not check_token(token, [new, other], "client")


@pytest.mark.parametrize(
    "secret",
    [None, "", b"", "None", [], [None, ""], 0, "7 bytes", ["a good secret", b"short"]],
    ids=repr,
)
def test_what_is_no_secret_is_an_error(secret: object) -> None:
    """Everybody could make tokens by it, so none is made, and none is right."""
    with pytest.raises(ValueError, match=r"use secrets\.token_bytes\(32\)"):
        get_token(secret, "client")
    for token in (None, "0" * 64):
        with pytest.raises(ValueError, match="is no secret"):
            check_token(token, secret, "client")


@pytest.mark.parametrize("timeout", [0, 0.0, None])
def test_timeout_0_is_none(timeout: float | None) -> None:
    """Zero means that a token doesn't end."""
    token = get_token(SECRET, "client", timeout)
    assert token == get_token(SECRET, "client")
    assert check_token(token, SECRET, "client", timeout)


@pytest.mark.parametrize(
    ("later", "is_good"),
    [(0, True), (57, True), (58, True), (157, True), (158, False), (-43, False)],
)
def test_token_lives_until_the_end_of_the_next_window(
    monkeypatch: pytest.MonkeyPatch, later: float, is_good: bool
) -> None:
    """It is good for one to two timeouts, and not before its window."""
    token = get_token(SECRET, "client", 100)
    set_time(monkeypatch, NOW + later)
    assert is_good == check_token(token, SECRET, "client", 100)


@pytest.mark.parametrize(
    ("expired", "is_good"),
    [
        (START, False),
        (START + 100, True),
        (START + 200, True),
        (START + 200.0, True),
        (START + 300, False),
    ],
)
def test_expired_says_when_a_token_ends(expired: float, is_good: bool) -> None:
    """The end of this window and of the next one are accepted, no other."""
    token = get_token(SECRET, "client", 100, expired)
    assert is_good == check_token(token, SECRET, "client", 100)


def test_end_is_no_part_of_the_client() -> None:
    """A client whose name looks like an end gets no token of another."""
    end = f"{float(START + 200):.3f}"
    assert get_token(SECRET, f"{end}:x") != get_token(SECRET, "x", 100)


def test_nonce_of_digest_is_a_token_while_it_is_of_age(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For whichever client, as applications of 2.x ask by its browser."""
    nonce = build_nonce(b"key of sixteen b", "Zone", "opaque", NOW, 100)
    keys = ["another key of 16", b"key of sixteen b"]
    assert check_token(nonce, b"key of sixteen b", "Browser/1.0", 100)
    assert check_token(nonce, keys, None, timeout=100.0)
    set_time(monkeypatch, NOW + 100)
    assert check_token(nonce, keys, "Browser/1.0", 100)
    set_time(monkeypatch, NOW + 101)
    assert not check_token(nonce, keys, "Browser/1.0", 100)


def test_nonce_of_digest_is_no_token_of_anything_else() -> None:
    """Everybody is given nonces, so key and timeout have to be those of Digest."""
    key = b"key of sixteen b"
    nonce = build_nonce(key, "Zone", "opaque", NOW, 100)
    assert not check_token(nonce, key, "jana")
    assert not check_token(nonce, key, "jana", 3600)
    assert not check_token(nonce, b"a key of another", "jana", 100)
    assert not check_token(build_nonce(key, "Zone", "", NOW), key, "jana")
    assert not check_token(build_nonce(key, "Zone", "", NOW), key, "jana", 100)


@pytest.mark.parametrize("token", [".", "a.b.c", "\ud800.", "é.\0"])
def test_what_only_looks_like_a_nonce_is_no_token(token: str) -> None:
    """And raises nothing."""
    assert not check_token(token, b"key of sixteen b", "jana", 100)
