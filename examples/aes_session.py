"""A login whose session is loaded for each request, and each form protected.

::

    python examples/aes_session.py [host:port]
    gunicorn --chdir examples aes_session:app

``AESSession`` is ``PoorSession`` without compression: the length of the cookie tells
nothing of how much what a client sent is like what it mustn't know.  ``app_secret``
of the environment is the key.  Without it each start makes a new one, and so logs
everybody out.
"""

import logging
from contextlib import suppress
from os import urandom
from typing import Any

from launch import launch
from look import Look, links, login_form, logout_form, page, table

from poorwsgi import Application, redirect, state
from poorwsgi.aes_session import AESSession
from poorwsgi.request import Request
from poorwsgi.response import RedirectResponse, Response
from poorwsgi.session import SessionError
from poorwsgi_auth import check_csrf, check_password, csrf_token, hash_password

log = logging.getLogger("aes_session")

app = application = Application("aes_session")
app.secret_key = app.get_options().get("secret") or urandom(32)
app.install(Look(__file__))

USERS = {"ann": hash_password("secret")}
PAGES = {"Pages": {"/private": "for those who have logged in", "/login": "the form"}}


def get_session() -> AESSession:
    """Build a session; with TLS it should be ``secure=True``."""
    return AESSession(app.secret_key, max_age=3600, secure=False, same_site="Lax")


@app.before_response()
def load_session(req: Request) -> None:
    """Load the session of each request; a bad one is as good as none."""
    req.session = get_session()
    with suppress(SessionError):  # it is logged
        req.session.load(req.cookies)
    req.user = req.session.data.get("login")


app.add_before_response(check_csrf)  # of every request that may change something


def send(req: Request, text: str, status_code: int = 200) -> Response:
    """Send a page together with the session, which a form has put its secret in."""
    response = Response(page(req, text), status_code=status_code)
    response.add_header("Cache-Control", "no-store")
    req.session.header(response)
    return response


@app.route("/")
def index(req: Request) -> str:
    """A session for each request.

    A before handler loads it, another one refuses what other sites may have forged,
    and the handlers only ask who it is.
    """
    return page(req, links(PAGES))


@app.route("/login")
def show_login(req: Request) -> Response:
    """Log in.

    Try it as ann, with the password "secret".
    """
    return send(req, login_form(token=csrf_token(req)))


@app.route("/login", state.METHOD_POST)
def log_in(req: Request) -> Any:
    """Log in, again.

    Try it as ann, with the password "secret".
    """
    name = req.form.getfirst("username", func=str) or ""
    password = req.form.getfirst("password", func=str) or ""
    if not check_password(password, USERS.get(name)):
        log.info("Wrong name or password: %r", name)
        error = "Name or password is wrong."
        return send(req, login_form(error, name, csrf_token(req)), 403)
    session = get_session()  # a new one: nothing of before the login is taken over
    session.data["login"] = name
    response = RedirectResponse("private", state.HTTP_SEE_OTHER)
    session.header(response)
    return response


@app.route("/private")
def show_private(req: Request) -> Response:
    """A private page.

    The session was loaded before this handler was called.
    """
    if not req.user:
        redirect("login", message=b"Login required")
    body = table([("req.user", req.user)]) + logout_form(csrf_token(req))
    return send(req, body)


@app.route("/logout", state.METHOD_POST)
def log_out(req: Request) -> RedirectResponse:
    """Make the browser drop the cookie; that the form is ours was checked before."""
    req.session.destroy()
    response = RedirectResponse("login", state.HTTP_SEE_OTHER)
    # Or else the back button may show a private page once more.
    response.add_header("Clear-Site-Data", '"cache"')
    req.session.header(response)
    return response


if __name__ == "__main__":
    launch(app)
