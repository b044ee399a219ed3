"""The algorithms of RFC 7616, and what is computed with them.

Text goes in and text comes out; what a request or a nonce is, this module does not
know.  Text is hashed as UTF-8, which is what the challenge asks for with
``charset=UTF-8``.
"""

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from poorwsgi_core.http.headers import Headers

__all__ = [
    "ALGORITHMS",
    "AUTH_DIGEST_ALGORITHMS",
    "Algorithm",
    "compute_response",
    "find_algorithm",
    "hash_names",
    "hexdigest",
]


class Algorithm(NamedTuple):
    """An algorithm of RFC 7616 §3.3.

    Attributes:
        name: as it stands in header fields.
        hash: from text to hex digits.
        is_session: whether the secret depends on the session, ``-sess``.
        digits: hex digits of a hash.
    """

    name: str
    hash: Callable[[str], str]
    is_session: bool
    digits: int


# PERF: a copy costs less than a new one, which OpenSSL is asked for by its name.
# Without the flag, builds of Python for FIPS refuse MD5.
_EMPTY_MD5 = hashlib.md5(usedforsecurity=False)
_EMPTY_SHA256 = hashlib.sha256()
_EMPTY_SHA512_256 = (
    hashlib.new("sha512_256") if "sha512_256" in hashlib.algorithms_available else None
)


def _md5(text: str) -> str:
    state = _EMPTY_MD5.copy()
    state.update(text.encode())
    return state.hexdigest()


def _sha256(text: str) -> str:
    state = _EMPTY_SHA256.copy()
    state.update(text.encode())
    return state.hexdigest()


def _sha512_256(text: str) -> str:
    if _EMPTY_SHA512_256 is None:
        raise ValueError("this build of Python has no SHA-512-256; don't offer it")
    state = _EMPTY_SHA512_256.copy()
    state.update(text.encode())
    return state.hexdigest()


_STRONGEST_FIRST = (
    Algorithm("SHA-256", _sha256, False, 64),
    Algorithm("SHA-256-sess", _sha256, True, 64),
    Algorithm("SHA-512-256", _sha512_256, False, 64),
    Algorithm("MD5", _md5, False, 32),
    Algorithm("MD5-sess", _md5, True, 32),
)

ALGORITHMS: Final = {algorithm.name: algorithm for algorithm in _STRONGEST_FIRST}
"""Algorithms by name, in the order of their challenges.

Of one hash the plain one comes first, because more clients know it.  SHA-512-256
is never the first: curl up to 8.6 takes it and computes a wrong value.
"""

AUTH_DIGEST_ALGORITHMS: Final[dict[str, Callable[..., Any]]] = {
    "MD5": hashlib.md5,
    "MD5-sess": hashlib.md5,
    "SHA-256": hashlib.sha256,
    "SHA-256-sess": hashlib.sha256,
}
"""What ``auth_algorithm`` takes, with the constructors of the hashes."""

_BY_SPELLING = {
    spelling: algorithm
    for name, algorithm in ALGORITHMS.items()
    for spelling in (name.lower(), name.lower().replace("-256", "256"))
}


def find_algorithm(name: str) -> Algorithm | None:
    """Find an algorithm by its name, in any case, with a hyphen or not."""
    return ALGORITHMS.get(name) or _BY_SPELLING.get(name.lower())


def hexdigest(
    username: str,
    realm: str,
    password: str,
    algorithm: Callable[..., Any] = hashlib.md5,
) -> str:
    """Hash a password the way Digest keeps it (RFC 7616 §3.4.2).

    Args:
        username: name of the user.
        realm: protection space.
        password: the password.
        algorithm: constructor of ``hashlib``, such as ``app.auth_hash``.

    Raises:
        TypeError: *algorithm* is a name.
    """
    text = f"{username}:{realm}:{password}"
    if algorithm is hashlib.md5:
        return _md5(text)
    if not callable(algorithm):
        raise TypeError(
            f"algorithm: takes hashlib.sha256 and its like, not {algorithm!r}"
        )
    return str(algorithm(text.encode()).hexdigest())


# PERF: the answer's proof needs it as the request's did.
@lru_cache(maxsize=64)
def _hash_session(
    hash_text: Callable[[str], str], secret: str, nonce: str, cnonce: str
) -> str:
    return hash_text(f"{secret}:{nonce}:{cnonce}")


def compute_response(
    fields: Mapping[str, str],
    secret: str,
    method: str,
    algorithm: Algorithm,
    *,
    has_qop: bool,
) -> str:
    """Compute the ``response`` of a request (RFC 7616 §3.4.1).

    Args:
        fields: parameters of the Authorization header.
        secret: what ``hexdigest`` gave for the user.
        method: request method; empty for the ``rspauth`` of the answer.
        algorithm: the one that the client has chosen.
        has_qop: whether a quality of protection was offered.

    Raises:
        KeyError: a parameter is missing.
    """
    hash_text, nonce = algorithm.hash, fields["nonce"]
    if algorithm.is_session:
        secret = _hash_session(hash_text, secret, nonce, fields["cnonce"])
    subject = hash_text(f"{method}:{fields['uri']}")
    if has_qop:
        nonce = f"{nonce}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}"
    return hash_text(f"{secret}:{nonce}:{subject}")


# PERF: the names of a realm change seldom; making the table is what takes time.
@lru_cache(maxsize=64)
def hash_names(
    names: tuple[str, ...], realm: str, algorithm: Algorithm
) -> Mapping[str, str]:
    """Return user names by their hash, for ``userhash`` (RFC 7616 §3.4.4)."""
    # Chromium takes the octets of the realm for Latin-1, here only.
    realms = {realm, Headers.iso88591(realm)}
    return {algorithm.hash(f"{name}:{zone}"): name for zone in realms for name in names}
