"""Differences with nothing to do: routing, files, pages, application, auth, OpenAPI.

Each test is named after a row of the tables, and has an application written for 2.x.
"""

# Handlers of 2.x have no annotations.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false

import gc
import logging
import os
import re
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi import Application, abort, state
from poorwsgi.aes_session import AESSession
from poorwsgi.digest import PasswordMap, check_credentials, check_digest, hexdigest
from poorwsgi.openapi_wrapper import OpenAPIRequest
from poorwsgi.request import Request, SimpleRequest
from poorwsgi.response import FileResponse, Response
from poorwsgi.results import hbytes
from poorwsgi.session import PoorSession, SessionError, check_token, get_token
from poorwsgi.upgrade.table import read_tables
from poorwsgi_core.testing import Answer, Client, build_environ

KEY = "a key of sixteen"
LOCAL: dict[str, Any] = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost"}


@pytest.fixture
def app() -> Application:
    """Return an application."""
    return Application("2.x")


# --- routing -----------------------------------------------------------------------


def show_arguments(_: Request, *args: Any, **named: Any) -> str:
    """Show what a handler gets."""
    return repr(args or named)


def show_named(_: Request, **named: Any) -> str:
    """Show what a handler gets by name."""
    return repr(named)


def ask(route: str, path: str, handler: Callable[..., Any] = show_arguments) -> Answer:
    """Ask a handler behind a route, which shows its arguments."""
    app = Application("2.x")
    app.set_filter("Up", "[A-Z]+", str)
    app.set_filter("bad", ".+", int)
    app.set_route(route, handler)
    return Client(app).get(path)


def test_re_lower_cased() -> None:
    """Lower case matches as it did, and upper case too."""
    assert ask("/<x:re:[a-f]+>", "/abc").text == "('abc',)"
    assert ask("/<x:re:[A-F]+>", "/ABC").text == "('ABC',)"


def test_groups_inside_filter() -> None:
    """Each argument has its value."""
    assert ask("/<x:float>/<y>", "/1.5/z").text == "(1.5, 'z')"


def test_filter_names_capitals() -> None:
    """A filter is found by its name in any case."""
    assert ask("/<x:Up>", "/A").text == ask("/<x:up>", "/A").text == "('A',)"


def test_empty_filter_name(app: Application) -> None:
    """It is an error, as it was."""
    with pytest.raises(ValueError):
        app.set_filter("", ".+")


def test_valueerror_converter() -> None:
    """There is no such path."""
    assert ask("/<x:bad>", "/abc").status_code == 404


def test_float_inf() -> None:
    """There is no such number."""
    assert ask("/<x:float>", "/1.5").text == "(1.5,)"
    assert ask("/<x:float>", f"/{'9' * 400}").status_code == 404


def test_kwargs_handlers_failed() -> None:
    """They get arguments by name; handlers with names as they did."""
    answer = ask("/<class>", "/a", show_named)
    assert answer.text == "{'class': 'a'}"


def test_route_methods(app: Application) -> None:
    """Both words are one."""
    app.route("/a", method=state.METHOD_POST)(lambda _: "x")
    app.route("/b", methods=state.METHOD_POST)(lambda _: "x")
    assert [Client(app).post(each).status_code for each in ("/a", "/b")] == [200, 200]


def test_path_set_twice(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    """The second one answers, and the log says so."""
    app.set_route("/", lambda _: "first")
    app.set_route("/", lambda _: "second")
    assert Client(app).get("/").text == "second"
    assert [each.levelname for each in caplog.records] == ["WARNING"]


# --- files -------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, app: Application) -> Client:
    """Return a client of files."""
    (tmp_path / "root/sub").mkdir(parents=True)
    (tmp_path / "root/a.txt").write_text("text", "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    os.mkfifo(tmp_path / "root/pipe")
    app.document_root, app.document_index = str(tmp_path / "root"), True
    return Client(app)


def test_paths_outside_root(files: Client) -> None:
    """What is inside is served, and nothing else."""
    assert files.get("/a.txt").text == "text"
    assert files.get("/../secret.txt").status_code == 404


def test_devices_pipes_opened(files: Client) -> None:
    """Nobody waits for them."""
    assert files.get("/pipe").status_code == 403


def test_directory_index(files: Client) -> None:
    """It is a page."""
    assert "a.txt" in files.get("/").text


def test_txt_served_txt(files: Client) -> None:
    """Links on a listing lead where they should."""
    assert files.get("/a.txt/").status_code == 404
    answer = files.get("/sub")
    assert answer.status_code in {301, 302, 307, 308}
    assert answer.headers["Location"].endswith("/sub/")


def test_uwsgi_wsgiref_sent(files: Client) -> None:
    """The body is as long as the head says."""
    answer = files.get("/a.txt")
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_oserror_fileresponse_whatever() -> None:
    """It can be caught as it was."""
    with pytest.raises(OSError, match="Could not stat file"):
        FileResponse("/nowhere")


def test_listing_code_point(files: Client) -> None:
    """Everything is listed."""
    text = files.get("/").text
    assert text.index("sub/") < text.index("a.txt")


def test_nosniff(files: Client) -> None:
    """Files and built-in pages are what their type says."""
    sent = [files.get(path).headers for path in ("/a.txt", "/none.txt")]
    assert [each["X-Content-Type-Options"] for each in sent] == ["nosniff"] * 2


def test_unbuffered_line_line(files: Client) -> None:
    """What is sent is the file."""
    assert files.get("/a.txt").data == b"text"


# --- pages -------------------------------------------------------------------------


def test_some_text_unescaped(app: Application) -> None:
    """Text is shown as it is."""
    app.set_route("/", lambda _: abort(400, error="<b>"))
    answer = Client(app).get("/")
    assert "&lt;b&gt;" in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_unknown_keywords_odd(app: Application) -> None:
    """A page is shown."""
    app.set_route("/", lambda _: abort(403, reason="none"))
    assert Client(app).get("/").status_code == 403


@pytest.fixture
def debug(app: Application) -> Client:
    """Return a client of an application that has a debug page."""
    app.debug, app.secret_key = True, "very secret"
    app.http_state(404)(lambda _: ("mine", "", None, 404))
    return Client(app, **LOCAL)


def test_debug_page_showed(debug: Client, caplog: pytest.LogCaptureFixture) -> None:
    """It shows what it did, without secrets."""
    caplog.set_level(logging.DEBUG)
    text = debug.get("/debug-info", poor_SecretKey="also secret").text
    assert "Route" in text
    assert "also secret" not in text + caplog.text


def test_debug_page_leaked(debug: Client) -> None:
    """Other applications have their own handlers."""
    debug.get("/debug-info")
    assert Client(Application("other")).get("/").text != "mine"


def test_debug_info_answered(debug: Client) -> None:
    """It is a page to look at."""
    assert debug.get("/debug-info").status_code == 200
    assert debug.post("/debug-info").status_code != 200


def test_hbytes_huge_numbers() -> None:
    """Sizes that exist are as they were."""
    assert (hbytes(512), hbytes(1024)) == ((512, ""), (1.0, "k"))
    assert hbytes(1024**9)[1] == "P"


# --- the application ---------------------------------------------------------------


def test_names_taken_life() -> None:
    """A name can be had again."""
    app: Application | None = Application("once")
    del app
    gc.collect()
    assert Application("once").name == "once"


def test_names_repeat() -> None:
    """Two may have one name."""
    assert [Application("same").name for _ in range(2)] == ["same", "same"]


def test_pop_after_response(app: Application) -> None:
    """It is removed."""
    app.add_after_response(handler)
    app.pop_after_response(handler)
    assert app.after == ()


def handler(_: SimpleRequest, response: Response) -> Response:
    """Return the response."""
    return response


def test_pop_http_state(app: Application) -> None:
    """Nothing is left."""
    app.set_http_state(404, lambda _: "x", state.METHOD_GET)
    app.pop_http_state(404, state.METHOD_GET)
    assert app.states.get(404) is None


def test_set_profile_twice(app: Application) -> None:
    """Requests are answered, with and without it."""
    app.set_route("/", lambda _: "x")
    app.del_profile()
    assert Client(app).get("/").text == "x"


def test_app_debug_off(app: Application) -> None:
    """Truth is as it was, text is what it says."""
    for value, expected in ((True, True), ("On", True), ("Off", False), (False, False)):
        app.debug = value
        assert app.debug is expected


def test_routes_changed_while(app: Application) -> None:
    """A route that a handler sets answers the next request."""

    def first(_: Request) -> str:
        app.set_route("/second", lambda _: "second")
        return "first"

    app.set_route("/", first)
    assert [Client(app).get(each).text for each in ("/", "/second")] == [
        "first",
        "second",
    ]


# --- Digest ------------------------------------------------------------------------


@pytest.fixture
def digest(app: Application) -> Application:
    """Return an application with a user."""
    app.secret_key = KEY
    app.auth_type = "Digest"
    app.auth_timeout = 60
    users = app.auth_map = PasswordMap()
    users.set("R", "u", hexdigest("u", "R", "p"))

    @app.route("/<name>")
    @check_digest("R")
    def page(req: Request, name: str) -> str:
        return f"{req.user} {name}"

    return app


def answer_challenge(
    app: Application, path: str = "/a", uri: str = "", **changed: str
) -> dict[str, str]:
    """Build what a client sends that knows the password."""
    sent = Client(app).get(path).headers["WWW-Authenticate"]
    fields = dict(re.findall(r'(\w+)="([^"]*)"', sent))
    fields |= {"username": "u", "uri": uri or path, "nc": "00000001", "cnonce": "c"}
    fields |= changed
    fields["algorithm"] = "MD5-sess"

    def digest(*parts: str) -> str:
        return md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()

    first = digest(digest("u", "R", "p"), fields["nonce"], "c")
    rest = fields["nonce"], fields["nc"], "c", "auth", digest("GET", fields["uri"])
    fields["response"], fields["qop"] = digest(first, *rest), "auth"
    pairs = ", ".join(f'{name}="{value}"' for name, value in fields.items())
    return {"Authorization": f"Digest {pairs}"}


def test_nonce_get_token(digest: Application) -> None:
    """It is good for check_token, as it was."""
    sent = Client(digest).get("/a").headers["WWW-Authenticate"]
    nonce = re.findall('nonce="([^"]+)"', sent)[0]
    assert check_token(nonce, KEY, "browser", timeout=60)


def test_check_by_hand(digest: Application) -> None:
    """Who knows the password is let in, each time with a new count."""
    found = []
    digest.set_route("/", lambda req: found.append(check_credentials(req, "R")))
    sent = answer_challenge(digest, uri="/")
    for _ in range(2):
        Client(digest).get("/", headers=sent)
    assert found == [True, False]


def test_stale_true_any(digest: Application) -> None:
    """A client that has no nonce gets one and is let in."""
    unknown = answer_challenge(digest, nonce="x")
    assert Client(digest).get("/a", headers=unknown).status_code == 401
    sent = answer_challenge(digest)
    assert Client(digest).get("/a", headers=sent).text == "u a"


def test_default_offered_md5(digest: Application) -> None:
    """A client that chooses MD5-sess is let in, as it was."""
    sent = answer_challenge(digest)
    assert Client(digest).get("/a", headers=sent).status_code == 200


def test_any_uri_ended(digest: Application) -> None:
    """The target is accepted, with a query that has a percent sign too."""
    sent = answer_challenge(digest, path="/a?b=%20")
    assert Client(digest).get("/a?b=%20", headers=sent).status_code == 200
    other = answer_challenge(digest, uri="/evil/a")
    assert Client(digest).get("/a", headers=other).status_code in {400, 401}


def test_handlers_took_request(digest: Application) -> None:
    """They get what others get."""
    answer = Client(digest).get("/a", headers=answer_challenge(digest))
    assert (answer.text, "Authentication-Info" in answer.headers) == ("u a", True)


def test_missing_or_non(digest: Application) -> None:
    """It is asked again."""
    for sent in ("Digest", 'Digest username="u"', 'Digest response="\u00e9"'):
        headers = {"Authorization": sent}
        assert Client(digest).get("/a", headers=headers).status_code == 401


# --- sessions ----------------------------------------------------------------------


def test_cookie_good_long() -> None:
    """It is good as long as it says."""
    for kind in (PoorSession, AESSession):
        first, second = kind(KEY, max_age=60), kind(KEY, max_age=60)
        first.data["a"] = 1
        first.write()
        second.load(first.cookie)
        assert second.data == {"a": 1}


def test_destroy_left_content() -> None:
    """The client drops the cookie."""
    session = PoorSession(KEY)
    session.data["a"] = 1
    session.write()
    session.destroy()
    ((name, value),) = session.header()
    assert (name, "Max-Age=0" in value, session.data) == ("Set-Cookie", True, {})


def test_refused_cookie_left() -> None:
    """It is refused, as it was."""
    session, other = PoorSession(KEY), PoorSession("another key")
    other.write()
    with pytest.raises(SessionError):
        session.load(other.cookie)
    assert session.data == {}


def test_poorsession_compressed_all() -> None:
    """What fits, is read back, and so is what doesn't."""
    for size in (10, 9000):
        first, second = PoorSession(KEY), PoorSession(KEY)
        first.data["a"] = "x" * size
        first.write()
        second.load(first.cookie)
        assert second.data == first.data


def test_vary_cookie(app: Application) -> None:
    """An answer with a session has it, and keeps its own ``Vary``."""

    def page(req: Request) -> Response:
        session = PoorSession(KEY)
        session.load(req.cookies)
        response = Response("x", headers={"Vary": "Accept"})
        session.header(response)
        return response

    app.set_route("/", page)
    answer = Client(app).get("/")
    named = ", ".join(answer.headers.get_all("Vary"))
    assert {*named.split(", ")} == {"Accept", "Cookie"}


def test_poorsession_none() -> None:
    """It is the documented error."""
    key: Any = None
    with pytest.raises(SessionError):
        PoorSession(key)


def test_get_token_timeout() -> None:
    """It is a token without an end."""
    assert check_token(get_token(KEY, "c", timeout=0), KEY, "c", timeout=0)


# --- OpenAPI -----------------------------------------------------------------------


@pytest.fixture
def wrapped(app: Application) -> Any:
    """Return a request as openapi-core gets it."""
    found = SimpleNamespace()

    def keep(req: Request, _: int) -> str:
        found.request = OpenAPIRequest(req)
        return ""

    app.set_route("/a/<number:int>", keep)
    Client(app, HTTP_COOKIE="c=1").get("/a/5?q=2")
    return found.request


def test_operation_found_concrete(wrapped: Any) -> None:
    """The path is there as well."""
    assert (wrapped.path, wrapped.path_pattern) == ("/a/5", "/a/{number}")


def test_cookie_parameters_morsel(wrapped: Any) -> None:
    """They are values."""
    assert wrapped.parameters.cookie["c"] == "1"


def test_parameters_built_anew(wrapped: Any) -> None:
    """They are as they were."""
    assert wrapped.parameters is wrapped.parameters
    assert dict(wrapped.parameters.path) == {"number": 5}
    assert wrapped.parameters.query["q"] == "2"


def test_wrapped_simplerequest(app: Application) -> None:
    """There is nothing in it."""
    environ = build_environ("/")
    environ["REQUEST_STARTTIME"] = 0.0
    request: Any = SimpleRequest(environ, app)
    wrapped: Any = OpenAPIRequest(request)
    assert (not wrapped.parameters.query, not wrapped.body) == (True, True)


# --- all of them -------------------------------------------------------------------


def test_each_nothing_was_tried(root: Path) -> None:
    """A row that has nothing to do has a test of its name."""
    files = root.glob("tests/test_differences_*.py")
    text = "".join(file.read_text("utf-8") for file in files)
    tried = set(re.findall(r"^def test_(\w+)", text, re.MULTILINE))
    rows = [row for table in read_tables() for row in table.rows]
    idle = {row.id.replace("-", "_") for row in rows if row.todo.startswith("nothing")}
    assert idle - tried == set()
