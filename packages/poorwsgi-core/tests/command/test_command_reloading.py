"""Facts about starting anew when files change."""

import os
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from poorwsgi_core.command.reloading import Watch, start_again

pytestmark = pytest.mark.needs("processes")


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


def test_same_command_takes_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is replaced by the interpreter with the arguments that it had."""
    started: list[tuple[str, list[str]]] = []

    def execv(path: str, arguments: list[str]) -> None:
        started.append((path, arguments))
        raise SystemExit

    monkeypatch.setattr(os, "execv", execv)
    with pytest.raises(SystemExit):
        start_again()
    assert started == [(sys.executable, [sys.executable, *sys.orig_argv[1:]])]
