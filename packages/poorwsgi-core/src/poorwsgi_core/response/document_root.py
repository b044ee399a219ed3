"""From a request path to a file below the document root.

The path is the decoded PATH_INFO.  What leaves the root, is hidden, or could be read in
two ways is not found.  Nothing here knows requests or responses.

Finding opens nothing: it resolves links to a real path, which has none.  That one is
opened part by part, so that a link that takes the place of a part in the meantime
leads nowhere.
"""

import os
import re
from errno import ENOENT

__all__ = ["REFUSED", "find_file", "open_real"]

REFUSED = r"[\x00-\x1f\x7f\\\ud800-\udfff]"
"""Controls, backslashes and bytes that aren't UTF-8, which no path may have.

An expression as text: it takes long to compile, and only who serves files needs it.
"""

_AMBIGUOUS = frozenset({"", ".", ".."})
# Windows has none of them.  O_PATH, which asks for no right to read, has Linux alone.
_O_PATH: int = getattr(os, "O_PATH", 0)
_O_DIRECTORY: int = getattr(os, "O_DIRECTORY", 0)
_O_NOFOLLOW: int = getattr(os, "O_NOFOLLOW", 0)
_O_NONBLOCK: int = getattr(os, "O_NONBLOCK", 0)
_FOLDER = _O_PATH | _O_DIRECTORY | _O_NOFOLLOW


def find_file(
    root: str, path: str, *, follow_symlinks: bool = False, show_hidden: bool = False
) -> str | None:
    """Find the real path of what a request path names below the root.

    Args:
        root: the document root, absolute or relative.
        path: decoded request path; it must start with a slash.
        follow_symlinks: follow links that lead out of the root.
        show_hidden: serve names that start with a dot; without it only
            ``/.well-known/`` is (RFC 8615).

    Returns:
        Path of an existing file or directory, with a slash at the end when
        the request path has one, or ``None``.
    """
    if not path.startswith("/") or re.search(REFUSED, path):
        return None
    *folders, name = path[1:].split("/")
    names = [*folders, name] if name else folders
    if not (_AMBIGUOUS.isdisjoint(names) and (show_hidden or _is_shown(names))):
        return None
    real_root = os.path.realpath(root)
    try:
        real = os.path.realpath(os.path.join(real_root, *names), strict=True)
    except (OSError, ValueError):
        return None
    if not follow_symlinks:
        inside = _names_below(real_root, real)
        if inside is None or not (show_hidden or _is_shown(inside)):
            return None
    if name:
        return real
    return os.path.join(real, "") if os.path.isdir(real) else None


def open_real(path: str, flags: int) -> int:
    """Open an existing file or directory by its real path, without waiting.

    Args:
        path: absolute path without links, as ``os.path.realpath`` gives it.
        flags: those of ``os.open``, which this is an *opener* for.

    Returns:
        A file descriptor.

    Raises:
        OSError: it can't be opened, or a part of the path is a link now.
    """
    flags |= _O_NOFOLLOW | _O_NONBLOCK
    return (_open_by_parts if _O_PATH else _open_and_compare)(path, flags)


def _open_by_parts(path: str, flags: int) -> int:
    *folders, name = path.strip("/").split("/")
    folder = os.open("/", _FOLDER)
    try:
        for part in folders:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(name or ".", flags, dir_fd=folder)
    finally:
        os.close(folder)


def _open_and_compare(path: str, flags: int) -> int:
    """Open by the whole path; what is there must be the same and no link."""
    file = os.open(path, flags)
    try:
        if os.path.samestat(os.fstat(file), os.lstat(path)):
            real = os.path.realpath(path, strict=True)
            if real == os.path.normpath(path):
                return file
        raise FileNotFoundError(ENOENT, f"A link has taken the place of {path!r}")
    except BaseException:
        os.close(file)
        raise


def _is_shown(names: list[str]) -> bool:
    if names[:1] == [".well-known"]:
        names = names[1:]
    return not any(name.startswith(".") for name in names)


def _names_below(root: str, path: str) -> list[str] | None:
    if path == root:
        return []
    prefix = os.path.join(root, "")
    if not path.startswith(prefix):
        return None
    return path[len(prefix) :].split(os.sep)
