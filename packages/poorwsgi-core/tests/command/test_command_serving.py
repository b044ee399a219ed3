"""Facts about ``run``."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from poorwsgi_core.command import main, serving
from poorwsgi_core.command.reloading import Watch
from poorwsgi_core.server import ThreadingServer

pytestmark = pytest.mark.needs("processes")


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the log of the tests as it is."""

    def set_up_nothing(_: object) -> None: ...

    monkeypatch.setattr(serving, "set_up_log", set_up_nothing)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[ThreadingServer]:
    """Keep the servers, which stop as if by Ctrl+C."""
    servers: list[ThreadingServer] = []

    def stop(server: ThreadingServer) -> None:
        servers.append(server)
        raise KeyboardInterrupt

    monkeypatch.setattr(ThreadingServer, "serve_forever", stop)
    return servers


@pytest.mark.parametrize("debug", [False, True])
def test_run(
    folder: str,
    served: list[ThreadingServer],
    capsys: pytest.CaptureFixture[str],
    debug: bool,
) -> None:
    """It says where it serves, and that it is for development; debug has its link."""
    options = ["--port", "0"] + ["--debug"] * debug
    assert main(["run", f"{folder}:app", *options]) == 0
    (server,) = served
    app: Any = server.get_app()
    address = f"http://127.0.0.1:{server.server_port}/"
    expected = [
        f"Serving on {address} (stop: Ctrl+C)",
        "This is the development server: people are served by another one.",
        *[f"Debug is on: see {address}debug-info"] * debug,
        "Stopped.",
    ]
    assert capsys.readouterr().out.splitlines() == expected
    assert app.debug is debug


def test_debug_page_is_reached_from_here(
    folder: str, served: list[ThreadingServer], capsys: pytest.CaptureFixture[str]
) -> None:
    """Who listens on all addresses is shown the one that has the debug page."""
    main(["run", folder, "--port=0", "--debug", "--host=0.0.0.0"])
    port = served[0].server_port
    assert f"http://127.0.0.1:{port}/debug-info" in capsys.readouterr().out


def test_another_application(folder: str, served: list[ThreadingServer]) -> None:
    """Any WSGI application is served; debug is for ours."""
    assert main(["run", f"{folder}:plain", "--port=0"]) == 0
    assert served[0].get_app() is sys.modules[folder].plain
    with pytest.raises(SystemExit, match=f"{folder}:plain is a function"):
        main(["run", f"{folder}:plain", "--port=0", "--debug"])


@pytest.mark.parametrize("port", [99999, None])
def test_address_that_cannot_be_served(folder: str, port: int | None) -> None:
    """A port out of range, or in use, is told with the option that helps."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        chosen = port or other.getsockname()[1]
        told = rf"can't serve on 127\.0\.0\.1:{chosen}: .*; choose another .* --port"
        with pytest.raises(SystemExit, match=told):
            main(["run", f"{folder}:app", "--port", str(chosen)])


# --- reloading ---------------------------------------------------------------------


def test_folder_that_is_not_there(folder: str) -> None:
    """A folder to watch has to exist."""
    with pytest.raises(SystemExit, match="no folder 'none' to watch"):
        main(["run", folder, "--reload-dir", "none"])


class StartedAgain(Exception):
    """Another command has taken the place of this one."""


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Event:
    """See a change at once; what would replace the process raises."""
    seen = Event()

    def wait(_: Watch) -> str:
        seen.set()
        return "changed.py"

    def start_again() -> None:
        raise StartedAgain

    monkeypatch.setattr(Watch, "wait", wait)
    monkeypatch.setattr(serving, "start_again", start_again)
    return seen


def test_starts_again_when_a_file_changes(
    folder: str, change: Event, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server stops, and the command starts again."""
    with pytest.raises(StartedAgain):
        main(["run", folder, "--port=0", "--reload-dir=."])
    assert change.is_set()
    lines = capsys.readouterr().out.splitlines()
    assert "Changed files are loaded again." in lines
    assert "Changed: changed.py" in lines


@pytest.mark.parametrize("text", ["import no_such_thing", "app = ("])
def test_waits_for_the_repair(
    folder: str,
    tmp_path: Path,
    change: Event,
    capsys: pytest.CaptureFixture[str],
    text: str,
) -> None:
    """A module that can't be imported doesn't end it: the next change may mend that."""
    path = tmp_path / f"{folder}.py"
    path.write_text(text, "utf-8")
    with pytest.raises(StartedAgain):
        main(["run", folder, "--reload"])
    assert change.is_set()
    shown = capsys.readouterr().err
    assert str(path) in shown
    assert "; waiting for a change ..." in shown


def test_failure_without_reload_is_the_end(
    folder: str, tmp_path: Path, change: Event
) -> None:
    """Nobody waits for the repair when nothing is loaded again."""
    (tmp_path / f"{folder}.py").write_text("app = (", "utf-8")
    with pytest.raises(SystemExit):
        main(["run", folder])
    assert not change.is_set()


def test_changed_module_is_served(folder: str, tmp_path: Path) -> None:
    """A real process serves what was written after it had started."""
    path = os.pathsep.join([entry for entry in sys.path if entry])
    command = [sys.executable, "-m", "poorwsgi_core", "run", folder, "--port=0"]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, "--reload"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout)
            assert "Changed files" in next(x for x in lines if "loaded" in x)
            (tmp_path / f"{folder}.py").write_text("app = max", "utf-8")
            changed = next(line for line in lines if line.startswith("Changed: "))
            assert changed.strip().endswith(f"{folder}.py")
            assert next(lines).startswith("Serving on http://127.0.0.1:")
        finally:
            process.terminate()
