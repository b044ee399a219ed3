"""Sealing: authenticated encryption of data that a client keeps for us.

The rules:

* A sealed text is ``version | key id | nonce | ciphertext`` in base64url without
  padding.  Version 1 is AES-256-GCM-SIV (RFC 8452); version 2 is
  ChaCha20-Poly1305 (RFC 8439), written where OpenSSL doesn't have the first.
* Keys are derived by HKDF-SHA256 (RFC 5869) from the secret and the version, the
  key id too.  The first secret seals, all of them open.
* The nonce is 96 random bits.  The time of sealing is inside.
* The context is authenticated together with the version: what was sealed for
  one purpose doesn't open for another.
* A text opens as a whole, just as it was sealed, or not at all.

It knows nothing of cookies, nor of what the data mean.  This is the module that
imports ``cryptography``, so it is itself imported where it is needed.
"""

import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from struct import Struct
from time import time
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from poorwsgi_auth.keys import warn_of_short

__all__ = ["Sealer"]


class _Cipher(Protocol):
    def encrypt(
        self, nonce: bytes, data: bytes, associated_data: bytes | None
    ) -> bytes: ...

    def decrypt(
        self, nonce: bytes, data: bytes, associated_data: bytes | None
    ) -> bytes: ...


_CIPHERS: Final[dict[int, Callable[[bytes], _Cipher]]] = {
    1: AESGCMSIV,
    2: ChaCha20Poly1305,
}
"""Constructors by version; the first one that OpenSSL has is written."""

_INFO = "poorwsgi session v{}"
_KEY_BYTES = 32
_ID_BYTES = 4
_HEADER_BYTES = 1 + _ID_BYTES
_NONCE_BYTES = 12
_START = _HEADER_BYTES + _NONCE_BYTES
_MOST_AHEAD = 60_000
"""Milliseconds by which the clocks of two hosts may differ."""

_STAMP = Struct(">Q")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_PLAIN = bytes.maketrans(b"-_", b"+/")


class Sealer:
    """Seals data and opens it again.

    It may be used by any number of threads.

    Args:
        secrets: the first one seals, all open; at least one.

    Raises:
        RuntimeError: OpenSSL has none of the ciphers.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        warn_of_short(secrets)
        self._ciphers: dict[bytes, _Cipher] = {}
        for secret in secrets:
            for version in _CIPHERS:
                self._add(secret, version)
        if not self._ciphers:
            raise RuntimeError(
                "OpenSSL has neither AES-GCM-SIV nor ChaCha20-Poly1305; install "
                "cryptography from its wheels"
            )
        self._header = next(iter(self._ciphers))

    def _add(self, secret: bytes, version: int) -> None:
        info = _INFO.format(version).encode()
        derived = HKDF(SHA256(), _KEY_BYTES + _ID_BYTES, None, info).derive(secret)
        try:
            cipher = _CIPHERS[version](derived[:_KEY_BYTES])
        except UnsupportedAlgorithm:
            return
        header = bytes([version]) + derived[_KEY_BYTES:]
        self._ciphers.setdefault(header, cipher)

    def seal(self, data: bytes, context: bytes) -> str:
        """Encrypt data together with the time.

        Args:
            data: what to hide.
            context: what it is for.
        """
        header, nonce = self._header, os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[header].encrypt(
            nonce, _STAMP.pack(int(time() * 1000)) + data, header[:1] + context
        )
        return _to_text(header + nonce + sealed)

    def open(self, text: str, context: bytes, max_age: float | None = None) -> bytes:
        """Decrypt what was sealed.

        Args:
            text: what ``seal`` returned.
            context: what it is for, as it was sealed.
            max_age: seconds after which it is too old.

        Raises:
            ValueError: it is anything else, or not of this time.
        """
        raw = _from_text(text)
        header = raw[:_HEADER_BYTES]
        cipher = self._ciphers.get(header)
        if cipher is None:
            raise ValueError("sealed with another key, or in another version")
        try:
            data = cipher.decrypt(
                raw[_HEADER_BYTES:_START], raw[_START:], header[:1] + context
            )
        except (InvalidTag, ValueError) as error:  # ValueError: it is too short
            raise ValueError("changed, or sealed for something else") from error
        age = int(time() * 1000) - _STAMP.unpack_from(data)[0]
        if age < -_MOST_AHEAD:
            raise ValueError("sealed in the future; compare the clocks of the hosts")
        if max_age is not None and age > max_age * 1000:
            raise ValueError("too old")
        return data[_STAMP.size :]


def _to_text(raw: bytes) -> str:
    encoded = b2a_base64(raw, newline=False).rstrip(b"=")
    return encoded.translate(_URL_SAFE).decode("ascii")


def _from_text(text: str) -> bytes:
    try:
        raw = a2b_base64(text.encode("ascii").translate(_PLAIN) + b"==")
    except ValueError as error:
        raise ValueError("not base64url") from error
    # The decoder skips what it doesn't know, and the last bits may be anything.
    if _to_text(raw) != text:
        raise ValueError("not base64url as it was written")
    return raw
