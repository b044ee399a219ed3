"""A login whose session is one text: a JSON Web Token, by PyJWT.

::

    pip install pyjwt
    python examples/session.py [host:port]
    gunicorn --chdir examples session:app

``Session`` writes its text into a cookie as it is, for everybody to read and change;
the signature of the token is what makes it trustworthy.  ``app_secret`` of the
environment is the key, of 32 characters or more.  Without it each start makes a new
one, and so logs everybody out.
"""

import logging
from collections.abc import Callable, Iterator
from functools import wraps
from os import urandom
from time import time
from typing import Any

import jwt
from launch import launch
from look import Look, links, login_form, logout_form, page, table

from poorwsgi import Application, abort, redirect, state
from poorwsgi.request import Request
from poorwsgi.response import HTTPException, RedirectResponse, Response
from poorwsgi.session import Session, check_token, get_token
from poorwsgi_auth import check_password, hash_password

log = logging.getLogger("session")

app = application = Application("session")
app.secret_key = app.get_options().get("secret") or urandom(32)
app.install(Look(__file__))

HOUR = 3600
USERS = {"ann": hash_password("secret")}
PAGES = {"Pages": {"/private": "for those who have logged in", "/login": "the form"}}


def get_session() -> Session:
    """Build a session; with TLS it should be ``secure=True``."""
    return Session(max_age=HOUR, secure=False, same_site="Lax")


def check_login(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Let only those to a handler who have logged in: ``req.user`` is their name."""

    @wraps(handler)
    def checked(req: Request) -> Any:
        session = get_session()
        session.load(req.cookies)
        try:
            # Never let the token say by which algorithm it was signed.
            claims = jwt.decode(session.data, app.secret_key, algorithms=["HS256"])
        except jwt.InvalidTokenError as error:
            log.info("No login: %s", error)
            redirect("login", message=b"Login required")
        req.user = claims["sub"]
        return handler(req)

    return checked


@app.route("/")
def index(req: Request) -> str:
    """A session of one text.

    It is a JSON Web Token: signed, so that nobody can change it, and good for an
    hour. A copy of the cookie stays good so long, logged out or not.
    """
    return page(req, links(PAGES))


def generate_login(req: Request, error: str = "", name: str = "") -> Iterator[bytes]:
    """Generate the page with the form."""
    yield page(req, login_form(error, name)).encode()


@app.route("/login", state.METHOD_GET_POST)
def log_in(req: Request) -> Any:
    """Log in.

    Try it as ann, with the password "secret".
    """
    if req.method != "POST":
        return generate_login(req)
    name = req.form.getfirst("username", func=str) or ""
    password = req.form.getfirst("password", func=str) or ""
    if not check_password(password, USERS.get(name)):
        log.info("Wrong name or password: %r", name)
        error = "Name or password is wrong."
        return generate_login(req, error, name), "text/html; charset=utf-8", None, 403
    session = get_session()
    claims = {"sub": name, "exp": time() + HOUR}
    session.data = jwt.encode(claims, app.secret_key, algorithm="HS256")
    response = RedirectResponse("private", state.HTTP_SEE_OTHER)
    session.write()  # header() does it too; it is for those who want the text
    session.header(response)
    raise HTTPException(response)


@app.route("/private")
@check_login
def show_private(req: Request) -> Response:
    """A private page.

    The cookie says who you are.
    """
    token = get_token(app.secret_key, req.user, timeout=HOUR)
    body = table([("req.user", req.user)]) + logout_form(token)
    return Response(page(req, body), headers={"Cache-Control": "no-store"})


@app.route("/logout", state.METHOD_POST)
@check_login
def log_out(req: Request) -> RedirectResponse:
    """Make the browser drop the cookie, if it was our page that asked for it."""
    token = req.form.getfirst("csrf_token", "", str)
    if not check_token(token, app.secret_key, req.user, timeout=HOUR):
        abort(state.HTTP_FORBIDDEN)
    session = get_session()
    session.destroy()
    response = RedirectResponse("login", state.HTTP_SEE_OTHER)
    # Or else the back button may show a private page once more.
    response.add_header("Clear-Site-Data", '"cache"')
    session.header(response)
    return response


if __name__ == "__main__":
    launch(app)
