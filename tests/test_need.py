"""What is missing is skipped, and fails where it must not be missing."""

from collections.abc import Callable

import pytest

Need = Callable[[str, object], None]


def test_what_is_there_is_not_skipped(
    need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test goes on when its means are found."""
    monkeypatch.setenv("POORWSGI_REQUIRE", "browser")
    reached: list[str] = []
    need("browser", "/usr/bin/browser")
    reached.append("the rest of the test")
    assert reached == ["the rest of the test"]


def test_what_is_missing_is_skipped(
    need: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a demand the test is skipped, and says what for."""
    monkeypatch.delenv("POORWSGI_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="browser: missing"):
        need("browser", None)


def test_what_is_demanded_fails(need: Need, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the environment demands it, missing means failing."""
    monkeypatch.setenv("POORWSGI_REQUIRE", "servers,browser")
    with pytest.raises(pytest.fail.Exception, match="POORWSGI_REQUIRE asks for it"):
        need("browser", None)
