"""Bearer tokens (RFC 6750), as OAuth 2.0 and many interfaces have them.

A token is taken from the Authorization header only: from a form or a query it
would get into logs.  What a token is, and whom it belongs to, *verify* knows.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from poorwsgi_auth.digest.challenges import quote
from poorwsgi_auth.guards.guard import Guard, build_guard, refuse
from poorwsgi_core import HTTPException, Request
from poorwsgi_core.extensions.arguments import check_function
from poorwsgi_core.state import HTTP_BAD_REQUEST, HTTP_FORBIDDEN, HTTP_UNAUTHORIZED

__all__ = ["check_bearer"]

_UserT = TypeVar("_UserT")

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*")


def check_bearer(
    verify: Callable[[str], _UserT | None],
    *,
    realm: str = "API",
    scope: str = "",
    scopes_of: Callable[[_UserT], str | Iterable[str]] | None = None,
) -> Guard:
    """Let only those to a handler who have a token.

    Without a token, or with a wrong one, the answer is 401, for a malformed one 400,
    and for one that lacks a scope 403, each with the challenge of RFC 6750 §3.

    Args:
        verify: gets the token and returns the user, which becomes ``req.user``;
            what is false refuses.
        realm: protection space.
        scope: what the token has to be allowed, all of it: one or more names with
            blanks between them.
        scopes_of: tells what a token is allowed, in the same form or one by one.
            It gets what *verify* returned.

    Raises:
        TypeError: *verify* is no function of one argument, or there is one of *scope*
            and *scopes_of* without the other.
        ValueError: realm or scope has a character that isn't allowed.
    """
    check_function("verify", verify, "token")
    if bool(scope) != bool(scopes_of):
        raise TypeError("scope needs scopes_of, a function from a user to its scopes")
    refusals = _Refusals(realm, scope)
    needed = set(scope.split())

    def authenticate(req: Request) -> _UserT:
        fields = req.authorization
        if fields["type"] != "Bearer":
            raise refusals.none()
        if "token" not in fields:
            raise refusals.build("invalid_request", HTTP_BAD_REQUEST)
        user = verify(fields["token"])
        if not user:
            raise refusals.build("invalid_token", HTTP_UNAUTHORIZED)
        if scopes_of is not None and not needed <= _split(scopes_of(user)):
            raise refusals.build("insufficient_scope", HTTP_FORBIDDEN)
        return user

    scheme = {"type": "http", "scheme": "bearer"}
    return build_guard(authenticate, "bearer", scheme, sorted(needed))


class _Refusals:
    """The exceptions of a guard, with their challenges (RFC 6750 §3)."""

    def __init__(self, realm: str, scope: str) -> None:
        self._realm = realm
        self._challenge = f"Bearer realm={quote(realm)}"
        if scope:
            if _SCOPE.fullmatch(scope) is None:
                raise ValueError(f"{scope!r} is no scope; put single blanks between")
            self._challenge += f', scope="{scope}"'

    def none(self) -> HTTPException:
        # To one who has shown no token nothing is told about an error.
        return refuse(self._challenge, self._realm)

    def build(self, error: str, code: int) -> HTTPException:
        challenge = f'{self._challenge}, error="{error}"'
        return refuse(challenge, self._realm, f"Bearer: {error}", code)


def _split(scopes: str | Iterable[str]) -> set[Any]:
    return set(scopes.split() if isinstance(scopes, str) else scopes)
