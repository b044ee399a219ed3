"""A login without a password: passkeys, kept by the device or the browser.

::

    python examples/passkeys.py [host:port]
    gunicorn --chdir examples --threads 4 passkeys:app

Open it as http://localhost:8080, because browsers know passkeys of ``localhost`` and of
``https`` alone.  ``app_origin`` of the environment is the address elsewhere, such as
``https://example.com``.  Users and sessions are in the memory of the process.
"""

from contextlib import suppress
from functools import cache
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from launch import launch
from look import HERE, Look, logout_form, page, table

from poorwsgi import Application, abort, state
from poorwsgi.request import Request
from poorwsgi.response import FileResponse, JSONResponse, RedirectResponse, Response
from poorwsgi.session import SessionError
from poorwsgi_auth import ServerSession, check_csrf, csrf_token
from poorwsgi_auth.passkeys import Passkey, Passkeys
from poorwsgi_auth.sessions.stores.memory import MemorySessions

app = application = Application("passkeys")
app.install(Look(__file__))

ORIGIN = app.get_options().get("origin", "")
SESSIONS = MemorySessions()
NAMES: dict[str, str] = {}  # of users, by their ids
KEPT: dict[str, Passkey] = {}  # by their ids
FORM = """<form id="passkey" data-token="{token}">
<label>Name <input name="name" autocomplete="username webauthn" maxlength="40"></label>
<button name="action" value="register">Register a passkey</button>
<button name="action" value="login">Log in with a passkey</button>
<output></output>
</form>
<script src="passkeys.js" defer></script>"""


@cache
def build_passkeys(origin: str) -> Passkeys:
    """Build what checks the passkeys of one address."""
    return Passkeys(urlsplit(origin).hostname or "", origin, name="PoorWSGI")


def find_passkeys(req: Request) -> Passkeys:
    """Return it for the address of this application, which no request can choose."""
    return build_passkeys(ORIGIN or f"http://localhost:{req.server_port}")


# --- sessions --------------------------------------------------------------------


@app.before_response()
def load_session(req: Request) -> None:
    """Load the session of each request, and who has logged in."""
    req.session = ServerSession(
        SESSIONS,
        max_age=86400,
        secure=ORIGIN.startswith("https:"),
        same_site="Lax",
    )
    with suppress(SessionError):  # it is logged
        req.session.load(req.cookies)
    user = req.session.data.get("login")
    req.user = user if user in NAMES else None


app.add_before_response(check_csrf)  # of every request that may change something


def send(req: Request, response: Response) -> Response:
    """Send an answer together with the session."""
    response.add_header("Cache-Control", "no-store")
    req.session.header(response)
    return response


def log_in(req: Request, passkey: Passkey) -> Response:
    """Keep a passkey with its new count, and log its user in."""
    KEPT[passkey.id] = passkey
    req.session.data["login"] = passkey.user
    req.session.rotate()  # who has planted the old number gains nothing
    return send(req, JSONResponse(name=NAMES[passkey.user]))


# --- pages -----------------------------------------------------------------------


@app.route("/")
def index(req: Request) -> Response:
    """Passkeys.

    Choose a name and register: the browser makes a pair of keys, and the server gets
    the public one. To log in, no name is needed.
    """
    text = FORM.format(token=csrf_token(req))
    if req.user:
        rows = [
            (NAMES[req.user], f"{passkey.id[:12]}…, used {passkey.sign_count} times")
            for passkey in KEPT.values()
            if passkey.user == req.user
        ]
        text = table(rows) + logout_form(csrf_token(req)) + text
    return send(req, Response(page(req, text)))


@app.route("/passkeys.js")
def send_script(_: Request) -> FileResponse:
    """Send the script of the page."""
    return FileResponse(HERE / "passkeys.js", "text/javascript; charset=utf-8")


@app.route("/register/begin", state.METHOD_POST)
def begin_registration(req: Request) -> Response:
    """Begin: who has logged in gets a further passkey, else a name has to be free."""
    name = req.json.getfirst("name", "", str).strip()[:40]
    user = req.user or token_hex(16)
    if not req.user and (not name or name in NAMES.values()):
        abort(state.HTTP_CONFLICT, error="Choose another name")
    known = [passkey for passkey in KEPT.values() if passkey.user == user]
    name = NAMES.get(user, name)
    req.session.data["name"] = name
    options = find_passkeys(req).begin_registration(
        req.session, user, name, known=known
    )
    return send(req, JSONResponse(options))


@app.route("/register/finish", state.METHOD_POST)
def finish_registration(req: Request) -> Response:
    """Keep the new passkey."""
    passkey = find_passkeys(req).finish_registration(req.session, req.json)
    name: Any = req.session.data.pop("name")
    NAMES.setdefault(passkey.user, name)
    return log_in(req, passkey)


@app.route("/login/begin", state.METHOD_POST)
def begin_login(req: Request) -> Response:
    """Begin: the device knows whose passkeys it has."""
    return send(req, JSONResponse(find_passkeys(req).begin_login(req.session)))


@app.route("/login/finish", state.METHOD_POST)
def finish_login(req: Request) -> Response:
    """Log in whose passkey has signed."""
    passkey = find_passkeys(req).finish_login(req.session, req.json, KEPT.get)
    return log_in(req, passkey)


@app.route("/logout", state.METHOD_POST)
def log_out(req: Request) -> Response:
    """End the session."""
    req.session.destroy()
    return send(req, RedirectResponse(".", state.HTTP_SEE_OTHER))


if __name__ == "__main__":
    launch(app)
