"""Uploads that go on where they broke off, by one engine with two dialects.

resumable   ResumableUploads: routes, and who may do what
receiving   the engine: create, append, finish
draft       Resumable Uploads for HTTP, the draft of the IETF
tus         tus 1.0
dialect     what a dialect reads and says
arrived     UploadedFile: what the application gets
files       FileUploads: uploads in a folder
storage     what a storage keeps, and what it has to do

The wing is imported when it is used: ``from poorwsgi_forms.uploads import ...``.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_forms.uploads.arrived import UploadedFile
    from poorwsgi_forms.uploads.files import FileUploads
    from poorwsgi_forms.uploads.resumable import ResumableUploads
    from poorwsgi_forms.uploads.storage import (
        StorageFull,
        TooManyUploads,
        UnknownUpload,
        Upload,
        UploadBusy,
        UploadStorage,
    )

__all__ = [
    "FileUploads",
    "ResumableUploads",
    "StorageFull",
    "TooManyUploads",
    "UnknownUpload",
    "Upload",
    "UploadBusy",
    "UploadStorage",
    "UploadedFile",
]

_MODULES = {
    ".arrived": "UploadedFile",
    ".files": "FileUploads",
    ".resumable": "ResumableUploads",
    ".storage": (
        "StorageFull TooManyUploads UnknownUpload Upload UploadBusy UploadStorage"
    ),
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
