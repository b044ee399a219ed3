"""Documented usage of resumable uploads, as type checkers see it."""

from collections.abc import Mapping
from typing import BinaryIO, assert_type

from poorwsgi_forms import Application, Request
from poorwsgi_forms.uploads import (
    FileUploads,
    ResumableUploads,
    Upload,
    UploadedFile,
    UploadStorage,
)

app = Application(__name__)


def take(req: Request, upload: UploadedFile) -> dict[str, int]:
    """Take a complete upload."""
    assert_type(upload.filename, str)
    assert_type(upload.metadata, Mapping[str, str])
    with upload.open() as file:
        assert_type(file, BinaryIO)
    for block in upload:
        assert_type(block, bytes)
    return {"size": upload.size + req.content_length}


def find_owner(req: Request) -> str | None:
    """Return who asks."""
    return req.headers.get("X-User")


storage: UploadStorage = FileUploads("uploads", sync=False, max_uploads=10)
app.install(ResumableUploads("/uploads", storage, take, owner=find_owner))
with storage.hold("0" * 32) as held:
    assert_type(held, Upload)
    assert_type(held.length, int | None)
