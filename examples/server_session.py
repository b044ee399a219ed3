"""A login whose session stays on the server, and ends wherever it is open.

::

    python examples/server_session.py [host:port]
    gunicorn --chdir examples --workers 4 server_session:app

Sessions and users are in SQLite files, which all processes share, so there is no key
to keep.  ``app_data`` of the environment is their directory, ``data`` without.
"""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

from launch import launch
from look import Look, links, login_form, logout_form, page, table

from poorwsgi import Application, redirect, state
from poorwsgi.request import Request
from poorwsgi.response import RedirectResponse, Response
from poorwsgi.session import SessionError
from poorwsgi_auth import (
    ServerSession,
    check_csrf,
    check_password,
    csrf_token,
    hash_password,
)
from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions

log = logging.getLogger("server_session")

app = application = Application("server_session")
app.install(Look(__file__))

DATA = Path(app.get_options().get("data", "data"))
DATA.mkdir(parents=True, exist_ok=True)
(DATA / "users.db").touch(0o600)  # nobody else is to read the hashes
SESSIONS = SQLiteSessions(DATA / "sessions.db")
PAGES = {"Pages": {"/private": "for those who have logged in", "/login": "the form"}}

# --- users -----------------------------------------------------------------------


def ask(query: str, *values: str) -> tuple[Any, ...] | None:
    """Run a query on the users, and return the first row."""
    with closing(sqlite3.connect(DATA / "users.db")) as connection, connection:
        row: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
        return row


# A session knows the round of its user; when that goes up, it is over.
ask("CREATE TABLE IF NOT EXISTS user (name PRIMARY KEY, hash, round DEFAULT 1)")
ask("INSERT OR IGNORE INTO user VALUES ('ann', ?, 1)", hash_password("secret"))


def find_round(name: str) -> int | None:
    """Return the round of a user, ``None`` for nobody."""
    row = ask("SELECT round FROM user WHERE name = ?", name)
    return row[0] if row else None


# --- sessions --------------------------------------------------------------------


@app.before_response()
def load_session(req: Request) -> None:
    """Load the session of each request; one that has ended is as good as none."""
    req.session = ServerSession(
        SESSIONS, max_age=86400, idle_timeout=1800, secure=False, same_site="Lax"
    )
    with suppress(SessionError):  # it is logged
        req.session.load(req.cookies)
    login = req.session.data.get("login")
    if login and req.session.data["round"] == find_round(login):
        req.user = login


app.add_before_response(check_csrf)  # of every request that may change something


def check_login(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Let only those to a handler who have logged in."""

    @wraps(handler)
    def checked(req: Request) -> Any:
        if not req.user:
            redirect("login", message=b"Login required")
        return handler(req)

    return checked


def send(req: Request, text: str, status_code: int = 200) -> Response:
    """Send a page together with the session, which a form has put its secret in."""
    response = Response(page(req, text), status_code=status_code)
    response.add_header("Cache-Control", "no-store")
    req.session.header(response)
    return response


# --- pages -----------------------------------------------------------------------


@app.route("/")
def index(req: Request) -> str:
    """A session on the server.

    The cookie holds nothing but a random number. Log in with two browsers, and log
    out everywhere with one of them.
    """
    return page(req, links(PAGES))


@app.route("/login")
def show_login(req: Request) -> Response:
    """Log in.

    Try it as ann, with the password "secret".
    """
    return send(req, login_form(token=csrf_token(req)))


@app.route("/login", state.METHOD_POST)
def log_in(req: Request) -> Response:
    """Log in, again.

    Try it as ann, with the password "secret".
    """
    name = req.form.getfirst("username", func=str) or ""
    password = req.form.getfirst("password", func=str) or ""
    row = ask("SELECT hash, round FROM user WHERE name = ?", name)
    if not check_password(password, row[0] if row else None) or row is None:
        log.info("Wrong name or password: %r", name)
        error = "Name or password is wrong."
        return send(req, login_form(error, name, csrf_token(req)), 403)
    started = datetime.now(UTC).isoformat(" ", "seconds")
    req.session.data = {"login": name, "round": row[1], "started": started}
    req.session.rotate()  # who has planted the old number gains nothing
    response = RedirectResponse("private", state.HTTP_SEE_OTHER)
    req.session.header(response)
    return response


@app.route("/private")
@check_login
def show_private(req: Request) -> Response:
    """A private page.

    What you see is on the server. Half an hour without a request ends it, and so does
    a day in any case.
    """
    rows = [("req.user", req.user), ("started", req.session.data["started"])]
    token = csrf_token(req)
    everywhere = logout_form(token, "logout-everywhere", "Log out everywhere")
    buttons = f'<div class="buttons">{logout_form(token)}{everywhere}</div>'
    return send(req, table(rows) + buttons)


def end_session(req: Request) -> RedirectResponse:
    """End the session, also for who has a copy of the cookie."""
    req.session.destroy()
    response = RedirectResponse("login", state.HTTP_SEE_OTHER)
    # Or else the back button may show a private page once more.
    response.add_header("Clear-Site-Data", '"cache"')
    req.session.header(response)
    return response


@app.route("/logout", state.METHOD_POST)
@check_login
def log_out(req: Request) -> RedirectResponse:
    """Log out here."""
    return end_session(req)


@app.route("/logout-everywhere", state.METHOD_POST)
@check_login
def log_out_everywhere(req: Request) -> RedirectResponse:
    """End all sessions of the user; do so too when a password is changed."""
    ask("UPDATE user SET round = round + 1 WHERE name = ?", req.user)
    return end_session(req)


if __name__ == "__main__":
    launch(app)
