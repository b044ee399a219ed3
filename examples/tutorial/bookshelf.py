"""A shelf of books: pages for people, JSON for programs."""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

from books import Books, IncompleteError
from jinja2 import Environment, FileSystemLoader
from users import Users

from poorwsgi import Application, abort, redirect, state
from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import FileResponse, RedirectResponse, Response
from poorwsgi.session import SessionError
from poorwsgi_auth import ServerSession, check_basic, check_csrf, csrf_token
from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions

HERE = Path(__file__).resolve().parent

OPTIONS = Application.get_options()
DATA = Path(OPTIONS.get("data", HERE / "data"))
DATA.mkdir(parents=True, exist_ok=True)
COVERS = DATA / "covers"
PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}

logging.basicConfig(level=OPTIONS.get("log", "INFO"))

app = Application("bookshelf")
if "hosts" in OPTIONS:
    app.trusted_hosts = OPTIONS["hosts"].split()
app.trusted_proxies = OPTIONS.get("proxies", "").split()
app.max_content_length = 5 * 1024 * 1024
app.document_root = HERE / "public"

books = Books(DATA / "books.db")

users = Users(DATA / "books.db")
sessions = SQLiteSessions(DATA / "sessions.db")
templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True)

templates.globals["csrf_token"] = csrf_token


def render(req: SimpleRequest, name: str, **values: Any) -> str:
    """Fill a template."""
    return templates.get_template(name).render(values, req=req)


@app.before_response()
def find_user(req: Request) -> None:
    """Find out who sends the request, and refuse what other sites have forged."""
    if req.static_file:
        return
    secure = req.construct_url("/").startswith("https:")
    req.session = ServerSession(
        sessions, max_age=7 * 86400, secure=secure, same_site="Lax"
    )
    with suppress(SessionError):
        req.session.load(req.cookies)
    req.user = req.session.data.get("name")
    if not req.path.startswith("/api/"):
        check_csrf(req)


def check_login(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Let only those to a handler who have logged in."""

    @wraps(handler)
    def checked(req: Request, *args: Any, **kwargs: Any) -> Any:
        if not req.user:
            redirect("/login", 303)
        return handler(req, *args, **kwargs)

    return checked


def find(number: int) -> dict[str, Any]:
    """Return a book, or answer 404."""
    return books.get(number) or abort(404, error=f"There is no book {number}.")


@app.route("/")
def index(req: Request) -> str:
    """List the books."""
    return render(req, "index.html", books=books.all())


@app.route("/book/<number:int>")
def show_book(req: Request, number: int) -> str:
    """Show a book."""
    return render(req, "book.html", book=find(number))


@app.route("/add")
@check_login
def show_form(req: Request) -> str:
    """Ask for a book."""
    return render(req, "add.html")


@app.route("/add", state.METHOD_POST)
@check_login
def add_book(req: Request) -> Any:
    """Add the book of the form, or show the form again."""
    title = req.form.getfirst("title", "", str)
    author = req.form.getfirst("author", "", str)
    try:
        number = books.add(title, author)
    except IncompleteError as error:
        return render(req, "add.html", title=title, author=author, error=error), 400
    redirect(f"/book/{number}", 303)


def picture_type(data: object) -> str:
    """Tell the type of a picture by its first bytes, or answer 400."""
    for start, name in PICTURES.items():
        if isinstance(data, bytes) and data.startswith(start):
            return name
    abort(400, error="Please choose a JPEG or PNG picture.")


@app.route("/book/<number:int>/cover", state.METHOD_POST)
@check_login
def save_cover(req: Request, number: int) -> NoReturn:
    """Keep the picture of a cover."""
    find(number)
    data: Any = req.form.getfirst("cover")
    kind = picture_type(data)
    COVERS.mkdir(exist_ok=True)
    (COVERS / str(number)).write_bytes(data)
    books.set_cover(number, kind)
    redirect(f"/book/{number}", 303)


@app.route("/book/<number:int>/cover")
def send_cover(req: Request, number: int) -> FileResponse:
    """Send the picture of a cover."""
    kind = find(number)["cover"] or abort(404)
    return FileResponse(COVERS / str(number), kind)


@dataclass
class NewBook:
    """What a program sends to add a book."""

    title: str
    author: str


@app.route("/api/books")
def api_list(req: Request) -> list[dict[str, Any]]:
    """Send all books."""
    return books.all()


@app.route("/api/books/<number:int>")
def api_get(req: Request, number: int) -> dict[str, Any]:
    """Send a book."""
    return find(number)


@app.route("/api/books", state.METHOD_POST)
@check_basic("Bookshelf", users.check)
def api_add(req: Request) -> Any:
    """Add a book, and say where it is."""
    new = req.json_as(NewBook)
    number = books.add(new.title, new.author)
    headers = {"Location": f"/api/books/{number}"}
    return find(number), "application/json", headers, state.HTTP_CREATED


@app.error_handler(IncompleteError, state.METHOD_ALL)
def incomplete(req: Request, error: IncompleteError) -> Any:
    """Tell a program what its book lacks."""
    return {"error": str(error)}, 400


@app.http_state(404, state.METHOD_ALL)
def not_found(req: SimpleRequest, error: str = "There is nothing here.") -> Any:
    """Answer in the language of who asks: a page, or JSON."""
    if req.path.startswith("/api/"):
        return {"error": error}, 404
    return render(req, "error.html", error=error), 404


def login_page(req: Request, error: str = "", status_code: int = 200) -> Response:
    """Build the page with the form, whose token is kept in the session."""
    text = render(req, "login.html", error=error)
    response = Response(text, status_code=status_code)
    req.session.header(response)
    return response


@app.route("/login")
def show_login(req: Request) -> Response:
    """Ask who it is."""
    return login_page(req)


@app.route("/login", state.METHOD_POST)
def log_in(req: Request) -> Response:
    """Begin a session, or show the form again."""
    name = req.form.getfirst("name", "", str)
    if not users.check(name, req.form.getfirst("password", "", str)):
        return login_page(req, "Name or password is wrong.", 403)
    req.session.data["name"] = name
    req.session.rotate()
    response = RedirectResponse("/", 303)
    req.session.header(response)
    return response


@app.route("/logout", state.METHOD_POST)
def log_out(req: Request) -> Response:
    """End the session."""
    req.session.destroy()
    response = RedirectResponse("/", 303)
    req.session.header(response)
    return response
