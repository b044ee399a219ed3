"""The parts that the bundle joins, and what to do when one isn't installed."""

import sys
from importlib import import_module
from types import ModuleType

__all__ = ["hand_on", "load_part"]


def load_part(name: str) -> ModuleType:
    """Import a module of a part.

    Raises:
        ModuleNotFoundError: the part isn't installed; says what mends that.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        part = name.partition(".")[0]
        if error.name != part:
            raise
        distribution = part.replace("_", "-")
        raise ModuleNotFoundError(
            f"PoorWSGI's module {name} is not there, because {distribution} is not "
            f"installed: pip install {distribution}",
            name=part,
        ) from error


def hand_on(name: str, part: str) -> None:
    """Put a module of a part in the place of the one that is being imported.

    A thread that imports the same path meanwhile may have got hold of the module
    that is replaced, so that one gets all names as well, and the way to those that the
    part imports when they are asked for.
    """
    module = load_part(part)
    kept = ("__all__", "__getattr__")
    names = {
        key: value
        for key, value in vars(module).items()
        if key in kept or not key.startswith("__")
    }
    vars(sys.modules[name]).update(names)
    sys.modules[name] = module
