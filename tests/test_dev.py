"""The script behind the two commands: how it chooses, and what it trusts."""

import importlib.util
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def dev(root: Path) -> ModuleType:
    """Return the script as a module."""
    spec = importlib.util.spec_from_file_location("dev", root / "tools" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_demo_takes_the_next_port_that_is_free(
    dev: ModuleType, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo starts although something else listens on its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    monkeypatch.setattr(dev, "_PORTS", [taken_port, taken_port, free])
    assert dev._find_port() == free


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, False), ({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "w"}, True)],
)
def test_browser_needs_a_display(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    expected: bool,
) -> None:
    """Without a display no text browser takes the terminal."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert dev._has_display() is expected


@pytest.mark.parametrize("content", [None, "", "[", '{"fingerprint": "other"}'])
def test_stamp_that_says_nothing_is_not_trusted(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    content: str | None,
) -> None:
    """An absent, damaged or foreign stamp leads to a new installation."""
    stamp = tmp_path / "ready.json"
    if content is not None:
        stamp.write_text(content, "utf-8")
    monkeypatch.setattr(dev, "_STAMP", stamp)
    assert dev._read_stamp("ours") is None


def test_stamp_names_what_is_installed(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stamp with our fingerprint in a working environment is trusted."""
    stamp = tmp_path / "ready.json"
    stamp.write_text('{"fingerprint": "ours", "groups": ["test"]}', "utf-8")
    monkeypatch.setattr(dev, "_STAMP", stamp)
    monkeypatch.setattr(dev, "_is_usable", lambda: True)
    assert dev._read_stamp("ours") == {"test"}


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"]])
def test_help_starts_nothing(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    """Whoever asks for help gets it, before anything is installed or served."""
    monkeypatch.setattr(dev, "_prepare", pytest.fail)
    with pytest.raises(SystemExit) as caught:
        dev.main(arguments)
    assert caught.value.code == 0
    assert "demo application" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["walk"], ["demo", "9000"]])
def test_wrong_use_tells_what_may_follow(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
) -> None:
    """Without a command, or with a wrong one, the usage is shown."""
    monkeypatch.setattr(dev, "_prepare", pytest.fail)
    with pytest.raises(SystemExit) as caught:
        dev.main(arguments)
    assert caught.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_arguments_are_handed_on(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options behind test and nox are for these, --help too."""
    calls: list[tuple[str, ...]] = []

    def prepare(_: object) -> None: ...

    def run(*arguments: str) -> int:
        calls.append(arguments)
        return 0

    monkeypatch.setattr(dev, "_prepare", prepare)
    monkeypatch.setattr(dev, "_run", run)
    assert dev.main(["test", "-q", "--help"]) == 0
    assert calls == [("-m", "pytest", "-q", "--help")]


def test_environment_that_does_not_run_is_not_usable(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A .venv whose Python is gone is made anew."""
    monkeypatch.setattr(dev, "_PYTHON", tmp_path / "bin" / "python")
    assert dev._is_usable() is False


def test_children_get_nothing_that_leads_elsewhere(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings of the caller's shell don't redirect the installation."""
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    assert "/elsewhere" not in dev._environment().values()
