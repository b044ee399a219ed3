"""The parts that the bundle joins, and what to do when one isn't installed."""

from importlib import import_module
from types import ModuleType

__all__ = ["load_part"]


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
