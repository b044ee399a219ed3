"""What the tests of the whole share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def need() -> Callable[[str, object], None]:
    """Return a function that skips a test whose means are missing.

    ``need("browser", shutil.which("chromedriver"))`` skips the test when the second
    argument is false.  It fails it when ``POORWSGI_REQUIRE``, a list with commas,
    names the first one: an integration run must not pass by skipping.
    """

    def check(name: str, found: object) -> None:
        if found:
            return
        if name in os.environ.get("POORWSGI_REQUIRE", "").split(","):
            pytest.fail(f"{name}: missing, and POORWSGI_REQUIRE asks for it")
        pytest.skip(f"{name}: missing")

    return check
