"""The application of this package: core's, with the settings of Digest."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

import poorwsgi_core
from poorwsgi_auth.digest.algorithms import AUTH_DIGEST_ALGORITHMS, find_algorithm
from poorwsgi_auth.digest.challenges import (
    build_challenge,
    build_opaque,
    order_challenges,
)
from poorwsgi_auth.digest.nonce_stores import NonceStore
from poorwsgi_auth.digest.nonce_stores.memory import MemoryNonces
from poorwsgi_auth.digest.nonces import build_nonce
from poorwsgi_auth.keys import read_keys, warn_of_short
from poorwsgi_auth.request import Request
from poorwsgi_auth.serving import Serving
from poorwsgi_core import SimpleRequest
from poorwsgi_core.request.settings import Setting
from poorwsgi_core.request.variables import parse_flag

if TYPE_CHECKING:
    # Type checkers carry it with them, so that it is no dependency.
    from typing_extensions import TypeVar as TypeVarWithDefault

    RequestT = TypeVarWithDefault("RequestT", bound=Request, default=Request)
else:
    RequestT = TypeVar("RequestT")

__all__ = ["Application"]


class _Default(str):
    """The algorithm, as long as the application has chosen none."""

    __slots__ = ()


def _algorithm(value: object) -> str:
    if value is None:
        return _Default("MD5-sess")
    algorithm = find_algorithm(value) if isinstance(value, str) else None
    if algorithm is None or algorithm.name not in AUTH_DIGEST_ALGORITHMS:
        raise ValueError(
            f"{value!r} is none of {', '.join(AUTH_DIGEST_ALGORITHMS)}; further "
            "algorithms can be offered by auth_maps"
        )
    return algorithm.name


def _qop(value: Any) -> str | None:
    if value not in ("", "auth", None):
        raise ValueError(
            f"takes 'auth', or None for the way of RFC 2069, not {value!r}"
        )
    return cast("str | None", value)


def _timeout(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if value is not None and (not is_number or value < 0):
        raise ValueError(f"takes a number of seconds, or None for ever, not {value!r}")
    return cast("int | None", value)


def _user_map(value: Any) -> Any:
    users: Any = {} if value is None else value
    takes = "takes a PasswordMap, or {realm: {user: hash}}, not"
    if not callable(getattr(users, "get", None)):
        raise TypeError(f"{takes} {type(users).__name__}")
    if isinstance(users, dict):
        for realm, names in cast("dict[str, Any]", users).items():
            if isinstance(names, str):
                raise TypeError(f"{takes} the hash of {realm!r} without its realm")
    return cast("Any", users)


def _further_maps(value: Any) -> dict[str, Any]:
    maps: dict[str, Any] = {}
    further: Any = {} if value is None else value
    if not isinstance(further, Mapping):
        raise TypeError(f"takes {{algorithm: map of users}}, not {further!r}")
    for name, users in cast("Mapping[str, Any]", further).items():
        algorithm = find_algorithm(name)
        if algorithm is None:
            raise ValueError(f"{name!r} is no algorithm of Digest that is known here")
        # Now is better than at a request: not every build has SHA-512-256.
        algorithm.hash("")
        maps[algorithm.name] = users
    return maps


def _store(value: Any) -> NonceStore:
    store = MemoryNonces() if value is None else value
    if not callable(getattr(store, "use", None)):
        raise TypeError(f"takes a store such as SQLiteNonces(path), not {value!r}")
    return cast("NonceStore", store)


class Application(poorwsgi_core.Application[RequestT], Serving):
    """A WSGI application that knows its users."""

    request_class: type[RequestT] = cast("type[RequestT]", Request)

    auth_algorithm = Setting[str](
        None, _algorithm, "Algorithm whose hashes are in ``auth_map``."
    )
    auth_map = Setting[Any](
        None, _user_map, "Realm to user to hash, such as a PasswordMap."
    )
    auth_maps = Setting[dict[str, Any]](
        None, _further_maps, "Further algorithms to offer, each with its own map."
    )
    auth_nonces: Setting[NonceStore] = Setting[NonceStore](
        None, _store, "Remembers which nonces were used; by default in memory."
    )
    auth_qop = Setting["str | None"](
        "auth", _qop, "``auth``; empty for clients that know only RFC 2069."
    )
    auth_timeout = Setting["int | None"](
        300, _timeout, "Seconds that a nonce is valid; 0 or None for ever."
    )
    auth_userhash = Setting[bool](
        False, parse_flag, "Let clients send a hash in place of the user's name."
    )

    _auth_type: str | None = None

    @property
    def auth_type(self) -> str | None:
        """``Digest`` once it is set, in any case; needs ``secret_key``."""
        return self._auth_type

    @auth_type.setter
    def auth_type(self, value: str) -> None:
        auth_type = str(value).capitalize()
        if auth_type != "Digest":
            raise ValueError(f"auth_type: takes 'Digest', not {value!r}")
        keys = read_keys(self.secret_key)
        if not keys:
            raise ValueError(
                "auth_type: nonces need a key, so set secret_key before, such as "
                "secrets.token_bytes(32)"
            )
        warn_of_short(keys)
        self._auth_type = auth_type

    @property
    def auth_hash(self) -> Callable[..., Any]:
        """Constructor of the hash of ``auth_algorithm``, for ``hexdigest``."""
        return AUTH_DIGEST_ALGORITHMS[self.auth_algorithm]

    @property
    def auth_offers(self) -> Mapping[str, Any]:
        """Names of the algorithms that are offered, each with its map.

        By default ``MD5`` goes with ``MD5-sess``: it has the same hashes, and more
        clients know it.
        """
        offers = {**self.auth_maps, self.auth_algorithm: self.auth_map}
        if isinstance(self.auth_algorithm, _Default):
            offers.setdefault("MD5", self.auth_map)
        return offers

    def template_context(self, req: Any) -> Mapping[str, Any]:
        """Return what each template gets, with ``csrf_token()`` beside core's.

        Args:
            req: the request; may be a SimpleRequest, which has no session.
        """
        context = super().template_context(req)
        if not isinstance(req, Request):
            return context
        # Imported here: not every application has templates.
        from poorwsgi_auth.guards.csrf import csrf_token

        return {**context, "csrf_token": partial(csrf_token, req)}

    def challenge(
        self, req: SimpleRequest, realm: str | None, stale: object
    ) -> Sequence[str]:
        """Build the WWW-Authenticate values of the 401 page.

        With ``auth_type`` there is one for each algorithm that is offered, the
        strongest first.

        Args:
            req: the request that is refused.
            realm: protection space, as given to HTTPException.
            stale: true when only the nonce can't be used; what
                ``check_credentials`` found out counts too.

        Raises:
            RuntimeError: there is no realm.
        """
        others = super().challenge(req, realm, stale)
        if self._auth_type is None:
            return others
        if realm is None:
            raise RuntimeError("Digest needs a realm: HTTPException(401, realm=...)")
        opaque = build_opaque(req.server_hostname)
        keys = read_keys(req.secret_key)
        if not keys:
            raise RuntimeError("Digest needs a key: poor_SecretKey is empty")
        is_stale = isinstance(req, Request) and req.digest_is_stale
        nonce = build_nonce(keys[0], realm, opaque, time(), self.auth_timeout)
        return [
            build_challenge(
                name,
                realm,
                nonce,
                opaque,
                qop=self.auth_qop,
                userhash=self.auth_userhash,
                stale=bool(stale) or is_stale,
            )
            for name in order_challenges(self.auth_offers)
        ] + list(others)
