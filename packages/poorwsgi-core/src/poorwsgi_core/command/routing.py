"""``routes``: the routes of an application in the order in which they are tried."""

from collections.abc import Callable
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.results import describe_handler, handlers_view, human_methods_

__all__ = ["print_routes"]


def print_routes(app: "Application[Any]", write: Callable[[str], object]) -> None:
    """Write a line for each route: path or rule, methods, handler."""
    patterns = {
        next(iter(handlers.values())).rule or pattern.pattern: {
            bit: route.handler for bit, route in handlers.items()
        }
        for pattern, handlers in app.regular_routes.items()
    }
    rows = [*handlers_view(app.routes), *handlers_view(patterns, sort=False)]
    width = max((len(rule) for rule, _, _ in rows), default=0)
    for rule, mask, handler in rows:
        name = getattr(handler, "__qualname__", None) or describe_handler(handler).name
        write(f"{rule:<{width}}  {human_methods_(mask):<12}  {name}\n")
