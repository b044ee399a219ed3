"""API keys: a secret in a header field of its own.

There is no standard for it.  The answer without a good key is 401 with a challenge
whose scheme is ``ApiKey``, since a 401 has to have one (RFC 9110 §15.5.2).
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from poorwsgi_auth.digest.challenges import quote
from poorwsgi_auth.guards.guard import Guard, build_guard, refuse
from poorwsgi_core import Request
from poorwsgi_core.extensions.arguments import check_function
from poorwsgi_core.http.headers import check_field_name

__all__ = ["check_api_key", "hash_key"]


def check_api_key(
    verify: Callable[[str], Any], *, header: str = "X-API-Key", realm: str = "API"
) -> Guard:
    """Let only those to a handler who have a key.

    Everyone else gets 401.  A cache is told that the answer depends on the key.

    Args:
        verify: gets the key and returns its owner, who becomes ``req.user``; what
            is false refuses.
        header: name of the field that has the key.
        realm: protection space.

    Raises:
        TypeError: *verify* is no function of one argument.
        ValueError: header is no name of a field, or realm has control characters.
    """
    check_function("verify", verify, "key")
    check_field_name(header)
    challenge = f'ApiKey realm={quote(realm)}, header="{header}"'

    def authenticate(req: Request) -> Any:
        req.vary += (header,)
        key = req.headers.get(header, "")
        if not key:
            raise refuse(challenge, realm)
        owner = verify(key)
        if not owner:
            raise refuse(challenge, realm, "ApiKey: unknown key")
        return owner

    scheme = {"type": "apiKey", "in": "header", "name": header}
    return build_guard(authenticate, header, scheme)


def hash_key(key: str) -> str:
    """Hash a key, so that it need not be stored.

    This is fast, and good enough for keys that are random and long, such as those of
    ``secrets.token_urlsafe()``.  For passwords there is ``hash_password``.
    """
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
