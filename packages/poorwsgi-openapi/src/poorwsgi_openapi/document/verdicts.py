"""Verdicts on large documents, kept in files, so that they are checked once.

A verdict is known by a digest of all files of the document and of the versions of
what checked it: a document that is another one is checked again.  Only a good
one is kept, with its warnings.  A file is its owner's alone and is written aside and
moved; one of somebody else, or that others may write, isn't believed.
"""

import json
import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from poorwsgi_openapi.document.specification import Finding

__all__ = ["VerdictCache", "find_folder"]

_CHECKERS = (
    *("poorwsgi-openapi", "openapi-spec-validator", "openapi-schema-validator"),
    "jsonschema",
)
_MOST_BYTES = 1_000_000


def find_folder() -> Path:
    """Return the folder of the user for such files (XDG Base Directory)."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    folder = base if base.is_absolute() else Path.home() / ".cache"
    return folder / "poorwsgi-openapi"


class VerdictCache:
    """Good verdicts in a folder.

    Args:
        folder: where they are; it is made when there is one to keep.
        contents: what the files of the document hold.
    """

    def __init__(self, folder: Path, contents: Iterable[bytes]) -> None:
        digest = sha256("\n".join(map(version, _CHECKERS)).encode())
        for content in contents:
            digest.update(b"%d\n" % len(content))
            digest.update(content)
        self._path = folder / f"{digest.hexdigest()}.json"

    def read(self) -> tuple[Finding, ...] | None:
        """Return the warnings of a good verdict, ``None`` where there is none."""
        try:
            file = os.open(self._path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return None
        with os.fdopen(file, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not _is_own(status) or status.st_size > _MOST_BYTES:
                return None
            content = stream.read()
        try:
            found: Any = json.loads(content)
            return tuple(Finding(tuple(k), str(m), is_fault=False) for k, m in found)
        except (TypeError, ValueError):
            return None

    def write(self, findings: Sequence[Finding]) -> None:
        """Keep a good verdict; where nothing can be written it isn't kept."""
        content = json.dumps([[each.keys, each.message] for each in findings]).encode()
        with suppress(OSError):
            folder = self._path.parent
            folder.mkdir(0o700, parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=folder)  # of its owner alone
            try:
                with os.fdopen(number, "wb") as stream:
                    stream.write(content)
                Path(name).replace(self._path)
            except OSError:
                Path(name).unlink()
                raise


def _is_own(status: os.stat_result) -> bool:
    """Tell a file that nobody else can have written."""
    if not hasattr(os, "geteuid"):
        return stat.S_ISREG(status.st_mode)
    return (
        stat.S_ISREG(status.st_mode)
        and status.st_uid == os.geteuid()
        and not status.st_mode & 0o022
    )
