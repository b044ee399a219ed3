"""The command line: ``python -m poorwsgi_core``."""

import os
import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from poorwsgi_core import __main__ as command_line
from poorwsgi_core import wsgi

MODULE = """\
from poorwsgi_core import Application

app = Application(__name__)
empty = Application(__name__ + ".empty")


@app.route("/")
def index(req):
    return "the index"


@app.route("/user/<name>", 2 | 4)
def user(req, name):
    return name


@app.regular_route("/old/.*")
def old(req):
    return "old"
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a module with applications, and return its name."""
    name = f"served_{abs(hash(str(tmp_path)))}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return name


def test_routes_are_listed_in_order(
    module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each route is a line: rule, methods, handler."""
    assert command_line.main(["routes", f"{module}:app"]) == 0
    rows = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert cells == [
        ["/", "HEAD | GET", "index"],
        ["/user/<name>", "GET | POST", "user"],
        ["/old/.*", "HEAD | GET", "old"],
    ]


def test_an_application_without_routes_lists_nothing(
    module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No route, no line."""
    assert command_line.main(["routes", f"{module}:empty"]) == 0
    assert capsys.readouterr().out == ""


def test_the_attribute_is_app_when_left_out(module: str) -> None:
    """A module alone means its ``app``."""
    assert command_line.main(["routes", module]) == 0


@pytest.mark.parametrize("target", ["no_such_module_here:app", "{module}:missing"])
def test_what_cannot_be_loaded_is_said(module: str, target: str) -> None:
    """The message names the target and how to write it."""
    with pytest.raises(SystemExit, match=r"can't be loaded: .*example:app"):
        command_line.main(["routes", target.format(module=module)])


@pytest.mark.parametrize("debug", [True, False])
def test_run_hands_the_application_to_the_server(
    module: str, monkeypatch: pytest.MonkeyPatch, *, debug: bool
) -> None:
    """Host, port and debug mode are options."""
    served: list[tuple[wsgi.Application, str, int]] = []

    def run(app: wsgi.Application, host: str, port: int) -> None:
        served.append((app, host, port))

    monkeypatch.setattr(command_line, "run", run)
    options = ["run", module, "--host", "::1", "--port", "99"]
    assert command_line.main([*options, "--debug"] if debug else options) == 0
    [(app, host, port)] = served
    assert (app.name, app.debug, host, port) == (module, debug, "::1", 99)


def test_the_exit_status_is_that_of_main(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run as a program, it exits with 0 for success."""
    monkeypatch.setattr(sys, "argv", ["poorwsgi_core", "routes", module])
    with pytest.raises(SystemExit) as raised:
        runpy.run_path(command_line.__file__, run_name="__main__")
    assert raised.value.code == 0


def test_a_command_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    """Without one, the usage is shown and the status is 2."""
    with pytest.raises(SystemExit, match="2"):
        command_line.main([])
    assert "run" in capsys.readouterr().err


def test_the_command_serves_until_interrupted(module: str) -> None:
    """The real command, over a real socket, ends cleanly with SIGINT."""
    code = [sys.executable, "-m", "poorwsgi_core", "run", module, "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        code, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        stdout = process.stdout
        assert stdout is not None
        match = re.search(rb"http://\S+", stdout.readline())
        assert match is not None
        with urlopen(match[0].decode(), timeout=10) as answer:  # noqa: S310 - loopback
            assert answer.read() == b"the index"
        process.send_signal(signal.SIGINT)
        assert stdout.read() == b"Stopped.\n"
    assert process.returncode == 0
