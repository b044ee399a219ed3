"""Facts about groups of routes."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core import Application, Request, Response, Routes, abort
from poorwsgi_core.application.handlers import check_unrouted
from poorwsgi_core.state import METHOD_GET, METHOD_POST
from poorwsgi_core.testing import Client


def show(req: Request, *values: object) -> str:
    """Answer with the values in the path."""
    return f"{req.uri_rule} {values}"


def _answer_key(*_: object) -> str:
    return "api key"


def _answer_inner_key(*_: object) -> str:
    return "inner key"


def _answer_value(*_: object) -> str:
    return "app value"


def _mounted(*_: object) -> list[bytes]:
    return []


def tag(name: str) -> Callable[[Any, Any], Any]:
    """Build an after handler that leaves its name."""

    def after(_: Any, response: Any) -> Any:
        response.add_header("X-After", name)
        return response

    return after


def note(name: str) -> Callable[[Any], None]:
    """Build a before handler that leaves its name."""

    def before(req: Any) -> None:
        req.app_notes = [*getattr(req, "app_notes", ()), name]

    return before


def need(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Build a guard that asks for a query argument."""

    def guard(handler: Callable[..., Any]) -> Callable[..., Any]:
        check_unrouted(handler)

        def guarded(req: Any, *values: Any) -> Any:
            note(name)(req)
            if name not in req.query:
                abort(403, error=name)
            return handler(req, *values)

        return guarded

    return guard


def test_prefix(app: Application, client: Client) -> None:
    """All routes of a group stand below its prefix."""
    api = Routes("/api/v1")
    api.set_route("", show)
    api.get("/users/<ident:int>")(show)
    api.post("/users")(show)
    api.set_regular_route(r"/r(\d+)\Z", show, rule="/r")
    api.regular_route(r"/s(\d+)\Z", METHOD_POST)(show)
    app.install(api)
    assert client.get("/api/v1").text == "/api/v1 ()"
    assert client.get("/api/v1/users/5").text == "/api/v1/users/<ident:int> (5,)"
    assert client.post("/api/v1/users").text == "/api/v1/users ()"
    assert client.get("/api/v1/r5").text == "/api/v1/r ('5',)"
    assert client.post("/api/v1/s5").status_code == 200
    assert client.get("/users/5").status_code == 404


@pytest.mark.parametrize("prefix", ["api", "/", "/api/", "//"])
def test_bad_prefix(prefix: str) -> None:
    """It is refused with the prefix to write instead."""
    with pytest.raises(ValueError, match=r"write '(/api|)'"):
        Routes(prefix)


def test_nothing_else_is_touched(app: Application, client: Client) -> None:
    """Hooks, guards and handlers of a group apply to its paths alone."""
    api = Routes("/api", guards=[need("key")])
    api.add_before_response(note("api"))
    api.add_after_response(tag("api"))
    api.set_http_state(404, lambda _: Response("api 404", status_code=404))
    api.set_route("/x", show)
    app.install(api)
    app.set_route("/x", show)
    app.set_route("/apix", show)
    for path in ("/x", "/apix", "/apix/none"):
        answer = client.get(path)
        assert "X-After" not in answer.headers
        assert answer.text != "api 404"
    assert client.get("/api/x?key").headers["X-After"] == "api"
    assert client.get("/api/x").status_code == 403


def test_what_nothing_serves(app: Application, client: Client) -> None:
    """Below the prefix it is answered by the group, that of the longest prefix."""
    outer, inner = Routes("/a"), Routes("/<ident:int>/b")
    outer.set_http_state(404, lambda _: Response("outer", status_code=404))
    inner.set_http_state(404, lambda _: Response("inner", status_code=404))
    inner.set_http_state(405, lambda _: Response("method", status_code=405))
    inner.add_after_response(tag("inner"))
    inner.set_route("/x", show)
    outer.add_routes(inner)
    app.install(outer)
    assert client.get("/a/none").text == "outer"
    assert client.get("/a").text == "outer"
    assert client.get("/a/5/b/none").text == "inner"
    assert client.post("/a/5/b/x").text == "method"
    assert client.options("/a/5/b/x").headers["X-After"] == "inner"
    assert client.get("/b").text not in ("outer", "inner")


def test_order(app: Application, client: Client) -> None:
    """Before handlers run from outside in, after handlers from inside out."""
    outer = Routes("/o", guards=[need("g1"), need("g2")])
    inner = Routes("/i", guards=[need("g3")])
    app.add_before_response(note("app"))
    app.add_after_response(tag("app"))
    outer.add_before_response(note("outer"))
    outer.add_after_response(tag("outer"))

    @inner.before_response()
    def before(req: Any) -> None:
        note("inner")(req)

    @inner.after_response()
    def after(req: Any, response: Any) -> Any:
        return tag("inner")(req, response)

    @inner.get("/x")
    def notes(req: Any) -> Any:
        return req.app_notes

    outer.add_routes(inner)
    app.install(outer)
    answer = client.get("/o/i/x?g1&g2&g3")
    assert answer.json() == ["app", "outer", "inner", "g1", "g2", "g3"]
    assert answer.headers.get_all("X-After") == ("inner", "outer", "app")


def test_before_handler_answers(app: Application, client: Client) -> None:
    """What it returns is the answer, which after handlers see."""
    api = Routes("/api")
    api.add_before_response(lambda _: "stopped")
    api.add_after_response(tag("api"))
    api.set_route("/x", show)
    app.install(api)
    answer = client.get("/api/x")
    assert (answer.text, answer.headers["X-After"]) == ("stopped", "api")


def test_before_handler_of_the_application_answers(
    app: Application, client: Client
) -> None:
    """The after handlers of the group see that answer, too."""
    api = Routes("/api")
    api.add_after_response(tag("api"))
    api.set_route("/x", show)
    app.install(api)
    app.add_before_response(lambda _: "stopped")
    answer = client.get("/api/x")
    assert (answer.text, answer.headers["X-After"]) == ("stopped", "api")


def test_failures(app: Application, client: Client) -> None:
    """The handlers of the group are asked first, the application's next."""
    api, inner = Routes("/api"), Routes("/inner")

    def fail(req: Request) -> str:
        raise {"k": KeyError, "v": ValueError, "o": OSError}[req.query](req.query)

    api.set_error_handler(KeyError, _answer_key)
    api.set_http_state(500, lambda _: Response("api 500", status_code=500))
    api.add_after_response(tag("api"))
    inner.error_handler(KeyError)(_answer_inner_key)
    inner.set_route("/x", fail)
    api.set_route("/x", fail)
    api.add_routes(inner)
    app.install(api)
    app.set_route("/x", fail)
    app.set_error_handler(ValueError, _answer_value)
    assert client.get("/api/x?k").text == "api key"
    assert client.get("/api/inner/x?k").text == "inner key"
    assert client.get("/api/inner/x?v").text == "app value"
    answer = client.get("/api/inner/x?o")
    assert (answer.text, answer.headers["X-After"]) == ("api 500", "api")
    assert "api" not in client.get("/x?o").text


def test_installed_twice(name: str) -> None:
    """A group can be installed in several applications, each with its own."""
    api = Routes("/api")
    api.set_route("/x", show)
    for number in range(2):
        app = Application(f"{name} {number}")
        app.install(api)
        assert Client(app).get("/api/x").status_code == 200


def test_too_late(app: Application) -> None:
    """What is registered after the group was installed is refused."""
    api = Routes("/api")
    app.install(api)
    late: list[Callable[[], None]] = [
        lambda: api.set_route("/x", show),
        lambda: api.add_before_response(note("x")),
        lambda: api.add_after_response(tag("x")),
        lambda: api.set_http_state(404, show),
        lambda: api.set_error_handler(KeyError, _answer_key),
        lambda: api.add_routes(Routes("/x")),
    ]
    for register in late:
        with pytest.raises(RuntimeError, match="<Routes '/api'> is installed already"):
            register()


def test_wiring_mistakes(app: Application) -> None:
    """They are told where they are made, as far as they are known there."""
    api = Routes("/api")
    with pytest.raises(TypeError, match="A handler is a callable"):
        api.set_route("/x", "handler")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Bad method mask"):
        api.set_route("/x", show, 0)
    with pytest.raises(ValueError, match="can't be added to itself"):
        api.add_routes(api)
    with pytest.raises(TypeError, match=r"by outer\.add_routes\(inner\)"):
        api.install(Routes("/outer"))
    api.set_route("/<x:nothing>", show)
    with pytest.raises(RuntimeError, match="Unknown filter"):
        app.install(api)


def test_names(app: Application) -> None:
    """Routes are known by their name, and by that of the group in front."""
    api, users = Routes("/api/v1"), Routes("/users", name="people")
    api.set_route("/", show, name="index")
    users.set_route("/", show, name="index")
    api.add_routes(users)
    app.install(api)
    assert app.url_for("api.v1.index") == "/api/v1/"
    assert app.url_for("api.v1.people.index") == "/api/v1/users/"
    with pytest.raises(ValueError, match="several routes") as caught:
        app.url_for(show)
    assert re.search("'/api/v1/' .*'/api/v1/users/'", str(caught.value))


def test_without_a_prefix(app: Application, client: Client) -> None:
    """Such a group just has its own hooks, and answers for no other path."""
    pages = Routes("")
    pages.add_after_response(tag("pages"))
    pages.set_route("/x", show)
    app.install(pages)
    assert client.get("/x").headers["X-After"] == "pages"
    assert "X-After" not in client.get("/none").headers


def test_route_table(app: Application) -> None:
    """All routes are rows, in the order in which a path is looked for."""
    api = Routes("/api")
    api.get("/<x>", name="item")(show)
    api.mount("/old", _mounted)
    app.set_regular_route(r"/r(.*)", show)
    app.install(api)
    app.set_route("/", show, METHOD_GET | METHOD_POST)
    app.set_route("/", print_route := lambda _: "", 16)
    methods = (("GET", "POST"), ("DELETE",))
    rows = [row[:5] for row in app.route_table]
    assert rows == [
        ("/", methods[0], show, None, ""),
        ("/", rows[1][1], print_route, None, ""),
        ("/api/old/*", rows[2][1], _mounted, None, "api"),
        ("/r(.*)", ("HEAD", "GET"), show, None, ""),
        ("/api/<x>", ("HEAD", "GET"), show, "item", "api"),
    ]
    assert len(app.route_table[2].methods) == 9


@pytest.mark.parametrize("prefix", [None, 1, b"/api"])
def test_prefix_that_is_no_text(prefix: Any) -> None:
    """It is told with what a prefix is."""
    with pytest.raises(TypeError, match="A prefix is text such as '/api'"):
        Routes(prefix)


def test_path_without_a_slash(caplog: pytest.LogCaptureFixture) -> None:
    """It goes on where the prefix ends, which is told."""
    group = Routes("/api")
    group.set_route("users", lambda _: "")
    assert caplog.messages == [
        (
            "Route 'users' of the group '/api': paths begin with a slash, without "
            "one it is '/apiusers': write '/users'"
        )
    ]


def keep(handler: Any) -> Any:
    """Guard nothing."""
    return handler


@pytest.mark.parametrize(
    ("guards", "remedy"),
    [
        (keep, r"write guards=\[guard\]"),
        ([1], "A handler is a callable, not int"),
        ([lambda: None], r"write lambda handler"),
    ],
)
def test_guards_that_are_none(guards: Any, remedy: str) -> None:
    """They are refused when the group is made."""
    with pytest.raises(TypeError, match=remedy):
        Routes("/api", guards=guards)


def forget(_: Any) -> Any:
    """Return nothing."""


@pytest.mark.parametrize("add", ["set_route", "set_regular_route"])
def test_guard_that_returns_nothing(app: Application, add: str) -> None:
    """It is told when the group is installed, not by a failing page."""
    group = Routes("/api", guards=[forget])
    getattr(group, add)("/", show)
    with pytest.raises(TypeError, match="has to return the guarded handler, not None"):
        app.install(group)


def test_groups_in_a_circle(app: Application) -> None:
    """Groups that are added to each other have no end, which is told."""
    one, two = Routes("/one"), Routes("/two")
    one.add_routes(two)
    two.add_routes(one)
    with pytest.raises(ValueError, match="added to itself by way of others"):
        app.install(one)
