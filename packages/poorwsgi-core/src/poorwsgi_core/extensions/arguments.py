"""Arguments of extensions: what can't be meant is an error where the object is made.

Values are converted as those of settings are.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from poorwsgi_core.application import Application
from poorwsgi_core.application.signatures import check_arguments
from poorwsgi_core.request.settings import called, whole

__all__ = [
    "check_function",
    "check_object",
    "convert",
    "count",
    "find_installed",
    "route_path",
    "text",
]

_T = TypeVar("_T")


def convert(name: str, by: Callable[[Any], _T], value: Any) -> _T:
    """Convert an argument; an error tells its name.

    Raises:
        TypeError: it is no value.
        ValueError: it is a wrong one.
    """
    try:
        return by(value)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error


def check_function(name: str, function: Any, *arguments: str) -> None:
    """Refuse what isn't a function of so many arguments.

    Args:
        name: of the argument.
        function: what was given.
        arguments: what its own are, for the message.

    Raises:
        TypeError: it can't be called, or not with these.
    """
    convert(name, called, function)
    check_arguments(function, *arguments)


def check_object(name: str, value: Any, method: str, written: str) -> None:
    """Refuse what lacks the method that it is wanted for.

    Args:
        name: of the argument.
        value: what was given.
        method: name of the method.
        written: what may be written, for the message.

    Raises:
        TypeError: it has no such method.
    """
    if isinstance(value, type) or not callable(getattr(value, method, None)):
        raise TypeError(f"{name}: takes {written}, not {value!r}")


def find_installed(app: Application[Any], kind: type[_T]) -> list[_T]:
    """Return the extensions of a kind that have a before handler."""
    owners = (getattr(handler, "__self__", None) for handler in app.before)
    return [owner for owner in owners if isinstance(owner, kind)]


def count(value: Any) -> int:
    """Convert to a whole number that is not negative."""
    number = whole(value)
    if value is True or number < 0:
        raise ValueError(f"takes a number from 0 on, not {value!r}")
    return number


def route_path(value: Any) -> str:
    """Refuse what is no path of one route."""
    found = text(value)
    if found[:1] != "/" or not {"<", "?", "#"}.isdisjoint(found):
        raise ValueError(f"takes a path such as '/readyz', not {value!r}")
    return found


def text(value: Any) -> str:
    """Refuse what is no text."""
    if not isinstance(value, str):
        raise TypeError(f"takes text, not {value!r}")
    return value
