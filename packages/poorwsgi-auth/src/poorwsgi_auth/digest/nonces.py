"""Nonces of Digest: made without a memory, known again by their signature.

A nonce is ``time.random.proof`` in hex digits: 48 bits of milliseconds since the
epoch, 96 random bits, and two halves of 128 bits, each of an HMAC-SHA256 by the key
(RFC 2104 §5).  The second half, the signature, is of all before it, the realm and
the opaque value.  So every process that has the key knows a nonce, the opaque value
is that of the challenge, and nothing is stored for those who never sign in.

The first half, the mark, is of time, random bits and the timeout alone, for
applications of 2.x: they pass a nonce to ``check_token``, without its realm.
Anybody can ask for a nonce, so the mark is bound to its use: to a text that no token
is made of, and to the timeout of the application.

Time and random bits together are the *identity* of a nonce, 18 bytes that sort
by time.  Whether it has been used is asked of a nonce store.
"""

import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

__all__ = [
    "OLDEST",
    "build_nonce",
    "first_nonce_of",
    "is_of_age",
    "read_marked",
    "read_nonce",
    "time_of_nonce",
]

OLDEST: Final = b""
"""Sorts before every identity."""

_TIME_BYTES = 6
_RANDOM_BYTES = 12
_IDENTITY_LENGTH = 2 * (_TIME_BYTES + _RANDOM_BYTES) + 1
_HALF = 32
_FUTURE = 60
"""Seconds that the clock of another host may be ahead."""


def build_nonce(
    key: bytes, realm: str, opaque: str, now: float, timeout: float | None = None
) -> str:
    """Make a nonce that no challenge had before.

    Args:
        key: key to sign with.
        realm: protection space of the challenge.
        opaque: opaque value of the challenge.
        now: seconds since the epoch.
        timeout: seconds that the application takes it; 0 and ``None`` for ever.
    """
    text = f"{first_nonce_of(now).hex()}.{os.urandom(_RANDOM_BYTES).hex()}"
    text = f"{text}.{_mark(key, text, timeout)}"
    return text + _sign(key, text, realm, opaque)


def read_nonce(
    nonce: str, keys: Iterable[bytes], realm: str, opaque: str
) -> bytes | None:
    """Return the identity of a nonce, ``None`` when it is none of ours.

    Args:
        nonce: what the client sent.
        keys: keys of which one has signed it.
        realm: protection space it was made for.
        opaque: opaque value that it was sent with.
    """
    text, sent = nonce[:-_HALF], nonce[-_HALF:].encode()
    for key in keys:
        if hmac.compare_digest(_sign_again(key, text, realm, opaque), sent):
            return _read_identity(text)
    return None


def read_marked(nonce: str, keys: Iterable[bytes], timeout: float) -> bytes | None:
    """Return the identity of a nonce whose realm isn't known, else ``None``.

    Args:
        nonce: what the client sent.
        keys: keys of which one has marked it.
        timeout: the one that it was made with.
    """
    text, proof = nonce[:_IDENTITY_LENGTH], nonce[_IDENTITY_LENGTH:]
    sent = proof[: 1 + _HALF].encode("utf-8", "surrogatepass")
    for key in keys:
        if hmac.compare_digest(f".{_mark(key, text, timeout)}".encode(), sent):
            return _read_identity(text)
    return None


def is_of_age(identity: bytes, timeout: float | None, now: float) -> bool:
    """Tell whether a nonce may be used yet and still.

    Args:
        identity: of the nonce.
        timeout: seconds that it is valid; 0 and ``None`` for ever.
        now: seconds since the epoch.
    """
    age = now - time_of_nonce(identity)
    return age >= -_FUTURE and (not timeout or age <= timeout)


@lru_cache(maxsize=16)
def first_nonce_of(time: float) -> bytes:
    """Return what sorts just before the identities of a time."""
    return max(int(time * 1000), 0).to_bytes(_TIME_BYTES, "big")


def time_of_nonce(identity: bytes) -> float:
    """Return when a nonce was made, in seconds since the epoch."""
    return int.from_bytes(identity[:_TIME_BYTES], "big") / 1000


def _read_identity(text: str) -> bytes:
    # It is authentic, so it has this form.
    return bytes.fromhex(text[:_IDENTITY_LENGTH].replace(".", ""))


def _mark(key: bytes, text: str, timeout: float | None) -> str:
    # A token is made of text that begins with a number or a colon.
    return _prove(key, f"poorwsgi nonce as token v1\0{text}\0{timeout or 0:.3f}")


def _sign(key: bytes, text: str, realm: str, opaque: str) -> str:
    # No part but the client's text can have a NUL, so they can't be shifted.
    return _prove(key, f"poorwsgi digest v1\0{text}\0{realm}\0{opaque}")


def _prove(key: bytes, message: str) -> str:
    digest = hmac.digest(key, message.encode("utf-8", "surrogatepass"), "sha256")
    return digest.hex()[:_HALF]


# PERF: a browser sends one nonce with many requests.
@lru_cache(maxsize=256)
def _sign_again(key: bytes, text: str, realm: str, opaque: str) -> bytes:
    return _sign(key, text, realm, opaque).encode()
