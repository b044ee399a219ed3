"""What each of the threads that run a test has for itself, as a plugin of pytest.

pytest-run-parallel runs a test in many threads at once, but gives all of them the same
fixtures and parameters.  Here each makes anew the fixtures that our tests define, and
copies the parameters: nobody wires the application of another one.  What they still
share is what is looked at: the modules of PoorWSGI, and what these keep.

A test whose parameters can't be copied runs in one thread, and so does a module that
profiles.  Others that change what a process has once are known by fixtures and
functions that ``nox -s threads`` names.
"""

import copy
import functools
import itertools
import threading
from contextlib import ExitStack, contextmanager
from inspect import isgeneratorfunction
from types import SimpleNamespace
from typing import Any

import pytest

__all__ = ["OwnFixtures"]

_numbers = itertools.count()
_one_at_a_time = threading.Lock()
"""Some fixtures go to another directory for a moment, which is one for all threads."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each test have its own, or run in one thread."""
    for item in items:
        test: Any = item
        try:
            if "cProfile" in test.module.__dict__:
                raise TypeError("a process has one profiler")
            _copy_parameters(test)
        except Exception as error:  # noqa: BLE001 - whatever a class of a test does
            item.add_marker(pytest.mark.thread_unsafe(reason=f"{error}"))
        else:
            test.obj = OwnFixtures(test)


def _copy_parameters(item: Any) -> dict[str, Any]:
    if not hasattr(item, "callspec"):
        return {}
    given = item.callspec.params
    if any(isinstance(each, BaseException) for each in given.values()):
        raise TypeError("an error keeps what it was raised with")
    # What a module names is what it is, such as its sentinels.
    named = {id(each): each for each in item.module.__dict__.values()}
    return copy.deepcopy(given, named)


class OwnFixtures:
    """A test with fixtures and parameters that are made anew for each call."""

    def __init__(self, item: Any) -> None:
        functools.update_wrapper(self, item.obj)
        self.__globals__ = item.obj.__globals__  # where functions are looked for
        self._item = item
        self._test = item.obj

    def __call__(self, **shared: Any) -> None:
        """Run it; the arguments are what all threads would share."""
        with ExitStack() as stack:
            with _one_at_a_time:
                own = _Fixtures(self._item, stack)
                values = {name: own.get(name) for name in self._item.fixturenames}
            self._test(**{name: values[name] for name in shared})


class _Fixtures:
    """The fixtures of one call of a test."""

    def __init__(self, item: Any, stack: ExitStack) -> None:
        self._definitions = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - pytest's
        self._shared = item.funcargs
        self._stack = stack
        self._parameters = _copy_parameters(item)
        self._own: dict[str, Any] = {}
        self._node = SimpleNamespace(nodeid=f"{item.nodeid} {next(_numbers)}")

    def get(self, name: str) -> Any:
        """Return the value of a fixture or parameter."""
        if name not in self._own:
            self._own[name] = self._make(name)
        return self._own[name]

    def _make(self, name: str) -> Any:
        if name == "tmp_path":
            folder = self._shared[name] / f"own{next(_numbers)}"
            folder.mkdir()
            return folder
        if name not in self._definitions:  # it is of pytest itself
            return self._shared[name]
        *_, definition = self._definitions[name]
        if definition.scope != "function" or definition.func.__module__[:1] == "_":
            return self._parameters.get(name, self._shared[name])
        request = SimpleNamespace(param=self._parameters.get(name), node=self._node)
        arguments = {
            each: request if each == "request" else self.get(each)
            for each in definition.argnames
        }
        if isgeneratorfunction(definition.func):
            made = contextmanager(definition.func)(**arguments)
            return self._stack.enter_context(made)
        return definition.func(**arguments)
