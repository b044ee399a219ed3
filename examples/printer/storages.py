"""Where files go, and the one transfer that may be under way."""

from base64 import b64decode
from binascii import Error
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import IO

from poorwsgi import abort, state
from printer.settings import FOLDER

__all__ = ["STORAGES", "Storage", "Transfer", "read_thumbnail"]

_BEGIN, _END = b"; thumbnail begin", b"; thumbnail end"


class Storage:
    """A folder of files for the printer.

    Args:
        name: what it is called in paths.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = FOLDER / name
        self.folder.mkdir(parents=True, exist_ok=True)

    def __iter__(self) -> Iterator[Path]:
        """Yield the files by name; those on their way have a dot in front."""
        yield from sorted(self.folder.glob("[!.]*.gcode"))

    def find(self, name: str) -> Path:
        """Return the path of a file; 404 if there is none."""
        path = self.folder / name
        if not path.is_file():
            abort(state.HTTP_NOT_FOUND, error=f"There is no {name} here.")
        return path

    @contextmanager
    def create(self, name: str) -> Generator[IO[bytes]]:
        """Open a new file, which has its name when the block ends well."""
        if (self.folder / name).exists():
            abort(state.HTTP_CONFLICT, error=f"{name} is there already.")
        with NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
            try:
                yield file
                file.flush()
                Path(file.name).replace(self.folder / name)
            except BaseException:
                Path(file.name).unlink()
                raise


STORAGES = {name: Storage(name) for name in ("local", "usb")}


class Transfer:
    """The upload that is under way; a printer takes one at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.name = ""
        self.size = self.done = 0

    @contextmanager
    def run(self, name: str, size: int) -> Generator["Transfer"]:
        """Be under way until the block ends, however it ends; 409 if one is."""
        if not self._lock.acquire(blocking=False):
            abort(state.HTTP_CONFLICT, error=f"{self.name} is being transferred.")
        try:
            self.name, self.size, self.done = name, size, 0
            yield self
        finally:
            self.name = ""
            self._lock.release()


def read_thumbnail(path: Path) -> bytes:
    """Return the first picture that a slicer wrote into a file; empty without one."""
    text, inside = b"", False
    with path.open("rb") as file:
        for line in file:
            if line.startswith(_END) or not line.startswith(b";"):
                break
            if inside:
                text += line.strip(b"; \r\n")
            inside = inside or line.startswith(_BEGIN)
    try:
        return b64decode(text, validate=True)
    except Error:
        return b""
