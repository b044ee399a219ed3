"""What can be wrong with a form or a JSON body, each with its status.

Each error is an HTTPException, so that it answers the client when nobody
catches it, and a ValueError, which is what the parsers have always raised.  The one
that the application makes itself is a RuntimeError.
"""

from collections.abc import Iterable
from typing import Any

from poorwsgi_core.response import HTTPException, JSONResponse
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTP_UNPROCESSABLE_ENTITY,
    HTTP_UNSUPPORTED_MEDIA_TYPE,
)

__all__ = [
    "BodyAlreadyRead",
    "FormError",
    "FormTooLarge",
    "InvalidData",
    "PartHeaderTooLarge",
    "UnsupportedBody",
    "UnsupportedCoding",
]


class FormError(HTTPException, ValueError):
    """The body is not what its Content-Type says (400)."""

    def __init__(
        self, reason: str, status_code: int = HTTP_BAD_REQUEST, **kwargs: Any
    ) -> None:
        super().__init__(status_code, error=reason, **kwargs)
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

    def __init__(self, reason: str, **kwargs: Any) -> None:
        super().__init__(reason, HTTP_UNSUPPORTED_MEDIA_TYPE, **kwargs)


class UnsupportedCoding(UnsupportedBody):
    """The body has a Content-Encoding that isn't decoded (415).

    Attributes:
        coding: the header.
        accepted: what would be decoded; the answer says it in Accept-Encoding.
    """

    def __init__(self, coding: str, accepted: Iterable[str] = ()) -> None:
        self.coding = coding
        self.accepted = tuple(accepted)
        names = ", ".join(self.accepted) or "identity"
        reason = f"Content-Encoding: {coding[:40]!r} is not decoded here, but {names}"
        super().__init__(reason, accept_encoding=names)


class InvalidData(HTTPException, ValueError):
    """The JSON doesn't fit the type (422), answered as problem+json.

    Attributes:
        errors: for each wrong place its JSON pointer and what is wrong.
    """

    def __init__(self, errors: list[dict[str, str]]) -> None:
        problem = {
            "type": "about:blank",
            "title": "Unprocessable Content",
            "status": HTTP_UNPROCESSABLE_ENTITY,
            "errors": errors,
        }
        response = JSONResponse(problem, status_code=HTTP_UNPROCESSABLE_ENTITY)
        response.content_type = "application/problem+json"
        super().__init__(response)
        self.errors = errors

    def __str__(self) -> str:
        return "; ".join(f"{e['pointer'] or '/'}: {e['message']}" for e in self.errors)


class BodyAlreadyRead(RuntimeError):
    """The application reads a body for the second time, where that can't be."""

    def __init__(self, reader: str, by: str) -> None:
        super().__init__(
            f"{reader} can't read the body: it was read already, by {by}. Read it "
            "once, and keep what you need of it; only a body that fits in data_size "
            "is there for req.data too"
        )
