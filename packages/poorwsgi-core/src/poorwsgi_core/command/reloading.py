"""Starts a program anew when its files change.

A parent process starts the same command again as its child.  The child knows which
modules it has imported, watches their files and ends with a status of its own when one
changes; so the parent starts it again.  A child whose parent is gone ends too.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

__all__ = ["Watch", "is_child", "run_children"]

_CHILD = "POORWSGI_RELOAD_CHILD"
_CHANGED = 75
_INTERVAL = 0.4
_IGNORED = {"__pycache__", "node_modules"}


def is_child() -> bool:
    """Tell, once, whether this process is one that the parent has started."""
    return os.environ.pop(_CHILD, None) is not None


def run_children() -> int:
    """Run this very command as a child, again after each change.

    Returns:
        The exit status of the last child.
    """
    environment = {**os.environ, _CHILD: "yes"}
    command = [sys.executable, *sys.orig_argv[1:]]
    signal.signal(signal.SIGTERM, _interrupt)
    status = _CHANGED
    while status == _CHANGED:
        child = subprocess.Popen(  # noqa: S603 - this very command
            command, env=environment
        )
        status = _wait(child)
    return status


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _wait(child: "subprocess.Popen[Any]") -> int:
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        child.wait()
        return 0


class Watch:
    """Looks for changes of the imported modules, and of all files in folders.

    Args:
        folders: these, with what is in them.
        files: further files.
    """

    changed_status = _CHANGED
    """Exit status that has the parent start the child again."""

    def __init__(self, folders: Sequence[str] = (), files: Iterable[str] = ()) -> None:
        self._folders = folders
        self._files = [*files]
        self._parent = os.getppid()
        self._times: dict[str, int | None] = {}
        self._found = self._list_folders()
        self.find_change()

    def wait(self) -> str:
        """Wait for a change, or for the end of the parent; returns what it was."""
        while True:
            if os.getppid() != self._parent:
                return "the parent process"
            if (path := self.find_change()) is not None:
                return path
            time.sleep(_INTERVAL)

    def find_change(self) -> str | None:
        """Return a file that was changed, added or removed since the last look."""
        found = self._list_folders()
        if other := found ^ self._found:
            self._found = found
            return min(other)
        for path in (*self._files, *_list_modules(), *found):
            changed = _read_time(path)
            if self._times.setdefault(path, changed) != changed:
                self._times[path] = changed
                return path
        return None

    def _list_folders(self) -> set[str]:
        return {path for folder in self._folders for path in _walk(folder)}


@cache
def _libraries() -> tuple[str, ...]:
    # Imported here: only a child needs it.
    from sysconfig import get_path

    names = ("stdlib", "purelib", "platlib")
    return tuple(f"{get_path(name)}{os.sep}" for name in names)


def _list_modules() -> Iterator[str]:
    for module in [*sys.modules.values()]:
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and not path.startswith(_libraries()):
            yield path


def _walk(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [x for x in folders if x[0] != "." and x not in _IGNORED]
        yield from (os.path.join(parent, name) for name in files)


def _read_time(path: str) -> int | None:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return None
