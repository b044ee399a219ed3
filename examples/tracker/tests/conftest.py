"""What the tests share: an empty tracker, and a user.

``client`` and ``live_server`` are those of the framework's plugin for pytest.
"""

from pathlib import Path
from typing import Any

import pytest
from tracker import create_app
from tracker.request import Application, Data
from tracker.settings import Settings

from poorwsgi_core.testing import Answer, Client

PASSWORD = "correct horse"
# A hash is slow on purpose; tests that log in each time have one that isn't.
CHEAP_HASH = (
    "$scrypt$ln=4,r=8,p=1$dHJhY2tlciB0ZXN0cy4uLg$"
    "6SBfid+2GDn/jS+RiQGI4ICf2RRiaX+A7Tlo1si09iU"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of a folder of its own."""
    return Settings(data=tmp_path, origins=("https://board.example",))


@pytest.fixture
def data(settings: Settings) -> Data:
    """Return what is kept, past the application."""
    return Data(settings)


@pytest.fixture
def app(settings: Settings) -> Application:
    """Return a tracker."""
    return create_app(settings)


@pytest.fixture
def key(data: Data, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return ann's key for programs."""
    monkeypatch.setattr("tracker.users.hash_password", lambda _: CHEAP_HASH)
    return data.users.set("ann", PASSWORD)


@pytest.fixture
def log_in(client: Client) -> Any:
    """Return a function that sends the form of the login."""

    def send(password: str = PASSWORD, to: str = "/login") -> Answer:
        token = client.get(to).html.one("main [name=csrf_token]")["value"]
        form = {"name": "ann", "password": password, "csrf_token": token}
        return client.post(to, form=form)

    return send


@pytest.fixture
def ann(client: Client, key: str, log_in: Any) -> Client:
    """Return ann, who has logged in."""
    assert key
    assert log_in().status_code == 303
    return client
