"""The command line: what people see of the framework first.

line         the arguments of each command
serving      ``run``: the embedded server, and what it says
checking     ``check``: all mistakes of the wiring at once
auditing     ``audit``: what a reviewer would ask, proved by requests
requesting   ``request`` and ``shell``: an application without a server
routing      ``routes``
reloading    starts a program anew when its files change
rules        what ``check`` looks for
audits       what ``audit`` looks for
findings     what was found, as text, JSON and SARIF
ending       for those whose reader has gone, ``| head``
target       finds the application that a command is about
telling      the lines of the log on a terminal

``pytest_plugin`` has fixtures for the tests of an application.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_core.command.ending import end_quietly
    from poorwsgi_core.command.line import main

__all__ = ["end_quietly", "main"]

_MODULES = {
    ".ending": "end_quietly",
    ".line": "main",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
