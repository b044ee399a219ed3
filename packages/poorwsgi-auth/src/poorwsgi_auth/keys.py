"""Secret keys: one, or several of which the first signs and all verify."""

import logging
from collections.abc import Iterable, Sequence
from typing import cast

__all__ = ["check_key", "read_keys", "warn_of_short"]

log = logging.getLogger("poorwsgi")

_MOST_KEYS = 8
_SHORT = 16
_LEAST = 8
_REMEDY = "use secrets.token_bytes(32)"


def warn_of_short(keys: Iterable[bytes]) -> None:
    """Log a WARNING for each key that can be guessed."""
    for key in keys:
        if len(key) < _SHORT:
            log.warning(
                "A secret_key has %d bytes and can be guessed; %s", len(key), _REMEDY
            )


def check_key(key: bytes) -> bytes:
    """Return a key, unless everybody can guess it.

    Raises:
        ValueError: it has fewer than eight bytes.
    """
    if len(key) < _LEAST:
        raise ValueError(f"a secret_key of {len(key)} bytes is no secret; {_REMEDY}")
    return key


def read_keys(secret: object) -> tuple[bytes, ...]:
    """Return the keys that a ``secret_key`` stands for.

    Empty ones are left out.

    Args:
        secret: text, bytes, or a sequence of them with the newest first.

    Raises:
        TypeError: it is something else.
        ValueError: there are more than eight, or one has fewer than eight bytes.
    """
    if not secret:
        return ()
    if isinstance(secret, bytes):
        return (check_key(secret),)
    if isinstance(secret, str):
        return (check_key(secret.encode()),)
    if not isinstance(secret, Sequence):
        raise TypeError(
            f"secret_key is {type(secret).__name__}; {_REMEDY}, or a sequence of such "
            "keys with the newest first"
        )
    secrets = cast("Sequence[object]", secret)
    if len(secrets) > _MOST_KEYS:
        raise ValueError(
            f"secret_key has {len(secrets)} keys; at most {_MOST_KEYS} are tried, "
            "so remove the oldest"
        )
    return tuple(key for item in secrets for key in read_keys(item))
