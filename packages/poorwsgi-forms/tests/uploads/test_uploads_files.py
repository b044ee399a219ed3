"""Facts about uploads in a folder."""

import os
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_forms.uploads import (
    FileUploads,
    StorageFull,
    TooManyUploads,
    UnknownUpload,
    Upload,
    UploadBusy,
)

A, B, C = (f"{number:032x}" for number in (1, 2, 3))


def _upload(upload_id: str = A, **fields: Any) -> Upload:
    return Upload(id=upload_id, expires=time.time() + 60, **fields)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the uploads are."""
    return tmp_path / "deep" / "uploads"


@pytest.fixture
def storage(folder: Path) -> FileUploads:
    """Return a storage without uploads."""
    return FileUploads(folder, max_uploads=2)


@pytest.mark.parametrize(
    ("mode", "expected"), [(0o700, 0), (0o755, 0), (0o770, 1), (0o1777, 1)]
)
def test_folder_of_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int, expected: int
) -> None:
    """The log tells of a folder in which others may write; it is left as it is."""
    tmp_path.chmod(mode)
    FileUploads(tmp_path)
    assert len(caplog.records) == expected
    assert stat.S_IMODE(tmp_path.stat().st_mode) == mode


def test_system_without_owners(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There all folders look as if everybody might write in them."""
    tmp_path.chmod(0o777)
    monkeypatch.delattr(os, "geteuid")
    FileUploads(tmp_path)
    assert caplog.records == []


def test_record_is_kept(storage: FileUploads, folder: Path) -> None:
    """What is created is what is held, also by another process."""
    upload = _upload(
        length=5, filename="a/b", metadata={"k": "é"}, owner="o", visitor="v"
    )
    storage.create(upload, 1)
    with FileUploads(folder).hold(A) as held:
        assert held == upload


def test_offset_is_what_is_on_the_disk(storage: FileUploads) -> None:
    """Blocks are appended as they come; the record follows the file."""
    storage.create(_upload(), 1)
    with storage.hold(A):
        assert storage.append(A, [b"ab", b"", b"cde"], 9) == 5
    with storage.hold(A) as held:
        assert (held.offset, held.length, held.is_complete) == (5, 9, False)
        assert storage.append(A, [], 9) == 5


@pytest.mark.parametrize("sync", [True, False])
def test_what_came_is_kept(folder: Path, sync: bool) -> None:
    """Blocks before an exception are there, and the upload is free again."""

    def break_off() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionError

    storage = FileUploads(folder, sync=sync)
    storage.create(_upload(), 1)
    with pytest.raises(ConnectionError), storage.hold(A):
        storage.append(A, break_off(), None)
    with storage.hold(A) as held:
        assert held.offset == 3


@pytest.mark.needs("files")
def test_upload_is_in_one_hand(storage: FileUploads, folder: Path) -> None:
    """Neither another thread nor another process gets it meanwhile."""
    storage.create(_upload(), 1)
    with storage.hold(A):
        for other in (storage, FileUploads(folder)):
            with pytest.raises(UploadBusy), other.hold(A):
                pass
    with FileUploads(folder).hold(A), pytest.raises(UploadBusy), storage.hold(A):
        pass


def test_without_flock_one_process_takes_all(
    storage: FileUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has no flock, threads are kept apart all the same."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    storage.create(_upload(), 1)
    with storage.hold(A), pytest.raises(UploadBusy), storage.hold(A):
        pass


def test_complete_upload(storage: FileUploads, folder: Path) -> None:
    """It can be read, then its content goes, and its record stays for a while."""
    storage.create(_upload(), 1)
    with storage.hold(A):
        storage.append(A, [b"abc"], None)
        record = storage.finish(A, 7.0)
    assert (record.offset, record.length, record.is_complete) == (3, 3, True)
    with storage.open(A) as file:
        assert file.read() == b"abc"
    storage.release(A)
    with storage.hold(A) as held:
        assert held == replace(record, expires=7.0)
    assert [path.suffix for path in folder.iterdir()] == [".json"]
    with pytest.raises(UnknownUpload):
        storage.open(A)


@pytest.mark.parametrize("upload_id", [B, "", "../x", A.upper(), A + "\n", "a" * 31])
def test_unknown_upload(storage: FileUploads, upload_id: str) -> None:
    """What isn't there, or is no id, is unknown; no path is made of it."""
    storage.create(_upload(f"{0xABC:032x}"), 1)
    with pytest.raises(UnknownUpload), storage.hold(upload_id):
        pass
    with pytest.raises(UnknownUpload):
        storage.open(upload_id)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "x"}', b"\xff"])
def test_broken_record_is_unknown(
    storage: FileUploads, folder: Path, content: bytes
) -> None:
    """A record that can't be read is none."""
    (folder / f"{A}.json").write_bytes(content)
    with pytest.raises(UnknownUpload), storage.hold(A):
        pass
    storage.create(_upload(B), 1)


@pytest.mark.needs("files")
def test_deleted_upload_takes_no_more(storage: FileUploads, folder: Path) -> None:
    """Who goes on with it meanwhile is told so at the next block."""
    storage.create(_upload(), 1)

    def delete() -> Iterator[bytes]:
        yield b"abc"
        storage.delete(A)
        yield b"def"
        pytest.fail("It went on")

    with pytest.raises(UnknownUpload), storage.hold(A):
        storage.append(A, delete(), None)
    assert list(folder.iterdir()) == []
    storage.delete(A)


def test_visitor_has_so_many(storage: FileUploads) -> None:
    """Unfinished uploads of one visitor are counted, finished ones aren't."""
    storage.create(_upload(A, visitor="x"), 1)
    with pytest.raises(TooManyUploads) as raised:
        storage.create(_upload(B, visitor="x"), 1)
    assert raised.value.status_code == 429
    with storage.hold(A):
        storage.finish(A, time.time() + 9)
    storage.create(_upload(B, visitor="x"), 1)


def test_folder_has_so_many(storage: FileUploads) -> None:
    """Unfinished uploads of all are counted."""
    storage.create(_upload(A, visitor="x"), 9)
    storage.create(_upload(B, visitor="y"), 9)
    with pytest.raises(StorageFull, match="2 unfinished") as raised:
        storage.create(_upload(C), 9)
    assert raised.value.status_code == 507


def test_records_of_the_past_make_room(storage: FileUploads) -> None:
    """Those that end first go when there are too many."""
    for number, upload_id in enumerate((A, B)):
        storage.create(_upload(upload_id), 9)
        with storage.hold(upload_id):
            storage.finish(upload_id, time.time() + number)
    storage.create(_upload(C), 9)
    with pytest.raises(UnknownUpload), storage.hold(A):
        pass
    with storage.hold(B) as held:
        assert held.is_complete


def test_id_that_is_taken(storage: FileUploads) -> None:
    """An upload never takes the place of another one."""
    storage.create(_upload(), 9)
    with pytest.raises(StorageFull):
        storage.create(_upload(), 9)


@pytest.mark.needs("files")
def test_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 507, and what fitted is kept."""
    storage = FileUploads(folder, sync=False)
    storage.create(_upload(), 9)
    with Path("/dev/full").open("r+b", buffering=0) as full:

        def open_full(*_: object) -> FileIO:
            return full

        monkeypatch.setattr(storage, "_open", open_full)
        with pytest.raises(StorageFull, match="No space"):
            storage.append(A, [b"abc"], None)


def test_disk_that_fills_up_later(
    storage: FileUploads, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system may tell it when the content has to be there; no record is cut."""

    def fail(_: int) -> None:
        raise OSError("No space")

    storage.create(_upload(), 9)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageFull, match="No space"), storage.hold(A):
        storage.append(A, [b"abc"], None)
    with pytest.raises(StorageFull, match="No space"):
        storage.create(_upload(B), 9)
    assert {path.suffix for path in folder.iterdir()} == {".json", ".part"}
    with pytest.raises(UnknownUpload), storage.hold(B):
        pass


def test_short_writes_are_gone_on_with(
    storage: FileUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system may take a part of a block."""

    class Short(FileIO):
        def write(self, data: Any, /) -> int:
            return super().write(data[:2])

    monkeypatch.setattr("poorwsgi_forms.uploads.files.FileIO", Short)
    storage.create(_upload(), 9)
    with storage.hold(A):
        assert storage.append(A, [b"abcde"], None) == 5
    with storage.open(A) as file:
        assert file.read() == b"abcde"


def test_purge(storage: FileUploads, folder: Path) -> None:
    """What is over goes, and what a killed process left behind."""
    now = time.time()
    storage.create(_upload(A), 9)
    storage.create(replace(_upload(B), expires=now - 1), 9)
    for name in (f"{C}.part", ".x.new"):
        (folder / name).touch()
    assert storage.purge(now) == 1
    names = {path.name for path in folder.iterdir()}
    assert names == {f"{A}.json", f"{A}.part", f"{C}.part", ".x.new"}
    assert storage.purge(now + 4000) == 1
    assert list(folder.iterdir()) == []


def test_files_are_private(storage: FileUploads, folder: Path) -> None:
    """Nobody else on the host can read them."""
    storage.create(_upload(), 9)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert (stat.S_IMODE(folder.stat().st_mode), modes) == (0o700, {0o600})


@pytest.mark.needs("files")
def test_links_are_not_followed(storage: FileUploads, folder: Path) -> None:
    """A link in the place of the content leads nowhere."""
    storage.create(_upload(), 9)
    (folder / f"{A}.part").unlink()
    (folder / f"{A}.part").symlink_to(folder / "elsewhere")
    with pytest.raises(OSError, match="symbolic"), storage.hold(A):
        pass
    assert not (folder / "elsewhere").exists()
