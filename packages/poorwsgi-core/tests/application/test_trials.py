"""Facts about why a route doesn't answer a path."""

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.state import METHOD_GET, METHOD_POST

LONG = "x" * 100


def answer(*_: object, **_values: object) -> str:
    """Answer anything."""
    return ""


def even(text: str) -> int:
    """Convert an even number."""
    if int(text) % 2:
        raise ValueError(text)
    return int(text)


def explain(
    app: Application, route: str, path: str, method: str = "GET"
) -> tuple[str, int]:
    """Set a route, and return why it doesn't answer and how far it is."""
    app.set_route(route, answer)
    (trial,) = app.explain_routes(path, method)
    assert (trial.rule, trial.methods) == (route, ("HEAD", "GET"))
    assert trial.handler is answer
    return trial.reason, trial.distance


@pytest.mark.parametrize(
    ("route", "path", "reason", "distance"),
    [
        ("/user", "/usr", "segment 1 is 'usr', not 'user'", 1),
        ("/user", "/User", "segment 1 is 'User', not 'user'", 1),
        ("/user", "/users", "segment 1 is 'users', not 'user'", 1),
        ("/user", "/", "nothing stands for user", 4),
        ("/", "/user", "the path goes on with 'user'", 4),
        ("/user", "/user/", "the path goes on with a slash at the end", 1),
        ("/user/", "/user", "the path lacks the slash at the end", 1),
        ("/user", "/user/edit", "the path goes on with '/edit'", 5),
        ("/user/edit", "/user", "the path lacks '/edit'", 5),
        ("/user/<id>", "/user", "the path lacks '/<id>'", 2),
        ("/user/<id>", "/user/", "nothing stands for <id>", 2),
        ("/a/b/c", "/a/x/c", "segment 2 is 'x', not 'b'", 1),
        ("/a/b/c", "/a/x/c/d", "segment 2 is 'x', not 'b'", 3),
        (
            "/user/<id:int>",
            "/user/abc",
            r"segment 2 is 'abc', which <id:int> refuses: (-?\d+)",
            2,
        ),
        (
            "/user/<id:int>",
            "/user/12a",
            r"segment 2 is '12a', which <id:int> refuses: (-?\d+)",
            2,
        ),
        ("/usr/<id:int>", "/user/12", "segment 1 is 'user', not 'usr'", 1),
        ("/usr/<id:int>", "/user/x", "segment 1 is 'user', not 'usr'", 3),
        (
            "/<name>.html",
            "/index.htm",
            r"segment 1 is 'index.htm', which <name>.html refuses: ([^/]+)\.html",
            2,
        ),
        ("/f/<p:re:.+>/raw", "/f/a/b", "the path lacks '/raw'", 4),
        ("/<a:re:.>/<b:re:(?P=a)>", "/x/y", "the expression doesn't match", 1000),
        ("/user", f"/{LONG}", f"segment 1 is '{'x' * 60}…', not 'user'", 61),
    ],
)
def test_path_differs(
    app: Application, route: str, path: str, reason: str, distance: int
) -> None:
    """The first segment that differs is named, with what would fit there."""
    assert explain(app, route, path) == (reason, distance)


@pytest.mark.parametrize("route", ["/user", "/<name>"])
def test_method_differs(app: Application, route: str) -> None:
    """A path that fits leaves the method, and nothing is nearer."""
    reason = "the path matches, the method isn't HEAD or GET"
    assert explain(app, route, "/user", "POST") == (reason, 0)


def test_head_goes_with_get(app: Application) -> None:
    """A route of GET alone answers HEAD too."""
    app.set_route("/user", answer, METHOD_GET)
    (trial,) = app.explain_routes("/user", "HEAD")
    assert (trial.reason, trial.distance) == ("it matches", 0)


def test_converter_refuses(app: Application) -> None:
    """A converter that refuses what its filter let through is named."""
    app.set_filter("even", r"\d+", even)
    reason = "the converter of <number> refuses '3'"
    assert explain(app, "/<kind>/<number:even>", "/x/3") == (reason, 1)


def test_route_that_matches(app: Application) -> None:
    """One that answers is told too."""
    assert explain(app, "/<kind>", "/x") == ("it matches", 0)


def test_expression(app: Application) -> None:
    """Of an expression of one's own it is told that it doesn't match."""
    app.set_regular_route(r"/\d+\Z", answer)
    (trial,) = app.explain_routes("/x")
    assert trial[0] == r"/\d+\Z"
    assert trial[3:] == ("the expression doesn't match", 1000)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/odl/x", ("segment 1 is 'odl', not 'old'", 2)),
        ("/", ("nothing stands for old", 3)),
        ("/old/x", ("it matches", 0)),
    ],
)
def test_mounted(app: Application, path: str, reason: tuple[str, int]) -> None:
    """What stands behind the prefix doesn't matter."""
    app.mount("/old", Application("old"))
    (trial,) = app.explain_routes(path)
    assert trial.rule == "/old/*"
    assert trial[3:] == reason


def test_order_and_methods(app: Application) -> None:
    """Routes come in the order in which they are tried, each handler of a path."""

    def post(_: object, ident: str) -> str:
        return ident

    app.set_route("/z/<ident>", answer)
    app.set_route("/z/<ident>", post, METHOD_POST)
    app.set_route("/b", answer)
    app.set_route("/a", answer)
    app.mount("/old", Application("old"))
    trials = app.explain_routes("/nowhere")
    rules = ["/a", "/b", "/old/*", "/z/<ident>", "/z/<ident>"]
    assert [trial.rule for trial in trials] == rules
    assert [trial.rule for trial in trials] == [row.rule for row in app.route_table]
    assert trials[-1].methods == ("POST",)
    assert trials[-1].handler is post


def test_static_route_ends_the_search(app: Application) -> None:
    """Behind a static route of this path nothing is tried."""
    app.set_route("/<name>", answer, METHOD_POST)
    app.set_route("/user", answer)
    app.mount("/user", Application("user"))
    not_tried = "not tried: a static route has this path"
    reasons = [trial.reason for trial in app.explain_routes("/user", "POST")]
    first = "the path matches, the method isn't HEAD or GET"
    assert reasons == [first, not_tried, not_tried]
