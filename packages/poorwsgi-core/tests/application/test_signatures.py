"""Facts about handlers that can't be called with what they will be called with."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.testing import Client


def takes_all(_: Any, *args: str) -> str:
    """Take all values."""
    return " ".join(args)


def takes_nothing() -> str:
    """Answer."""
    return "x"


def takes_request(_: Any) -> str:
    """Answer."""
    return "x"


def takes_two(_: Any, __: Any) -> str:
    """Answer."""
    return "x"


def takes_three(_: Any, a: str, b: str) -> str:
    """Answer."""
    return a + b


def takes_names(_: Any, **kwargs: str) -> dict[str, str]:
    """Take all values by name."""
    return kwargs


class Pages:
    """Handlers that are methods."""

    def index(self, _: Any) -> str:
        """Answer."""
        return "index"

    def __call__(self, _: Any, x: str) -> str:
        """Answer."""
        return x

    @staticmethod
    def static(_: Any, x: str) -> str:
        """Answer."""
        return x


def needs_name(_: Any, *, x: str) -> str:
    """Take a value by name alone."""
    return x


def has_default(_: Any, x: str = "none", *, flag: bool = False) -> str:
    """Take a value or not."""
    return f"{x} {flag}"


a_lambda: Callable[[Any], str] = lambda _: ""  # noqa: E731 - it has no name


def decorate(handler: Callable[..., Any], convert: type = str) -> Callable[[Any], Any]:
    """Lose the values in the path."""

    def inner(req: Any) -> Any:
        return convert(handler(req))

    return inner


@pytest.mark.parametrize(
    ("rule", "handler", "remedy"),
    [
        (
            "/<x>",
            decorate(has_default),
            ".has_default: take and hand on *args",
        ),
        (
            "/",
            takes_nothing,
            "is called with 1 argument: write def takes_nothing(req)",
        ),
        ("/", takes_two, "write def takes_two(req)"),
        (
            "/<x>",
            takes_request,
            "is called with 2 arguments: write def takes_request(req, x)",
        ),
        ("/<x>/<y>", takes_two, "write def takes_two(req, x, y)"),
        ("/<x>", needs_name, "write def needs_name(req, x)"),
        (
            "/",
            Pages.index,
            "is a method: register the bound one, as in object.method",
        ),
        ("/", Pages().static, "write def static(req)"),
        ("/", Pages(), "write def __call__(self, req)"),
        ("/<x>", Pages().index, "write def index(self, req, x)"),
        ("/<x>", a_lambda, "write lambda req, x"),
    ],
)
def test_handler_that_cannot_take_its_path(
    app: Application, rule: str, handler: Any, remedy: str
) -> None:
    """It is refused when it is registered, with the route and what to write."""
    with pytest.raises(TypeError, match=re.escape(remedy)) as caught:
        app.set_route(rule, handler)
    assert f"Route {rule!r}: " in str(caught.value)
    assert not app.is_route(rule)


@pytest.mark.parametrize(
    ("rule", "handler"),
    [
        ("/", Pages().index),
        ("/<x>", Pages()),
        ("/<x>", Pages.static),
        ("/<x>", has_default),
        ("/", has_default),
        ("/<x>", takes_all),
        ("/<x>", takes_names),
        ("/<x>", partial(has_default, flag=True)),
        ("/<x>", dict),
        ("/<x>", print),
    ],
)
def test_handler_that_can_take_its_path(
    app: Application, rule: str, handler: Callable[..., Any]
) -> None:
    """What fits is set, and so is what can't be judged."""
    app.set_route(rule, handler)
    assert app.is_route(rule)


def test_regular_route(app: Application) -> None:
    """Its groups are counted, and those that have no name too."""
    with pytest.raises(TypeError, match=r"write def takes_request\(req, x, value2\)"):
        app.set_regular_route(r"/(?P<x>a)/(b)", takes_request)
    app.set_regular_route(r"/(?P<x>a)/(b)", takes_three)
    assert Client(app).get("/a/b").text == "ab"


def test_values_in_another_order(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """They are passed by position, which is told with both orders."""

    @app.route("/<x>/<y>")
    def swapped(_: Any, y: str, x: str) -> str:
        return f"{x} {y}"

    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "write def swapped(req, x, y) instead of (_, y, x)" in record.getMessage()
    app.set_route("/2/<x>/<y>", takes_three)
    assert len(caplog.records) == 1


def named(first: str, second: str) -> Callable[[Any, Any], str]:
    """Make a handler whose two parameters have these names."""
    scope: dict[str, Any] = {}
    exec(f"def handler({first}, {second}): return ''", scope)  # noqa: S102
    made: Callable[[Any, Any], str] = scope["handler"]
    return made


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("set_route", ("/<x>", named("x", "req"))),
        ("set_route", ("/<x>", named("x", "value"))),
        ("set_route", ("/<x>", named("value", "request"))),
        ("add_after_response", (named("response", "req"),)),
        ("add_after_response", (named("response", "other"),)),
        ("set_error_handler", (ValueError, named("err", "request"))),
    ],
)
def test_arguments_at_another_place(
    app: Application,
    caplog: pytest.LogCaptureFixture,
    method: str,
    arguments: tuple[Any, ...],
) -> None:
    """A name that is passed at another place is told, the request's too."""
    getattr(app, method)(*arguments)
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert "are passed in their order, not by name: write def " in record.getMessage()


def test_request_as_the_value_in_a_path(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """A group may be called like the request."""
    app.set_route("/<request>", named("_", "request"))
    assert caplog.records == []


@pytest.mark.parametrize(
    ("method", "arguments", "written"),
    [
        ("add_before_response", (takes_nothing,), "takes_nothing(req)"),
        ("add_after_response", (takes_request,), "takes_request(req, response)"),
        ("set_http_state", (404, takes_nothing), "takes_nothing(req)"),
        ("set_error_handler", (ValueError, takes_request), "takes_request(req, error)"),
        ("set_default", (takes_two,), "takes_two(req)"),
    ],
)
def test_other_handlers(
    app: Application, method: str, arguments: tuple[Any, ...], written: str
) -> None:
    """Hooks, state, exception and default handlers are held to theirs."""
    with pytest.raises(TypeError, match=re.escape(f"write def {written}")):
        getattr(app, method)(*arguments)


def _say_allow(_: Any, allow: str) -> tuple[str, int]:
    return allow, 405


def test_state_handler_with_keywords(app: Application, client: Client) -> None:
    """It may need keywords of HTTPException, which it gets by name."""
    app.set_http_state(405, _say_allow)
    app.set_route("/", takes_request, 2)
    assert client.delete().status_code == 405


# --- paths that are set twice --------------------------------------------------------


def first(_: Any, x: str = "") -> str:
    """Answer."""
    return f"first {x}"


def second(_: Any, x: str = "") -> str:
    """Answer."""
    return f"second {x}"


@pytest.mark.parametrize(
    ("one", "other", "served"),
    [
        ("/a", "/a", "second "),
        ("/<x>", "/<x>", "second a"),
        ("/<x>", "/<y>", "first a"),
    ],
)
def test_path_that_is_set_twice(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    one: str,
    other: str,
    served: str,
) -> None:
    """A warning names both places; which one is served is as before."""
    app.set_route(one, first)
    app.set_route(other, second)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().count("test_signatures.py:") == 2
    assert f"Route {other!r} is set twice" in record.getMessage()
    assert client.get("/a").text == served


@pytest.mark.parametrize("rules", [("/a", "/a"), ("/<x>", "/<y>")])
def test_path_with_another_method(
    app: Application, caplog: pytest.LogCaptureFixture, rules: tuple[str, str]
) -> None:
    """One path has a handler for each method, and the same one may be set again."""
    app.set_route(rules[0], first)
    app.set_route(rules[1], second, 4)
    app.set_route(rules[1], second, 4)
    assert caplog.records == []


def test_path_whose_first_route_was_removed(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """It isn't set twice any more."""
    app.set_route("/<x>", first, 2)
    app.pop_route("/<x>", 2)
    app.set_route("/<y>", second, 2)
    assert caplog.records == []
