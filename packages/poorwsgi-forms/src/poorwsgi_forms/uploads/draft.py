"""Resumable Uploads for HTTP: draft-ietf-httpbis-resumable-upload, interop version 8.

Versions 6 and 7 say the same.  Older ones have other fields, and are refused for want
of Upload-Complete.  WSGI has no way to send the interim answer 104: a client learns the
address of its upload from the answer to a first request, so that one should be short,
or empty.
"""

from time import time

from poorwsgi_core import Request
from poorwsgi_core.state import HTTP_UNSUPPORTED_MEDIA_TYPE
from poorwsgi_forms.multipart.disposition import parse_disposition
from poorwsgi_forms.multipart.parts import MAX_NAME, clean_filename
from poorwsgi_forms.uploads.dialect import (
    Creation,
    Piece,
    UploadLimits,
    read_integer,
    refuse,
)
from poorwsgi_forms.uploads.storage import UNKNOWN_TYPE, Upload

__all__ = ["PARTIAL_UPLOAD", "Draft"]

PARTIAL_UPLOAD = "application/partial-upload"
_FLAGS = {"?0": False, "?1": True}


class Draft:
    """The protocol of the IETF."""

    def check(self, req: Request) -> None:
        """Check nothing: the versions that are refused lack a field."""

    def read_creation(self, req: Request) -> Creation:
        """Read the head of a request that begins an upload.

        Raises:
            HTTPException: 400, when it lacks Upload-Complete or is malformed.
        """
        return Creation(
            piece=_read_piece(req, 0),
            filename=_read_filename(req),
            content_type=req.headers.get("Content-Type") or UNKNOWN_TYPE,
        )

    def read_piece(self, req: Request) -> Piece:
        """Read the head of a request that goes on with one.

        Raises:
            HTTPException: 415 for another media type, 400 when a field is missing.
        """
        if req.mime_type.lower() != PARTIAL_UPLOAD:
            raise refuse(
                f"An upload goes on with Content-Type: {PARTIAL_UPLOAD}",
                HTTP_UNSUPPORTED_MEDIA_TYPE,
                headers={"Accept-Patch": PARTIAL_UPLOAD},
            )
        offset = read_integer(req, "Upload-Offset")
        if offset is None:
            raise refuse("Upload-Offset is missing, or no integer")
        return _read_piece(req, offset)

    def describe(self, upload: Upload, limits: UploadLimits) -> dict[str, str]:
        """Return the fields that tell the state of an upload."""
        fields = {
            "Upload-Offset": str(upload.offset),
            "Upload-Complete": "?1" if upload.is_complete else "?0",
            "Upload-Limit": f"{_limit(limits)}, max-age={_seconds_left(upload)}",
        }
        if upload.length is not None:
            fields["Upload-Length"] = str(upload.length)
        return fields

    def describe_limits(self, limits: UploadLimits) -> dict[str, str]:
        """Return the fields that each answer has."""
        return {"Upload-Limit": f"{_limit(limits)}, max-age={limits.lifetime}"}


def _limit(limits: UploadLimits) -> str:
    return f"max-size={limits.max_size}, max-append-size={limits.max_append_size}"


def _seconds_left(upload: Upload) -> int:
    return max(0, int(upload.expires - time()))


def _read_piece(req: Request, offset: int) -> Piece:
    flag = req.headers.get("Upload-Complete", "").partition(";")[0].strip(" \t")
    if flag not in _FLAGS:
        raise refuse(
            "Upload-Complete is missing: send ?1 with all that is left, or else ?0; "
            "or Tus-Resumable for the protocol tus"
        )
    length = read_integer(req, "Upload-Length")
    if _FLAGS[flag] and not req.is_chunked:
        whole = offset + max(req.content_length, 0)
        if length not in (None, whole):
            raise refuse("The lengths differ", kind="inconsistent-upload-length")
        length = whole
    return Piece(offset=offset, length=length, is_last=_FLAGS[flag])


def _read_filename(req: Request) -> str:
    value = req.headers.get("Content-Disposition", "")
    if len(value) > MAX_NAME:
        raise refuse(f"Content-Disposition is longer than {MAX_NAME} bytes")
    # Bytes in the guise of text (PEP 3333).
    text = value.encode("iso-8859-1", "replace").decode("utf-8", "replace")
    filename = parse_disposition(text)[2]
    return clean_filename(filename) if filename else ""
