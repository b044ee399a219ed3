"""Groups of routes that nobody has installed."""

import sys
from collections.abc import Iterator
from typing import Any

from poorwsgi_core.application import Application, Routes
from poorwsgi_core.command.findings import Finding, Level, find_home

__all__ = ["find_forgotten_groups"]


def find_forgotten_groups(app: Application[Any]) -> Iterator[Finding]:
    """Find groups in the modules of an application that none has installed."""
    handlers = [row.handler for row in app.route_table]
    names = [app.name, *(getattr(each, "__module__", None) for each in handlers)]
    for name in dict.fromkeys(names):
        module = sys.modules.get(name or "")
        for key, value in vars(module or object).items():
            if isinstance(value, Routes) and not value.is_installed:
                yield Finding(
                    "forgotten-group",
                    Level.ERROR,
                    f"The group {key} of {name} isn't installed, so its routes are "
                    f"404: write app.install({key})",
                    *find_home(str(name)),
                )
