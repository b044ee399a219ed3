"""Tokens that are made of a secret and of who they are for, and kept nowhere.

A token is the HMAC-SHA256 of the client, and of the time when it ends if it has
a timeout.  Time is cut into windows of that length: a token is good until the
end of the window after the one it was made in, that is for one to two timeouts.

In 2.x the nonces of Digest were such tokens, and applications that check Digest by
hand pass one to ``check_token``.  So a nonce of the same key and the same timeout
counts as a token, for whichever client.  As everybody is given nonces, tokens that
give rights by themselves, as links in letters do, need a key or a timeout of their
own; ``csrf_token`` has nothing to do with either.
"""

import hmac
from collections.abc import Sequence
from time import time
from typing import cast

from poorwsgi_auth.digest.nonces import is_of_age, read_marked
from poorwsgi_auth.keys import check_key

__all__ = ["check_token", "get_token"]


def get_token(
    secret: object,
    client: object,
    timeout: float | None = None,
    expired: float = 0,
) -> str:
    """Return the token of a client: 64 hex digits, always the same ones.

    Args:
        secret: key that nobody else knows, bytes or anything that has a text; of a
            list or tuple the first one.
        client: whom it is for, such as an address or a name.
        timeout: seconds of a window; ``None`` and 0 are no timeout.
        expired: when it ends in seconds since the epoch, by default at the end
            of the next window; without a timeout it isn't looked at.

    Raises:
        ValueError: there is no secret, or one of fewer than eight bytes, so that
            anybody could make tokens.
    """
    end = ""
    if timeout:
        end = f"{float(expired or _start_of_window(timeout) + 2 * timeout):.3f}"
    # Nothing before the colon has one, so no client can stand for another.
    text = b"%s:%s" % (end.encode(), _to_bytes(client))
    return hmac.digest(_read_secrets(secret)[0], text, "sha256").hex()


def check_token(
    token: object, secret: object, client: object, timeout: float | None = None
) -> bool:
    """Tell whether a token is the client's and hasn't ended.

    With a timeout, a nonce of Digest is one too while it is of age, if the key is
    that of the application and the timeout its ``auth_timeout``.

    Args:
        token: what the client sent; anything but a token is wrong.
        secret: as for ``get_token``; all of a list or tuple are tried.
        client: as for ``get_token``.
        timeout: as for ``get_token``.

    Raises:
        ValueError: as for ``get_token``, whatever the token is.
    """
    keys = _read_secrets(secret)
    if not isinstance(token, str):
        return False
    ends: list[float] = [0]
    if timeout:
        if "." in token:  # no token has one
            return _is_nonce(token, keys, timeout)
        start = _start_of_window(timeout)
        ends = [start + timeout, start + 2 * timeout]
    given = token.encode("utf-8", "surrogatepass")
    expected = [
        get_token(key, client, timeout, end).encode() for key in keys for end in ends
    ]
    return any(hmac.compare_digest(given, each) for each in expected)


def _is_nonce(nonce: str, keys: Sequence[bytes], timeout: float) -> bool:
    identity = read_marked(nonce, keys, timeout)
    return identity is not None and is_of_age(identity, timeout, time())


def _read_secrets(secret: object) -> list[bytes]:
    is_one = not isinstance(secret, list | tuple)
    secrets = [secret] if is_one else cast("Sequence[object]", secret)
    keys = [check_key(_to_bytes(key)) for key in secrets if key]
    return keys or [check_key(b"")]


def _start_of_window(timeout: float) -> float:
    return time() // timeout * timeout


def _to_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return str(value).encode("utf-8", "surrogatepass")
