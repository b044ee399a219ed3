"""What the tests share: an application of its own for each, and its client."""

from typing import Any, cast

import pytest

from poorwsgi_core.testing import Client
from poorwsgi_core.wsgi import Application


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
