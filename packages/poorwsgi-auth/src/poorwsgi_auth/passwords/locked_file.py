"""A file that several processes change, and that is never seen half written.

The rules:

* Who changes the file holds an advisory lock (flock) on it.  Readers need none:
  the new content is written beside the file, and then takes its name at once.
* Mode, owner and group stay.  If they can't, the change fails; otherwise a server
  that could read the file could do so no longer.  A new file has mode 0600.
* A symbolic link stays one: the file that it leads to is replaced.
* What is no regular file is refused: root could replace ``/dev/null``.
* Where the system has no flock (Windows), there is no lock.

The module does not know what is in the file.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["lock_file", "replace_file"]

_PRIVATE = 0o600


@contextmanager
def lock_file(path: str, *, create: bool = False) -> Generator[bytes]:
    """Lock the file, and give its content.

    Waits for others who hold the lock.

    Args:
        path: the file.
        create: make an empty one when there is none.

    Raises:
        OSError: it can't be opened for reading and writing, or is a device or the
            like.
    """
    flags = os.O_RDWR | (os.O_CREAT if create else 0)
    while True:
        with os.fdopen(os.open(path, flags, _PRIVATE), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "It is no regular file", path)
            if not _lock(file.fileno()):
                data = file.read()
                break
            # Another process may have replaced it while this one waited.
            if _is_at(path, file.fileno()):
                yield file.read()
                return
    # Closed before, for here an open file can't be replaced.
    yield data


def _lock(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return True


def _is_at(path: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(Path(path).stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def replace_file(path: str, data: bytes) -> None:
    """Replace the content of the file, at once and for good (fsync).

    Raises:
        OSError: it can't be done; then the file is as it was.
    """
    target = Path(path).resolve()
    old = target.stat()
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            _take_owner_and_mode(file.fileno(), old)
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _take_owner_and_mode(descriptor: int, old: os.stat_result) -> None:
    if not hasattr(os, "fchown"):
        return  # Windows has no such owners and modes
    # By the descriptor: at the name there may be a link by now, put there by whoever
    # may write in the folder, and root would give them what it leads to.
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: Path) -> None:
    # So that the new name outlives a crash, where the file system can do that.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
