"""What can be wrong with a form or a JSON body, each with its status.

Each error is an HTTPException, so that it answers the client when nobody
catches it, and a ValueError, which is what the parsers have always raised.
"""

from typing import Any

from poorwsgi_core import HTTPException
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTP_UNSUPPORTED_MEDIA_TYPE,
)

__all__ = ["FormError", "FormTooLarge", "PartHeaderTooLarge", "UnsupportedBody"]


class FormError(HTTPException, ValueError):
    """The body is not what its Content-Type says (400)."""

    def __init__(self, reason: str, status_code: int = HTTP_BAD_REQUEST) -> None:
        super().__init__(status_code, error=reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class FormTooLarge(FormError):
    """The body exceeds a limit, which is named (413).

    Attributes:
        limit: name of the setting.
    """

    def __init__(self, limit: str, value: Any, reason: str = "") -> None:
        super().__init__(
            reason or f"The request body exceeds {limit} = {value}",
            HTTP_REQUEST_ENTITY_TOO_LARGE,
        )
        self.limit = limit


class PartHeaderTooLarge(FormError):
    """A part of a multipart body has too many or too long headers (431)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE)


class UnsupportedBody(FormError):
    """The body has a type or charset that can't be decoded (415)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, HTTP_UNSUPPORTED_MEDIA_TYPE)
