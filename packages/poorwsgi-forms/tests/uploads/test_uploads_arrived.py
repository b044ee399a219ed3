"""Facts about complete uploads, as the application gets them."""

from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from poorwsgi_forms.uploads import FileUploads, Upload, UploadedFile

A = f"{1:032x}"


def _build(folder: Path, content: bytes = b"abc" * 50_000) -> UploadedFile:
    storage = FileUploads(folder)
    storage.create(Upload(id=A, expires=9e9, filename="a.txt", owner="jana"), 1)
    with storage.hold(A):
        storage.append(A, [content], None)
        return UploadedFile(storage.finish(A, 9e9), storage)


def test_upload_is_like_a_part(tmp_path: Path) -> None:
    """It has a name, a type and a size, and gives its content in blocks."""
    upload = _build(tmp_path)
    assert (upload.filename, upload.size) == ("a.txt", 150_000)
    assert upload.content_type == "application/octet-stream"
    assert (upload.owner, upload.metadata) == ("jana", {})
    assert repr(upload) == "<UploadedFile 'a.txt', 150000 bytes>"
    assert [len(block) for block in upload] == [65536, 65536, 18928]
    with upload.open() as file:
        assert file.read(4) == b"abca"


@pytest.mark.needs("files")
def test_saved_upload_is_not_copied(tmp_path: Path) -> None:
    """On one file system it gets a second name."""
    upload = _build(tmp_path / "uploads")
    upload.save(tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_nlink == 2
    assert (tmp_path / "kept").read_bytes() == b"".join(upload)


@pytest.mark.needs("files")
def test_saved_upload_replaces_nothing(tmp_path: Path) -> None:
    """A name that is taken stays what it is."""
    upload = _build(tmp_path / "uploads")
    (tmp_path / "kept").write_bytes(b"old")
    with pytest.raises(FileExistsError):
        upload.save(str(tmp_path / "kept"))
    assert (tmp_path / "kept").read_bytes() == b"old"


class _Elsewhere:
    """A storage whose content is no file of this host."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def open(self, _: str) -> BinaryIO:
        return self._file


def test_upload_from_elsewhere_is_copied(tmp_path: Path) -> None:
    """All of it, or nothing."""

    class Broken(BytesIO):
        def read(self, _: Any = -1, /) -> bytes:
            raise ConnectionError

    record = Upload(id=A, expires=9e9)
    good: Any = _Elsewhere(BytesIO(b"abc"))
    UploadedFile(record, good).save(tmp_path / "good")
    assert (tmp_path / "good").read_bytes() == b"abc"
    bad: Any = _Elsewhere(Broken())
    with pytest.raises(ConnectionError):
        UploadedFile(record, bad).save(tmp_path / "bad")
    assert not (tmp_path / "bad").exists()
