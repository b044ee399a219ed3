"""Uploads in a folder: two files for each, its content and its record.

The rules:

* Names of files are made of the id alone, which is checked to be one.
* The offset is the size of the content on disk.
* Who goes on with an upload has an exclusive lock (flock) on the content.  It ends with
  the process.  Where the system has no flock (Windows), one process has to take all.
* A record is replaced at once, never changed in place.
* With ``sync``, content is on the disk (fsync) before the client is told so.
* The folder and its files are the user's own, of mode 0700 and 0600.  A folder that was
  there stays as it is; when others may write in it, the log says so.
"""

import json
import logging
import os
import re
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from io import BufferedRandom, FileIO
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from poorwsgi_forms.uploads.storage import (
    StorageFull,
    TooManyUploads,
    UnknownUpload,
    Upload,
    UploadBusy,
)

__all__ = ["FileUploads"]

log = logging.getLogger("poorwsgi")

_ID = re.compile(r"[0-9a-f]{32}")
_PRIVATE = 0o600
_OF_OTHERS = 0o022
_STRAY = 3600.0
# Windows has the one, other systems have the other.
_PLAIN: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class FileUploads:
    """Keeps uploads in a folder, which processes of one host may share.

    Args:
        folder: made when it isn't there; nothing else belongs in it.
        sync: wait until the disk has what a client is told to be kept.
        max_uploads: unfinished uploads in the folder.  That many times the largest
            size is what strangers can fill the disk with.
    """

    def __init__(
        self, folder: str | Path, *, sync: bool = True, max_uploads: int = 1000
    ) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _warn_of_writers(self._folder)
        self._sync = sync
        self._most = max_uploads
        self._lock = threading.Lock()
        self._held: set[str] = set()

    def create(self, upload: Upload, most: int) -> None:
        """Keep the record of a new upload, without content.

        Raises:
            TooManyUploads: its visitor has *most* unfinished ones already.
            StorageFull: so has the folder, or the disk has no room.
        """
        with self._lock:
            self._make_room(upload.visitor, most)
            try:
                self._open(upload.id, os.O_CREAT | os.O_EXCL).close()
                self._write(upload)
            except OSError as error:
                raise StorageFull(str(error)) from error

    def _make_room(self, visitor: str, most: int) -> None:
        records = list(self._records())
        unfinished = [each for each in records if not each.is_complete]
        if sum(each.visitor == visitor for each in unfinished) >= most:
            raise TooManyUploads(most)
        if len(unfinished) >= self._most:
            raise StorageFull(f"There are {self._most} unfinished uploads")
        done = sorted((each.expires, each.id) for each in records if each.is_complete)
        for _, upload_id in done[: len(done) + 1 - self._most]:
            self.delete(upload_id)

    @contextmanager
    def hold(self, upload_id: str) -> Generator[Upload]:
        """Take an upload in hand, alone, and give its record as it is now.

        Raises:
            UploadBusy: somebody else has it.
            UnknownUpload: there is none.
        """
        with self._lock:
            if upload_id in self._held:
                raise UploadBusy(upload_id)
            self._held.add(upload_id)
        try:
            record = self._read(upload_id)
            if record.is_complete:
                yield record  # it changes no more
                return
            with self._open(upload_id) as file:
                if not _lock(file.fileno()):
                    raise UploadBusy(upload_id)
                # Read anew: it may have been finished before the lock was there.
                size = os.fstat(file.fileno()).st_size
                record = self._read(upload_id)
                yield record if record.is_complete else replace(record, offset=size)
        finally:
            with self._lock:
                self._held.discard(upload_id)

    def append(
        self, upload_id: str, blocks: Iterable[bytes], length: int | None
    ) -> int:
        """Append blocks while they come; who calls it holds the upload.

        Raises:
            UnknownUpload: it has been deleted meanwhile.
            StorageFull: the disk has no room for more.
        """
        record = self._read(upload_id)
        if length != record.length:
            self._write(replace(record, length=length))
        with self._open(upload_id, os.O_APPEND) as file:
            try:
                for block in blocks:
                    _write_all(file, block)
                    if not os.fstat(file.fileno()).st_nlink:
                        raise UnknownUpload(upload_id)
            finally:
                if self._sync:
                    _sync_content(file)
            return os.fstat(file.fileno()).st_size

    def finish(self, upload_id: str, expires: float) -> Upload:
        """Mark an upload as complete, and return its new record."""
        with self._open(upload_id) as file:
            size = os.fstat(file.fileno()).st_size
        record = replace(
            self._read(upload_id),
            offset=size,
            length=size,
            is_complete=True,
            expires=expires,
        )
        self._write(record)
        return record

    def open(self, upload_id: str) -> BinaryIO:
        """Open the content; its ``name`` is its path.

        Raises:
            UnknownUpload: it is gone.
        """
        return BufferedRandom(self._open(upload_id))

    def release(self, upload_id: str) -> None:
        """Remove the content of a complete upload, and keep its record."""
        self._path(upload_id, "part").unlink(missing_ok=True)

    def delete(self, upload_id: str) -> None:
        """Remove an upload, held or not, if it is there."""
        for suffix in ("json", "part"):
            self._path(upload_id, suffix).unlink(missing_ok=True)

    def purge(self, now: float) -> int:
        """Remove all whose time is over, and return how many."""
        over = [each.id for each in self._records() if each.expires <= now]
        for upload_id in over:
            self.delete(upload_id)
        for path in self._folder.iterdir():
            # Left by a process that was killed between two steps.
            if path.suffix != ".json" and not path.with_suffix(".json").exists():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < now - _STRAY:
                        path.unlink()
        return len(over)

    def _records(self) -> Iterator[Upload]:
        for path in self._folder.glob("*.json"):
            with suppress(UnknownUpload):
                yield self._read(path.stem)

    def _path(self, upload_id: str, suffix: str) -> Path:
        if not _ID.fullmatch(upload_id):
            raise UnknownUpload(upload_id)
        return self._folder / f"{upload_id}.{suffix}"

    def _open(self, upload_id: str, flags: int = 0) -> FileIO:
        def opener(path: str, _: int) -> int:
            return os.open(path, os.O_RDWR | flags | _PLAIN, _PRIVATE)

        # Not buffered: what is written is there, and what isn't is not tried again.
        path = str(self._path(upload_id, "part"))
        try:
            return FileIO(path, "r+", opener=opener)
        except FileNotFoundError as error:
            raise UnknownUpload(upload_id) from error

    def _read(self, upload_id: str) -> Upload:
        try:
            return Upload(**json.loads(self._path(upload_id, "json").read_bytes()))
        except (FileNotFoundError, ValueError, TypeError) as error:
            raise UnknownUpload(upload_id) from error

    def _write(self, upload: Upload) -> None:
        path = self._path(upload.id, "json")
        new = self._folder / f".{token_hex(8)}.new"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps(asdict(upload)).encode())
                if self._sync:
                    file.flush()
                    os.fsync(file.fileno())
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _warn_of_writers(folder: Path) -> None:
    if not hasattr(os, "geteuid"):
        return  # Windows has no such owners and modes
    state = folder.stat()
    if state.st_uid not in (0, os.geteuid()) or state.st_mode & _OF_OTHERS:
        log.warning(
            "%s can be written by others, who can make uploads of any owner: own it, "
            "chmod 700",
            folder,
        )


def _lock(descriptor: int) -> bool:
    """Lock a file without waiting; ``False`` when somebody else has it."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _write_all(file: FileIO, block: bytes) -> None:
    view = memoryview(block)
    try:
        while view:
            view = view[file.write(view) :]
    except OSError as error:
        raise StorageFull(str(error)) from error


def _sync_content(file: FileIO) -> None:
    try:
        os.fsync(file.fileno())
    except OSError as error:
        raise StorageFull(str(error)) from error
