"""An application for several hosts: what it remembers is in Redis, or with the client.

``app_redis`` is the address of Redis, ``app_sentinels`` the hosts and ports of those
that know it, or ``app_cluster`` that of a node; ``app_secret`` is the key.  All are the
same everywhere, and so is the folder ``app_upload``.  ``app_timeout`` says how many
seconds a request waits for Redis.
"""

from contextlib import suppress
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import redis.cluster
import redis.sentinel
from redis.backoff import NoBackoff
from redis.retry import Retry

from poorwsgi import Application
from poorwsgi.digest import check_digest, hexdigest
from poorwsgi.request import Request
from poorwsgi.response import NoContentResponse
from poorwsgi.session import PoorSession, SessionError
from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces
from poorwsgi_auth.redis_client import build_redis
from poorwsgi_auth.sessions.server_session import ServerSession
from poorwsgi_auth.sessions.stores.redis import RedisSessions
from poorwsgi_core.extensions.rate_limit import RateLimit
from poorwsgi_core.extensions.redis_buckets import RedisBuckets
from poorwsgi_core.request import Request as CoreRequest
from poorwsgi_forms.uploads import FileUploads, ResumableUploads, UploadedFile

OPTIONS = Application.get_options()
REALM = "Hosts"

TIMEOUT = float(OPTIONS.get("timeout", 2))
LIMIT = 8


def build_client() -> Any:
    """Build a client of Redis, of a cluster, or of what Sentinel calls the master."""
    if "redis" in OPTIONS:
        return build_redis(OPTIONS["redis"], TIMEOUT)
    waiting = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    once = Retry(NoBackoff(), 0)
    if "cluster" in OPTIONS:
        host, _, port = OPTIONS["cluster"].partition(":")
        cluster: Any = redis.cluster.RedisCluster
        return cluster(host=host, port=int(port), **waiting, retry=once)
    library: Any = redis.sentinel
    hosts = [each.split(":") for each in OPTIONS["sentinels"].split()]
    sentinel = library.Sentinel(hosts, **waiting)
    return sentinel.master_for("shared", **waiting, retry=once)


client = build_client()
sessions = RedisSessions(client, prefix="{session}:")

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


def limited_name(req: CoreRequest) -> str | None:
    """Return who is limited, if anybody is."""
    return req.path if req.path.startswith("/limited/") else None


@app.route("/limited/<name:word>")
def be_limited(_: Request, name: str) -> str:
    """Answer, unless there were too many."""
    return name


def measure_upload(_: Request, upload: UploadedFile) -> dict[str, str]:
    """Tell the sum of an upload that is complete."""
    return {"sum": sha256(b"".join(upload)).hexdigest()}


app.install(RateLimit(LIMIT, 3600, key=limited_name, buckets=RedisBuckets(client)))
if "upload" in OPTIONS:
    folder = FileUploads(Path(OPTIONS["upload"]))
    app.install(ResumableUploads("/uploads", folder, measure_upload))
