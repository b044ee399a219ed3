"""Profile files of requests: which there are, and what one of them says.

They are those of ``cProfile``, as ``pstats`` reads them; other viewers do too.
"""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

__all__ = ["Call", "Calls", "Function", "Profile", "list_profiles", "read_profile"]

_NAME = re.compile(r"_([^_]*)_(.*)\.(\d+\.\d+)\.profile")
_MAX_FILES = 200


class Function(NamedTuple):
    """A function, as profilers name it.

    Attributes:
        path: its source file, ``~`` for a builtin.
        line: where it starts.
        name: its name.
    """

    path: str
    line: int
    name: str


class Call(NamedTuple):
    """What the calls of a function took.

    Attributes:
        number: how many.
        own: seconds in it alone.
        total: seconds with all that it called.
    """

    number: int
    own: float
    total: float


class Calls(NamedTuple):
    """What a profile says.

    Attributes:
        functions: each function with its calls, the longest first.
        callees: function to those that it called, with these calls.
    """

    functions: Mapping[Function, Call]
    callees: Mapping[Function, Mapping[Function, Call]]

    @property
    def seconds(self) -> float:
        """How long all of it took."""
        return sum(call.own for call in self.functions.values())


class Profile(NamedTuple):
    """A profile file.

    Attributes:
        path: where it is.
        request: method and path of the request; the slashes in that are lost.
        seconds: how long it took.
    """

    path: str
    request: str
    seconds: float

    @property
    def name(self) -> str:
        """Name of the file."""
        return os.path.basename(self.path)


def list_profiles(dump: str) -> list[Profile]:
    """List the newest profiles of a prefix, the slowest first; no other files."""
    folder, prefix = os.path.split(dump)
    found: list[tuple[float, str, str]] = []
    for name in _list_folder(folder or os.curdir):
        match = _NAME.fullmatch(name.removeprefix(prefix))
        if match is not None and name.startswith(prefix):
            path = os.path.join(folder, name)
            found.append((float(match[3]), path, f"{match[1]} /{match[2]}"))
    found.sort(reverse=True)
    profiles: list[Profile] = []
    for _, path, request in found[:_MAX_FILES]:
        calls = read_profile(path)
        if calls is not None:
            profiles.append(Profile(path, request, calls.seconds))
    return sorted(profiles, key=lambda profile: -profile.seconds)


def _list_folder(folder: str) -> Iterable[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return ()


def read_profile(path: str) -> Calls | None:
    """Read a profile; ``None`` where it can't be, as while it is written."""
    # Imported here: only who looks at profiles needs it.
    from pstats import Stats

    try:
        stats: dict[Any, Any] = vars(Stats(path))["stats"]
    except (OSError, EOFError, TypeError, ValueError, AttributeError):
        return None
    calls: dict[Function, Call] = {}
    callees: dict[Function, dict[Function, Call]] = {}
    for key, (_, count, own, total, callers) in stats.items():
        function = Function(*key)
        calls[function] = Call(count, own, total)
        for caller, edge in callers.items():
            if isinstance(edge, tuple):  # of profile it is a number
                found = callees.setdefault(Function(*caller), {})
                found[function] = Call(edge[0], *edge[2:])
    return Calls(_sort(calls), {key: _sort(found) for key, found in callees.items()})


def _sort(calls: Mapping[Function, Call]) -> dict[Function, Call]:
    return dict(sorted(calls.items(), key=lambda item: -item[1].total))
