"""A login whose session is a dictionary, encrypted in the cookie.

::

    python examples/poor_session.py [host:port]
    gunicorn --chdir examples poor_session:app

``app_secret`` of the environment is the key.  Without it each start makes a new one,
and so logs everybody out.
"""

import logging
from collections.abc import Callable
from functools import wraps
from os import urandom
from typing import Any

from launch import launch
from look import Look, links, login_form, logout_form, page, table

from poorwsgi import Application, redirect, state
from poorwsgi.request import Request
from poorwsgi.response import HTTPException, RedirectResponse, Response
from poorwsgi.session import PoorSession, SessionError
from poorwsgi_auth import check_csrf, check_password, csrf_token, hash_password

log = logging.getLogger("poor_session")

app = application = Application("poor_session")
app.secret_key = app.get_options().get("secret") or urandom(32)
app.install(Look(__file__))

USERS = {"ann": hash_password("secret")}
PAGES = {"Pages": {"/private": "for those who have logged in", "/login": "the form"}}


def get_session() -> PoorSession:
    """Build a session; with TLS it should be ``secure=True``."""
    return PoorSession(app.secret_key, max_age=3600, secure=False, same_site="Lax")


def check_login(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Let only those to a handler who have logged in: ``req.user`` is their name."""

    @wraps(handler)
    def checked(req: Request) -> Any:
        req.session = get_session()
        try:
            req.session.load(req.cookies)
        except SessionError:
            redirect("login", message=b"This session is over")
        if "login" not in req.session.data:
            log.info("Login cookie not found")
            redirect("login", message=b"Login required")
        req.user = req.session.data["login"]
        return handler(req)

    return checked


@app.route("/")
def index(req: Request) -> str:
    """A session in the cookie.

    Nobody but the server can read or change it, and it is good for an hour. A copy of
    the cookie stays good so long, logged out or not.
    """
    return page(req, links(PAGES))


@app.route("/login", state.METHOD_GET_POST)
def log_in(req: Request) -> Any:
    """Log in.

    Try it as ann, with the password "secret".
    """
    if req.method != "POST":
        return page(req, login_form())
    name = req.form.getfirst("username", func=str) or ""
    password = req.form.getfirst("password", func=str) or ""
    if not check_password(password, USERS.get(name)):
        log.info("Wrong name or password: %r", name)
        return page(req, login_form("Name or password is wrong.", name)), 403
    session = get_session()  # a new one: nothing of before the login is taken over
    session.data["login"] = name
    response = RedirectResponse("private", state.HTTP_SEE_OTHER)
    session.header(response)
    raise HTTPException(response)


@app.route("/private")
@check_login
def show_private(req: Request) -> Response:
    """A private page.

    Reload it: each time the session is written anew, and its hour starts again.
    """
    data = req.session.data
    data["visits"] = data.get("visits", 0) + 1
    body = table([("req.user", req.user), ("visits", data["visits"])])
    body += logout_form(csrf_token(req))
    response = Response(page(req, body), headers={"Cache-Control": "no-store"})
    req.session.header(response)  # behind csrf_token(), which stores its secret
    return response


@app.route("/logout", state.METHOD_POST)
@check_login
def log_out(req: Request) -> RedirectResponse:
    """Make the browser drop the cookie, if it was our page that asked for it."""
    check_csrf(req)
    req.session.destroy()
    response = RedirectResponse("login", state.HTTP_SEE_OTHER)
    # Or else the back button may show a private page once more.
    response.add_header("Clear-Site-Data", '"cache"')
    req.session.header(response)
    return response


if __name__ == "__main__":
    launch(app)
