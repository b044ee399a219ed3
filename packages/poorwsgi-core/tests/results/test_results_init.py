"""Facts about the package of the pages, and how its modules are imported."""

import subprocess
import sys

import pytest

from poorwsgi_core import results

pytestmark = pytest.mark.needs("processes")

_LOADED = """
import sys, poorwsgi_core.results
print([name for name in sys.modules if name.startswith("poorwsgi_core.results.")])
"""


def run(code: str) -> str:
    """Run a program in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    return done.stdout


def test_modules_are_imported_when_they_are_needed() -> None:
    """The package imports none of them while it is imported itself."""
    assert run(_LOADED) == "[]\n"


def test_unknown_name() -> None:
    """A misspelt name is told of."""
    name = "not_fuond"
    with pytest.raises(AttributeError, match="has no attribute 'not_fuond'"):
        getattr(results, name)
