"""Facts about registration: what can be registered, looked at and removed."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.application.table import PatternRoute
from poorwsgi_core.request import Request
from poorwsgi_core.state import (
    METHOD_ALL,
    METHOD_DELETE,
    METHOD_GET,
    METHOD_GET_POST,
    METHOD_HEAD,
    METHOD_POST,
    METHOD_PUT,
)
from poorwsgi_core.testing import Client

HEAD_GET = METHOD_HEAD | METHOD_GET


def one(*_: object) -> str:
    """Answer one."""
    return "one"


def two(*_: object) -> str:
    """Answer two."""
    return "two"


def show(_: Request, *values: object) -> str:
    """Answer with the values in the path."""
    return " ".join(map(str, values))


# --- routes ------------------------------------------------------------------------


def test_tables_of_a_new_application(app: Application) -> None:
    """There is nothing but filters in a new application."""
    tables = (app.routes, app.regular_routes, app.states, app.errors, app.defaults)
    assert tables == ({}, {}, {}, {}, {})
    assert (app.before, app.after) == ((), ())
    assert ":int" in app.filters


def test_set_route(app: Application) -> None:
    """A route serves HEAD and GET unless told otherwise, one entry for each bit."""
    app.set_route("/a", one)
    app.set_route("/a", two, METHOD_GET | METHOD_PUT)
    assert app.routes == {
        "/a": {METHOD_HEAD: one, METHOD_GET: two, METHOD_PUT: two},
    }


def test_route_decorator(app: Application) -> None:
    """It returns the function, so it can be stacked; ``methods`` is ``method``."""

    @app.route("/a")
    @app.route("/b", METHOD_POST)
    @app.route("/c", method=METHOD_PUT)
    @app.route("/d", methods=METHOD_DELETE)
    def handler(_: Request) -> str:
        return "text"

    assert app.routes == {
        "/a": {METHOD_HEAD: handler, METHOD_GET: handler},
        "/b": {METHOD_POST: handler},
        "/c": {METHOD_PUT: handler},
        "/d": {METHOD_DELETE: handler},
    }


def test_group_route(app: Application) -> None:
    """It is a regular route with converters and the text as rule (7.3)."""
    app.set_route("/<x:int>/<y>", one, METHOD_POST)
    (pattern,) = app.regular_routes
    assert pattern.pattern == r"/(?P<x>-?\d+)/(?P<y>[^/]+)\Z"
    route = app.regular_routes[pattern][METHOD_POST]
    assert route == (one, (("x", int), ("y", str)), "/<x:int>/<y>")
    assert app.routes == {}


@pytest.mark.parametrize(
    ("path", "data"),
    [("/", "one"), ("", "two"), ("/a//b", "one"), ("/a b", "two")],
)
def test_any_text_is_a_path(app: Application, path: str, data: str) -> None:
    """A static path is compared as it is, nothing is normalised (8.1)."""
    for text, handler in (("/", one), ("", two), ("/a//b", one), ("/a b", two)):
        app.set_route(text, handler)
    assert Client(app).get(PATH_INFO=path).text == data


@pytest.mark.parametrize(
    ("call", "kwargs"),
    [
        ("set_route", {"uri": "/a"}),
        ("set_route", {"uri": "/<a>"}),
        ("set_regular_route", {"uri": "/a"}),
        ("set_default", {}),
        ("set_http_state", {"status_code": 404}),
        ("set_error_handler", {"error": ValueError}),
        ("add_before_response", {}),
        ("add_after_response", {}),
    ],
)
def test_handlers_are_callable(
    app: Application, call: str, kwargs: dict[str, Any]
) -> None:
    """Anything else is refused when it is set."""
    with pytest.raises(TypeError, match="A handler is a callable, not str"):
        getattr(app, call)(fun="text", **kwargs)


@pytest.mark.parametrize("method", [0, -1, METHOD_ALL + 1])
def test_bad_method_masks(app: Application, method: int) -> None:
    """A mask with no method or an unknown bit is refused, with the remedy."""
    calls: list[Callable[[], object]] = [
        partial(app.set_route, "/a", one, method),
        partial(app.set_route, "/<a>", one, method),
        partial(app.set_regular_route, "/a", one, method),
        partial(app.set_default, one, method),
        partial(app.set_http_state, 404, one, method),
        partial(app.set_error_handler, ValueError, one, method),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"METHOD_GET \| METHOD_POST"):
            call()
    assert (app.routes, app.regular_routes, app.defaults) == ({}, {}, {})


def test_malformed_route_changes_nothing(app: Application, client: Client) -> None:
    """A route that is refused leaves the others as they are."""
    app.set_route("/a", one)
    for rule, error in (("/<x", ValueError), ("/<x:foo>", RuntimeError)):
        with pytest.raises(error):
            app.set_route(rule, two)
    assert (client.get("/a").text, app.regular_routes) == ("one", {})


def test_pop_route(app: Application, client: Client) -> None:
    """A route is removed method by method (7.4)."""
    app.set_route("/a", one, METHOD_GET_POST)
    assert client.get("/a").status_code == 200
    assert app.pop_route("/a", METHOD_GET) is one
    assert app.pop_route("/a", METHOD_HEAD) is one
    assert client.get("/a").status_code == 405
    assert app.pop_route("/a", METHOD_POST) is one
    assert client.get("/a").status_code == 404
    assert app.routes == {}


def test_pop_group_route(app: Application, client: Client) -> None:
    """A group route gives its triple, and is gone with its last method."""
    app.set_route("/<x:int>", one, METHOD_GET)
    assert client.get("/1").status_code == 200
    expected = PatternRoute(one, (("x", int),), "/<x:int>")
    assert app.pop_route("/<x:int>", METHOD_GET) == expected
    assert (client.get("/1").status_code, app.regular_routes) == (404, {})


@pytest.mark.parametrize("uri", ["/a", "/b", "/<x>", "/<y>"])
def test_pop_what_is_not_there(app: Application, uri: str) -> None:
    """An absent path, method, or a combined mask is a KeyError (7.4)."""
    app.set_route("/a", one)
    app.set_route("/<x>", one)
    for method in (METHOD_POST, METHOD_HEAD | METHOD_GET):
        with pytest.raises(KeyError):
            app.pop_route(uri, method)


def test_is_route(app: Application) -> None:
    """Group routes are compared by their pattern, so that names matter (7.4)."""
    app.set_route("/a", one)
    app.set_route("/<x:int>", one)
    uris = ("/a", "/b", "/<x:int>", "/<x:INT>", "/<y:int>", "/<x>")
    assert [app.is_route(uri) for uri in uris] == [
        True,
        False,
        True,
        True,
        False,
        False,
    ]


def test_regular_routes(app: Application, client: Client) -> None:
    """A regular route matches from the start; all groups are text (8.1)."""

    @app.regular_route(r"/(\d)(?P<x>[a-z])?")
    def handler(req: Request, first: str, x: str | None) -> dict[str, Any]:
        return {"first": first, "x": x, "args": req.path_args, "rule": req.uri_rule}

    assert client.get("/1b/and/more").json() == {
        "first": "1",
        "x": "b",
        "args": {"x": "b"},
        "rule": r"/(\d)(?P<x>[a-z])?",
    }
    assert client.get("/1").json()["x"] is None
    assert app.is_regular_route(r"/(\d)(?P<x>[a-z])?")
    assert not app.is_regular_route(r"/(\d)")
    assert app.pop_regular_route(r"/(\d)(?P<x>[a-z])?", METHOD_GET).handler is handler
    assert client.get("/1", REQUEST_METHOD="GET").status_code == 405


def test_regular_route_with_converters(app: Application, client: Client) -> None:
    """With converters only the named groups are arguments (7.4)."""

    def handler(req: Request, x: int, y: str) -> dict[str, Any]:
        return {"x": x, "y": y, "rule": req.uri_rule}

    uri, converters = r"/(a|b)/(?P<x>\d+)(?P<y>\.\d+)?", (("x", int), ("y", str))
    app.set_regular_route(uri, handler, METHOD_GET, converters, "my rule")
    expected = {"x": 5, "y": ".5", "rule": "my rule"}
    assert client.get("/a/5.5").json() == expected


def test_broken_regular_route(app: Application) -> None:
    """A broken expression is refused when it is set."""
    with pytest.raises(re.error):
        app.set_regular_route("/(", one)


def test_pop_regular_route_that_is_not_there(app: Application) -> None:
    """It is a KeyError."""
    with pytest.raises(KeyError):
        app.pop_regular_route("/a", METHOD_GET)


def test_set_filter(app: Application, client: Client) -> None:
    """A filter serves the routes that are set afterwards (8.2)."""
    app.set_filter("Email", r"\w+@\w+", str.upper)
    app.set_filter(":two", r"..")
    app.set_route("/<x:email>/<y:two>", show)
    assert client.get("/a@b/cd").text == "A@B cd"
    assert app.filters[":Email"] == (r"\w+@\w+", str.upper)
    assert app.filters[":two"] == ("..", str)


def test_filter_that_may_backtrack(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """A repeat in a repeat is warned of, and taken."""
    app.set_filter("mail", r"(?:[a-z]+\.?)+@[a-z]+")
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "The filter mail has a repeat in a repeat" in record.getMessage()
    assert ":mail" in app.filters


def test_built_in_filter_can_be_replaced(app: Application, client: Client) -> None:
    """A filter of the user wins over one of the same name (7.4)."""
    app.set_filter("int", "[0-9]", lambda text: int(text) + 1)
    app.set_route("/<x:int>", show)
    assert client.get("/1").text == "2"
    assert client.get("/12").status_code == 404


@pytest.mark.parametrize("name", ["", ":", "a b", "<a>"])
def test_filter_without_a_name(app: Application, name: str) -> None:
    """A filter needs a name, and one that can stand in a route."""
    with pytest.raises(ValueError, match="needs a name"):
        app.set_filter(name, ".")


def test_filter_with_a_broken_expression(app: Application) -> None:
    """The expression is checked when the filter is set."""
    with pytest.raises(re.error):
        app.set_filter("x", "(")
    no_expression: Any = int
    with pytest.raises(TypeError, match=r"set_filter\('id', r'\\d\+', int\)"):
        app.set_filter("id", no_expression)


# --- other tables -----------------------------------------------------------------


def test_defaults(app: Application) -> None:
    """Default handlers are kept by method bit."""
    assert app.default()(one) is one
    app.set_default(two, METHOD_POST)
    assert app.defaults == {METHOD_HEAD: one, METHOD_GET: one, METHOD_POST: two}
    assert app.pop_default(METHOD_POST) is two
    with pytest.raises(KeyError):
        app.pop_default(METHOD_POST)


def test_states(app: Application) -> None:
    """State handlers serve HEAD, GET and POST; any code may have one (7.4)."""
    assert app.http_state(404)(one) is one
    app.set_http_state(799, two, METHOD_PUT)
    assert app.states == {
        404: {METHOD_HEAD: one, METHOD_GET: one, METHOD_POST: one},
        799: {METHOD_PUT: two},
    }
    assert app.pop_http_state(799, METHOD_PUT) is two
    assert 799 not in app.states
    with pytest.raises(KeyError):
        app.pop_http_state(799, METHOD_PUT)


def test_errors(app: Application) -> None:
    """Exception handlers are kept in order; an empty entry goes (R6)."""
    assert app.error_handler(ValueError)(one) is one
    app.set_error_handler(KeyError, two, METHOD_PUT)
    assert [*app.errors] == [ValueError, KeyError]
    assert app.pop_error_handler(KeyError, METHOD_PUT) is two
    assert [*app.errors] == [ValueError]
    with pytest.raises(KeyError):
        app.pop_error_handler(KeyError, METHOD_PUT)


def test_tables_are_copies(app: Application) -> None:
    """Changing what a table property gave changes no application (R10)."""
    app.set_route("/a", one)
    app.set_route("/<x>", one)
    app.set_default(one)
    app.set_http_state(404, one)
    app.set_error_handler(ValueError, one)

    def tables() -> list[dict[Any, Any]]:
        return [app.routes, app.regular_routes, app.states, app.errors]

    before = tables()
    for table in tables():
        for handlers in table.values():
            handlers.clear()
        table.clear()
    app.defaults.clear()
    app.filters.clear()
    assert tables() == before
    assert app.defaults == {METHOD_HEAD: one, METHOD_GET: one}
    assert ":int" in app.filters


def test_changes_take_effect_at_once(app: Application, client: Client) -> None:
    """Routes may change after the first request (decision 19)."""
    assert client.get("/a").status_code == 404
    app.set_route("/a", one)
    assert client.get("/a").text == "one"
    app.set_route("/a", two)
    assert client.get("/a").text == "two"
    app.set_regular_route("/b", one)
    assert client.get("/b").text == "one"


def test_change_while_a_request_runs(app: Application, client: Client) -> None:
    """A handler may take its own route away (decision 19)."""

    def handler(_: Request) -> str:
        app.pop_route("/a", METHOD_GET)
        app.pop_route("/a", METHOD_HEAD)
        app.set_route("/b", one)
        return "removed"

    app.set_route("/a", handler)
    assert client.get("/a").text == "removed"
    assert client.get("/a").status_code == 404
    assert client.get("/b").text == "one"


@pytest.mark.parametrize(
    ("call", "key", "what"),
    [
        ("set_default", (), "The default handler"),
        ("set_http_state", (404,), "The handler of status 404"),
        ("set_error_handler", (ValueError,), "The handler of ValueError"),
    ],
)
def test_handler_that_takes_the_place_of_another(
    app: Application,
    caplog: pytest.LogCaptureFixture,
    call: str,
    key: tuple[Any, ...],
    what: str,
) -> None:
    """It is a warning that names both; the same one twice is none."""

    def first(_: Any, *values: Any) -> str:
        return repr(values)

    def second(_: Any, *values: Any) -> str:
        return repr(values)

    for handler in (first, first, second):
        getattr(app, call)(*key, handler)
    (record,) = caplog.records
    assert record.getMessage().startswith(f"{what} is set twice: ")
    assert "second" in record.getMessage().partition(" takes the place of ")[0]


def test_page_handler_that_cannot_be_called(app: Application) -> None:
    """It is refused as any other."""
    wrong: list[Any] = [None, lambda: None]
    for handler in wrong:
        with pytest.raises(TypeError):
            app.add_page_handler(handler)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("run", "write python -m poorwsgi_core run"),
        ("register_blueprint", r"write app\.install\(Routes"),
        ("static", r"set app\.document_root: a folder static/ in it"),
        ("my_own", r"has no attribute 'my_own'\Z"),
    ],
)
def test_names_of_other_frameworks(app: Application, name: str, told: str) -> None:
    """A name that others have is answered with ours."""
    with pytest.raises(AttributeError, match=told):
        getattr(app, name)
    assert not hasattr(app, name)


@pytest.mark.parametrize("uri", ["/a/{id}", "/<x>/{id}", "/a/:id"])
def test_group_that_is_none(app: Application, uri: str) -> None:
    """It is told before the arguments of the handler, which takes its value."""

    def show_one(req: object, *, id: str) -> str:  # noqa: A002
        return f"{req} {id}"

    with pytest.raises(TypeError, match=r"is literal text: write <id> for a group\Z"):
        app.set_route(uri, show_one)


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("/a/:name", ":name is literal text: write <name> for a group"),
        ("/a/*", "* is literal text: write <rest:re:.*>"),
        ("/a>", "> is literal text"),
        ("/a?b=1", "no path goes on behind ?"),
        ("/a#b", "no path goes on behind #"),
        ("/a%20b", "paths are decoded: write what %20 stands for"),
        ("/a/../b", "clients take .. out of a path"),
        ("/a/.", "clients take . out of a path"),
        ("/a//b", "two slashes have nothing between them"),
        ("/a/<int>", "<int> takes any text and calls it int: write <name:int>"),
    ],
)
def test_paths_that_are_meant_otherwise(
    app: Application, caplog: pytest.LogCaptureFixture, uri: str, reason: str
) -> None:
    """A route that no path is likely to match is set, with a warning."""
    app.set_route(uri, show)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith(f"Route {uri!r}: {reason}")


@pytest.mark.parametrize(
    "uri", ["/a:b", "/*x", "/a/<b:re:[^?#:/]*>", "/.well-known/x", "/a.b/...", "*"]
)
def test_paths_that_are_as_they_are(
    app: Application, caplog: pytest.LogCaptureFixture, uri: str
) -> None:
    """Text that only looks a little like it is told nothing about."""
    app.set_route(uri, show)
    assert caplog.records == []


@pytest.mark.parametrize("name", ["set_route", "set_regular_route"])
@pytest.mark.parametrize("uri", [None, b"/", 1, show])
def test_route_that_is_no_text(app: Application, name: str, uri: object) -> None:
    """What is no path, such as the handler in its place, is told."""
    with pytest.raises(TypeError, match="A route is a path as text, and comes first"):
        getattr(app, name)(uri, show)


def test_method_that_is_a_flag(app: Application) -> None:
    """True would be HEAD."""
    with pytest.raises(TypeError, match="METHOD_"):
        app.set_route("/", show, True)


@pytest.mark.parametrize(
    ("extension", "remedy"),
    [
        (Application("other"), r"app\.mount\('/prefix', other\)"),
        (None, r"no extension, which has a method install\(app\)"),
        (show, r"no extension, which has a method install\(app\)"),
    ],
)
def test_extension_that_is_none(app: Application, extension: Any, remedy: str) -> None:
    """What has no install is told, and an application leads to mount."""
    with pytest.raises(TypeError, match=remedy):
        app.install(extension)
