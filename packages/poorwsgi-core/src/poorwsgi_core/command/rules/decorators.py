"""Decorators that a route leads past, and those that drop the answer.

``@app.route`` registers the function that it gets.  What stands above it decorates the
name in the module alone, and no request comes by there.
"""

import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.command.findings import Finding, Level, blame
from poorwsgi_core.command.rules.returned import find_code, list_returned
from poorwsgi_core.request.callables import describe_handler, list_decorated, probe

__all__ = ["find_dropped", "find_passed"]

_MOST_LAYERS = 20


def find_passed(app: Application[Any]) -> Iterator[Finding]:
    """Find handlers whose name in the module is that of something around them."""
    before, after = app.list_hooks()
    handlers = [*(row.handler for row in app.route_table), *before, *after]
    functions = [each for each in handlers if isinstance(each, FunctionType)]
    for handler in dict.fromkeys(functions):
        name = handler.__name__
        module = vars(sys.modules.get(handler.__module__, object))
        found = module.get(name, handler) if handler.__qualname__ == name else handler
        if found is None:
            reason = f"a decorator above @app of {name} returned nothing"
        elif found is not handler and _leads_to(found, handler):
            reason = f"a decorator of {name} stands above @app, which leads past it"
        else:
            continue
        text = f"{reason}: write @app above all other decorators"
        yield Finding("passed-decorator", Level.ERROR, text, *blame(handler))


def find_dropped(app: Application[Any]) -> Iterator[Finding]:
    """Find decorators that call a handler, and don't return what it returned."""
    for row in app.route_table:
        outer = row.handler
        code = find_code(outer)
        if code is None or {*list_returned(code)} != {None}:
            continue
        for inner in _list_inner(outer):
            decorated = find_code(inner)
            if decorated is None or {*list_returned(decorated)} == {None}:
                continue
            names = describe_handler(outer).name, describe_handler(inner).name
            yield Finding(
                "dropped-answer",
                Level.ERROR,
                f"Route {row.rule!r}: {names[0]} decorates {names[1]} and returns "
                "nothing, so that the answer is 204: return what the handler returned",
                *(code.co_filename, code.co_firstlineno),
            )


def _leads_to(outer: object, handler: FunctionType) -> bool:
    """Tell whether something calls a handler that it was made of."""
    layer = [outer]
    for _ in range(_MOST_LAYERS):
        if handler in layer:
            return True
        layer = [inner for each in layer for inner in _list_inner(each)]
    return False


def _list_inner(outer: object) -> Iterator[object]:
    wrapped = probe(outer, "__wrapped__")
    yield from list_decorated(outer) if wrapped is None else [wrapped]
