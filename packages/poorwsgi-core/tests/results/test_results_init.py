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
_AT_ONCE = """
import importlib, pkgutil, sys, threading
import poorwsgi_core

path = ["%s/results" % folder for folder in poorwsgi_core.__path__]
names = [f"poorwsgi_core.results.{found.name}" for found in pkgutil.iter_modules(path)]
ready, wrong = threading.Barrier(len(names)), []

def load(name, star="from poorwsgi_core.results import *"):
    ready.wait()
    try:
        importlib.import_module(name)
        exec(star, {})
    except Exception as error:
        wrong.append(repr(error))

threads = [threading.Thread(target=load, args=[name]) for name in names]
sys.setswitchinterval(1e-6)
for thread in threads: thread.start()
for thread in threads: thread.join()
print(wrong)
"""


def run(code: str) -> str:
    """Run a program in a process of its own."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    return done.stdout


def test_modules_are_imported_when_they_are_needed() -> None:
    """The package locks none of them while it is imported itself."""
    assert run(_LOADED) == "[]\n"


def test_first_imports_in_several_threads() -> None:
    """None waits for what another thread has locked, nor sees a half module."""
    assert [run(_AT_ONCE) for _ in range(3)] == ["[]\n"] * 3


def test_unknown_name() -> None:
    """A misspelt name is told of."""
    name = "not_fuond"
    with pytest.raises(AttributeError, match="has no attribute 'not_fuond'"):
        getattr(results, name)
