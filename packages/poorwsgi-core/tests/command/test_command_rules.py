"""Facts about what ``check`` looks for."""

import sys
import uuid
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from poorwsgi_core import Application, BaseResponse, Request, Response, Routes
from poorwsgi_core.command.findings import Finding, find_home
from poorwsgi_core.command.rules.table import RULES
from poorwsgi_core.state import METHOD_GET, METHOD_POST


def find(rule: str, app: Application) -> list[Finding]:
    """Find what one rule finds."""
    return [*RULES[rule].find(app)]


def answer(_: Request, *values: object) -> str:
    """Answer."""
    return repr(values)


def other(_: Request, *values: object) -> str:
    """Answer otherwise."""
    return repr(values)


# --- hidden routes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "sample"),
    [
        ("/user/<name>", "/user/<id:int>", "/user/1"),
        ("/<all:re:.*>", "/user/<id:uuid>", "/user/3f2504e0"),
        ("/<a>/<b>", "/user/<name:word>", "/user/1"),
        ("/<a>/<b>", "/<x:int>/<y:int>", "/1/1"),
    ],
)
def test_hidden_route(app: Application, first: str, second: str, sample: str) -> None:
    """A route whose paths all lead to an earlier one is an error."""
    app.set_route(first, answer)
    app.set_route(second, other)
    (finding,) = find("hidden-route", app)
    assert f"Route {second!r} of " in finding.text
    assert f"{first!r} takes its paths, such as '{sample}" in finding.text
    assert (finding.path, finding.level) == (__file__, "error")


def test_routes_that_are_not_hidden(app: Application) -> None:
    """Others take some of the paths, other methods, or can't be tried."""
    app.set_route("/user/<id:int>", answer)
    app.set_route("/user/<name>", other)
    app.set_route("/<all:re:.*>", answer, METHOD_POST)
    app.set_route("/<all>", other, METHOD_GET)
    app.set_route("/post/<x>", other, METHOD_POST | METHOD_GET)
    app.set_regular_route("/post/(.)", answer)
    app.set_regular_route(r"/(?P<x>.)/y", answer, rule="/<of our own>/y")
    app.set_route("/<x:re:[0-9]{40}>", answer)
    assert find("hidden-route", app) == []


def test_converter_that_takes_no_sample(app: Application) -> None:
    """A value that its converter refuses leads nowhere."""
    app.set_filter("known", "[a-z]+", partial(int, base=36))
    app.set_filter("never", "[a-z]+", uuid.UUID)
    app.set_route("/<x>", answer)
    app.set_route("/<x:never>", answer)
    assert find("hidden-route", app) == []
    app.set_route("/<x:known>", other)
    (finding,) = find("hidden-route", app)
    assert "such as '/a'" in finding.text


def test_route_that_is_set_twice_is_told_by_the_log(app: Application) -> None:
    """Routes that differ in names alone aren't told a second time."""
    app.set_route("/<x>", answer)
    app.set_route("/<y>", other)
    assert find("hidden-route", app) == []


def test_route_below_a_mounted_application(app: Application) -> None:
    """A mounted application takes all paths with groups below its prefix."""
    app.mount("/old", Application("old"))
    app.set_route("/old/<x>", answer)
    app.set_route("/older/<x>", answer)
    app.set_route("/old/static", answer)
    (finding,) = find("hidden-route", app)
    assert "'/old/*' takes its paths, such as '/old/1'" in finding.text


# --- hidden files ------------------------------------------------------------------


def test_hidden_files(app: Application, tmp_path: Path) -> None:
    """Files whose path a route takes are told by that route."""
    (tmp_path / "css").mkdir()
    for name in ("a.txt", "b.txt", "css/style.css", "css/other.css"):
        (tmp_path / name).write_text("x")
    assert find("hidden-file", app) == []
    app.document_root = tmp_path
    app.set_route("/a.txt", answer)
    app.set_route("/b.txt", answer, METHOD_POST)
    app.set_route("/css/<name>", answer)
    first, second = find("hidden-file", app)
    assert "Route '/a.txt' takes the paths" in first.text
    assert "never sent: 2, such as '/css/other.css'" in second.text
    assert second.level == "warning"


# --- hidden handlers of exceptions -------------------------------------------------


def test_hidden_error_handler(app: Application) -> None:
    """The handler of a subclass comes before that of its base."""

    def handle(_: Any, error: Exception) -> str:
        return str(error)

    def handle_get(_: Any, error: Exception) -> str:
        return str(error)

    app.set_error_handler(KeyError, handle)
    app.set_error_handler(Exception, handle_get, METHOD_GET)
    app.set_error_handler(ValueError, handle)
    assert find("hidden-error-handler", app) == []
    app.set_error_handler(UnicodeError, handle, METHOD_GET)
    (finding,) = find("hidden-error-handler", app)
    assert finding.text.startswith("The handler of UnicodeError is never asked: that")


# --- groups ------------------------------------------------------------------------


def test_group_that_is_not_installed(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups in the modules of the application, or of its handlers."""
    module = ModuleType("forgetful")
    module.__file__ = "forgetful.py"
    monkeypatch.setitem(sys.modules, "forgetful", module)
    forgotten, installed = Routes("/a"), Routes("/b")
    vars(module).update(forgotten=forgotten, installed=installed, other=app)
    app.set_route("/", define(module))
    app.set_route("/object", partial(answer))
    app.install(installed)
    assert (forgotten.is_installed, installed.is_installed) == (False, True)
    (finding,) = find("forgotten-group", app)
    assert finding.text == (
        "The group forgotten of forgetful isn't installed, so its routes are 404: "
        "write app.install(forgotten)"
    )
    assert (finding.path, finding.line) == ("forgetful.py", 1)


# --- hooks -------------------------------------------------------------------------


def returns_true(_: Request) -> bool:
    """Let all in, as one thinks."""
    return True


def forgets(_: Request, response: BaseResponse) -> Any:  # noqa: RET503 - the mistake
    """Return nothing in one case."""
    if response.status_code == 200:
        return response


def test_hooks_that_return_wrongly(app: Application) -> None:
    """What a hook returns is judged where it is written in its code."""
    app.add_before_response(returns_true)
    app.add_after_response(forgets)
    first, second = find("hook-returns", app)
    assert "returns_true returns True, which is no answer" in first.text
    assert "forgets returns None: write return response" in second.text


@pytest.mark.parametrize("prefix", ["", "/shop"])
def test_hooks_of_groups_that_return_wrongly(app: Application, prefix: str) -> None:
    """Those of groups, and of groups in them, are judged too, each once."""
    group, inner = Routes(prefix), Routes("/inner")
    group.add_before_response(returns_true)
    inner.add_after_response(forgets)
    group.add_routes(inner)
    app.install(group)
    first, second = find("hook-returns", app)
    assert "returns_true returns True" in first.text
    assert "forgets returns None" in second.text


class Hook:
    """A hook that is an object."""

    def __call__(self, _: Request) -> str | None:
        """Answer."""
        return "blocked"


def test_hooks_that_return_well(app: Application) -> None:
    """Answers, computed values, and what has no code, aren't judged."""

    def passes(_: Request) -> None: ...

    def computes(req: Request) -> object:
        return req.path

    def streams(_: Any, __: Any) -> Any:
        yield b"x"

    app.add_before_response(passes)
    app.add_before_response(computes)
    app.add_before_response(Hook())
    app.add_before_response(partial(answer, "x"))  # type: ignore[arg-type]
    app.add_after_response(streams)
    app.add_after_response(max)
    assert find("hook-returns", app) == []


# --- decorators --------------------------------------------------------------------

_F = Callable[..., Any]


def wrapping(handler: _F) -> _F:
    """Decorate as it should be done."""

    @wraps(handler)
    def inner(*args: Any) -> Any:
        return handler(*args)

    return inner


def bare(handler: _F) -> _F:
    """Decorate without a trace."""

    def inner(*args: Any) -> Any:
        return handler(*args)

    return inner


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Make an empty module."""
    made = ModuleType("passed_module")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


def define(module: ModuleType, name: str = "page") -> _F:
    """Define a handler in a module."""
    code = f"def {name}(req): return 'x'"
    exec(code, vars(module))  # noqa: S102 - our own text
    found: _F = getattr(module, name)
    return found


@pytest.mark.parametrize("decorate", [wrapping, bare])
def test_decorator_above_its_route(
    app: Application, module: ModuleType, decorate: Callable[[_F], _F]
) -> None:
    """A decorator that a route leads past is an error, with or without wraps."""
    page = define(module)
    app.route("/")(page)
    module.__dict__["page"] = decorate(decorate(page))
    (finding,) = find("passed-decorator", app)
    assert finding.text == (
        "a decorator of page stands above @app, which leads past it: write @app above "
        "all other decorators"
    )
    assert finding.level == "error"


def test_decorator_that_returns_nothing(app: Application, module: ModuleType) -> None:
    """Above a route it is told as well; the handler's name is None then."""
    app.route("/")(define(module))
    module.__dict__["page"] = None
    (finding,) = find("passed-decorator", app)
    assert finding.text.startswith("a decorator above @app of page returned nothing")


def test_decorators_that_are_not_passed(app: Application, module: ModuleType) -> None:
    """Below the route, for another function of the same name, or a class."""
    page = wrapping(define(module))
    module.__dict__["page"] = page
    app.route("/")(page)
    app.route("/again")(define(module, "again"))
    module.__dict__["again"] = define(module, "again")
    app.route("/gone")(define(module, "gone"))
    del module.__dict__["gone"]
    app.set_route("/object", Hook())
    app.set_route("/local", lambda _: "x")
    app.route("/other")(define(module, "other"))
    module.__dict__["other"] = 7
    assert find("passed-decorator", app) == []


def dropping(handler: _F) -> _F:
    """Decorate and forget the answer."""

    def inner(*args: Any) -> None:
        handler(*args)

    return inner


def test_decorator_that_drops_the_answer(app: Application) -> None:
    """What a decorated handler returned has to be returned."""

    def nothing(_: Request) -> None: ...

    app.set_route("/", dropping(answer))
    app.set_route("/good", wrapping(answer))
    app.set_route("/nothing", dropping(nothing))
    app.set_route("/object", dropping(max))
    app.set_route("/builtin", print)
    app.set_route("/plain", nothing)
    (finding,) = find("dropped-answer", app)
    assert finding.text.startswith("Route '/': ")
    assert "dropping.<locals>.inner" not in finding.text
    assert ".inner decorates " in finding.text
    assert finding.path == __file__


# --- debug -------------------------------------------------------------------------


def test_debug_in_the_source(app: Application) -> None:
    """Debug that is set already is a warning."""
    assert find("debug", app) == []
    app.debug = True
    (finding,) = find("debug", app)
    assert (finding.path, finding.line) == ("", 0)
    assert find_home(__name__) == (__file__, 1)


def test_answers() -> None:
    """The handlers of these tests answer."""
    assert answer(Any, 1) == other(Any, 1) == "(1,)"  # type: ignore[arg-type]
    assert forgets(Any, Response()) is not None  # type: ignore[arg-type]
