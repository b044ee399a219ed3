"""Documented usage of passkeys, as type checkers see it."""

from typing import Any, assert_type

from poorwsgi_auth import PoorSession, ServerSession
from poorwsgi_auth.passkeys import Passkey, Passkeys
from poorwsgi_auth.sessions.stores.memory import MemorySessions

passkeys = Passkeys("example.com", ["https://example.com"], name="Example")
session = PoorSession(b"k" * 32)
kept: dict[str, Passkey] = {}

options = passkeys.begin_registration(session, "u-7", "Jana", known=kept.values())
assert_type(options, dict[str, Any])
passkey = passkeys.finish_registration(session, {})
assert_type(passkey, Passkey)
assert_type(passkey.sign_count, int)

assert_type(passkeys.begin_login(ServerSession(MemorySessions())), dict[str, Any])
assert_type(passkeys.finish_login(session, {}, kept.get), Passkey)
