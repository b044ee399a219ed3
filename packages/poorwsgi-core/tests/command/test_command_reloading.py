"""Facts about starting anew when files change."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from poorwsgi_core.command.reloading import Watch, is_child, run_children


@pytest.fixture(autouse=True)
def handler_of_the_process() -> Iterator[None]:
    """Put back what the process does when it is terminated."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def age(path: Path) -> None:
    """Give a file another time."""
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))


def test_changed_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of a module that is imported is watched; a module without one isn't."""
    path = tmp_path / "watched.py"
    path.write_text("")
    module = ModuleType("watched")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "watched", module)
    watch = Watch()
    assert watch.find_change() is None
    age(path)
    assert watch.find_change() == str(path)
    assert watch.find_change() is None
    path.unlink()
    assert watch.find_change() == str(path)


def test_changed_folder(tmp_path: Path) -> None:
    """A file in a folder that is changed, added or removed is a change."""
    (tmp_path / "pages").mkdir()
    page = tmp_path / "pages" / "index.html"
    page.write_text("")
    watch = Watch([str(tmp_path)])
    assert watch.find_change() is None
    age(page)
    assert watch.find_change() == str(page)
    other = tmp_path / "other.html"
    other.write_text("")
    assert (watch.find_change(), watch.find_change()) == (str(other), None)
    page.unlink()
    assert (watch.find_change(), watch.find_change()) == (str(page), None)


@pytest.mark.parametrize("name", ["__pycache__", ".git", "node_modules"])
def test_what_no_one_writes_is_not_watched(tmp_path: Path, name: str) -> None:
    """What tools write into a folder is no change."""
    (tmp_path / name).mkdir()
    watch = Watch([str(tmp_path)])
    (tmp_path / name / "written").write_text("")
    assert watch.find_change() is None


def test_further_file(tmp_path: Path) -> None:
    """A file that could not be imported is watched as well."""
    path = tmp_path / "broken.py"
    watch = Watch(files=[str(path)])
    path.write_text("")
    assert watch.wait() == str(path)


def test_watch_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks again and again until a file changes."""
    path = tmp_path / "slow.py"
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            path.write_text("")

    monkeypatch.setattr(time, "sleep", sleep)
    assert Watch(files=[str(path)]).wait() == str(path)
    assert len(slept) == 3


def test_orphan_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has lost its parent waits no longer."""
    watch = Watch()
    monkeypatch.setattr(os, "getppid", lambda: -1)
    assert watch.wait() == "the parent process"


class Child:
    """Stands for a process, which ends with a status or is interrupted."""

    def __init__(self, outcome: int | None) -> None:
        self.outcome = outcome
        self.calls: list[str] = []

    def wait(self) -> int:
        """End, or be interrupted once."""
        self.calls.append("wait")
        if self.outcome is None:
            self.outcome = 0
            raise KeyboardInterrupt
        return self.outcome

    def terminate(self) -> None:
        """Be told to end."""
        self.calls.append("terminate")


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """Start these, the last one first, in place of processes."""
    waiting: list[Child] = []

    def start(command: list[str], env: dict[str, str]) -> Child:
        assert command == [sys.executable, *sys.orig_argv[1:]]
        assert "POORWSGI_RELOAD_CHILD" in env
        return waiting.pop()

    monkeypatch.setattr(subprocess, "Popen", start)
    return waiting


def test_child_is_started_again(children: list[Child]) -> None:
    """After a change the same command runs again; another status is the last."""
    children[:] = [Child(3), Child(Watch.changed_status), Child(Watch.changed_status)]
    assert run_children() == 3
    assert children == []


def test_interrupt(children: list[Child]) -> None:
    """Whoever stops the parent stops the child."""
    child = Child(None)
    children.append(child)
    assert run_children() == 0
    assert child.calls == ["wait", "terminate", "wait"]


def test_terminated_parent(children: list[Child]) -> None:
    """SIGTERM stops both as Ctrl+C does."""
    children.append(Child(0))
    run_children()
    handler: Any = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        handler(signal.SIGTERM, None)


def test_child_knows_itself_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a child starts on its own is no child of the parent."""
    monkeypatch.setenv("POORWSGI_RELOAD_CHILD", "yes")
    assert (is_child(), is_child()) == (True, False)
