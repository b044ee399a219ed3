"""HTTP Digest authentication (RFC 7616): who sent the request, and is it new.

The rules:

* What isn't exactly as the challenge offered it, and as the request is, is
  refused; which part it was, the log says and the answer doesn't.
* ``stale=true`` goes to those only who have the password: it tells the client to
  try again with the new nonce, without asking its user.
* A nonce count is recorded after the response was verified, in one step with
  the question whether it is new; by ``check_credentials``, so that an application
  which asks that alone is safe from replays too.
* For an unknown user the same is computed as for a known one.
* Whatever a client does wrong is a WARNING; an ERROR is the application's mistake.

``claims`` compares what was sent with what was offered, ``algorithms`` has the
computation, ``nonces`` what a nonce is, and ``nonce_stores`` the memory of used ones.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from getpass import getpass
from hmac import compare_digest
from time import time
from typing import Any, Concatenate, ParamSpec, TypeVar

from poorwsgi_auth.digest.algorithms import (
    Algorithm,
    compute_response,
    find_algorithm,
    hexdigest,
)
from poorwsgi_auth.digest.challenges import build_info, quote
from poorwsgi_auth.digest.claims import (
    UNNAMED,
    find_fault,
    find_offer,
    find_user,
    read_count,
)
from poorwsgi_auth.digest.nonce_stores import NonceStore, NonceStoreError
from poorwsgi_auth.digest.nonces import (
    OLDEST,
    build_nonce,
    first_nonce_of,
    is_of_age,
    read_nonce,
    time_of_nonce,
)
from poorwsgi_auth.keys import read_keys
from poorwsgi_auth.passwords.password_map import PasswordMap
from poorwsgi_auth.request import Request
from poorwsgi_core import BaseResponse, HTTPException
from poorwsgi_core.application.guarding import Guarding, mark_guarded
from poorwsgi_core.application.handlers import check_given, check_unrouted
from poorwsgi_core.response import to_response
from poorwsgi_core.state import HTTP_SERVICE_UNAVAILABLE, HTTP_UNAUTHORIZED

__all__ = [
    "PasswordMap",
    "check_credentials",
    "check_digest",
    "check_response",
    "get_re_type",
    "hexdigest",
    "log",
    "main",
]

log = logging.getLogger("poorwsgi")

_SCHEME = {"type": "http", "scheme": "digest"}
_RequestT = TypeVar("_RequestT", bound=Request)
_P = ParamSpec("_P")


def check_digest(
    realm: str, username: str | None = None
) -> Callable[
    [Callable[Concatenate[_RequestT, _P], Any]],
    Callable[Concatenate[_RequestT, _P], BaseResponse],
]:
    """Let only users of a realm to a handler; ``req.user`` is their name.

    Everyone else gets 401 with a challenge.  What the handler returns becomes a
    response with an Authentication-Info header, by which the client may know
    the server.

    Args:
        realm: protection space: the users of ``app.auth_map[realm]``.
        username: the only user to be let in; any of the realm by default.

    Raises:
        TypeError: the realm is no text.
        ValueError: the realm has control characters.
    """
    check_given(realm, str, "Digest needs a realm: write @check_digest('Realm')")
    quote(realm)

    def decorate(
        handler: Callable[Concatenate[_RequestT, _P], Any],
    ) -> Callable[Concatenate[_RequestT, _P], BaseResponse]:
        check_unrouted(handler)

        @wraps(handler)
        def checked(
            req: _RequestT, /, *args: _P.args, **kwargs: _P.kwargs
        ) -> BaseResponse:
            info = _authenticate(req, realm, username)
            response = to_response(handler(req, *args, **kwargs))
            if info:
                response.headers.setdefault("Authentication-Info", info)
            return response

        mark_guarded(checked, Guarding(decorate, "digest", _SCHEME))
        return checked

    return decorate


def check_credentials(req: Request, realm: str, username: str | None = None) -> bool:
    """Tell whether a request has the credentials of a user.

    A nonce of ours that has expired, or whose count was used by another request,
    makes them false, and the 401 page then says that it is ``stale``.  A nonce
    without a count, and one that the application has made itself, isn't judged here
    but by ``check_digest``.

    Args:
        req: the request.
        realm: protection space.
        username: the only user to accept; any of the realm by default.

    Raises:
        HTTPException: 503, the nonce store can't be asked.
    """
    req.digest_user, req.digest_is_stale = None, False
    fields = req.authorization
    if not _prove(req, fields, realm, username):
        return False
    # Without a count the nonce would serve but once, and clients ask for each request.
    nonce = _find_nonce(req, fields, realm) if fields.get("qop") else None
    if nonce is None or _use_nonce(req, fields, nonce):
        return True
    log.info("Digest: the nonce has expired, or its count was used")
    req.digest_is_stale = True
    return False


def _prove(
    req: Request, fields: Mapping[str, str], realm: str, username: str | None
) -> bool:
    """Set the user whose password the request proves, whatever its nonce is."""
    offer = find_offer(req.app, fields, realm)
    if offer is None:
        return _refuse_parameter(fields, "algorithm")
    algorithm, users = offer
    fault = find_fault(req, fields, realm, algorithm)
    if fault is not None:
        return _refuse_parameter(fields, fault)
    name, secret = find_user(fields, users, realm, algorithm)
    # Nobody has this hash, but computing with it takes as long as with any.
    is_proved = _is_proof(req, fields, secret or "0" * algorithm.digits, algorithm)
    if secret is None:
        log.warning("Digest: no user %r in realm %r", name, realm)
        return False
    if not is_proved:
        log.warning("Digest: wrong password of user %r in realm %r", name, realm)
        return False
    if username is not None and name != username:
        log.warning("Digest: user %r is not let in, only %r", name, username)
        return False
    req.digest_user = name, secret, algorithm
    return True


def _refuse_parameter(fields: Mapping[str, str], name: str) -> bool:
    log.warning("Digest: %s %r can't be accepted", name, fields.get(name))
    return False


def check_response(req: Request, password: str) -> bool:
    """Tell whether the ``response`` of a request proves a password.

    Args:
        req: the request.
        password: what ``hexdigest`` made of the password.
    """
    app, fields = req.app, req.authorization
    name = fields.get("algorithm")
    if name is None:
        name = UNNAMED if UNNAMED in app.auth_offers else app.auth_algorithm
    algorithm = find_algorithm(name)
    return algorithm is not None and _is_proof(req, fields, password, algorithm)


def _is_proof(
    req: Request, fields: Mapping[str, str], password: str, algorithm: Algorithm
) -> bool:
    method, has_qop = req.method or "", bool(req.app.auth_qop)
    try:
        expected = compute_response(
            fields, password, method, algorithm, has_qop=has_qop
        )
        return compare_digest(expected.encode(), fields["response"].encode())
    except KeyError:
        return False


def _authenticate(req: Request, realm: str, username: str | None) -> str | None:
    """Set the user of a request.

    Returns:
        Value for Authentication-Info, ``None`` when there is none to give.

    Raises:
        HTTPException: 401, or 503 when the nonce store can't be asked.
    """
    app, fields = req.app, req.authorization
    if app.auth_type is None:
        log.error("Digest: no challenge is sent; set app.auth_type = 'Digest'")
    if fields["type"] != "Digest":
        _report_scheme(fields["type"])
        raise HTTPException(HTTP_UNAUTHORIZED, realm=realm)
    if not check_credentials(req, realm, username):
        stale = {"stale": True} if req.digest_is_stale else {}
        raise HTTPException(HTTP_UNAUTHORIZED, realm=realm, **stale)
    nonce = req.digest_nonce if req.digest_user else None
    if nonce is None:
        # There is no count, or somebody has replaced check_credentials.
        nonce = _find_nonce(req, fields, realm)
        if nonce is None or not _use_nonce(req, fields, nonce):
            log.info("Digest: the nonce is none of ours, or can't be used")
            raise HTTPException(HTTP_UNAUTHORIZED, realm=realm, stale=True)
    if req.digest_user is None:
        req.user = fields.get("username")
        return None
    req.user, secret, algorithm = req.digest_user
    has_qop = bool(app.auth_qop)
    rspauth = compute_response(fields, secret, "", algorithm, has_qop=has_qop)
    # With -sess, a session has the secret of its first nonce.
    nextnonce = None if algorithm.is_session else _next_nonce(req, fields, realm, nonce)
    return build_info(fields, rspauth, nextnonce)


def _report_scheme(scheme: str) -> None:
    if scheme:
        log.warning("Digest: the Authorization is of type %r", scheme)
    else:
        log.info("Digest: no Authorization header")


def _find_nonce(req: Request, fields: Mapping[str, str], realm: str) -> bytes | None:
    """Return the identity of the nonce of a request, if it is ours."""
    keys, opaque = read_keys(req.secret_key), fields.get("opaque", "")
    return read_nonce(fields.get("nonce", ""), keys, realm, opaque)


def _use_nonce(req: Request, fields: Mapping[str, str], nonce: bytes) -> bool:
    """Record the use of a nonce; tell whether it may be used."""
    if nonce == req.digest_nonce:
        # Another check of the same request, in a before handler for instance.
        return True
    app, now = req.app, time()
    timeout = app.auth_timeout
    if not is_of_age(nonce, timeout, now):
        return False
    # PERF: to the second, because all requests of that second have the same.
    oldest = first_nonce_of(int(now) - timeout) if timeout else OLDEST
    # Without qop the count is not part of what was hashed.
    count = read_count(fields.get("nc", "")) if fields.get("qop") else 1
    store: NonceStore = app.auth_nonces
    try:
        is_new = store.use(nonce, count, oldest)
    except NonceStoreError as error:
        log.exception("Digest: nobody can be let in")
        raise HTTPException(HTTP_SERVICE_UNAVAILABLE) from error
    if is_new:
        req.digest_nonce = nonce
    return is_new


def _next_nonce(
    req: Request, fields: Mapping[str, str], realm: str, nonce: bytes
) -> str | None:
    """Build a nonce, when that of the request is past the half of its life.

    Without qop a nonce serves but once, so then there is always a new one.
    """
    app, now = req.app, time()
    timeout = app.auth_timeout
    is_old = timeout and now - time_of_nonce(nonce) > timeout / 2
    if app.auth_qop and not is_old:
        return None
    key = read_keys(req.secret_key)[0]
    return build_nonce(key, realm, fields["opaque"], now, timeout)


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
    from poorwsgi_auth.passwords.command import Terminal, run

    # Looked up here, so that who replaces these names has a say.
    return run(sys.argv[1:], Terminal(getpass, get_re_type, hexdigest))
