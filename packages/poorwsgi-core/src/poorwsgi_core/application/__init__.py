"""The application: a request comes in, finds its handler, is answered.

application    Application: the way of a request
registration   the methods that register routes, handlers and hooks
groups         Routes: a prefix, and what applies below it alone
decorators     decorators of an application and of a group
routes         routes, filters and default handlers that were registered
rules          from ``/user/<id:int>`` to a pattern
table          from a path to its handler
rows           the table of routes as data
trials         why a route doesn't answer a path
links          from a handler or a name to a path
mounting       another WSGI application below a prefix
targets        what answers where no route does: files, pages, refusals
static_files   answers for files and directories
hooks          before and after handlers
failures       from exceptions to responses
handlers       types of handlers, and what is none
guarding       what guards ask for
elsewhere      what other frameworks call a thing
method_table   handlers by a key and by method
profiling      a profile for each request
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_core.application.application import Application, Extension, log
    from poorwsgi_core.application.groups import Routes
    from poorwsgi_core.application.rules import re_filter, re_invalid_filter
    from poorwsgi_core.response import to_response

__all__ = [
    "Application",
    "Extension",
    "Routes",
    "log",
    "re_filter",
    "re_invalid_filter",
    "to_response",
]

_MODULES = {
    "..response": "to_response",
    ".application": "Application Extension log",
    ".groups": "Routes",
    ".rules": "re_filter re_invalid_filter",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
