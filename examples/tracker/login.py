"""Logins: a session for each browser, and tokens in all forms."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from re import fullmatch
from typing import Any

import poorwsgi_core
from poorwsgi import Routes
from poorwsgi.response import RedirectResponse
from poorwsgi.session import SessionError
from poorwsgi_auth import ServerSession, check_csrf
from poorwsgi_auth.sessions.stores import SessionStore
from poorwsgi_auth.sessions.stores.redis import RedisSessions
from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions
from poorwsgi_core.extensions.rate_limit import RateLimit, client_address
from poorwsgi_core.extensions.redis_buckets import RedisBuckets
from poorwsgi_core.extensions.templates import TemplateResponse
from tracker.look import templates
from tracker.request import Request
from tracker.settings import Settings

__all__ = ["Login", "needs_login"]

OPEN = ("/api/", "/changes", "/livez", "/readyz")
WEEK = 7 * 86400

login: Routes[Request] = Routes("", name="login")


class Login:
    """An extension: sessions, protection of forms, and a limit of attempts.

    Args:
        settings: tell where sessions are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._store: SessionStore = SQLiteSessions(settings.data / "sessions.db")
        self._buckets = None
        if settings.redis:
            self._store = RedisSessions.from_url(settings.redis, timeout=0.5)
            self._buckets = RedisBuckets.from_url(settings.redis, timeout=0.2)

    def install(self, app: poorwsgi_core.Application[Any]) -> None:
        """Register hooks and routes."""
        limit = RateLimit(
            10, 60, key=self._find_limited, buckets=self._buckets, name="login"
        )
        app.install(limit)
        app.add_before_response(self._load_session)
        app.install(login)

    def _find_limited(self, req: poorwsgi_core.Request) -> str | None:
        """Return who tries to log in."""
        if req.method != "POST" or req.path != "/login":
            return None
        return client_address(req)

    def _load_session(self, req: Request) -> None:
        """Find out who it is, and refuse what other sites have forged."""
        if req.static_file or req.path.startswith(OPEN):
            return
        secure = req.construct_url("/").startswith("https:")
        req.session = ServerSession(
            self._store, max_age=WEEK, secure=secure, same_site="Lax"
        )
        with suppress(SessionError):
            req.session.load(req.cookies)
        req.user = req.session.data.get("user")
        check_csrf(req)


def needs_login(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Ask who it is before a handler runs."""

    @wraps(handler)
    def guarded(req: Request, *values: Any) -> Any:
        if not req.user:
            req.go_to("show_login", next=req.path)
        return handler(req, *values)

    return guarded


def build_page(req: Request, error: str = "", status: int = 200) -> TemplateResponse:
    """Build the form, whose token is kept in the session."""
    name = req.form.getfirst("name", "", str)
    response = templates.render(
        req, "login.html", name=name, error=error, status_code=status
    )
    req.session.header(response)
    return response


@login.get("/login")
def show_login(req: Request) -> TemplateResponse:
    """Ask for name and password."""
    return build_page(req)


@login.post("/login")
def log_in(req: Request) -> TemplateResponse | RedirectResponse:
    """Begin a session, or ask again."""
    name = req.form.getfirst("name", "", str)
    if not req.db.users.check(name, req.form.getfirst("password", "", str)):
        return build_page(req, "Name or password is wrong.", 403)
    req.session.data["user"] = name
    req.session.rotate()
    target = req.args.getfirst("next", "", str)
    # A path of ours, such as /issues/7, and nothing that leads elsewhere.
    own = target if fullmatch(r"(/[\w-]+)+", target) else req.url_for("show_list")
    response = RedirectResponse(own, 303)
    req.session.header(response)
    return response


@login.post("/logout")
def log_out(req: Request) -> RedirectResponse:
    """End the session."""
    req.session.destroy()
    response = RedirectResponse(req.url_for("show_list"), 303)
    req.session.header(response)
    return response
