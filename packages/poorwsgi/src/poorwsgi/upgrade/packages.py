"""The package that is installed: which modules and names it has.

This is looked up in ``poorwsgi`` itself, of which the tool is a part.
"""

import re
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from types import ModuleType
from typing import Any

__all__ = ["find_module", "is_missing", "is_misspelt", "list_parameters"]

_NAME = re.compile(r"poorwsgi(?:\.\w+){1,2}")


def find_module(name: str) -> ModuleType | None:
    """Find a module of ours; ``None`` if there is none, or its part isn't there."""
    if not re.fullmatch(r"poorwsgi(\.\w+)?", name):
        return None
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None


def is_missing(name: str) -> bool:
    """Tell whether PoorWSGI has no such module, or not that name in it."""
    if not _NAME.fullmatch(name):
        return False
    package, module, *rest = name.split(".")
    if find_spec(f"{package}.{module}") is None:
        return not hasattr(find_module(package), module)
    found = find_module(f"{package}.{module}")
    # Of a part that isn't installed nobody knows.
    return found is not None and not all(hasattr(found, each) for each in rest)


def list_parameters(name: str) -> list[str]:
    """List what a class or function of ours takes; nothing, if there is none."""
    module, _, attribute = name.rpartition(".")
    found: Any = getattr(find_module(module), attribute, None)
    try:
        return [*signature(found).parameters]
    except (TypeError, ValueError):  # no callable; one in C, such as a kind of dict
        return []


@cache
def is_misspelt(name: str) -> bool:
    """Tell whether an application refuses an attribute, because a setting is meant."""
    from poorwsgi import Application

    app = Application("poorwsgi.upgrade")
    if hasattr(app, name):
        return False
    try:
        setattr(app, name, None)
    except AttributeError:
        return True
    return False
