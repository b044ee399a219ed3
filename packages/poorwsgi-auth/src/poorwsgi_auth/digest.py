"""HTTP Digest authentication (RFC 7616): who sent the request, and is it new.

The rules:

* What isn't exactly as the challenge offered it, and as the request is, is
  refused; which part it was, the log says and the answer doesn't.
* ``stale=true`` goes to those only who have the password: it tells the client to
  try again with the new nonce, without asking its user.
* A nonce count is recorded after the response was verified, in one step with
  the question whether it is new.
* For an unknown user the same is computed as for a known one.

``credentials`` has the computation, ``nonces`` what a nonce is, and
``nonce_stores`` the memory of used ones.
"""

import logging
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from getpass import getpass
from hmac import compare_digest
from time import time
from typing import Any, Concatenate, ParamSpec, TypeVar

from poorwsgi_auth.credentials import (
    Algorithm,
    build_info,
    build_opaque,
    compute_response,
    find_algorithm,
    hash_names,
    hexdigest,
    is_target,
    quote,
    read_count,
)
from poorwsgi_auth.keys import read_keys
from poorwsgi_auth.nonce_stores import NonceStoreError
from poorwsgi_auth.nonces import (
    OLDEST,
    build_nonce,
    first_nonce_of,
    read_nonce,
    time_of_nonce,
)
from poorwsgi_auth.password_map import PasswordMap
from poorwsgi_auth.request import Request
from poorwsgi_core import BaseResponse, HTTPException
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

_RequestT = TypeVar("_RequestT", bound=Request)
_P = ParamSpec("_P")

_FUTURE = 60
"""Seconds that the clock of another host may be ahead."""


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
        ValueError: the realm has control characters.
    """
    quote(realm)

    def decorate(
        handler: Callable[Concatenate[_RequestT, _P], Any],
    ) -> Callable[Concatenate[_RequestT, _P], BaseResponse]:
        @wraps(handler)
        def checked(
            req: _RequestT, /, *args: _P.args, **kwargs: _P.kwargs
        ) -> BaseResponse:
            _authenticate(req, realm, username)
            response = to_response(handler(req, *args, **kwargs))
            _add_info(req, realm, response)
            return response

        return checked

    return decorate


def check_credentials(req: Request, realm: str, username: str | None = None) -> bool:
    """Tell whether a request has the credentials of a user.

    Whether its nonce is ours, of age and new is not asked here; that is done by
    ``check_digest``.

    Args:
        req: the request.
        realm: protection space.
        username: the only user to accept; any of the realm by default.
    """
    fields = req.authorization
    fault = _find_fault(req, fields, realm)
    if fault is not None:
        log.error("Digest: %s %r can't be accepted", fault, fields.get(fault))
        return False
    algorithm = _algorithm_of(req, fields)
    name = _find_name(req, fields, realm)
    secret = _find_secret(req, fields, realm)
    if not check_response(req, secret or "0" * algorithm.digits):
        log.error("Digest: wrong response for user %r", name)
        return False
    if secret is None or (username is not None and name != username):
        log.error("Digest: user %r is not let in", name)
        return False
    return True


def check_response(req: Request, password: str) -> bool:
    """Tell whether the ``response`` of a request proves a password.

    Args:
        req: the request.
        password: what ``hexdigest`` made of the password.
    """
    fields, has_qop = req.authorization, bool(req.app.auth_qop)
    try:
        algorithm, method = _algorithm_of(req, fields), req.method or ""
        expected = compute_response(
            fields, password, method, algorithm, has_qop=has_qop
        )
        return compare_digest(expected.encode(), fields["response"].encode())
    except KeyError:
        return False


def _authenticate(req: Request, realm: str, username: str | None) -> None:
    """Set the user of a request.

    Raises:
        HTTPException: 401, or 503 when the nonce store can't be asked.
    """
    fields = req.authorization
    kind = fields["type"]
    if not kind:
        log.info("Digest: no Authorization header")
        raise HTTPException(HTTP_UNAUTHORIZED, realm=realm)
    if kind != "Digest":
        log.error("Digest: the Authorization is of type %r", kind)
        raise HTTPException(HTTP_UNAUTHORIZED, realm=realm)
    if not check_credentials(req, realm, username):
        raise HTTPException(HTTP_UNAUTHORIZED, realm=realm)
    if not _use_nonce(req, fields, realm):
        log.info("Digest: the nonce has expired, or its count was used")
        raise HTTPException(HTTP_UNAUTHORIZED, realm=realm, stale=True)
    req.user = _find_name(req, fields, realm)


def _find_fault(req: Request, fields: Mapping[str, str], realm: str) -> str | None:
    """Return the name of the first parameter that is wrong."""
    algorithm = find_algorithm(fields.get("algorithm", ""))
    if algorithm is None or _map_of(req, algorithm) is None:
        return "algorithm"
    if not _is_offered_opaque(req, fields, realm):
        return "opaque"
    if not _is_requested(req, fields.get("uri", "")):
        return "uri"
    qop = req.app.auth_qop or None
    if fields.get("qop") != qop:
        return "qop"
    if qop and not read_count(fields.get("nc", "")):
        return "nc"
    if (qop or algorithm.is_session) and not _is_text(fields.get("cnonce")):
        return "cnonce"
    if fields.get("realm") != realm:
        return "realm"
    if _is_hashed(fields) and not (req.app.auth_userhash and "username*" not in fields):
        return "userhash"
    missing = (name for name in ("username", "nonce", "response") if name not in fields)
    return next(missing, None)


def _is_text(value: str | None) -> bool:
    return bool(value) and str(value).isprintable()


def _is_hashed(fields: Mapping[str, str]) -> bool:
    return fields.get("userhash", "").lower() == "true"


def _is_offered_opaque(req: Request, fields: Mapping[str, str], realm: str) -> bool:
    opaque = fields.get("opaque", "")
    if opaque == build_opaque(req.server_hostname):
        return True
    # A host of another name may have offered it, and then it has signed it.
    nonce = fields.get("nonce", "")
    return read_nonce(nonce, read_keys(req.secret_key), realm, opaque) is not None


def _is_requested(req: Request, uri: str) -> bool:
    if not uri.startswith("/"):
        host = req.construct_url("")
        if uri[: len(host) + 1].lower() == f"{host}/".lower():
            uri = uri[len(host) :]
    environ = req.environ
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return is_target(uri, path or "/", environ.get("QUERY_STRING", ""))


def _algorithm_of(req: Request, fields: Mapping[str, str]) -> Algorithm:
    """Return the algorithm of credentials; KeyError when it isn't known."""
    name = fields.get("algorithm", req.app.auth_algorithm)
    algorithm = find_algorithm(name)
    if algorithm is None:
        raise KeyError(name)
    return algorithm


def _map_of(req: Request, algorithm: Algorithm) -> Any:
    """Return the map of an algorithm, ``None`` when it isn't offered."""
    app, name = req.app, algorithm.name
    return app.auth_map if name == app.auth_algorithm else app.auth_maps.get(name)


def _users_of(req: Request, algorithm: Algorithm, realm: str) -> Mapping[str, str]:
    users: Mapping[str, str] = (_map_of(req, algorithm) or {}).get(realm) or {}
    return users


def _find_name(req: Request, fields: Mapping[str, str], realm: str) -> str:
    """Return the name of the user, what was sent when nobody has that hash."""
    name = fields.get("username", "")
    if not _is_hashed(fields):
        return name
    algorithm = _algorithm_of(req, fields)
    users = _users_of(req, algorithm, realm)
    return hash_names(tuple(users), realm, algorithm).get(name, name)


def _find_secret(req: Request, fields: Mapping[str, str], realm: str) -> str | None:
    algorithm = _algorithm_of(req, fields)
    name = _find_name(req, fields, realm)
    secret = _users_of(req, algorithm, realm).get(name)
    if secret is not None and len(secret) != algorithm.digits:
        log.error(
            "Digest: the hash of user %r is not one of %s; set the password again",
            name,
            algorithm.name,
        )
        return None
    return secret


def _use_nonce(req: Request, fields: Mapping[str, str], realm: str) -> bool:
    """Record the use of a nonce; tells whether it may be used."""
    keys, opaque = read_keys(req.secret_key), fields.get("opaque", "")
    nonce = read_nonce(fields.get("nonce", ""), keys, realm, opaque)
    if nonce is None:
        return False
    if nonce == req.digest_nonce:
        # Another check of the same request, in a before handler for instance.
        return True
    now, timeout = time(), req.app.auth_timeout
    oldest = first_nonce_of(now - timeout) if timeout else OLDEST
    if nonce < oldest or time_of_nonce(nonce) > now + _FUTURE:
        return False
    # Without qop the count is not part of what was hashed.
    count = read_count(fields.get("nc", "")) if fields.get("qop") else 1
    try:
        is_new = req.app.auth_nonces.use(nonce, count, oldest)
    except NonceStoreError as error:
        log.exception("Digest: nobody can be let in")
        raise HTTPException(HTTP_SERVICE_UNAVAILABLE) from error
    if is_new:
        req.digest_nonce = nonce
    return is_new


def _add_info(req: Request, realm: str, response: BaseResponse) -> None:
    fields = req.authorization
    secret = _find_secret(req, fields, realm)
    if secret is None:
        return
    algorithm = _algorithm_of(req, fields)
    has_qop = bool(req.app.auth_qop)
    rspauth = compute_response(fields, secret, "", algorithm, has_qop=has_qop)
    info = build_info(fields, rspauth, _next_nonce(req, fields, realm))
    response.headers["Authentication-Info"] = info


def _next_nonce(req: Request, fields: Mapping[str, str], realm: str) -> str | None:
    """Build a nonce when that of the request won't do for long.

    Not for ``-sess``: the secret of the session is of the first nonce.
    """
    timeout, nonce, now = req.app.auth_timeout, req.digest_nonce, time()
    if nonce is None or _algorithm_of(req, fields).is_session:
        return None
    is_old = timeout and now - time_of_nonce(nonce) > timeout / 2
    if fields.get("qop") and not is_old:
        return None
    key = read_keys(req.secret_key)[0]
    return build_nonce(key, realm, fields["opaque"], now)


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
