"""Facts about what ``audit`` proves by requests."""

import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from functools import partial, wraps
from inspect import currentframe
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core import (
    Application,
    HTTPException,
    Request,
    Response,
    Routes,
    abort,
    redirect,
)
from poorwsgi_core.application.handlers import check_unrouted
from poorwsgi_core.command.audits.survey import Survey
from poorwsgi_core.command.audits.table import AUDITS
from poorwsgi_core.command.audits.tripwire import Reached, Tripwire
from poorwsgi_core.command.findings import Finding
from poorwsgi_core.extensions.cors import CORS
from poorwsgi_core.extensions.event_stream import EventStreamResponse
from poorwsgi_core.extensions.security_headers import SecurityHeaders
from poorwsgi_core.response import JSONResponse
from poorwsgi_core.state import METHOD_DELETE, METHOD_POST

_F = Callable[..., Any]


def find(audit: str, app: Application) -> list[Finding]:
    """Find what one audit finds."""
    return [*AUDITS[audit].find(Survey(app))]


def guard_by(challenge: str, verify: Callable[[Request], object]) -> _F:
    """Build a guard, as other packages do."""

    def guard(handler: _F) -> _F:
        check_unrouted(handler)

        @wraps(handler)
        def guarded(req: Request, *values: object) -> Any:
            if not verify(req):
                raise HTTPException(401, challenges=[challenge])
            return handler(req, *values)

        return guarded

    return guard


def answer(_: Request, *values: object) -> str:
    """Answer."""
    return repr(values)


# --- who gets in -------------------------------------------------------------------


def test_guard_that_lets_a_stranger_in(app: Application) -> None:
    """A handler with a guard has to refuse who shows nothing."""

    @app.route("/open")
    @guard_by("Bearer", lambda _: True)
    def let_in(_: Request) -> str:
        return "secret"

    @app.route("/closed")
    @guard_by("Bearer", lambda _: False)
    def keep_out(_: Request) -> str:
        return "secret"

    app.set_route("/public", answer)
    (finding,) = find("open-guard", app)
    assert finding.text.startswith("GET /open has a guard and is answered 200 OK")
    assert (finding.path, finding.level) == (__file__, "error")
    assert let_in.__name__, keep_out.__name__


def bool_of(value: bool, _: Request) -> bool:
    """Let in or not, as it was bound."""
    return value


def change(_: Request, *_values: object) -> str:
    """Change something, which no audit may do."""
    pytest.fail("The handler runs")


class Changing:
    """A handler that is an object."""

    def __call__(self, _: Request, *values: object) -> str:
        """Change something."""
        return change(_, *values)


def change_while_sent(_: Request, *_values: object) -> Iterator[bytes]:
    """Change something when the body is asked for."""
    change(_)
    yield b""


@pytest.mark.parametrize(
    "handler",
    [change, Changing(), Changing().__call__, partial(change), change_while_sent],
)
def test_guard_of_a_method_that_changes(app: Application, handler: _F) -> None:
    """A stranger who would get to the handler is told, and the handler doesn't run."""
    for path, is_open in (("/open/<x:int>", True), ("/closed", False)):
        guarded = guard_by("Bearer", partial(bool_of, is_open))(handler)
        app.set_route(path, guarded, METHOD_POST | METHOD_DELETE)
    findings = find("open-guard", app)
    assert {each.text for each in findings} == {
        f"{method} /open/1 has a guard and leads to its handler without credentials"
        for method in ("POST", "DELETE")
    }
    assert {each.level for each in findings} == {"error"}


def test_verifier_of_a_method_that_changes(app: Application) -> None:
    """Random credentials that would get to the handler are told; it doesn't run."""
    guard = guard_by("Bearer", takes_any("Bearer"))
    app.set_route("/", guard(change), METHOD_POST)
    app.set_route("/basic", guard_by("Basic", lambda _: False)(change), METHOD_POST)
    app.set_route("/open", guard_by("Basic", lambda _: True)(change), METHOD_POST)
    findings = find("open-verifier", app)
    assert len(findings) == 3
    assert {each.text for each in findings} == {
        (
            "POST / leads to its handler with random credentials (Authorization: "
            "Bearer): its verifier lets everybody in"
        )
    }


def test_tripwire() -> None:
    """It lets all pass but the call of one function."""
    frame: Any = SimpleNamespace(f_code=change.__code__)
    trip = Tripwire(change.__code__)
    trip(frame, "return", None)
    here = currentframe()
    assert here is not None
    trip(here, "call", None)
    with pytest.raises(Reached):
        trip(frame, "call", None)


def test_guard_of_a_group(app: Application) -> None:
    """The guards of a group are asked like those of a handler."""
    for name, is_open in (("open", True), ("closed", False)):
        guard = guard_by("Bearer", partial(bool_of, is_open))
        group = Routes(f"/{name}", guards=[guard])
        group.set_route("/", answer)
        group.set_route("/change", change, METHOD_POST)
        app.install(group)
    first, second = find("open-guard", app)
    assert first.text.startswith("GET /open/ has a guard and is answered 200 OK")
    assert second.text.startswith("POST /open/change has a guard and leads to")
    assert [row.guarded for row in app.route_table] == [True] * 4


def test_handlers_that_cannot_be_stopped(app: Application) -> None:
    """A builtin, and what wraps itself, aren't asked."""

    def circle(req: Request) -> str:
        return change(req)

    vars(circle)["__wrapped__"] = circle
    group = Routes("/group", guards=[guard_by("Bearer", lambda _: True)])
    group.set_route("/circle", circle, METHOD_POST)
    group.set_route("/builtin", print, METHOD_POST)
    app.install(group)
    assert find("open-guard", app) == []


def test_guard_below_another_decorator(app: Application) -> None:
    """It is found as far as functools.wraps leads; not in a circle."""
    guarded = guard_by("Bearer", lambda _: True)(answer)

    @wraps(guarded)
    def outer(req: Request) -> Any:
        return guarded(req)

    def circle(_: Request) -> str:
        return "x"

    vars(circle)["__wrapped__"] = circle
    app.set_route("/", outer)
    app.set_route("/circle", circle)
    (finding,) = find("open-guard", app)
    assert finding.text.startswith("GET / has a guard")


def test_guard_for_some_methods(app: Application) -> None:
    """A path that is guarded in part is worth a note."""
    guard = guard_by("Bearer", lambda _: False)
    app.set_route("/books", answer)
    app.set_route("/books", guard(answer), METHOD_POST)
    app.set_route("/all", guard(answer))
    (finding,) = find("partly-guarded", app)
    assert finding.text == "Route '/books' has a guard, and none for HEAD, GET"
    assert finding.level == "note"


def takes_any(kind: str) -> Callable[[Request], object]:
    """Build a verifier that takes all credentials of a kind."""
    return lambda req: req.authorization["type"] == kind


def takes_admin(req: Request) -> bool:
    """Take the name alone."""
    value = req.headers.get("Authorization", " ").partition(" ")[2]
    return b64decode(value) == b"admin:"


def takes_key(req: Request) -> bool:
    """Take any key."""
    return "X-Mine" in req.headers


@pytest.mark.parametrize(
    ("challenge", "verify", "shown"),
    [
        ('Basic realm="x"', takes_admin, "Authorization: Basic"),
        ("Bearer", takes_any("Bearer"), "Authorization: Bearer"),
        ('Digest realm="x", nonce="y"', takes_any("Digest"), "Authorization: Digest"),
        ("Negotiate", takes_any("Negotiate"), "Authorization: Negotiate"),
        ('ApiKey header="X-Mine"', takes_key, "X-Mine: "),
    ],
)
def test_verifier_that_takes_random_credentials(
    app: Application, challenge: str, verify: Callable[[Request], object], shown: str
) -> None:
    """What was invented for a challenge must not let in."""
    app.set_route("/", guard_by(challenge, verify)(answer))
    findings = find("open-verifier", app)
    assert {finding.level for finding in findings} == {"error"}
    assert f"random credentials ({shown}" in findings[0].text


def test_verifiers_that_refuse(app: Application) -> None:
    """Who refuses is not told, nor what no stranger is refused."""
    app.set_route("/", guard_by("Bearer", lambda _: False)(answer))
    headers = {"WWW-Authenticate": "Bearer"}
    app.set_route("/odd", lambda _: Response("x", headers=headers))
    assert find("open-verifier", app) == []


def test_hosts(app: Application) -> None:
    """Any name is served, until trusted_hosts says which."""
    app.set_route("/link", lambda req: f'<a href="{req.construct_url("/")}">')
    app.set_route("/go", lambda req: redirect(req.construct_url("/")))
    app.set_route("/", answer)
    (finding,) = find("open-hosts", app)
    assert finding.level == "warning"
    first, second = find("host-echoed", app)
    assert "GET /go puts the Host" in first.text
    assert "GET /link puts the Host" in second.text
    app.trusted_hosts = ["www.example.com"]
    assert find("open-hosts", app) == find("host-echoed", app) == []


def test_origins(app: Application) -> None:
    """An origin that is given back, with credentials, lets all pages read."""
    app.set_route("/", answer)
    app.install(CORS("*"))
    assert find("open-origin", app) == []

    @app.after_response()
    def reflect(req: Request, response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = req.headers.get("Origin", "*")
        response.headers["Access-Control-Allow-Credentials"] = "true"
        return response

    first, second = find("open-origin", app)
    assert "pages of the origin https://evil.example read it" in first.text
    assert "origin null" in second.text


def test_debug(app: Application) -> None:
    """The debug page is for nobody who writes another name as Host."""
    assert find("open-debug", app) == []
    app.debug = True
    (finding,) = find("open-debug", app)
    assert finding.level == "error"
    app.trusted_hosts = ["www.example.com"]
    assert find("open-debug", app) == []


# --- what is missing ---------------------------------------------------------------


def test_missing_vary(app: Application) -> None:
    """An answer that differs by a field has to say so, unless it isn't shared."""

    def by_language(req: Request) -> str:
        return req.headers.get("Accept-Language", "")

    def by_type(req: Request) -> Any:
        kind = "text/html" if req.accept_html else "text/plain"
        req.vary += ("Accept",)
        return "x", kind

    def private(req: Request) -> Response:
        text = req.headers.get("Cookie", "")
        return Response(text, headers={"Cache-Control": "private"})

    numbers = iter(range(1000))
    app.set_route("/language", by_language)
    app.set_route("/type", by_type)
    app.set_route("/private", private)
    app.set_route("/number", lambda _: str(next(numbers)))
    app.set_route("/refused", lambda req: abort(403, error=str(by_language(req))))
    (finding,) = find("missing-vary", app)
    assert "GET /language differs by Accept-Language, which" in finding.text
    assert "req.vary += ('Accept-Language',)" in finding.text


def test_bare_cookies(app: Application) -> None:
    """Each cookie is told once, with the flags that it lacks."""

    def set_cookies(_: Request) -> Response:
        response = Response()
        response.add_header("Set-Cookie", "a=1")
        response.add_header("Set-Cookie", "b=1; Secure; HttpOnly; SameSite=Lax")
        response.add_header("Set-Cookie", "c=1; secure; path=/; samesite=Lax")
        return response

    app.set_route("/", set_cookies)
    app.set_route("/again", set_cookies)
    first, second = find("bare-cookie", app)
    assert first.text.startswith("Cookie 'a', set by GET / over https, lacks Secure, ")
    assert first.text.endswith("with secure=True, httponly=True, same_site='Lax'")
    assert "lacks HttpOnly: make the cookie, or its session, with http" in second.text


def test_files_by_cookie(app: Application, tmp_path: Path) -> None:
    """A file that depends on a cookie is kept by no cache; one is told for all."""
    assert find("file-by-cookie", app) == []
    for name in ("a.css", "b.css", "c.css"):
        (tmp_path / name).write_text("x")
    app.document_root = tmp_path
    app.set_route("/a.css", lambda _: abort(403))
    assert find("file-by-cookie", app) == []

    @app.before_response()
    def load(req: Request) -> None:
        req.vary += ("Cookie",)

    (finding,) = find("file-by-cookie", app)
    assert finding.text.startswith("GET /b.css has Vary: Cookie")
    assert load.__name__


@pytest.mark.parametrize(
    ("form", "count"),
    [
        ("<form method=post><input name=x></form>", 1),
        ('<form action="/" method="POST"></form>' * 2, 1),
        ("<form method=post><input type=hidden name='csrf_token'></form>", 0),
        ("<form><input name=q></form>", 0),
        ("no form", 0),
    ],
)
def test_forms_without_token(app: Application, form: str, count: int) -> None:
    """A form that posts needs a token; a page is told once."""
    app.set_route("/", lambda _: form)
    app.set_route("/data", lambda _: (form, "text/plain"))
    findings = find("bare-form", app)
    assert len(findings) == count
    assert {finding.level for finding in findings} <= {"note"}


_TOKEN = "0f" * 32


@pytest.mark.parametrize(
    ("field", "cookie", "count"),
    [
        (f'<input type="hidden" name="csrf_token" value="{_TOKEN}">', False, 1),
        (f"<input value={_TOKEN} name=csrf_token>", False, 1),
        (f'<input name="csrf_token" value="{_TOKEN}">', True, 0),
        ('<input name="csrf_token" value="of another library">', False, 0),
        (f'<input name="other" value="{_TOKEN}">', False, 0),
    ],
)
def test_token_without_its_session(
    app: Application, field: str, cookie: bool, count: int
) -> None:
    """A token can't be right when the browser doesn't get the session with it."""

    def show(_: Request) -> Response:
        response = Response(f"<form method=post>{field}</form>")
        if cookie:
            response.add_header("Set-Cookie", "SESSID=x")
        return response

    app.set_route("/", show)
    told = [finding.text for finding in find("unsent-token", app)]
    assert len(told) == count
    assert all("write req.session.header(response)" in text for text in told)


def test_missing_headers(app: Application) -> None:
    """Pages need what makes browsers careful; data don't."""
    app.set_route("/data", lambda _: JSONResponse({}))
    assert find("missing-header", app) == []
    app.set_route("/", answer)
    names = [finding.text.partition(" ")[0] for finding in find("missing-header", app)]
    assert names == [
        "Content-Security-Policy",
        "Referrer-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
    ]
    app.install(SecurityHeaders())
    assert find("missing-header", app) == []


def test_failures(app: Application) -> None:
    """A route that fails is told."""

    def fail(_: Request, x: int) -> str:
        return str(1 // (x - 1))

    app.set_route("/", answer)
    app.set_route("/broken/<x:int>", fail)
    (finding,) = find("failure", app)
    assert finding.text == "GET /broken/1 is answered 500 Internal Server Error"


def test_failures_of_huge_numbers(app: Application) -> None:
    """Where a number is more than a database takes, that is told."""

    def look_up(_: Request, x: int, y: str) -> str:
        return y + str(x.to_bytes(8, "big"))

    app.set_route("/small/<x:re:[0-9]{1,3}>", answer)
    app.set_route("/any/<x:int>/<y>", answer)
    app.set_route("/issue/<x:int>/<y>", look_up)
    (finding,) = find("failure", app)
    told = "GET /issue/99999999999999999999/99999999999999999999 is answered 500 "
    assert finding.text.startswith(told)
    assert finding.text.endswith("so answer 404")


# --- secrets -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "reasons"),
    [
        (None, []),
        (b"0123456789abcdef" * 2, []),
        ("short", ["has 5 bytes"]),
        (["0123456789abcdef", b"a" * 32], ["has 1 different characters"]),
    ],
)
def test_keys(app: Application, key: object, reasons: list[str]) -> None:
    """A key that can be guessed is none."""
    app.secret_key = key
    findings = find("weak-key", app)
    assert len(findings) == len(reasons)
    for finding, reason in zip(findings, reasons, strict=True):
        assert f"A secret_key {reason} and can be guessed" in finding.text


def test_served_secrets(app: Application, tmp_path: Path) -> None:
    """Files that look like secrets, and are sent, are told."""
    assert find("served-secret", app) == []
    (tmp_path / "sub").mkdir()
    for name in (".env", "app.py", "style.css", "sub/users.sqlite3", "sub/x.key"):
        (tmp_path / name).write_text("x")
    app.document_root = tmp_path
    app.set_route("/sub/x.key", lambda _: abort(403))
    findings = find("served-secret", app)
    assert [finding.text.split()[1] for finding in findings] == [
        "/app.py",
        "/sub/users.sqlite3",
    ]
    assert findings[0].path == str(tmp_path / "app.py")


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    """Make a module of the application's name."""
    made = ModuleType(name)
    monkeypatch.setitem(sys.modules, name, made)
    return made


def test_files_that_others_may_read(
    app: Application, module: ModuleType, tmp_path: Path
) -> None:
    """Files that objects of the application name, and that lie beside it."""
    paths: dict[str, Path] = {}
    for name in ("users", "sessions", "app.key", "closed.key", "app.py"):
        paths[name] = tmp_path / name
        paths[name].write_text("x")
        paths[name].chmod(0o600 if name.startswith("closed") else 0o644)
    (tmp_path / "folder.key").mkdir()
    assert find("open-file", app) == []
    module.__file__ = str(paths["app.py"])
    app.app_map = SimpleNamespace(pathname=paths["users"])  # type: ignore[attr-defined]
    file = SimpleNamespace(_path=str(paths["sessions"]))
    module.__dict__["store"] = SimpleNamespace(_file=file)
    module.__dict__["other"] = SimpleNamespace(path="/no/such/file", filename=7)
    findings = find("open-file", app)
    told = [Path(finding.text.split()[0]).name for finding in findings]
    assert told == ["app.key", "sessions", "users"]
    assert "(-rw-r--r--): chmod 600" in findings[0].text


def test_open_files_behind_a_function(app: Application, tmp_path: Path) -> None:
    """Of what hooks and handlers hold, files are told that have names of secrets."""
    for name in ("hook.db", "method.sqlite", "route.key", "plain.txt", "far.db"):
        (tmp_path / name).write_text("x")
        (tmp_path / name).chmod(0o644)

    def hold(name: str, steps: int = 0) -> SimpleNamespace:
        path = str(tmp_path / name)
        held = SimpleNamespace(_path=path, app=app, kind=Application, module=sys)
        return SimpleNamespace(held=hold(name, steps - 1)) if steps else held

    class Login:
        def __init__(self) -> None:
            self.store = hold("method.sqlite", 1)

        def load(self, _: Request) -> None:
            """Load."""

    def build(route: object) -> None:
        later: object
        database, plain = hold("hook.db", 1), hold("plain.txt")
        app.add_before_response(lambda _: [database, plain][2:])
        app.add_before_response(Login().load)
        app.set_route("/", lambda _: [route, later][2:])
        if route is None:
            later = route

    build(hold("route.key"))
    far = hold("far.db", 4)
    app.set_route("/far", lambda _: [far][1:])
    told = [Path(each.text.split()[0]).name for each in find("open-file", app)]
    assert told == ["hook.db", "method.sqlite", "route.key"]


# --- the requests ------------------------------------------------------------------


def test_visits(app: Application) -> None:
    """A GET for each route with a path; streams end, events aren't waited for."""

    def endless(_: Request) -> Iterator[bytes]:
        while True:
            yield b"x"

    def events(_: Request) -> EventStreamResponse:
        def wait() -> Iterator[str]:
            yield str(1 // 0)

        return EventStreamResponse(wait())

    app.set_route("/endless", endless)
    app.set_route("/events", events)
    app.set_route("/post", answer, METHOD_POST)
    app.set_route("/<a:int>/<b:word>", answer)
    app.set_route("/<x:re:[0-9]{40}>", answer)
    app.set_regular_route("/r(.*)", answer)
    app.mount("/old", Application("old"))
    visits = {visit.path: visit.answer for visit in Survey(app).visits}
    assert [*visits] == ["/endless", "/events", "/1/1"]
    assert visits["/endless"].data == b"x" * 100
    assert visits["/events"].data == b""
    assert visits["/1/1"].text == "(1, '1')"
