"""HTTP Digest: the browser asks for the password, and never sends it.

::

    python examples/http_digest.py [host:port]
    gunicorn --chdir examples http_digest:app

The users are in ``test.digest``; ``python -m poorwsgi.digest --help`` tells how to
change such a file.  ``app_secret`` of the environment is the key, a new one at each
start without it, and ``app_algorithm`` the algorithm of the hashes.
"""

import logging
from collections.abc import Iterator
from os import urandom

from launch import launch
from look import HERE, Look, commands, links, page, table

from poorwsgi import Application, abort, redirect, state
from poorwsgi.digest import PasswordMap, check_digest, hexdigest
from poorwsgi.request import Request
from poorwsgi.response import EmptyResponse
from poorwsgi.session import check_token, get_token

log = logging.getLogger("http_digest")

ZONE = "User Zone"
ADMINS = "Admin Zone"
FORM = "password of foo"
HOUR = 3600
OPTIONS = Application.get_options()

app = application = Application("http_digest")
app.secret_key = OPTIONS.get("secret") or urandom(32)  # before auth_type
app.auth_type = "Digest"
app.auth_algorithm = OPTIONS.get("algorithm", "MD5-sess")
app.auth_timeout = 60
app.auth_map = PasswordMap(HERE / "test.digest")
app.auth_map.load()
app.install(Look(__file__))

PAGES = {
    "For the users of a realm": {
        "/user": "any user",
        "/foo": "the user foo alone",
        "/unknown": "a user whom nobody knows",
        "/spaces in path": "a path with blanks",
        "/čeština": "a path with diacritics",
        "/crying 😢": "a path with an emoji",
        "/empty": "no content",
    },
    "Another realm": {"/admin": "the users of Admin Zone"},
}
PASSWORDS = {
    "user": "secret",
    "foo": "bar",
    "žofie": "heslo s mezerou",
    "sha": "secret; its hash is SHA-256, so it needs app_algorithm=SHA-256",
    "admin": "admin, in Admin Zone",
}
COMMANDS = {
    "With a password": "curl --digest -u user:secret URL/user",
    "What a browser gets first": "curl -i URL/user",
}


@app.route("/")
def index(req: Request) -> str:
    """HTTP Digest.

    Choose a page, and the browser asks who you are. It keeps the answer until it is
    closed: Digest knows no log out.
    """
    users = f"<section><h2>Passwords</h2>{table(PASSWORDS.items())}</section>"
    return page(req, links(PAGES) + users + commands(req, COMMANDS))


@app.route("/user")
@check_digest(ZONE)
def show_user(req: Request) -> Iterator[bytes]:
    """A page for each user.

    The handler is a generator; it starts when the user is known.
    """
    yield page(req, table([("req.user", req.user)])).encode()


@app.route("/admin")
@check_digest(ADMINS)
def show_admin(req: Request) -> str:
    """A page of another realm.

    The browser asks again: it is another set of users.
    """
    return page(req, table([("req.user", req.user)]))


@app.route("/spaces in path")
@app.route("/čeština")
@app.route("/crying 😢")
@check_digest(ZONE)
def show_path(req: Request) -> str:
    """A path that browsers have to encode.

    It is part of what is hashed, so both sides have to mean the same.
    """
    return page(req, table([("req.user", req.user), ("req.path", req.path)]))


@app.route("/empty")
@check_digest(ZONE)
def send_nothing(_: Request) -> EmptyResponse:
    """Send nothing; today EmptyResponse is called NoContentResponse."""
    return EmptyResponse()


@app.route("/unknown")
@check_digest(ZONE, "nobody")
def show_nobody(_: Request) -> None:
    """Never called: no password of the user is known."""


@app.route("/foo")
@check_digest(ZONE, "foo")
def show_foo(req: Request) -> Iterator[bytes]:
    """A page for one user.

    Others of the realm are refused as well. Here foo may take another password, which
    lasts until the application ends.
    """
    token = get_token(app.secret_key, FORM, timeout=HOUR)
    form = f"""<form method="post" action="foo/password" class="login">
<input type="hidden" name="csrf_token" value="{token}">
<label>New password <input name="password" type="password" required
 autocomplete="new-password"></label>
<button>Change</button>
</form>"""
    yield page(req, form).encode()


@app.route("/foo/password", state.METHOD_POST)
@check_digest(ZONE, "foo")
def change_password(req: Request) -> None:
    """Change the password; the browser will ask for the new one.

    A browser sends what proves who you are to the form of another site too, so ours
    has a token that others can't read.
    """
    token = req.form.getfirst("csrf_token", "", str)
    if not check_token(token, app.secret_key, FORM, timeout=HOUR):
        abort(state.HTTP_FORBIDDEN)
    password = req.form.get("password")
    if not isinstance(password, str):
        abort(state.HTTP_BAD_REQUEST)
    digest = hexdigest(req.user, ZONE, password, app.auth_hash)
    app.auth_map.set(ZONE, req.user, digest)
    log.info("%s has a new password", req.user)
    redirect("../foo", state.HTTP_SEE_OTHER)


if __name__ == "__main__":
    launch(app)
