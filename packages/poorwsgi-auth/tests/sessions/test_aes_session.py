"""Facts about AESSession, as far as it isn't a PoorSession."""

import secrets
from typing import Any

import pytest

from poorwsgi_auth.sessions.aes_session import AESSession
from poorwsgi_auth.sessions.session import PoorSession, SessionError
from poorwsgi_core.http.cookies import load_cookies

KEY = secrets.token_bytes(32)


def test_data_come_back() -> None:
    """A dictionary goes to the client and comes back."""
    sealed, loaded = AESSession(KEY), AESSession(KEY)
    sealed.data = {"user": "somebody"}
    loaded.load(load_cookies(f"SESSID={sealed.write()}"))
    assert loaded.data == {"user": "somebody"}


def test_length_tells_that_of_the_data_alone() -> None:
    """Nothing is compressed, so equal lengths give equal lengths."""
    sealed = AESSession(KEY)
    lengths: set[int] = set()
    for text in ("a" * 1000, secrets.token_hex(500)):
        sealed.data = {"text": text}
        lengths.add(len(sealed.write()))
    assert len(lengths) == 1


def test_arguments_by_position() -> None:
    """The arguments are those of PoorSession without compress, in this order."""
    sealed = AESSession(KEY, 60, 30, "a.example", "/a", True, "Lax", "sid")
    ((_, header),) = sealed.header()
    rest = "Max-Age=30; Domain=a.example; Path=/a; SameSite=Lax; Secure; HttpOnly"
    assert (header.startswith("sid="), header.endswith(rest)) == (True, True)


@pytest.mark.parametrize("key", ["", b"", None], ids=repr)
def test_no_key(key: Any) -> None:
    """A missing key is a SessionError."""
    with pytest.raises(SessionError, match="secret_key"):
        AESSession(key)


def test_cookie_of_a_compressing_session_is_refused() -> None:
    """Sessions of one name but another way of writing don't mix."""
    sealed = PoorSession(KEY)
    with pytest.raises(SessionError):
        AESSession(KEY).load(load_cookies(f"SESSID={sealed.write()}"))
