"""The pytest plugin: an application, a client of it, and a server that serves it.

Which application it is says ``poorwsgi_app`` in the settings of pytest, written as for
the command line, or a fixture of one's own that is called ``app``.
"""

from collections.abc import Iterator
from threading import Thread
from typing import Any, NamedTuple

import pytest

from poorwsgi_core.command.target import CommandError, find_application
from poorwsgi_core.server import build_server
from poorwsgi_core.testing import Client

__all__ = ["LiveServer", "app", "client", "live_server", "pytest_addoption"]

_SETTING = "poorwsgi_app"
_POLL = 0.01
"""Seconds after which a server sees that it is to stop."""


class LiveServer(NamedTuple):
    """A server that answers on this machine.

    Attributes:
        url: its address, without a slash at the end.
        app: what it serves.
    """

    url: str
    app: Any


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting."""
    text = "application for the fixtures app, client and live_server: module:name"
    parser.addini(_SETTING, text, default="")


@pytest.fixture
def app(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the application of the setting, a new one where that is a function."""
    target = str(pytestconfig.getini(_SETTING))
    if not target:
        raise pytest.UsageError(
            "The fixtures of PoorWSGI need an application: write "
            f"{_SETTING} = module:app into the settings of pytest, or a fixture app of "
            "your own into conftest.py"
        )
    path: Any = monkeypatch  # whose argument has no type
    path.syspath_prepend(pytestconfig.rootpath)
    try:
        return find_application(target)
    except CommandError as error:
        raise pytest.UsageError(f"{_SETTING}: {error}") from error


@pytest.fixture
def client(app: Any) -> Client:
    """Return a client of the application, without cookies."""
    return Client(app)


@pytest.fixture
def live_server(app: Any) -> Iterator[LiveServer]:
    """Serve the application on a free port, for browsers and other clients."""
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
        thread.start()
        yield LiveServer(f"http://127.0.0.1:{server.server_port}", app)
        server.shutdown()
        thread.join()
