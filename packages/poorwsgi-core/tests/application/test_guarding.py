"""What is remembered of handlers."""

from typing import Any

from poorwsgi_core.application.guarding import Guarding, find_guarding, mark_guarded


def guard(handler: Any) -> Any:
    """Guard nothing."""
    return handler


def test_guards_are_remembered() -> None:
    """By the function that they made; nothing else is one."""

    def guarded(_: Any) -> str:
        return ""

    assert find_guarding(guarded) is None
    assert find_guarding(guard) is None
    assert find_guarding([]) is None
    guarding = Guarding(guard, "basic", {"type": "http", "scheme": "basic"})
    mark_guarded(guarded, guarding)
    assert find_guarding(guarded) is guarding
    assert guarding.scopes == ()
