"""What the tests share: an application of its own for each, and its client."""

import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.testing import Client

COMMAND_MODULE = '''
"""An application for the command line."""

from functools import partial

from poorwsgi_core import Application, Request
from poorwsgi_core.state import METHOD_POST

app = Application(__name__)
empty = Application(__name__ + ".empty")


@app.route("/user/<ident:int>")
def user(req: Request, ident: int) -> str:
    return f"{ident} {req.debug}"


def plain(environ, start_response):
    start_response("200 OK", [])
    return [b"plain"]


class Served:
    def __call__(self, _: Request) -> str:
        return "served"


class Iterated:
    def __init__(self, env, start): ...


def handler(req: Request) -> str:
    return "never"


async def asgi(scope, receive, send): ...


async def build_later(): ...


def build(): ...


def create(name="made", **options):
    return Application(name)


def fail():
    raise LookupError("no settings")


def anything(*args):
    return plain(*args)


@app.route("/")
def root(_: Request) -> str:
    return "root"


@app.route("/broken")
def broken(_: Request) -> str:
    raise ValueError("nothing works")


app.set_route("/", print, METHOD_POST)
app.set_regular_route("/r(.*)", print)
app.set_route("/served", Served())
app.set_route("/partly", partial(root))
in_c = max
'''


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
    if sys.platform == "emscripten":  # which has no timer
        yield
        return

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
    if sys.platform == "emscripten":  # which has neither pipes nor sockets
        yield root
        return
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        # The name of a socket may not be long, as the directory's is.
        with chdir(root):
            listener.bind("socket")
        yield root


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[str]:
    """Write COMMAND_MODULE, named by the test, into a folder, and go there."""
    module = "app_" + re.sub(r"\W", "_", name.rpartition("::")[2])
    (tmp_path / f"{module}.py").write_text(COMMAND_MODULE, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield module
    sys.modules.pop(module, None)
