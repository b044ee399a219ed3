"""``routes``: the routes of an application in the order in which they are tried."""

from collections.abc import Callable
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.results import describe_handler, human_methods_
from poorwsgi_core.state import methods

__all__ = ["print_routes"]


def print_routes(app: "Application[Any]", write: Callable[[str], object]) -> None:
    """Write a line for each route: rule, methods, handler, group if it has one."""
    rows = app.route_table
    width = max((len(row.rule) for row in rows), default=0)
    for row in rows:
        mask = sum(methods[method] for method in row.methods)
        info = describe_handler(row.handler)
        name = getattr(row.handler, "__qualname__", None) or info.name
        line = f"{row.rule:<{width}}  {human_methods_(mask):<12}  {name}"
        write(f"{line}  {row.group}".rstrip() + "\n")
