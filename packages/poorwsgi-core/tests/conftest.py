"""What the tests share: an application of its own for each, and its client."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from poorwsgi_core.application import Application
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


@pytest.fixture
def www(tmp_path: Path) -> Iterator[Path]:
    """Build a document root with traps in and around it."""
    root = tmp_path / "www"
    for folder in ("dir", ".git", "../wwwx"):
        (root / folder).mkdir(parents=True)
    for name in ("../secret.txt", "../wwwx/secret.txt", ".htpasswd", ".git/config"):
        (root / name).write_text("classified")
    (root / "file.txt").write_bytes(b"0123456789")
    (root / "link").symlink_to("../secret.txt")
    (root / "parent").symlink_to("..")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        # The name of a socket may not be long, as the directory's is.
        with chdir(root):
            listener.bind("socket")
        yield root
