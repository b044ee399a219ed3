"""The rules of ``check`` by their names."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from poorwsgi_core.application import Application
from poorwsgi_core.command.findings import Finding, Level, find_home
from poorwsgi_core.command.rules.decorators import find_dropped, find_passed
from poorwsgi_core.command.rules.groups import find_forgotten_groups
from poorwsgi_core.command.rules.hooks import find_bad_returns
from poorwsgi_core.command.rules.routes import (
    find_hidden_errors,
    find_hidden_files,
    find_hidden_routes,
)

__all__ = ["RULES", "Rule"]


class Rule(NamedTuple):
    """One rule.

    Attributes:
        about: what it finds, in a line.
        find: finds it.
    """

    about: str
    find: Callable[[Application[Any]], Iterator[Finding]]


def _find_open_debug(app: Application[Any]) -> Iterator[Finding]:
    if app.debug:
        yield Finding(
            "debug",
            Level.WARNING,
            "debug is set in the source: leave it to run --debug, or to the variable "
            "poor_Debug of a server that nobody else reaches",
            *find_home(app.name),
        )


RULES: dict[str, Rule] = {
    "hidden-route": Rule(
        "A route gets no request, because others take its paths.", find_hidden_routes
    ),
    "hidden-file": Rule(
        "A file is never sent, because a route takes its path.", find_hidden_files
    ),
    "hidden-error-handler": Rule(
        "An exception handler is never asked, because that of a base class comes "
        "first.",
        find_hidden_errors,
    ),
    "forgotten-group": Rule(
        "A group of routes isn't installed.", find_forgotten_groups
    ),
    "hook-returns": Rule("A hook returns what it must not.", find_bad_returns),
    "passed-decorator": Rule("A route leads past a decorator.", find_passed),
    "dropped-answer": Rule(
        "A decorator doesn't return what its handler returned.", find_dropped
    ),
    "debug": Rule("Debug is on.", _find_open_debug),
}
"""Rules by their names, in the order in which they are tried."""
