"""What a storage keeps of an upload, and what it has to do.

A storage knows bytes and records.  Who may upload, how much, and in which protocol is
not its business.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from poorwsgi_core import HTTPException
from poorwsgi_core.state import (
    HTTP_INSUFFICIENT_STORAGE,
    HTTP_LOCKED,
    HTTP_NOT_FOUND,
    HTTP_TOO_MANY_REQUESTS,
)

__all__ = [
    "UNKNOWN_TYPE",
    "StorageFull",
    "TooManyUploads",
    "UnknownUpload",
    "Upload",
    "UploadBusy",
    "UploadStorage",
]

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Record of an upload.

    Attributes:
        id: 32 hexadecimal digits, 128 random bits.
        expires: when it is removed, in seconds since the epoch.
        offset: how many bytes have been kept.
        length: how many there will be, ``None`` while that isn't known.
        is_complete: whether all is there, and the application has been told.
        filename: base name of the file, empty when the client sent none.
        content_type: as sent.
        metadata: other texts that the client sent along.
        owner: who may go on with it, as the application calls them.
        visitor: whose uploads it is counted among.
    """

    id: str
    expires: float
    offset: int = 0
    length: int | None = None
    is_complete: bool = False
    filename: str = ""
    content_type: str = UNKNOWN_TYPE
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    owner: str = ""
    visitor: str = ""


class UnknownUpload(HTTPException, KeyError):
    """There is no such upload, or no longer (404)."""

    def __init__(self, upload_id: str) -> None:
        super().__init__(HTTP_NOT_FOUND)
        self.upload_id = upload_id


class UploadBusy(HTTPException, RuntimeError):
    """Another request has the upload in hand (423)."""

    def __init__(self, upload_id: str) -> None:
        super().__init__(HTTP_LOCKED, error="Another request goes on with this upload")
        self.upload_id = upload_id


class TooManyUploads(HTTPException, RuntimeError):
    """A visitor has too many unfinished uploads (429)."""

    def __init__(self, most: int) -> None:
        super().__init__(
            HTTP_TOO_MANY_REQUESTS,
            error=f"There are {most} unfinished uploads: finish or delete one first",
        )
        self.most = most


class StorageFull(HTTPException, OSError):
    """There is no room for more (507)."""

    def __init__(self, reason: str) -> None:
        # The client isn't told: the reason may have names of files.
        super().__init__(HTTP_INSUFFICIENT_STORAGE)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class UploadStorage(Protocol):
    """Keeps uploads; any number of threads and processes may use it."""

    def create(self, upload: Upload, most: int) -> None:
        """Keep the record of a new upload, without content.

        Args:
            upload: its id is new.
            most: unfinished uploads that its visitor may have, with this one.

        Raises:
            TooManyUploads: the visitor has so many already.
            StorageFull: there is no room.
        """
        ...

    def hold(self, upload_id: str) -> AbstractContextManager[Upload]:
        """Take an upload in hand, alone, and give its record as it is now.

        Nothing waits here: a client asks again.  The hold ends with the process that
        has it, whatever happens to that.

        Raises:
            UploadBusy: somebody else has it.
            UnknownUpload: there is none.
        """
        ...

    def append(
        self, upload_id: str, blocks: Iterable[bytes], length: int | None
    ) -> int:
        """Append blocks while they come; who calls it holds the upload.

        What came is kept, also when *blocks* raises.

        Args:
            upload_id: of an upload that isn't complete.
            blocks: the bytes that follow on what is there.
            length: how many bytes there will be in all, ``None`` if unknown.

        Returns:
            How many bytes are kept now.  They are never lost again, or the whole
            upload is.

        Raises:
            UnknownUpload: it has been deleted meanwhile.
            StorageFull: there is no room for more.
        """
        ...

    def finish(self, upload_id: str, expires: float) -> Upload:
        """Mark an upload as complete; who calls it holds the upload.

        Args:
            upload_id: of an upload that isn't complete.
            expires: when its record is removed.

        Returns:
            Its new record, whose length is what is kept.
        """
        ...

    def open(self, upload_id: str) -> BinaryIO:
        """Open the content of a complete upload.

        Raises:
            UnknownUpload: it is gone.
        """
        ...

    def release(self, upload_id: str) -> None:
        """Remove the content of a complete upload, and keep its record."""
        ...

    def delete(self, upload_id: str) -> None:
        """Remove an upload, held or not, if it is there."""
        ...

    def purge(self, now: float) -> int:
        """Remove all whose time is over, and return how many."""
        ...
