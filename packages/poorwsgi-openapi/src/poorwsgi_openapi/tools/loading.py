"""What the command line is given: applications and documents.

What a user may do wrong is a ``UsageError``, whose text is all that is shown.
"""

import importlib
import sys
from typing import Any

from poorwsgi_core import Application
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.sources import SourceError
from poorwsgi_openapi.tools.agreement import left_to_the_caller

__all__ = ["UsageError", "load_application", "load_document"]

_REMEDY = "name a module and an application in it, such as example:app"


class UsageError(Exception):
    """The command line asks for what isn't there."""


def load_application(target: str) -> Application[Any]:
    """Import ``module:attribute``; the attribute is ``app`` when left out.

    What differs between its routes and its document is not looked at.

    Raises:
        UsageError: it isn't there, or is no application.
    """
    name, _, attribute = target.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        with left_to_the_caller():
            module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise  # something that the module itself imports
        raise UsageError(f"no module {name!r}: {_REMEDY}") from error
    except SourceError as error:
        raise UsageError(f"{name} can't be imported: {error}") from error
    app: Application[Any] | None = getattr(module, attribute or "app", None)
    if not isinstance(app, Application):
        raise UsageError(f"{target} is no application of PoorWSGI: {_REMEDY}")
    return app


def load_document(
    path: str, *, check: bool = True, refs_below: str | None = None
) -> Document:
    """Load a document.

    Raises:
        UsageError: it can't be read, or is broken.
    """
    try:
        return Document(path, check=check, refs_below=refs_below)
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from error
