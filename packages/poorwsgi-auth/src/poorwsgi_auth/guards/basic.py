"""HTTP Basic authentication (RFC 7617): the password with every request.

It is as safe as the connection, so use it over HTTPS alone.  Credentials are read
as UTF-8, which the challenge asks for, and as Latin-1 when they are none.  Name and
password are composed (NFC), as RFC 7617 §2.1 has it; if they are wrong so, they are
tried as they were sent.
"""

import re
from collections.abc import Callable
from typing import Any

from poorwsgi_auth.digest.challenges import quote
from poorwsgi_auth.guards.guard import Guard, build_guard, refuse
from poorwsgi_auth.passwords.hashing import to_nfc
from poorwsgi_core import Request
from poorwsgi_core.extensions.arguments import check_function

__all__ = ["check_basic"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_basic(realm: str, verify: Callable[[str, str], Any]) -> Guard:
    """Let only those to a handler who know a password.

    Everyone else gets 401 with a challenge, which makes a browser ask.

    Args:
        realm: protection space; browsers may show it.
        verify: gets username and password, and returns the user, which becomes
            ``req.user``.  True stands for the username; what is false refuses.
            It is asked again when they weren't sent in NFC.

    Raises:
        TypeError: *verify* is no function of two arguments.
        ValueError: the realm has control characters.
    """
    check_function("verify", verify, "username", "password")
    challenge = f'Basic realm={quote(realm)}, charset="UTF-8"'

    def authenticate(req: Request) -> Any:
        fields = req.authorization
        if fields["type"] != "Basic":
            raise refuse(challenge, realm)
        username, password = fields.get("username", ""), fields.get("password", "")
        # RFC 7617 §2 forbids control characters.
        if "username" not in fields or _CONTROL.search(username + password):
            raise refuse(challenge, realm, "Basic: malformed credentials")
        composed = to_nfc(username), to_nfc(password)
        for name, secret in dict.fromkeys((composed, (username, password))):
            user = verify(name, secret)
            if user:
                return name if user is True else user
        raise refuse(challenge, realm, f"Basic: wrong credentials of {username!r}")

    return build_guard(authenticate, "basic", {"type": "http", "scheme": "basic"})
