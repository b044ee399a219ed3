"""Digest, other authentication and sessions for applications on ``poorwsgi_core``.

application     Application with the settings of Digest
request         Request, as handlers get it
digest          check_digest, and password hashes
nonce_stores    which nonces of Digest were used
password_map    password files; ``python -m poorwsgi_auth.digest`` changes them
basic           check_basic
bearer          check_bearer
api_key         check_api_key
passwords       hashes of passwords, for all but Digest
session         Session and PoorSession, in a cookie
aes_session     AESSession, the same
server_session  ServerSession, with its data on the server
csrf            tokens against forged forms
"""

from typing import TYPE_CHECKING

from poorwsgi_auth.application import Application
from poorwsgi_auth.request import Request

__all__ = ["Application", "Request", "__version__"]

__version__: str

if not TYPE_CHECKING:  # or else every misspelt name would be a str to checkers

    def __getattr__(name: str) -> str:
        # importlib.metadata is slow to import, and the version is seldom asked for.
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("poorwsgi-auth")
