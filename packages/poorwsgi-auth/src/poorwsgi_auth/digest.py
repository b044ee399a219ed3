"""HTTP Digest (RFC 7616): the check of a request, and password hashes."""

import sys
from collections.abc import Callable
from getpass import getpass
from hashlib import md5
from typing import Any

__all__ = ["get_re_type", "hexdigest", "main"]


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


def get_re_type() -> str | None:
    """Ask for a new password twice; ``None`` when the two differ."""
    password = getpass("New password: ")
    if getpass("Re-type new password: ") == password:
        return password
    sys.stdout.write("They don't match, sorry.\n")
    return None


def main() -> int:
    """Run the command line for password files, and return the exit status.

    Raises:
        SystemExit: for a mistake, ``--help`` and ``--version``.
    """
    from poorwsgi_auth.command import Terminal, run

    # Looked up here, so that who replaces these names has a say.
    return run(sys.argv[1:], Terminal(getpass, get_re_type, hexdigest))


if __name__ == "__main__":
    sys.exit(main())
