"""What the tests share: an application of its own for each, and its client."""

import signal
from collections.abc import Iterator
from typing import Any, NoReturn, cast

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


@pytest.fixture
def runaway_guard() -> Iterator[None]:
    """Stop a test whose work grows faster than its input, after 20 s of CPU time.

    Such tests take milliseconds; with an input of 250 kB a quadratic algorithm
    takes minutes.
    """

    def stop(*_: object) -> NoReturn:
        pytest.fail("the work grows faster than the input")

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 20)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, previous)
