"""What a request claims by its Digest credentials, beside what was offered.

The parameters are compared with the challenge and with the request here, and the
claimed user is looked up.  Whether the claim is true, is not decided here.
"""

import logging
import re
from collections.abc import Mapping
from typing import Final

from poorwsgi_auth.digest.algorithms import Algorithm, find_algorithm, hash_names
from poorwsgi_auth.digest.challenges import build_opaque
from poorwsgi_auth.digest.nonces import read_nonce
from poorwsgi_auth.keys import read_keys
from poorwsgi_auth.passwords.password_map import PasswordMap
from poorwsgi_auth.request import Request
from poorwsgi_auth.serving import Serving
from poorwsgi_core import Headers

__all__ = [
    "UNNAMED",
    "find_fault",
    "find_offer",
    "find_user",
    "is_target",
    "read_count",
]

log = logging.getLogger("poorwsgi")

UNNAMED: Final = "MD5"
"""The algorithm of a client that names none (RFC 7616 §3.3, RFC 2617 §3.2.1)."""

_NOBODY: Mapping[str, str] = {}
_COUNT = re.compile("[0-9A-Fa-f]{8}")
_REQUIRED = frozenset({"username", "nonce", "response"})


def find_offer(
    app: Serving, fields: Mapping[str, str], realm: str
) -> tuple[Algorithm, Mapping[str, str]] | None:
    """Return the claimed algorithm and its users of a realm, if offered."""
    algorithm = find_algorithm(fields.get("algorithm", UNNAMED))
    if algorithm is None:
        return None
    # PERF: mostly it is this one, and all offers needn't be gathered.
    is_first = algorithm.name == app.auth_algorithm
    realms = app.auth_map if is_first else app.auth_offers.get(algorithm.name)
    if realms is None:
        return None
    users = realms.get(realm)
    if not users and isinstance(realms, PasswordMap):
        realms.remind_to_load()
    return algorithm, users or _NOBODY


def find_fault(
    req: Request, fields: Mapping[str, str], realm: str, algorithm: Algorithm
) -> str | None:
    """Return the name of the first parameter that can't be accepted."""
    app, find = req.app, fields.get
    if find("opaque") != build_opaque(req.server_hostname) and not _is_signed(
        req, fields, realm
    ):
        return "opaque"
    if not _is_requested(req, find("uri", "")):
        return "uri"
    qop = app.auth_qop or None
    if find("qop") != qop:
        return "qop"
    if qop and not read_count(find("nc", "")):
        return "nc"
    cnonce = find("cnonce", "")
    if (qop or algorithm.is_session) and not (cnonce and cnonce.isprintable()):
        return "cnonce"
    if find("realm") != realm:
        return "realm"
    if _is_hashed(fields) and (not app.auth_userhash or "username*" in fields):
        return "userhash"
    # PERF: which one it is, is asked for only when there is one.
    if fields.keys() >= _REQUIRED:
        return None
    return min(_REQUIRED - fields.keys())


def find_user(
    fields: Mapping[str, str],
    users: Mapping[str, str],
    realm: str,
    algorithm: Algorithm,
) -> tuple[str, str | None]:
    """Return the name of the claimed user, and the hash of the password.

    The name is as it was sent, and the hash ``None``, when there is no such user.
    """
    name = fields.get("username", "")
    if _is_hashed(fields):
        name = hash_names(tuple(users), realm, algorithm).get(name, name)
    secret = users.get(name)
    if secret is not None and len(secret) != algorithm.digits:
        log.error(
            "Digest: the hash of user %r is not one of %s; set the password again,"
            " with -s for SHA-256",
            name,
            algorithm.name,
        )
        secret = None
    return name, secret


def read_count(value: str) -> int:
    """Return the number of a nonce count, 0 when it is not one."""
    return int(value, 16) if _COUNT.fullmatch(value) else 0


def is_target(uri: str, path: str, query: str) -> bool:
    """Tell whether a ``uri`` is the target of the request, exactly.

    Args:
        uri: parameter of the Authorization header, in origin form.
        path: SCRIPT_NAME and PATH_INFO, as WSGI has them: decoded once.
        query: QUERY_STRING, as it is on the wire.
    """
    sent, _, sent_query = uri.partition("?")
    if sent_query != Headers.utf8(query):
        return False
    if sent == path and "%" not in sent:
        return True
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(sent) == path.encode("latin-1", "replace")


def _is_signed(req: Request, fields: Mapping[str, str], realm: str) -> bool:
    """Tell whether a host of another name has offered the opaque value."""
    nonce, opaque = fields.get("nonce", ""), fields.get("opaque", "")
    return read_nonce(nonce, read_keys(req.secret_key), realm, opaque) is not None


def _is_requested(req: Request, uri: str) -> bool:
    if not uri.startswith("/"):
        host = req.construct_url("")
        if uri[: len(host) + 1].lower() == f"{host}/".lower():
            uri = uri[len(host) :]
    path, query = req.digest_target
    return is_target(uri, path, query)


def _is_hashed(fields: Mapping[str, str]) -> bool:
    # PERF: hardly any client sends it.
    return "userhash" in fields and fields["userhash"].lower() == "true"
