"""An application for several hosts: what it remembers is in Redis, or with the client.

``app_redis`` is the address of Redis, ``app_secret`` the key; both are the same
everywhere.
"""

from contextlib import suppress
from hashlib import md5
from typing import Any, cast

import redis

from poorwsgi import Application
from poorwsgi.digest import check_digest, hexdigest
from poorwsgi.request import Request
from poorwsgi.response import NoContentResponse
from poorwsgi.session import PoorSession, SessionError
from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces
from poorwsgi_auth.sessions.server_session import ServerSession
from poorwsgi_auth.sessions.stores.redis import RedisSessions

OPTIONS = Application.get_options()
REALM = "Hosts"

client = cast("Any", redis).Redis.from_url(OPTIONS["redis"], socket_timeout=2)
sessions = RedisSessions(client)

app = Application("shared")
app.secret_key = OPTIONS["secret"].split()
app.auth_type = "Digest"
app.auth_nonces = RedisNonces(client)
app.auth_map = {REALM: {"ann": hexdigest("ann", REALM, "secret", md5)}}


@app.before_response()
def load_sessions(req: Request) -> None:
    """Load the session on the server, and the one in the cookie."""
    cookie = PoorSession(app.secret_key, max_age=60, sid="COOKIE")
    req.session = {"server": ServerSession(sessions), "cookie": cookie}
    for session in req.session.values():
        with suppress(SessionError):
            session.load(req.cookies)


@app.route("/who/<kind:word>")
def show_user(req: Request, kind: str) -> dict[str, Any]:
    """Tell what a session says."""
    data: dict[str, Any] = req.session[kind].data
    return data


@app.route("/login/<kind:word>/<name:word>")
def log_in(req: Request, kind: str, name: str) -> NoContentResponse:
    """Begin a session."""
    response = NoContentResponse()
    req.session[kind].data["user"] = name
    req.session[kind].header(response)
    return response


@app.route("/logout/<kind:word>")
def log_out(req: Request, kind: str) -> NoContentResponse:
    """End a session."""
    response = NoContentResponse()
    req.session[kind].destroy()
    req.session[kind].header(response)
    return response


@app.route("/digest")
@check_digest(REALM)
def show_digest(req: Request) -> dict[str, Any]:
    """Tell who is known by Digest."""
    return {"user": req.user}
