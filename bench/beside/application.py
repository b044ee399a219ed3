"""An application in the manner of a printer's web interface, by documented 2.x alone.

It is run under the published 2.8.1 and under this tree, so it has no annotations of
ours, and nothing that came with 3.
"""

from functools import wraps
from pathlib import Path
from tempfile import mkdtemp

from poorwsgi import Application, abort, redirect, state
from poorwsgi.digest import PasswordMap, check_credentials, check_digest, hexdigest
from poorwsgi.headers import Headers, parse_range
from poorwsgi.response import (
    FileResponse,
    GeneratorResponse,
    HTTPException,
    JSONResponse,
    NoContentResponse,
    NotModifiedResponse,
    Response,
    make_response,
)
from poorwsgi.session import PoorSession, SessionError, check_token

REALM = "Printer"
KEY = "a key for programs"
ATTRIBUTES = (
    *("method", "method_number", "path", "uri", "query", "full_path", "hostname"),
    *("host_port", "remote_host", "remote_addr", "referer", "user_agent", "scheme"),
    *("server_software", "server_admin", "server_hostname", "server_port"),
    *("server_protocol", "forwarded_for", "forwarded_host", "forwarded_port"),
    *("forwarded_proto", "document_index", "uri_rule", "mime_type", "charset"),
    *("content_length", "accept", "accept_charset", "accept_encoding"),
    *("accept_language", "accept_html", "accept_xhtml", "accept_json"),
    *("authorization", "is_xhr", "is_body_request", "is_chunked", "path_args"),
    *("user", "api", "db", "json", "form", "data"),
)
FOLDER = Path(mkdtemp())
(FOLDER / "public").mkdir()
(FOLDER / "public" / "style.css").write_bytes(b"body { color: black }\n")
(FOLDER / "public" / ".hidden").write_bytes(b"hidden\n")
(FOLDER / "files").mkdir()

app = application = Application("beside")
app.secret_key = b"the key of the printer, which is long enough"
app.document_root = str(FOLDER / "public")
app.auth_type = "Digest"
app.auth_timeout = 60
app.auth_map = PasswordMap()
app.auth_map.set(REALM, "maker", hexdigest("maker", REALM, "Secret123", app.auth_hash))
app.set_filter("file", r"\w[\w .()-]*\.gcode", str)


def error_handler(code):
    """Return the handler of a status: JSON, or a line of text."""

    def answer(req, *_, **kwargs):
        text = str(kwargs.get("error") or code).partition(":")[0]  # without details
        if "application/json" in req.headers.get("Accept", ""):
            return JSONResponse(status_code=code, code=code, error=text)
        return Response(f"{code}: {text}\n", "text/plain", status_code=code)

    return answer


for status in (400, 403, 404, 409, 415, 500):
    app.set_http_state(status, error_handler(status), state.METHOD_ALL)


def guard(handler):
    """Let nobody to a handler but who has the key or the password."""

    @wraps(handler)
    def guarded(req, *args):
        key = req.headers.get("X-Api-Key")
        if key is None:
            check_by_hand(req)
        elif key != KEY:
            abort(state.HTTP_FORBIDDEN)
        return handler(req, *args)

    return guarded


def check_by_hand(req):
    """Check nonce and credentials, as 2.x documents it."""
    if req.authorization.get("type") != "Digest":
        raise HTTPException(state.HTTP_UNAUTHORIZED, realm=REALM)
    nonce, timeout = req.authorization.get("nonce"), app.auth_timeout
    if not check_token(nonce, app.secret_key, req.user_agent, timeout=timeout):
        raise HTTPException(state.HTTP_UNAUTHORIZED, realm=REALM, stale=True)
    if not check_credentials(req, REALM, None):
        raise HTTPException(state.HTTP_UNAUTHORIZED, realm=REALM)
    req.user = req.authorization["username"]


@app.before_response()
def mark(req):
    """Note that a request came here."""
    req.marks = ["before"]


@app.after_response()
def sign(req, res):
    """Add a header to each answer."""
    res.add_header("X-Printer", "-".join(getattr(req, "marks", ["none"])))
    return res


# --- pages and values -----------------------------------------------------------------


@app.route("/")
@check_digest(REALM)
def index(req):
    """Greet the user."""
    return f"<h1>{req.user}</h1>"


@app.route("/values/<kind:word>")
def show_values(req, kind):
    """Return each kind of value that a handler may return."""
    values = {
        "text": "text",
        "bytes": b"bytes",
        "pair": ("text", "text/plain"),
        "triple": ("text", "text/plain", {"X-A": "b"}),
        "full": ("created", "text/plain", {"X-A": "b"}, 201),
        "none": None,
        "dict": {"a": [1, 2, None], "b": "\u017elu\u0165"},
        "list": [1, 2],
        "response": Response("x", "text/plain", Headers([("X-A", "b")]), 202),
        "json": JSONResponse(a=1, b="x"),
        "made": make_response("made", "text/plain"),
        "empty": NoContentResponse(),
        "stream": GeneratorResponse((b"%d\n" % n for n in range(3)), "text/plain"),
    }
    return values[kind]


@app.route("/args")
def show_args(req):
    """Show the arguments of the query."""
    return JSONResponse(
        first=req.args.getfirst("a", "none"),
        numbers=list(req.args.getlist("n", func=int)),
        value=req.args.getvalue("a"),
        has="a" in req.args,
    )


@app.route("/user/<name>/<number:int>")
def show_user(req, name, number):
    """Show what came in the path."""
    return f"{name!r} {number!r} {req.uri_rule} {dict(req.path_args)}"


@app.regular_route(r"/old/(?P<page>[a-z]+)\.html")
def show_old(req, page):
    """Show a page by a regular route."""
    return page


@app.route("/go")
def go(req):
    """Send somebody elsewhere."""
    redirect("/values/text", message=b"over there")


@app.route("/go/see-other")
def go_see_other(req):
    """Send somebody elsewhere, by GET."""
    redirect("/values/text", 303)


@app.route("/fail/<code:int>")
def fail(req, code):
    """Fail by a status."""
    abort(code)


@app.route("/crash")
def crash(req):
    """Fail by an exception."""
    return str(1 // 0)


@app.error_handler(LookupError)
def lookup_failed(req, error):
    """Answer for an exception."""
    return Response(f"lookup: {error}", "text/plain", status_code=404)


@app.route("/lookup")
def lookup(req):
    """Fail by an exception that has a handler."""
    return [None][int(req.args.getfirst("at", 1))]


@app.route("/request")
def show_request(req):
    """Show what a request knows of itself."""
    values = {name: repr(getattr(req, name)) for name in ATTRIBUTES}
    values["headers"] = sorted(map(list, req.headers.items()))
    values["url"] = req.construct_url("/x?y")
    return JSONResponse(values)


@app.route("/cookies")
def show_cookies(req):
    """Show the cookies."""
    cookies = req.cookies or {}
    return JSONResponse({name: each.value for name, each in cookies.items()})


@app.route("/login")
def log_in(req):
    """Begin a session."""
    session = PoorSession(app.secret_key)
    session.data["user"] = req.args.getfirst("user", "nobody")
    session.write()
    res = Response("welcome", "text/plain")
    session.header(res)
    return res


@app.route("/me")
def show_me(req):
    """Show what is in the session."""
    session = PoorSession(app.secret_key)
    try:
        session.load(req.cookies)
    except SessionError:
        return "no session"
    return JSONResponse(session.data)


@app.route("/logout")
def log_out(req):
    """End a session."""
    session = PoorSession(app.secret_key)
    session.destroy()
    res = Response("bye", "text/plain")
    session.header(res)
    return res


@app.route("/headers")
def show_headers(req):
    """Send headers of each kind."""
    res = Response("x", "text/plain")
    res.headers["X-One"] = "1"
    res.add_header("X-Two", "a")
    res.add_header("X-Two", "b")
    res.add_header("Content-Disposition", "attachment", filename="ž.txt")
    res.headers.setdefault("X-One", "2")
    res.headers.pop("X-Powered-By")
    return res


@app.default()
def nothing_here(req):
    """Answer for all other paths."""
    if req.path.startswith("/default/"):
        return f"default {req.path} {req.uri_rule}"
    return abort(404)


# --- bodies ---------------------------------------------------------------------------


@app.route("/form", state.METHOD_POST)
def take_form(req):
    """Show the fields of a form."""
    form = req.form
    return JSONResponse(
        name=form.getfirst("name", "none"),
        names=list(form.getlist("name")),
        file=form["file"].filename if "file" in form else None,
        size=len(form["file"].file.read()) if "file" in form else None,
    )


@app.route("/json", state.METHOD_POST | state.METHOD_PUT)
def take_json(req):
    """Send back what came."""
    return JSONResponse(got=req.json, type=req.mime_type)


@app.route("/data", state.METHOD_POST)
def take_data(req):
    """Tell of the body."""
    return f"{req.data!r} {req.content_length} {req.charset}"


# --- the API --------------------------------------------------------------------------


@app.route("/api/version")
@guard
def show_version(req):
    """Tell who is there."""
    return {"api": 1, "user": getattr(req, "user", None)}


@app.route("/api/files")
@guard
def list_files(req):
    """List the files."""
    names = sorted(path.name for path in (FOLDER / "files").iterdir())
    return JSONResponse(files=names)


@app.route("/api/files/<name:file>", state.METHOD_PUT)
@guard
def upload(req, name):
    """Take the body of a PUT, block by block."""
    path = FOLDER / "files" / name
    if path.exists():
        abort(state.HTTP_CONFLICT)
    with path.open("wb") as file:
        if req.is_chunked:
            while chunk := req.read_chunk():
                file.write(chunk)
        else:
            while file.tell() < req.content_length:
                block = req.read(min(4096, req.content_length - file.tell()))
                if not block:
                    break
                file.write(block)
        size = file.tell()
    if not req.is_chunked and size != req.content_length:
        path.unlink()
        abort(state.HTTP_BAD_REQUEST)
    return JSONResponse(status_code=201, name=name, size=size)


@app.route("/api/files/<name:file>", state.METHOD_DELETE)
@guard
def delete_file(req, name):
    """Delete a file."""
    (FOLDER / "files" / name).unlink(missing_ok=True)
    return NoContentResponse()


@app.route("/api/files/<name:file>")
@guard
def send_file(req, name):
    """Send a file, or the part of it that is asked for."""
    path = FOLDER / "files" / name
    if not path.is_file():
        abort(state.HTTP_NOT_FOUND)
    res = FileResponse(str(path), "text/x.gcode")
    ranges = parse_range(req.headers.get("Range", ""))
    if "bytes" in ranges:
        res.make_partial(ranges["bytes"])
    return res


@app.route("/api/thumb")
def send_thumb(req):
    """Send a picture, with an ETag by hand."""
    if req.headers.get("If-None-Match") == '"picture"':
        return NotModifiedResponse(etag='"picture"')
    res = Response(b"0123456789", "image/png", {"ETag": '"picture"'})
    ranges = parse_range(req.headers.get("Range", ""))
    if "bytes" in ranges:
        res.make_partial(ranges["bytes"])
    return res
