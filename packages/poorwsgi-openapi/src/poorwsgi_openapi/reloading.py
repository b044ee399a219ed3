"""The document read again while it is written: in debug, and only there.

The files are looked at before each request.  A change is taken over whole, or
not at all: while the document is broken, or has no operation for a handler any
more, each request is answered by what is wrong with it.

Routes stay as they are.  So a handler keeps its path, and an operation that is
new gets its route when the application starts again.
"""

import logging
from collections.abc import Sequence

from poorwsgi_core import Request
from poorwsgi_core.state import HTTP_INTERNAL_SERVER_ERROR
from poorwsgi_openapi.answers.problems import RequestRefused, build_response
from poorwsgi_openapi.checks.faults import Fault, Problem
from poorwsgi_openapi.document.document import Document, Operation
from poorwsgi_openapi.document.sources import SourceError
from poorwsgi_openapi.tools.agreement import Differs

__all__ = ["find_again", "refuse_by"]

log = logging.getLogger("poorwsgi")

_REMEDY = "correct the document, or the application and start it again"


def find_again(document: Document, operation: Operation) -> Operation:
    """Find the same method and path in the document as it is now.

    Raises:
        ValueError: it is gone.
    """
    known = document.webhooks if operation.is_webhook else document.operations
    for found in known:
        if (found.method, found.path) == (operation.method, operation.path):
            return found
    raise ValueError(
        f"{document.source} has no {operation.method} {operation.path} any more, "
        f"which a handler serves; {_REMEDY}"
    )


def refuse_by(req: Request, error: Exception) -> RequestRefused:
    """Answer a request by what is wrong with the document.

    Args:
        req: the request.
        error: what was raised when the document was read or taken over.
    """
    places: Sequence[tuple[str, str]] = ()
    if isinstance(error, SourceError | Differs):
        places = error.places
    detail = str(error).partition("\n")[0].removesuffix(":")
    if isinstance(error, OSError):
        detail = f"{error.filename}: {error.strerror}; put the file back"
    log.error("The document can't be used: %s", error)
    faults = [Fault("document", "invalid", what, name=where) for where, what in places]
    problem = Problem(HTTP_INTERNAL_SERVER_ERROR, detail, faults)
    return RequestRefused(build_response(req, problem), problem)
