"""Facts about the command line, ``python -m poorwsgi_core``."""

import os
import re
import runpy
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from poorwsgi_core import Application, Routes, state
from poorwsgi_core import __main__ as command
from poorwsgi_core.command import main
from poorwsgi_core.command.routing import print_routes


def _answer(*_: object) -> str:
    return ""


def test_routes(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Routes are listed with methods and handlers; ``app`` is the default name."""
    assert main(["routes", folder]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        ["/", "HEAD", "|", "GET", "root"],
        ["/", "POST", "print"],
        ["/broken", "HEAD", "|", "GET", "broken"],
        ["/partly", "HEAD", "|", "GET", f"partial({folder}.root)"],
        ["/served", "HEAD", "|", "GET", f"{folder}.Served"],
        ["/user/<ident:int>", "HEAD", "|", "GET", "user"],
        ["/r(.*)", "HEAD", "|", "GET", "print"],
    ]


def test_routes_of_groups(app: Application) -> None:
    """Mounted applications are listed, and each route has its group behind it."""
    api, lines = Routes("/api"), list[str]()
    api.get("/<x>")(_answer)
    app.install(api)
    app.mount("/old", Application("old"))
    print_routes(app, lines.append)
    assert [line.split() for line in lines] == [
        ["/old/*", "ALL", "poorwsgi_core.application.application.Application"],
        ["/api/<x>", "HEAD", "|", "GET", "_answer", "api"],
    ]


def test_no_routes(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An application without routes has an empty list."""
    assert main(["routes", f"{folder}:empty"]) == 0
    assert capsys.readouterr().out == ""


def test_routes_of_another_application(folder: str) -> None:
    """A WSGI application of another make is said to be none of ours."""
    told = f"poorwsgi: {folder}:plain is no Application of PoorWSGI, but a function"
    with pytest.raises(SystemExit, match=told):
        main(["routes", f"{folder}:plain"], "poorwsgi")


@pytest.mark.parametrize(
    "arguments", [[], ["walk"], ["run"], ["run", "x", "--port=y"], ["request", "x"]]
)
def test_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use shows the usage and has the status 2."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m poorwsgi_core" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is told, and that of Python."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    python = sys.version.split()[0]
    expected = f"poorwsgi_core {state.__version__}, Python {python}\n"
    assert capsys.readouterr().out == expected


def test_failing_import_inside_of_the_module(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the module itself can't import shows with its own lines alone."""
    (tmp_path / f"{folder}.py").write_text("import not_to_be_found\n", "utf-8")
    with pytest.raises(SystemExit, match="can't be imported: ModuleNotFoundError"):
        main(["routes", folder])
    shown = capsys.readouterr().err.splitlines()
    assert [line for line in shown if "File" in line] == [
        f'  File "{tmp_path / folder}.py", line 1, in <module>'
    ]
    assert shown[-1] == "ModuleNotFoundError: No module named 'not_to_be_found'"


@pytest.mark.needs("processes")
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
