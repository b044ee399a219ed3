"""HTTP Digest (RFC 7616): the check of a request, and password hashes."""

from collections.abc import Callable
from hashlib import md5
from typing import Any

__all__ = ["hexdigest"]


def hexdigest(
    username: str, realm: str, password: str, algorithm: Callable[..., Any] = md5
) -> str:
    """Hash a password the way Digest keeps it (RFC 7616 §3.4.2).

    Args:
        username: name of the user.
        realm: protection space.
        password: the password.
        algorithm: constructor of ``hashlib``, such as ``app.auth_hash``.
    """
    data = f"{username}:{realm}:{password}".encode()
    if algorithm is md5:
        # Without the flag, builds of Python for FIPS refuse it.
        return md5(data, usedforsecurity=False).hexdigest()
    return str(algorithm(data).hexdigest())
