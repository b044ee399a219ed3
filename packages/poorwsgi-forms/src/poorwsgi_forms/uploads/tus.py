"""The protocol tus 1.0: the core, and the extensions that are listed below.

Checksums are not among them: their status 460 is none of HTTP's.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping

from poorwsgi_core import Request
from poorwsgi_core.http.dates import time_to_http
from poorwsgi_core.state import HTTP_PRECONDITION_FAILED, HTTP_UNSUPPORTED_MEDIA_TYPE
from poorwsgi_forms.multipart.parts import clean_filename, drop_controls
from poorwsgi_forms.uploads.dialect import (
    Creation,
    Piece,
    UploadLimits,
    read_integer,
    refuse,
)
from poorwsgi_forms.uploads.storage import UNKNOWN_TYPE, Upload

__all__ = ["Tus"]

_VERSION = "1.0.0"
_EXTENSIONS = (
    "creation,creation-with-upload,creation-defer-length,termination,expiration"
)
_OFFSET_STREAM = "application/offset+octet-stream"
_MAX_METADATA = 4096
_MAX_KEYS = 32
_KEY = re.compile(r"[!-+\--~]+")
_NAMES = ("filename", "name")
_TYPES = ("filetype", "type")


class Tus:
    """The protocol of tus.io."""

    def check(self, req: Request) -> None:
        """Check the version.

        Raises:
            HTTPException: 412, it is another one.
        """
        if req.headers.get("Tus-Resumable") != _VERSION:
            raise refuse(f"This is tus {_VERSION}", HTTP_PRECONDITION_FAILED)

    def read_creation(self, req: Request) -> Creation:
        """Read the head of a request that begins an upload.

        Raises:
            HTTPException: 400 for a bad field, 415 for a body of another type.
        """
        length = read_integer(req, "Upload-Length")
        if length is None and req.headers.get("Upload-Defer-Length") != "1":
            raise refuse("Upload-Length is missing, or no integer")
        if req.content_length > 0 or req.is_chunked:
            _check_type(req)
        metadata = _parse_metadata(req.headers.get("Upload-Metadata", ""))
        name = next((metadata[key] for key in _NAMES if metadata.get(key)), "")
        kind = next((metadata[key] for key in _TYPES if metadata.get(key)), "")
        return Creation(
            piece=Piece(length=length),
            filename=clean_filename(name) if name else "",
            content_type=drop_controls(kind) or UNKNOWN_TYPE,
            metadata=metadata,
        )

    def read_piece(self, req: Request) -> Piece:
        """Read the head of a request that goes on with one.

        Raises:
            HTTPException: as for the first one.
        """
        _check_type(req)
        offset = read_integer(req, "Upload-Offset")
        if offset is None:
            raise refuse("Upload-Offset is missing, or no integer")
        return Piece(offset=offset, length=read_integer(req, "Upload-Length"))

    def describe(self, upload: Upload, limits: UploadLimits) -> dict[str, str]:
        """Return the fields that tell the state of an upload."""
        fields = {
            "Upload-Offset": str(upload.offset),
            "Upload-Expires": time_to_http(upload.expires),
        }
        if upload.length is None:
            fields["Upload-Defer-Length"] = "1"
        else:
            fields["Upload-Length"] = str(upload.length)
        if upload.metadata:
            fields["Upload-Metadata"] = _format_metadata(upload.metadata)
        return fields

    def describe_limits(self, limits: UploadLimits) -> dict[str, str]:
        """Return the fields that each answer has."""
        return {
            "Tus-Resumable": _VERSION,
            "Tus-Version": _VERSION,
            "Tus-Extension": _EXTENSIONS,
            "Tus-Max-Size": str(limits.max_size),
        }


def _check_type(req: Request) -> None:
    if req.mime_type.lower() != _OFFSET_STREAM:
        title = f"The content is sent as {_OFFSET_STREAM}"
        raise refuse(title, HTTP_UNSUPPORTED_MEDIA_TYPE)


def _parse_metadata(value: str) -> dict[str, str]:
    """Read ``name base64, name base64``."""
    if len(value) > _MAX_METADATA or value.count(",") >= _MAX_KEYS:
        raise refuse(
            f"Upload-Metadata is over {_MAX_METADATA} bytes or {_MAX_KEYS} keys"
        )
    metadata: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in value.split(","))):
        key, _, encoded = pair.partition(" ")
        try:
            if not _KEY.fullmatch(key):
                raise ValueError("not printable")
            text = b64decode(encoded.strip(), validate=True).decode()
        except (Error, ValueError) as error:
            raise refuse(f"Upload-Metadata is malformed at {key[:40]!r}") from error
        metadata[key] = text
    return metadata


def _format_metadata(metadata: Mapping[str, str]) -> str:
    pairs = (
        f"{key} {b64encode(text.encode()).decode()}" for key, text in metadata.items()
    )
    return ",".join(pair.rstrip() for pair in pairs)
