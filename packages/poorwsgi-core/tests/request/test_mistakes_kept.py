"""Facts about mistakes of wiring that are kept."""

from typing import Any

import pytest

from poorwsgi_core import Application, Request, Routes
from poorwsgi_core.application.handlers import check_unrouted
from poorwsgi_core.request.mistakes import keep_mistakes, wiring


def answer(_: Request) -> str:
    """Answer."""
    return "x"


def test_mistakes_are_kept(app: Application) -> None:
    """What raises otherwise is noted, and the next call is made."""
    nothing: Any = None
    mistakes: list[Exception] = []
    with keep_mistakes(mistakes.append):
        app.set_route("/<x>", answer)
        app.trusted_host = "x"  # type: ignore[attr-defined]
        app.add_before_response(nothing)
        app.set_http_state(404, nothing)
        app.set_error_handler(ValueError, nothing)
        app.set_default(nothing)
        app.set_filter("", "x")
        app.mount("x", nothing)
        app.set_regular_route("(", answer)
        app.add_after_response(answer)  # type: ignore[arg-type]
        app.set_route("/", answer)
    assert len(mistakes) == 10
    assert str(mistakes[0]).startswith("Route '/<x>': ")
    assert str(mistakes[1]).startswith("There is no setting")
    assert app.is_route("/")


def test_mistakes_of_groups_are_kept(app: Application) -> None:
    """A group goes on too, and so does a guard that comes too late."""
    nothing: Any = None
    group = Routes("/api")
    mistakes: list[Exception] = []
    with keep_mistakes(mistakes.append):
        group.set_route("/x", nothing)
        group.set_regular_route("/x", nothing)
        group.mount("x", nothing)
        group.get("/y")(answer)
        check_unrouted(answer)
        app.install(group)
        group.get("/z")(answer)
    errors = [TypeError, TypeError, ValueError, RuntimeError, RuntimeError]
    assert [type(each) for each in mistakes] == errors
    assert app.is_route("/api/y")


def test_mistakes_are_raised_afterwards(app: Application) -> None:
    """Nothing is kept before, and nothing behind."""
    with pytest.raises(TypeError):
        app.set_route("/<x>", answer)
    with pytest.raises(LookupError), keep_mistakes(print):
        raise LookupError
    with pytest.raises(TypeError):
        app.set_route("/<x>", answer)


def test_what_is_no_mistake_is_raised() -> None:
    """A failure of another kind isn't kept."""

    @wiring
    def register() -> None:
        raise LookupError

    with pytest.raises(LookupError), keep_mistakes(print):
        register()
