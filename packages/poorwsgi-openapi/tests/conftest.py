"""What the tests share: an application of its own for each, and its client."""

from pathlib import Path
from typing import Any, cast

import pytest

from poorwsgi_core import Application
from poorwsgi_core.testing import Client


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Return a name that no other test has."""
    return str(cast("Any", request).node.nodeid)


@pytest.fixture
def app(name: str) -> Application:
    """Build an application that has the name of the test."""
    return Application(name)


@pytest.fixture
def client(app: Application) -> Client:
    """Build a client of the application."""
    return Client(app)


@pytest.fixture
def documents() -> Path:
    """Return the folder of the documents that tests share."""
    return Path(__file__).parent / "documents"
