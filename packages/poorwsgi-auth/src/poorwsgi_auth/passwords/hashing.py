"""Hashes of passwords, for Basic and for forms.

The rules:

* A hash is one text that tells its algorithm and parameters, so that they may
  change from one release to the next: ``$argon2id$v=19$m=...`` when
  ``argon2-cffi`` is installed (the extra ``argon2``), with that library's
  defaults; else ``$scrypt$ln=15,r=8,p=3$salt$hash`` of the standard library.
* One scrypt takes 32 MiB and some 0.1 s, on purpose; one argon2 64 MiB.
* An unknown user costs the same time as a wrong password.
* Passwords are hashed in NFC (RFC 8265), so it doesn't matter whether a keyboard
  makes ``é`` of one character or of two; hashes of others are known nevertheless.

Digest can't use these: it needs hashes of its own, see ``password_map``.
"""

import hmac
import importlib.util
import re
from base64 import b64decode, b64encode
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ["check_password", "hash_password", "needs_rehash", "same_secret", "to_nfc"]

# OWASP's cheat sheet has N=2^15, r=8, p=3 among its equals for scrypt.
_LOG_N, _R, _P = 15, 8, 3
_SALT_SIZE = 16
_HASH_SIZE = 32
_SCRYPT = re.compile(
    r"\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,2}),p=([0-9]{1,2})"
    r"\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
)
_MOST_COMPOSED = 4096
_MAX_MEMORY = 2**28
# Ten times the cost of today, which is some seconds: N·r·p and KiB·passes.
_MAX_SCRYPT_COST = 2**23
_MAX_ARGON2_COST = 2**21
_NO_HASH = "This is no hash of a password: store what hash_password() returns"
_TOO_SLOW = "This hash of a password would take too long: set the password again"


def same_secret(known: str, given: str) -> bool:
    """Compare two secrets in a time that doesn't tell where they differ."""
    return hmac.compare_digest(_encode(known), _encode(given))


def to_nfc(text: str) -> str:
    """Compose characters (NFC), as RFC 7617 asks for names and passwords.

    What is longer than any of these stays as it is: marks that have to be put in order
    take time by the square of their number.
    """
    if text.isascii() or len(text) > _MOST_COMPOSED:
        return text
    from unicodedata import normalize

    # Not NFKC: that makes one of texts which users take for different.
    return normalize("NFC", text)


def hash_password(password: str) -> str:
    """Hash a password with a new salt, for storing.

    Returns:
        ASCII text of about 100 characters, without ``:`` and blanks.
    """
    data = _encode(to_nfc(password))
    if _has_argon2():
        return _argon2().hash(data)
    from secrets import token_bytes

    salt = token_bytes(_SALT_SIZE)
    return _render_scrypt(salt, _scrypt(data, salt, (_LOG_N, _R, _P), _HASH_SIZE))


def check_password(password: str, stored: str | None) -> bool:
    """Tell whether it is the password that was hashed.

    Args:
        password: what the user has typed.
        stored: what ``hash_password`` gave, or ``None`` for an unknown user: that
            takes the same time, and is false.

    Raises:
        ValueError: *stored* is no hash of this module.
        RuntimeError: it is one of argon2, which is not installed.
    """
    if stored is None:
        stored = _build_unmatched()
    composed = to_nfc(password)
    if _check(composed, stored):
        return True
    return composed != password and _check(password, stored)


def needs_rehash(stored: str) -> bool:
    """Tell whether ``hash_password`` would do it otherwise today.

    Ask it after a successful ``check_password``, when the password is at hand.

    Raises:
        ValueError: *stored* is no hash of this module.
    """
    if stored.startswith("$argon2"):
        return not _has_argon2() or _argon2().check_needs_rehash(stored)
    parameters = _parse(stored)[0]
    return _has_argon2() or parameters != (_LOG_N, _R, _P)


def _check(password: str, stored: str) -> bool:
    if stored.startswith("$argon2"):
        return _check_argon2(password, stored)
    parameters, salt, digest = _parse(stored)
    given = _scrypt(_encode(password), salt, parameters, len(digest))
    return hmac.compare_digest(digest, given)


def _check_argon2(password: str, stored: str) -> bool:
    if not _has_argon2():
        raise RuntimeError(
            "The hash is one of argon2: pip install 'poorwsgi-auth[argon2]'"
        )
    from argon2 import extract_parameters
    from argon2.exceptions import (
        InvalidHashError,
        VerificationError,
        VerifyMismatchError,
    )

    try:
        costs = extract_parameters(stored)
        if costs.memory_cost * costs.time_cost > _MAX_ARGON2_COST:
            raise ValueError(_TOO_SLOW)
        return _argon2().verify(stored, _encode(password))
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise ValueError(_NO_HASH) from error


def _parse(stored: str) -> tuple[tuple[int, int, int], bytes, bytes]:
    match = _SCRYPT.fullmatch(stored)
    if match is None:
        raise ValueError(_NO_HASH)
    log_n, r, p = parameters = (int(match[1]), int(match[2]), int(match[3]))
    if 2**log_n * r * p > _MAX_SCRYPT_COST:
        raise ValueError(_TOO_SLOW)
    return parameters, _decode(match[4]), _decode(match[5])


def _scrypt(
    password: bytes, salt: bytes, parameters: tuple[int, int, int], size: int
) -> bytes:
    from hashlib import scrypt

    n, r, p = 2 ** parameters[0], parameters[1], parameters[2]
    return scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=_MAX_MEMORY, dklen=size)


@cache
def _build_unmatched() -> str:
    """Build a hash that takes its time, and that no password is known to have.

    Nothing is hashed for it, so the first check takes no longer than the others.
    """
    from secrets import token_bytes

    if _has_argon2():
        a, salt = _argon2(), _render(token_bytes(_argon2().salt_len))
        costs = f"m={a.memory_cost},t={a.time_cost},p={a.parallelism}"
        return f"$argon2id$v=19${costs}${salt}${_render(token_bytes(a.hash_len))}"
    return _render_scrypt(token_bytes(_SALT_SIZE), token_bytes(_HASH_SIZE))


def _render_scrypt(salt: bytes, digest: bytes) -> str:
    costs = f"ln={_LOG_N},r={_R},p={_P}"
    return f"$scrypt${costs}${_render(salt)}${_render(digest)}"


@cache
def _has_argon2() -> bool:
    return importlib.util.find_spec("argon2") is not None


@cache
def _argon2() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()


def _encode(text: str) -> bytes:
    # What a client sends may have lone surrogates in it.
    return text.encode("utf-8", "surrogatepass")


def _render(data: bytes) -> str:
    return b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4))
