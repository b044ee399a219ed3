"""The parser of multipart forms, which is the application's own."""

from collections.abc import Callable
from typing import Any

from poorwsgi_core import Application
from poorwsgi_openapi.document.document import Document

__all__ = ["find_parser", "refuse_forms"]


def refuse_forms(document: Document) -> None:
    """Check that a document has no multipart form, for want of a parser.

    Raises:
        RuntimeError: it has one.
    """
    for operation in (*document.operations, *document.webhooks):
        content: Any = (operation.request_body or {}).get("content") or {}
        if any(kind.lower().startswith("multipart/form-data") for kind in content):
            raise RuntimeError(
                f"{operation.method} {operation.path} takes a multipart form, and "
                "this application parses none: use poorwsgi_forms.Application, "
                "or give OpenAPI a form_parser"
            )


def find_parser(app: Application[Any]) -> Callable[[Any], Any] | None:
    """Return what gives ``req.form``, if the requests of an application have it."""
    if not hasattr(app.request_class, "form"):
        return None
    return lambda req: req.form
