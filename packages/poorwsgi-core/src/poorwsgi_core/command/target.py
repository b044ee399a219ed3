"""Finds the application that ``module:name`` or a file names.

Whatever is written in place of a target, the answer is an application or one line that
says what is wrong and what to write.  What goes wrong inside of the user's modules is
shown with a traceback that begins there.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from inspect import Parameter, iscoroutinefunction, isfunction, signature
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NamedTuple, cast

from poorwsgi_core.application import Application

__all__ = ["CommandError", "UserFailure", "find_application", "find_routed"]

_NAMES = ("app", "application", "create_app")
_FILES = ("app.py", "application.py", "wsgi.py", "main.py")
_REMEDY = (
    "name a module or a file and an application in it, such as example:app, "
    "example.py or example:create_app()"
)


class CommandError(Exception):
    """What was asked for can't be done; the text says why, in one line."""


class UserFailure(CommandError):
    """Code of the user failed.

    Attributes:
        error: what it raised, with the traceback of that code alone; ``None`` where
            that has been told.
    """

    def __init__(self, text: str, error: Exception | None) -> None:
        super().__init__(text)
        self.error = error


class _Place(NamedTuple):
    """Where an application is to be found.

    Attributes:
        module: dotted name of the module.
        folder: what to search first.
        attribute: name in the module, "" for the usual ones.
        is_called: whether it was written with parentheses.
    """

    module: str
    folder: str
    attribute: str
    is_called: bool


def find_application(target: str) -> Any:
    """Import what a target names.

    Args:
        target: ``module``, ``module:name``, or a path of a file or folder in place of
            the module; the name may be that of a function without arguments, with or
            without parentheses, which builds an application.

    Raises:
        CommandError: there is nothing, or no application.
        UserFailure: the module or the function raised an exception.
    """
    place = _read_target(target)
    sys.path.insert(0, place.folder)
    module = _import(place.module)
    found = _look_up(module, place)
    if place.is_called or _is_factory(found):
        found = _build(found, target)
    if not _is_wsgi(found):
        reason = _explain(found, place, module)
        raise CommandError(f"{target} {reason}: {_advise(module, place.module)}")
    return found


def _explain(found: object, place: _Place, module: ModuleType) -> str:
    """Say why something is no application."""
    is_folder = hasattr(module, "__path__") and not getattr(module, "__file__", None)
    if found is None and is_folder:
        return f"is a folder, which is written ./{place.module}"
    if found is None:
        return f"has none of {', '.join(_NAMES)}"
    kind: Any = found
    if isinstance(found, type) and issubclass(kind, Application):
        return "is a class of applications, and no object of it"
    if isfunction(kind) and place.attribute:
        return (
            "is no application, which takes (environ, start_response), and no function "
            "without arguments that builds one"
        )
    return "is no application, which takes (environ, start_response)"


def find_routed(target: str) -> "Application[Any]":
    """Import what a target names, which has to be an Application.

    Raises:
        CommandError: it is none; see ``find_application`` too.
    """
    found = find_application(target)
    if not isinstance(cast("object", found), Application):
        name = type(found).__name__
        raise CommandError(f"{target} is no Application of PoorWSGI, but a {name}")
    app: Application[Any] = found
    return app


def _read_target(target: str) -> _Place:
    name, _, attribute = target.rpartition(":")
    if not name or "/" in attribute or "\\" in attribute:
        name, attribute = target.removesuffix(":"), ""
    if "(" in attribute and not attribute.endswith("()"):
        raise CommandError(
            f"{attribute!r} can't be called so: a function that builds an application "
            "takes no arguments, as in example:create_app()"
        )
    is_called = attribute.endswith("()")
    attribute = attribute.removesuffix("()")
    if _is_path(name):
        folder, name = _read_path(Path(name))
    else:
        folder = ""
    if not all(part.isidentifier() for part in name.split(".")):
        renamed = re.sub(r"\W|^(?=\d)", "_", name.rpartition(".")[2])
        remedy = f"rename it, as {renamed}.py" if folder else _REMEDY
        raise CommandError(f"{name!r} can't be the name of a module: {remedy}")
    return _Place(name, folder, attribute, is_called)


def _is_path(name: str) -> bool:
    return name.endswith(".py") or name.startswith(".") or "/" in name or "\\" in name


def _read_path(path: Path) -> tuple[str, str]:
    """Return where to search for the module of a file, and its dotted name."""
    full = path.resolve()
    if full.is_dir() and not (full / "__init__.py").is_file():
        names = (full / name for name in _FILES)
        full = next((file for file in names if file.is_file()), full)
    elif not full.exists():
        full = full.with_name(f"{full.name}.py")
    if full.is_dir() and not (full / "__init__.py").is_file():
        raise CommandError(f"no {', '.join(_FILES)} in {str(path)!r}: {_REMEDY}")
    if not full.exists():
        raise CommandError(f"no file {str(path)!r}: {_REMEDY}")
    if full.is_file() and full.suffix != ".py":
        raise CommandError(f"{str(path)!r} is no file of Python: {_REMEDY}")
    parts = [full.stem if full.is_file() else full.name]
    while (full.parent / "__init__.py").is_file():
        full = full.parent
        parts.insert(0, full.name)
    return str(full.parent), ".".join(part for part in parts if part != "__init__")


def _import(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise _blame(error, f"{name} can't be imported") from error
        raise CommandError(f"no module {name!r}: {_find_meant(name)}") from error
    except Exception as error:
        raise _blame(error, f"{name} can't be imported") from error
    except SystemExit as error:
        raise CommandError(
            f"{name} ended while it was imported, by exit status {error.code}: let it "
            "do so below if __name__ == '__main__'"
        ) from error


def _find_meant(name: str) -> str:
    """Say what a module that isn't there may be meant for."""
    outer, _, attribute = name.rpartition(".")
    if hasattr(sys.modules.get(outer), attribute):
        return f"did you mean {outer}:{attribute}?"
    files = [path.stem for path in Path().glob("*.py")]
    close = get_close_matches(name, files, 1)
    return f"did you mean {close[0]}?" if close else _REMEDY


def _blame(error: Exception, what: str) -> UserFailure:
    """Cut off the frames that led to the user's code."""
    frame: TracebackType | None = error.__traceback__
    while frame is not None and _is_ours(frame.tb_frame.f_code.co_filename):
        frame = frame.tb_next
    error.__traceback__ = frame
    return UserFailure(f"{what}: {type(error).__name__}", error)


def _is_ours(path: str) -> bool:
    return path in (__file__, importlib.__file__) or path.startswith("<frozen ")


def _look_up(module: ModuleType, place: _Place) -> Any:
    if not place.attribute:
        return next((vars(module)[x] for x in _NAMES if x in vars(module)), None)
    found: Any = module
    for name in place.attribute.split("."):
        found = getattr(found, name, None)
    if found is None:
        raise CommandError(
            f"no {place.attribute!r} in {place.module}: {_advise(module, place.module)}"
        )
    return found


def _advise(module: ModuleType, name: str) -> str:
    found = " or ".join(f"{name}:{key}" for key in _candidates(module))
    return f"did you mean {found}?" if found else _REMEDY


def _candidates(module: ModuleType) -> Iterator[str]:
    for key, value in vars(module).items():
        if isinstance(value, Application):
            yield key


def _is_factory(found: Any) -> bool:
    """Tell whether something is a function to be called without arguments."""
    if not isfunction(found) or iscoroutinefunction(found):
        return False
    parameters = signature(found).parameters.values()
    return all(
        each.default is not Parameter.empty or each.kind is Parameter.VAR_KEYWORD
        for each in parameters
    )


def _build(factory: Callable[[], Any], target: str) -> Any:
    if not callable(factory):
        raise CommandError(f"{target} can't be called: leave out the parentheses")
    try:
        built = factory()
    except Exception as error:
        raise _blame(error, f"{target} failed") from error
    if not _is_wsgi(built):
        kind = type(built).__name__
        raise CommandError(f"{target} returned no application, but a {kind}")
    return built


def _is_wsgi(app: Any) -> bool:
    """Tell by its signature whether PEP 3333 may call something."""
    if isinstance(app, Application):
        return True
    if not callable(app):
        return False
    try:
        found = signature(app)
    except (TypeError, ValueError):
        return True  # it has none, as some that are written in C
    try:
        found.bind(None, None)
    except TypeError:
        return False
    return next(iter(found.parameters)) not in {"req", "request"}
