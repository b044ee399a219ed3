"""Who sends a request, and what is kept of them, on ``poorwsgi_core``.

application      Application, with the settings of HTTP Digest
request          what handlers get
digest           HTTP Digest; also the program for password files
basic, bearer, api_key   guards of handlers for APIs
password_map     password files; ``passwords`` hashes what isn't for Digest
session          sessions in a cookie: Session, PoorSession
aes_session      AESSession, the same without compression
server_session   ServerSession, whose data stay in one of ``session_stores``
csrf             tokens for forms

Names other than Application and Request are imported when they are asked for, and
``cryptography`` by the first session that needs it.
"""

from typing import TYPE_CHECKING, Any

from poorwsgi_auth.application import Application
from poorwsgi_auth.request import Request

if TYPE_CHECKING:
    from poorwsgi_auth.aes_session import AESSession
    from poorwsgi_auth.api_key import check_api_key, hash_key
    from poorwsgi_auth.basic import check_basic
    from poorwsgi_auth.bearer import check_bearer
    from poorwsgi_auth.csrf import check_csrf, csrf_token
    from poorwsgi_auth.digest import check_digest, hexdigest
    from poorwsgi_auth.password_map import PasswordMap
    from poorwsgi_auth.passwords import (
        check_password,
        hash_password,
        needs_rehash,
        same_secret,
    )
    from poorwsgi_auth.server_session import ServerSession
    from poorwsgi_auth.session import (
        PoorSession,
        Session,
        SessionError,
        check_token,
        get_token,
    )

__all__ = [
    "AESSession",
    "Application",
    "PasswordMap",
    "PoorSession",
    "Request",
    "ServerSession",
    "Session",
    "SessionError",
    "__version__",
    "check_api_key",
    "check_basic",
    "check_bearer",
    "check_csrf",
    "check_digest",
    "check_password",
    "check_token",
    "csrf_token",
    "get_token",
    "hash_key",
    "hash_password",
    "hexdigest",
    "needs_rehash",
    "same_secret",
]

__version__: str

_MODULES = {
    "AESSession": "aes_session",
    "PasswordMap": "password_map",
    "PoorSession": "session",
    "ServerSession": "server_session",
    "Session": "session",
    "SessionError": "session",
    "check_api_key": "api_key",
    "check_basic": "basic",
    "check_bearer": "bearer",
    "check_csrf": "csrf",
    "check_digest": "digest",
    "check_password": "passwords",
    "check_token": "session",
    "csrf_token": "csrf",
    "get_token": "session",
    "hash_key": "api_key",
    "hash_password": "passwords",
    "hexdigest": "digest",
    "needs_rehash": "passwords",
    "same_secret": "passwords",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            from importlib import import_module

            value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        elif name == "__version__":
            # importlib.metadata is slow to import, and the version is seldom asked for.
            from importlib.metadata import version

            value = version("poorwsgi-auth")
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value
