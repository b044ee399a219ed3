"""Facts about mistakes of wiring that are kept."""

from typing import Any

import pytest

from poorwsgi_core import Application, Request, Routes
from poorwsgi_core.application.handlers import check_unrouted
from poorwsgi_core.request.mistakes import find_place, keep_mistakes, wiring


def answer(_: Request) -> str:
    """Answer."""
    return "x"


def test_mistakes_are_kept_with_their_places(app: Application) -> None:
    """What raises otherwise is noted, and the next call is made."""
    nothing: Any = None
    with keep_mistakes() as mistakes:
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
    assert [each.level for each in mistakes] == ["error"] * 10
    assert {each.path for each in mistakes} == {__file__}
    lines = [each.line for each in mistakes]
    assert lines == [*range(lines[0], lines[0] + 10)]
    assert mistakes[0].text.startswith("TypeError: Route '/<x>': ")
    assert mistakes[1].text.startswith("AttributeError: There is no setting")
    assert app.is_route("/")


def test_mistakes_of_groups_are_kept(app: Application) -> None:
    """A group goes on too, and so does a guard that comes too late."""
    nothing: Any = None
    group = Routes("/api")
    with keep_mistakes() as mistakes:
        group.set_route("/x", nothing)
        group.set_regular_route("/x", nothing)
        group.mount("x", nothing)
        group.get("/y")(answer)
        check_unrouted(answer)
        app.install(group)
        group.get("/z")(answer)
    texts = [each.text.partition(":")[0] for each in mistakes]
    errors = ["TypeError", "TypeError", "ValueError", "RuntimeError", "RuntimeError"]
    assert texts == errors
    assert app.is_route("/api/y")


def test_mistakes_are_raised_afterwards(app: Application) -> None:
    """Nothing is kept before, and nothing behind."""
    with pytest.raises(TypeError):
        app.set_route("/<x>", answer)
    with pytest.raises(LookupError), keep_mistakes():
        raise LookupError
    with pytest.raises(TypeError):
        app.set_route("/<x>", answer)


def test_what_is_no_mistake_is_raised() -> None:
    """A failure of another kind isn't kept."""

    @wiring
    def register() -> None:
        raise LookupError

    with pytest.raises(LookupError), keep_mistakes():
        register()


def test_place_is_the_users() -> None:
    """What is ours is passed over on the way to it."""
    scope: dict[str, Any] = {"__name__": "poorwsgi_core.x", "found": []}
    assert find_place()[0] == __file__
    scope["find_place"] = find_place
    exec("def look(): return find_place()", scope)  # noqa: S102 - our own text
    assert scope["look"]()[0] == __file__
