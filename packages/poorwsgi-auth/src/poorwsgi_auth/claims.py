"""What a request claims by its Digest credentials, beside what was offered.

The parameters are compared with the challenge and with the request here, and the
claimed user is looked up.  Whether the claim is true, is not decided here.
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from poorwsgi_auth.credentials import (
    Algorithm,
    build_opaque,
    find_algorithm,
    hash_names,
    is_target,
    read_count,
)
from poorwsgi_auth.keys import read_keys
from poorwsgi_auth.nonces import read_nonce
from poorwsgi_auth.request import Request

if TYPE_CHECKING:
    from poorwsgi_auth.application import Application

__all__ = ["find_fault", "find_user", "read_algorithm"]

log = logging.getLogger("poorwsgi")

_NOBODY: Mapping[str, Any] = {}
_REQUIRED = frozenset({"username", "nonce", "response"})


def read_algorithm(req: Request, fields: Mapping[str, str]) -> Algorithm:
    """Return the algorithm of a claim.

    Raises:
        KeyError: it is none that is known.
    """
    name = fields.get("algorithm", req.app.auth_algorithm)
    algorithm = find_algorithm(name)
    if algorithm is None:
        raise KeyError(name)
    return algorithm


def find_user(
    req: Request, fields: Mapping[str, str], realm: str
) -> tuple[str, str | None, Algorithm]:
    """Return the name of the claimed user, the hash of the password, and of what.

    The name is as it was sent, and the hash ``None``, when there is no such user.

    Raises:
        KeyError: the algorithm is none that is known.
    """
    algorithm = read_algorithm(req, fields)
    realms = _map_of(req.app, algorithm) or _NOBODY
    users: Mapping[str, str] = realms.get(realm) or _NOBODY
    name = fields.get("username", "")
    if _is_hashed(fields):
        name = hash_names(tuple(users), realm, algorithm).get(name, name)
    secret = users.get(name)
    if secret is not None and len(secret) != algorithm.digits:
        log.error(
            "Digest: the hash of user %r is not one of %s; set the password again",
            name,
            algorithm.name,
        )
        secret = None
    return name, secret, algorithm


def find_fault(req: Request, fields: Mapping[str, str], realm: str) -> str | None:
    """Return the name of the first parameter that can't be accepted."""
    app, algorithm = req.app, find_algorithm(fields.get("algorithm", ""))
    if algorithm is None or _map_of(app, algorithm) is None:
        return "algorithm"
    if not _is_offered_opaque(req, fields, realm):
        return "opaque"
    if not _is_requested(req, fields.get("uri", "")):
        return "uri"
    qop = app.auth_qop or None
    if fields.get("qop") != qop:
        return "qop"
    if qop and not read_count(fields.get("nc", "")):
        return "nc"
    if (qop or algorithm.is_session) and not _is_text(fields.get("cnonce", "")):
        return "cnonce"
    if fields.get("realm") != realm:
        return "realm"
    if _is_hashed(fields) and (not app.auth_userhash or "username*" in fields):
        return "userhash"
    missing = _REQUIRED - fields.keys()
    return min(missing) if missing else None


def _map_of(app: "Application[Any]", algorithm: Algorithm) -> Any:
    """Return the map of an algorithm, ``None`` when it isn't offered."""
    name = algorithm.name
    return app.auth_map if name == app.auth_algorithm else app.auth_maps.get(name)


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
    path, query = req.digest_target
    return is_target(uri, path, query)


def _is_text(value: str) -> bool:
    return bool(value) and value.isprintable()


def _is_hashed(fields: Mapping[str, str]) -> bool:
    return fields.get("userhash", "").lower() == "true"
