"""What the tests can't have on Pyodide, as a plugin of pytest.

WebAssembly, as node runs it, has neither threads nor processes, no sockets and little
of the files of Linux.  Tests that need one of these say so by ``pytest.mark.needs``,
and are skipped here by that name, and nowhere else.  A module of tests whose packages
can't be installed is left out, and named.
"""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

__all__ = ["NEEDS"]

NEEDS = {
    "files": "what Linux does with files: links, locks, pipes, lists of descriptors",
    "jinja2": "Jinja, which needs a package that is compiled",
    "msgspec": "msgspec, which is compiled",
    "processes": "other processes",
    "stack": "a stack for deep recursion",
    "threads": "threads",
    "users": "users of the system",
}
"""What isn't there, by the name that the marker takes."""

_IMPORT = re.compile(r"^(?:from|import) (\w+)", re.MULTILINE)
_left_out: dict[str, str] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip each test that needs what isn't there."""
    for item in items:
        for mark in item.iter_markers("needs"):
            needs = ", ".join(NEEDS[name] for name in mark.args)
            item.add_marker(pytest.mark.skip(reason=f"needs {needs}"))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave a module out whose packages aren't installed."""
    if not collection_path.match("test_*.py"):
        return None
    names = set(_IMPORT.findall(collection_path.read_text("utf-8")))
    missing = sorted(name for name in names if _is_missing(name))
    if not missing:
        return None
    _left_out["/".join(collection_path.parts[-4:])] = ", ".join(missing)
    return True


def _is_missing(name: str) -> bool:
    return not name.startswith("poorwsgi") and find_spec(name) is None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out."""
    for path, missing in sorted(_left_out.items()):
        terminalreporter.write_line(f"LEFT OUT {path}: {missing} can't be installed")
