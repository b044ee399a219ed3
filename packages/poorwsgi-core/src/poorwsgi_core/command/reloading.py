"""Starts a program anew when its files change.

The process knows which modules it has imported and watches their files.  When one
changes, the same command takes its place: no process is started beside it.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NoReturn

__all__ = ["Watch", "start_again"]

_INTERVAL = 0.4
_IGNORED = {"__pycache__", "node_modules"}


def start_again() -> NoReturn:
    """Replace this process by the very command that it was started with."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(  # noqa: S606 - this very command
        sys.executable, [sys.executable, *sys.orig_argv[1:]]
    )


class Watch:
    """Looks for changes of the imported modules, and of all files in folders.

    Args:
        folders: these, with what is in them.
        files: further files.
    """

    def __init__(self, folders: Sequence[str] = (), files: Iterable[str] = ()) -> None:
        self._folders = folders
        self._files = [*files]
        self._times: dict[str, int | None] = {}
        self._found = self._list_folders()
        self.find_change()

    def wait(self) -> str:
        """Wait for a change; returns the file."""
        while (path := self.find_change()) is None:
            time.sleep(_INTERVAL)
        return path

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
    # Imported here: only who watches needs it.
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
