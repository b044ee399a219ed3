"""Facts about error pages in the form that the client asks for."""

from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.error_pages import ErrorPages, Problem
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import BaseResponse, Response, abort
from poorwsgi_core.testing import Client


@pytest.fixture
def site(app: Application) -> Application:
    """Build an application that fails in several ways."""

    @app.route("/")
    def index(_: Request) -> None:
        abort(404, error="No such <shoe>")

    @app.route("/broken")
    def broken(_: Request) -> None:
        raise RuntimeError("secret")

    @app.route("/secret")
    def secret(_: Request) -> None:
        challenges = ["Bearer"]
        abort(401, error="the key is of yesterday", challenges=challenges)

    @app.route("/same")
    def same(_: Request) -> None:
        abort(304)

    return app


@pytest.mark.parametrize(
    ("accept", "kind", "start"),
    [
        (None, "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("image/png", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("text/html, */*;q=0.8", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("text/plain", "text/plain; charset=utf-8", "404 Not Found\nNo such <shoe>\n"),
        ("application/json", "application/json", '{"type": "about:blank", "title"'),
        ("application/problem+json", "application/problem+json", "{"),
        ("application/json; charset=utf-8", "application/json", "{"),
        ("text/html;q=0, */*", "application/problem+json", "{"),
        ("application/vnd.api+json", "application/json", "{"),
    ],
)
def test_forms(
    site: Application, client: Client, accept: str | None, kind: str, start: str
) -> None:
    """The page is what the client likes best, and says by what it was chosen."""
    site.install(ErrorPages())
    answer = client.get("/", headers={} if accept is None else {"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == kind
    assert answer.text.startswith(start)
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"title": "Not Found", "status": 404, "detail": "No such <shoe>"}),
        ("/nowhere", {"title": "Not Found", "status": 404}),
        ("/secret", {"title": "Unauthorized", "status": 401}),
        ("/broken", {"title": "Internal Server Error", "status": 500}),
    ],
)
def test_problems(
    site: Application, client: Client, path: str, expected: dict[str, Any]
) -> None:
    """A problem has a reason that may be told, and the headers of the page."""
    site.install(ErrorPages(default="json"))
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", **expected}
    if path == "/secret":
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_405_keeps_allow(site: Application, client: Client) -> None:
    """What belongs to a status stays, the policy of the other page doesn't."""
    site.install(ErrorPages(default="text"))
    answer = client.post("/")
    assert answer.text == "405 Method Not Allowed\n"
    assert answer.headers["Allow"] == "HEAD, GET, OPTIONS"
    assert "Content-Security-Policy" not in answer.headers


def test_one_place_for_style(site: Application, client: Client) -> None:
    """All pages of HTML are made by one function, but the one that helps to debug."""

    def render(req: SimpleRequest, problem: Problem) -> str:
        return f"<h1>{problem.status} {problem.title}</h1>{problem.detail}{req.path}"

    site.install(ErrorPages(render=render))
    assert client.get("/nowhere").text == "<h1>404 Not Found</h1>/nowhere"
    assert client.get("/broken").text == "<h1>500 Internal Server Error</h1>/broken"
    site.debug = True
    assert "RuntimeError" in client.get("/broken").text
    plain = client.get("/broken", headers={"Accept": "text/plain"})
    assert plain.text == "500 Internal Server Error\n"


@pytest.mark.parametrize("page", [None, {"error": "no"}])
def test_page_that_is_no_text(
    site: Application, client: Client, caplog: pytest.LogCaptureFixture, page: Any
) -> None:
    """The log says what the function returned, and what it has to."""

    def render(_: SimpleRequest, __: Problem) -> Any:
        return page

    site.install(ErrorPages(render=render))
    assert client.get("/nowhere").status_code == 500
    assert f"render returns a page as text, not {page!r}" in caplog.text


def test_answers_without_a_page(site: Application, client: Client) -> None:
    """What has no body, or isn't HTML any more, is left alone."""

    def write(_: SimpleRequest, page: BaseResponse) -> BaseResponse:
        if page.status_code == 404:
            return Response("mine", "text/plain", None, 404)
        return page

    site.add_page_handler(write)
    site.install(ErrorPages())
    answer = client.get("/", headers={"Accept": "application/json"})
    assert answer.text == "mine"
    assert "Vary" not in client.get("/same").headers


def test_vary_is_told_once(site: Application, client: Client) -> None:
    """A page that already depends on Accept says so once."""
    site.install(ErrorPages())

    @site.before_response()
    def tell(req: Request) -> None:
        req.vary += ("Accept",)

    assert client.get("/").headers["Vary"] == "Accept"


def test_bad_settings() -> None:
    """An unknown form is refused when it is made."""
    with pytest.raises(ValueError, match="default is html, json or text, not 'xml'"):
        ErrorPages(default="xml")


def test_routes_in_debug(app: Application) -> None:
    """In debug a 404 says why no route answers, the nearest first, in each form."""
    app.install(ErrorPages(default="json"))

    def show(_: Request, ident: int) -> str:
        return str(ident)

    app.set_route("/user/<ident:int>", show)
    client = Client(app)
    silent = client.get("/usr/7").json()
    app.debug = True
    loud = client.get("/usr/7").json()
    reason = "segment 1 is 'usr', not 'user'"
    assert loud.pop("routes")[0] == {"rule": "/user/<ident:int>", "reason": reason}
    assert loud == silent
    text = client.get("/usr/7", headers={"Accept": "text/plain"}).text
    assert text.split("\n")[1] == f"/user/<ident:int>: {reason}"
    foreign = client.get("/usr/7", headers={"Host": "evil.example"})
    assert foreign.json() == silent
