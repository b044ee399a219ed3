"""What the command line is given: applications and documents.

What a user may do wrong is a ``UsageError``, whose text is all that is shown.
"""

import traceback
from typing import Any

from poorwsgi_core import Application
from poorwsgi_core.command.target import CommandError, UserFailure, find_routed
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.sources import SourceError
from poorwsgi_openapi.tools.agreement import left_to_the_caller

__all__ = ["UsageError", "load_application", "load_document"]


class UsageError(Exception):
    """The command line asks for what isn't there."""


def load_application(target: str) -> Application[Any]:
    """Import what ``module:application`` names, as the core's command line does.

    What differs between its routes and its document is not looked at.  The traceback
    of a module that fails goes to standard error.

    Raises:
        UsageError: it isn't there, is no application, or its module fails.
    """
    try:
        with left_to_the_caller():
            return find_routed(target)
    except UserFailure as failure:
        text, error = str(failure), failure.error
        if isinstance(error, SourceError):
            # It says which document is broken, and where.
            text = f"{text.removesuffix(type(error).__name__)}{error}"
        else:
            traceback.print_exception(error)
        raise UsageError(text) from failure
    except CommandError as error:
        raise UsageError(str(error)) from error


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
