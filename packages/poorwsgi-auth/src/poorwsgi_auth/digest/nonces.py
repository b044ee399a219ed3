"""Nonces of Digest: made without a memory, known again by their signature.

A nonce is ``time.random.signature`` in hex digits: 48 bits of milliseconds since
the epoch, 96 random bits, and the HMAC-SHA256 of both, the realm and the opaque
value.  So every process that has the key knows it, the opaque value is that of
the challenge, and nothing is stored for those who never sign in.

Time and random bits together are the *identity* of a nonce, 18 bytes that sort
by time.  Whether it has been used is asked of a nonce store.
"""

import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

__all__ = ["OLDEST", "build_nonce", "first_nonce_of", "read_nonce", "time_of_nonce"]

OLDEST: Final = b""
"""Sorts before every identity."""

_TIME_BYTES = 6
_RANDOM_BYTES = 12


def build_nonce(key: bytes, realm: str, opaque: str, now: float) -> str:
    """Make a nonce that no challenge had before.

    Args:
        key: key to sign with.
        realm: protection space of the challenge.
        opaque: opaque value of the challenge.
        now: seconds since the epoch.
    """
    text = f"{first_nonce_of(now).hex()}.{os.urandom(_RANDOM_BYTES).hex()}"
    return f"{text}.{_sign(key, text, realm, opaque).decode()}"


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
    text, _, signature = nonce.rpartition(".")
    sent = signature.encode()
    for key in keys:
        if hmac.compare_digest(_sign_again(key, text, realm, opaque), sent):
            return bytes.fromhex(text.replace(".", ""))
    return None


@lru_cache(maxsize=16)
def first_nonce_of(time: float) -> bytes:
    """Return what sorts just before the identities of a time."""
    return max(int(time * 1000), 0).to_bytes(_TIME_BYTES, "big")


def time_of_nonce(identity: bytes) -> float:
    """Return when a nonce was made, in seconds since the epoch."""
    return int.from_bytes(identity[:_TIME_BYTES], "big") / 1000


def _sign(key: bytes, text: str, realm: str, opaque: str) -> bytes:
    # No part but the client's text can have a NUL, so they can't be shifted.
    message = f"poorwsgi digest v1\0{text}\0{realm}\0{opaque}"
    return hmac.digest(key, message.encode(), "sha256").hex().encode()


# PERF: a browser sends one nonce with many requests.
_sign_again = lru_cache(maxsize=256)(_sign)
