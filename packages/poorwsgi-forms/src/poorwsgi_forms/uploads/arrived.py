"""An upload that is complete, as the application gets it."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from poorwsgi_forms.uploads.storage import Upload, UploadStorage

__all__ = ["UploadedFile"]

_BLOCK = 65536


class UploadedFile:
    """A complete upload; an iterator over it gives blocks of its content.

    The content is removed when the application's function returns: read it, or
    ``save`` it.

    Attributes:
        filename: base name that the client gave, empty without one.  It is the
            client's choice, and no path.
        content_type: as sent but for control characters, not looked into.
        size: in bytes.
        metadata: other texts that the client sent along.
        owner: who made the upload, as the application calls them.
        id: of the upload.
    """

    def __init__(self, upload: Upload, storage: UploadStorage) -> None:
        self.id = upload.id
        self.filename = upload.filename
        self.content_type = upload.content_type
        self.size = upload.offset
        self.metadata: Mapping[str, str] = upload.metadata
        self.owner = upload.owner
        self._storage = storage

    def __repr__(self) -> str:
        return f"<UploadedFile {self.filename!r}, {self.size} bytes>"

    def open(self) -> BinaryIO:
        """Open the content; the caller closes it."""
        return self._storage.open(self.id)

    def __iter__(self) -> Iterator[bytes]:
        with self.open() as file:
            yield from iter(lambda: file.read(_BLOCK), b"")

    def save(self, path: str | Path) -> None:
        """Give the content a new name, or copy it there.

        On the file system of a ``FileUploads`` nothing is copied.

        Raises:
            FileExistsError: something has that name already.
        """
        with self.open() as file:
            source = getattr(file, "name", None)
            if isinstance(source, str):
                with suppress(OSError):
                    os.link(source, path)
                    return
            _copy(file, Path(path))


def _copy(file: BinaryIO, path: Path) -> None:
    with path.open("xb") as target:
        try:
            shutil.copyfileobj(file, target, _BLOCK)
        except BaseException:
            path.unlink()
            raise
