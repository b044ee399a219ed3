"""From a request path to a file below the document root.

The path is the decoded PATH_INFO.  What leaves the root, is hidden, or could
be read in two ways is not found; finding opens nothing.  Nothing here knows
requests or responses.
"""

import os
import re

__all__ = ["REFUSED", "find_file"]

REFUSED = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]")
"""Controls, backslashes and bytes that aren't UTF-8, which no path may have."""


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
    if not path.startswith("/") or REFUSED.search(path):
        return None
    names = [name for name in path.split("/") if name not in ("", ".")]
    if ".." in names or not (show_hidden or _is_shown(names)):
        return None
    real_root = os.path.realpath(root)
    candidate = os.path.join(real_root, *names)
    try:
        real = os.path.realpath(candidate, strict=True)
    except (OSError, ValueError):
        return None
    if not follow_symlinks:
        inside = _names_below(real_root, real)
        if inside is None or not (show_hidden or _is_shown(inside)):
            return None
    if not path.endswith(("/", "/.")):
        return real
    return os.path.join(real, "") if os.path.isdir(real) else None


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
