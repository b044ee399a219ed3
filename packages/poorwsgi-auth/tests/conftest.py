"""What the tests share: an application of its own for each, and a Redis."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import redis

from poorwsgi_auth.application import Application
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


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """Run a Redis for the tests and return the path of its socket."""
    server = shutil.which("redis-server")
    if server is None:
        if "redis" in os.environ.get("POORWSGI_REQUIRE", "").split(","):
            pytest.fail("redis-server: missing, and POORWSGI_REQUIRE asks for it")
        pytest.skip("redis-server: missing")
    # Not pytest's folder: the path of a socket has some hundred characters at most.
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "redis.sock"))
        command = [server, "--port", "0", "--unixsocket", path, "--save", ""]
        with subprocess.Popen([*command, "--dir", folder], stdout=-3) as process:  # noqa: S603 - found above
            try:
                _wait_for(path)
                yield path
            finally:
                process.terminate()


def _wait_for(path: str) -> None:
    client: Any
    with redis.Redis(unix_socket_path=path) as client:
        for _ in range(500):
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
    pytest.fail("redis-server doesn't answer")


@pytest.fixture
def redis_client(redis_socket: str) -> Iterator[redis.Redis]:
    """Return a client of a Redis with nothing in it."""
    client: Any
    with redis.Redis(unix_socket_path=redis_socket) as client:
        client.flushall()
        yield client
