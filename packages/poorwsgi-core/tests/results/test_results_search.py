"""Facts about the routes on the pages of 404 and 405."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.response import HTTPException
from poorwsgi_core.results.search import describe_search
from poorwsgi_core.testing import Answer, Client

EVIL = "<script>"


def user(_: object, ident: int) -> str:
    """Show <user>."""
    return str(ident)


@pytest.fixture
def client(app: Application) -> Client:
    """Build a client of an application in debug mode."""
    app.debug = True
    app.set_route("/user/<ident:int>", user)
    app.set_route("/", lambda _: "start")
    return Client(app)


def text(answer: Answer) -> str:
    """Return the page without what the style sheet says."""
    return re.sub("<style>.*</style>", "", answer.text)


def test_not_found(client: Client) -> None:
    """A 404 names the nearest route, and all of them in order with reasons."""
    page = text(client.get("/usr/7"))
    nearest = (
        "<li><code>/user/&lt;ident:int&gt;</code>: segment 1 is &apos;usr&apos;, "
        "not &apos;user&apos;</li>"
    )
    assert nearest in page
    assert page.count("<li>") == 1
    rows = re.findall(r'<tr><th scope="row"><code>(.*?)</code>', page)
    assert rows == ["/", "/user/&lt;ident:int&gt;"]
    assert f"<code>{__name__}.user</code>" in page
    assert "Files, but there are none, come behind them" in page


def test_far_routes(client: Client) -> None:
    """Without a route that is near none is called so."""
    assert "Nearest" not in text(client.get("/something/else/altogether"))


def test_method_not_allowed(client: Client) -> None:
    """A 405 tells which routes have the path."""
    answer = client.post("/user/7")
    assert answer.status_code == 405
    reason = "the path matches, the method isn&apos;t HEAD or GET</li>"
    assert f"<li><code>/user/&lt;ident:int&gt;</code>: {reason}" in text(answer)


def test_document_root(app: Application, client: Client, tmp_path: object) -> None:
    """What comes behind the routes is named."""
    app.document_root = str(tmp_path)
    assert f"Files below <code>{tmp_path}</code>" in text(client.get("/nothing"))


def test_handler_answers_so(app: Application, client: Client) -> None:
    """Where a route answers, its handler is shown, and no other route."""

    def missing(_: object) -> None:
        raise HTTPException(404)

    app.set_route("/missing", missing)
    page = text(client.get("/missing"))
    assert "The route <code>/missing</code> answers this path." in page
    assert "test_handler_answers_so" not in page
    assert "missing</code> <span" in page
    assert "/user" not in page


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_without_debug(app: Application, client: Client, method: str) -> None:
    """Without debug, and for a foreign host, nothing of it is shown (bar 29)."""
    foreign = client.request(method, "/user/x7", headers={"Host": "evil.example"})
    app.debug = False
    silent = client.request(method, "/user/x7")
    for answer in (foreign, silent):
        assert not re.search("ident|[Rr]oute|segment", text(answer))
    assert silent.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_many_routes(app: Application, client: Client) -> None:
    """The page has an end, however many routes there are."""
    for number in range(400):
        app.set_route(f"/route-{number}", lambda _: "")
    page = text(client.get("/nowhere"))
    assert page.count('<tr><th scope="row">') == 300
    assert '<p class="note">102 more are left out.</p>' in page


def test_path_is_escaped(app: Application, client: Client) -> None:
    """What a client sends is escaped (bar 28)."""
    app.set_route("/scripts", lambda _: "")
    page = text(client.get("/%3Cscript%3E"))
    assert EVIL not in page
    assert "segment 1 is &apos;&lt;script&gt;&apos;" in page


def test_stand_in() -> None:
    """A request of another application is no failure."""
    req: Any = SimpleNamespace(path="/x", method="GET")
    assert describe_search(req) == ""
