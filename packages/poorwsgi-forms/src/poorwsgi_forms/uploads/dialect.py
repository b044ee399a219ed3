"""What a dialect of resumable uploads reads of a request, and says in answers.

The engine knows no header field; a dialect knows no storage.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from poorwsgi_core import HTTPException, Request
from poorwsgi_core.response import JSONResponse
from poorwsgi_core.state import HTTP_BAD_REQUEST
from poorwsgi_forms.uploads.storage import UNKNOWN_TYPE, Upload

__all__ = ["Creation", "Dialect", "Piece", "UploadLimits", "read_integer", "refuse"]

# An Item of RFC 9651, whose parameters don't count.
_INTEGER = re.compile(r"([0-9]{1,15})(?:;.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """Limits of uploads, as clients are told.

    Attributes:
        max_size: bytes of an upload.
        max_append_size: bytes of a request.
        lifetime: seconds that an upload may take.
    """

    max_size: int
    max_append_size: int
    lifetime: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of an upload, whose bytes are the body of a request.

    Attributes:
        offset: of its first byte, 0 for a new upload.
        length: of the whole upload, ``None`` where the request doesn't tell.
        is_last: ``None`` when it is the last one as soon as the length is reached.
    """

    offset: int = 0
    length: int | None = None
    is_last: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """What a request says of the upload that it begins.

    Attributes:
        piece: the first one, which may be empty.
        filename: base name of the file, empty when there is none.
        content_type: of the file.
        metadata: other texts.
    """

    piece: Piece
    filename: str = ""
    content_type: str = UNKNOWN_TYPE
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])


class Dialect(Protocol):
    """One of the protocols."""

    def check(self, req: Request) -> None:
        """Check what all requests but OPTIONS have.

        Raises:
            HTTPException: 412, it is another version.
        """
        ...

    def read_creation(self, req: Request) -> Creation:
        """Read the head of a request that begins an upload.

        Raises:
            HTTPException: 400 or 415.
        """
        ...

    def read_piece(self, req: Request) -> Piece:
        """Read the head of a request that goes on with one.

        Raises:
            HTTPException: 400 or 415.
        """
        ...

    def describe(self, upload: Upload, limits: UploadLimits) -> dict[str, str]:
        """Return the fields that tell the state of an upload."""
        ...

    def describe_limits(self, limits: UploadLimits) -> dict[str, str]:
        """Return the fields that each answer has."""
        ...


def read_integer(req: Request, name: str) -> int | None:
    """Read an integer that isn't negative; ``None`` for anything else."""
    match = _INTEGER.fullmatch(req.headers.get(name, "").strip(" \t"))
    return None if match is None else int(match[1])


def refuse(
    title: str,
    code: int = HTTP_BAD_REQUEST,
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
    **members: object,
) -> HTTPException:
    """Build a refusal as problem details (RFC 9457).

    Args:
        title: what is wrong.
        code: the status.
        kind: name of a problem type that is registered, else ``about:blank``.
        headers: fields of the answer.
        **members: more of the problem, with ``_`` for ``-``.
    """
    if kind != "about:blank":
        kind = f"https://iana.org/assignments/http-problem-types#{kind}"
    more = {name.replace("_", "-"): value for name, value in members.items()}
    problem = {"type": kind, "title": title, "status": code, **more}
    response = JSONResponse(problem, headers=dict(headers or {}), status_code=code)
    response.content_type = "application/problem+json"
    return HTTPException(response)
