"""Facts about the command line, ``python -m poorwsgi_core``."""

import os
import re
import runpy
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import __main__ as command
from poorwsgi_core.__main__ import main

MODULE = '''
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


def build(): ...


@app.route("/")
def root(_: Request) -> str:
    return "root"


app.set_route("/", print, METHOD_POST)
app.set_regular_route("/r(.*)", print)
app.set_route("/served", Served())
app.set_route("/partly", partial(root))
in_c = max
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[str]:
    """Write the module below another name for each test, and go there."""
    module = "app_" + re.sub(r"\W", "_", name.rpartition("::")[2])
    (tmp_path / f"{module}.py").write_text(MODULE, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield module
    sys.modules.pop(module, None)


def test_routes(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Routes are listed with methods and handlers; ``app`` is the default name."""
    assert main(["routes", folder]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["/", "HEAD", "|", "GET", "root"],
        ["/", "POST", "print"],
        ["/partly", "HEAD", "|", "GET", f"partial({folder}.root)"],
        ["/served", "HEAD", "|", "GET", f"{folder}.Served"],
        ["/user/<ident:int>", "HEAD", "|", "GET", "user"],
        ["/r(.*)", "HEAD", "|", "GET", "print"],
    ]


def test_routes_speak_to_no_terminal(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Controls in a route are written as escapes."""
    path = Path(f"{folder}.py")
    more = 'app.set_route("/x\\n::error::y\\x1b[2J", lambda req: "")\n'
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert main(["routes", folder]) == 0
    assert r"/x\n::error::y\x1b[2J" in capsys.readouterr().out


def test_no_routes(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An application without routes has an empty list."""
    assert main(["routes", f"{folder}:empty"]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("target", ["no_such_module", "{}.x:app", "os:nothing"])
@pytest.mark.parametrize("verb", ["routes", "run"])
def test_what_cannot_be_loaded(folder: str, verb: str, target: str) -> None:
    """The message says what and why, and how it should be."""
    with pytest.raises(SystemExit, match=r"such as example:app"):
        main([verb, target.format(folder)])


@pytest.mark.parametrize("attribute", ["nothing", "Application", "user", "__name__"])
@pytest.mark.parametrize("verb", ["routes", "run"])
def test_applications_of_the_module_are_told(
    folder: str, verb: str, attribute: str
) -> None:
    """What is no application is told with those that stand beside it."""
    told = rf"did you mean {folder}:app or {folder}:empty\?\Z"
    with pytest.raises(SystemExit, match=told):
        main([verb, f"{folder}:{attribute}"])


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Keep what is handed to the server, which doesn't run."""
    calls: list[tuple[Any, ...]] = []

    def run(*args: object) -> None:
        calls.append(args)

    monkeypatch.setattr(command, "run", run)
    return calls


@pytest.mark.parametrize("attribute", ["handler", "user", "asgi", "build", "__name__"])
def test_no_application_is_not_served(
    folder: str, served: list[tuple[Any, ...]], attribute: str
) -> None:
    """A handler is refused at the start, with what an application takes."""
    expected = r"is no application, which takes \(environ, start_response\): "
    with pytest.raises(SystemExit, match=f"{folder}:{attribute} {expected}"):
        main(["run", f"{folder}:{attribute}"])
    assert served == []


@pytest.mark.parametrize("attribute", ["plain", "app", "Iterated", "in_c"])
def test_any_application_is_served(
    folder: str, served: list[tuple[Any, ...]], attribute: str
) -> None:
    """Whatever can be called with two arguments may be a WSGI application."""
    assert main(["run", f"{folder}:{attribute}"]) == 0
    ((app, _, _),) = served
    assert app is getattr(sys.modules[folder], attribute)


@pytest.mark.parametrize("arguments", [[], ["walk"], ["run"], ["run", "x", "--port=y"]])
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use shows the usage and has the status 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m poorwsgi_core" in capsys.readouterr().err


@pytest.mark.parametrize("debug", [False, True])
def test_run(folder: str, served: list[tuple[Any, ...]], debug: bool) -> None:
    """Options are handed to the server; debug is set when asked for."""
    options = ["--host", "::1", "--port", "80"] + ["--debug"] * debug
    assert main(["run", f"{folder}:app", *options]) == 0
    ((app, host, port),) = served
    assert (app.debug, host, port) == (debug, "::1", 80)


def test_module(folder: str, tmp_path: Path) -> None:
    """``python -m`` serves an application of the working directory."""
    path = os.pathsep.join([entry for entry in sys.path if entry])
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "poorwsgi_core", "run", folder, "--port=0", "--debug"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            match = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
            assert match is not None
            connection = HTTPConnection("127.0.0.1", int(match[1]), timeout=10)
            connection.request("GET", "/user/7")
            assert connection.getresponse().read() == b"7 True"
            connection.close()
        finally:
            process.kill()


def test_script(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run as a script, its status is that of the command."""
    monkeypatch.setattr(sys, "argv", ["poorwsgi_core", "routes", f"{folder}:app"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(command.__file__, run_name="__main__")
    assert caught.value.code == 0
    assert "/user/<ident:int>" in capsys.readouterr().out


def test_failing_import_inside_of_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the module itself can't import shows with its traceback."""
    (tmp_path / "importing_nothing.py").write_text("import not_to_be_found\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    with pytest.raises(ModuleNotFoundError, match="not_to_be_found"):
        main(["routes", "importing_nothing"])


def test_routes_of_another_application(folder: str) -> None:
    """Something callable that has no routes is said to have none."""
    with pytest.raises(SystemExit, match="has no routes"):
        main(["routes", f"{folder}:Application"])


@pytest.mark.parametrize("port", [99999, None])
def test_address_that_cannot_be_served(folder: str, port: int | None) -> None:
    """A port out of range, or in use, is told with the option that helps."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        chosen = port or other.getsockname()[1]
        told = rf"can't serve on 127\.0\.0\.1:{chosen}: .*; choose another .* --port"
        with pytest.raises(SystemExit, match=told):
            main(["run", f"{folder}:app", "--port", str(chosen)])
