"""Who sends a request, and what is kept of them, on ``poorwsgi_core``.

application   Application, with the settings of HTTP Digest
sessions      sessions in cookies and on the server, and where their data are
passkeys      login without a password, by the library webauthn
guards        Basic, Bearer and API keys before handlers; tokens for forms
digest        HTTP Digest; also the program for password files
passwords     password files, and hashes of passwords that aren't for Digest
request       what handlers get
serving       what requests ask of the application that serves them
keys          secret keys: the newest signs, all verify
sqlite_file   a SQLite file that threads and processes share
redis_client  a client of Redis that fails soon
writers       who else may write a file that says who gets in

None of them imports one that stands above it.

The names below are imported when they are asked for, and ``cryptography`` by the first
session that needs it.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_auth.application import Application
    from poorwsgi_auth.digest.algorithms import hexdigest
    from poorwsgi_auth.digest.digest import check_digest
    from poorwsgi_auth.guards.api_key import check_api_key, hash_key
    from poorwsgi_auth.guards.basic import check_basic
    from poorwsgi_auth.guards.bearer import check_bearer
    from poorwsgi_auth.guards.csrf import check_csrf, csrf_token
    from poorwsgi_auth.passwords.hashing import (
        check_password,
        hash_password,
        needs_rehash,
        same_secret,
    )
    from poorwsgi_auth.passwords.password_map import PasswordMap
    from poorwsgi_auth.request import Request
    from poorwsgi_auth.sessions.aes_session import AESSession
    from poorwsgi_auth.sessions.server_session import ServerSession
    from poorwsgi_auth.sessions.session import PoorSession, Session, SessionError
    from poorwsgi_auth.sessions.tokens import check_token, get_token

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
    ".application": "Application",
    ".digest.algorithms": "hexdigest",
    ".digest.digest": "check_digest",
    ".guards.api_key": "check_api_key hash_key",
    ".guards.basic": "check_basic",
    ".guards.bearer": "check_bearer",
    ".guards.csrf": "check_csrf csrf_token",
    ".passwords.hashing": "check_password hash_password needs_rehash same_secret",
    ".passwords.password_map": "PasswordMap",
    ".request": "Request",
    ".sessions.aes_session": "AESSession",
    ".sessions.server_session": "ServerSession",
    ".sessions.session": "PoorSession Session SessionError",
    ".sessions.tokens": "check_token get_token",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES, "poorwsgi-auth")
