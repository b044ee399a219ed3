"""The application: the wizard, the pages and the API.

``app_secret`` of the environment is the key, a new one at each start without it.
"""

from os import urandom

from look import Look, page, root_url

from poorwsgi import Application, abort, redirect, state
from poorwsgi.digest import check_digest, hexdigest
from poorwsgi.request import Request
from poorwsgi.results import html_escape
from printer import errors, files
from printer.guard import Guard
from printer.settings import REALM, Settings
from printer.storages import STORAGES, Transfer

app = application = Application("printer")
app.secret_key = Application.get_options().get("secret") or urandom(32)
app.auth_type = "Digest"
app.auth_timeout = 60
app.max_content_length = 2 * 1024**3
app.install(Look(__file__))
app.set_filter("file", r"\w[\w .()-]*\.gcode")  # harmless in any folder

SETTINGS = Settings.load()
app.auth_map = SETTINGS.users
guard = Guard(SETTINGS)
transfer = Transfer()

OPEN = {"/wizard", "/style.css", "/favicon.ico", "/source"}
WIZARD = """<form method="post" action="wizard" class="login">
<label>Name of the printer <input name="name" required></label>
<label>User <input name="user" required autocomplete="username"></label>
<label>Password <input name="password" type="password" required minlength="8"
 autocomplete="new-password"></label>
<label>Again <input name="again" type="password" required></label>
<button>Set up</button>
</form>"""
UPLOAD = """<form method="post" action="api/files/local" enctype="multipart/form-data">
<label>File <input type="file" name="file" accept=".gcode" required></label>
<button>Upload</button>
</form>"""


@app.before_response()
def check_wizard(req: Request) -> None:
    """Let nobody past the wizard before it is through."""
    if SETTINGS.ready or req.path in OPEN:
        return
    if req.path.startswith("/api/"):
        abort(state.HTTP_SERVICE_UNAVAILABLE, error="The printer is not set up.")
    redirect(f"{root_url(req)}/wizard", state.HTTP_SEE_OTHER)


@app.route("/wizard")
def show_wizard(req: Request) -> str:
    """Set up the printer.

    The first one who comes chooses the password; then this page is gone.
    """
    if SETTINGS.ready:
        abort(state.HTTP_NOT_FOUND)
    return page(req, WIZARD)


@app.route("/wizard", state.METHOD_POST)
def finish_wizard(req: Request) -> None:
    """Take name, user and password, and make a key for programs."""
    if SETTINGS.ready:
        abort(state.HTTP_NOT_FOUND)
    name, user, password, again = (
        req.form.getfirst(field, "", func=str)
        for field in ("name", "user", "password", "again")
    )
    if not name or not user or ":" in user or len(password) < 8:
        abort(state.HTTP_BAD_REQUEST, error="A name, a user and 8 letters, please.")
    if password != again:
        abort(state.HTTP_BAD_REQUEST, error="The passwords differ.")
    SETTINGS.set_up(name, user, hexdigest(user, REALM, password, app.auth_hash))
    redirect(".", state.HTTP_SEE_OTHER)


@app.route("/")
@check_digest(REALM)
def index(req: Request) -> str:
    """A printer.

    What is on its storages, and the key for programs.
    """
    rows = [
        f'<tr><th><img src="api/thumbs/{link}" alt=""></th>'
        f'<td><a href="api/files/{link}/raw">{html_escape(path.name)}</a></td></tr>'
        for storage in STORAGES.values()
        for path in storage
        for link in [html_escape(f"{storage.name}/{path.name}")]
    ]
    key = f"<p>X-Api-Key: <code>{html_escape(SETTINGS.api_key)}</code></p>"
    return page(req, f"{UPLOAD}<table>{''.join(rows)}</table>{key}")


@app.route("/api/version")
@guard
def show_version(req: Request) -> dict[str, object]:
    """Tell who is there."""
    return {"api": 1, "name": SETTINGS.name, "user": req.user}


@app.route("/api/transfer")
@guard
def show_transfer(_: Request) -> dict[str, object]:
    """Tell how far the upload is; without one the name is empty."""
    return {"name": transfer.name, "size": transfer.size, "done": transfer.done}


errors.install(app)
files.install(app, guard, transfer)
