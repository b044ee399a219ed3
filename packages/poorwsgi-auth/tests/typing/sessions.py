"""How sessions are used, as type checkers see it."""

import bz2
import gzip
import zlib
from http.cookies import SimpleCookie
from typing import Any, assert_type

from redis import Redis

from poorwsgi_auth.application import Application
from poorwsgi_auth.guards.csrf import check_csrf, csrf_token
from poorwsgi_auth.request import Request
from poorwsgi_auth.sessions.aes_session import AESSession
from poorwsgi_auth.sessions.server_session import ServerSession
from poorwsgi_auth.sessions.session import (
    NoCompress,
    PoorSession,
    Session,
    SessionError,
    check_token,
    get_token,
)
from poorwsgi_auth.sessions.stores import (
    MovingStore,
    SessionStore,
    SessionStoreError,
)
from poorwsgi_auth.sessions.stores.memory import MemorySessions
from poorwsgi_auth.sessions.stores.redis import RedisSessions
from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions
from poorwsgi_core import Headers, Response

app = Application(__name__)
app.secret_key = b"k" * 32
stores: list[SessionStore] = [
    MemorySessions(size=100),
    SQLiteSessions("/tmp/sessions.db", timeout=1.5),  # noqa: S108 - never opened
    RedisSessions(Redis(), prefix="sid:"),
]


@app.route("/session")
def show(req: Request) -> Response:
    """Read and write a session."""
    assert_type(req.cookies, SimpleCookie)
    assert_type(req.vary, tuple[str, ...])
    session = PoorSession(app.secret_key, max_age=60, same_site="Lax")
    assert_type(session.data, dict[str, Any])
    try:
        session.load(req.cookies)
    except SessionError:
        session.destroy()
    response = Response()
    assert_type(session.header(response), list[tuple[str, str]])
    assert_type(session.header(Headers()), list[tuple[str, str]])
    assert_type(session.write(), str)
    assert_type(session.cookie, SimpleCookie)
    assert_type(session.sid, str)
    return response


@app.route("/stored")
def stored(req: Request) -> Response:
    """Read and write a session on the server."""
    session = ServerSession(stores[0], lifetime=3600.0, idle_timeout=60)
    assert_type(session.data, dict[str, Any])
    response = Response()
    try:
        session.load(req.cookies)
        session.rotate()
        session.header(response)
    except SessionStoreError as error:
        assert_type(error, SessionStoreError)
    return response


@app.before_response()
def load_session(req: Request) -> None:
    """Load a session for those who look for it in the request."""
    req.session = AESSession([b"new" * 8, "old" * 8], partitioned=True, secure=True)
    assert_type(csrf_token(req), str)
    assert_type(csrf_token(req.session), str)
    check_csrf(req)
    check_csrf(req, PoorSession("key" * 8))
    check_csrf(req, token=req.args.getfirst("token", ""))


app.add_before_response(check_csrf)

plain = Session(0, None, "a.example", None, True, "None", "sid", partitioned=True)
plain.data = "text"
PoorSession(b"k" * 32, compress=bz2)
PoorSession(b"k" * 32, compress=zlib)
PoorSession(b"k" * 32, compress=gzip)
PoorSession(b"k" * 32, compress=NoCompress)
PoorSession(b"k" * 32, compress=NoCompress())
PoorSession(b"k" * 32, compress=None)

assert_type(get_token("some secret", b"client", 60, 0), str)
assert_type(check_token(None, "some secret", None, timeout=None), bool)

assert_type(RedisSessions.from_url("redis://localhost", 0.5), RedisSessions)
assert_type(isinstance(stores[0], MovingStore), bool)
