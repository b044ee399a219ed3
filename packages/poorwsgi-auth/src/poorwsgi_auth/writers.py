"""Who else may write a file that says who gets in.

Only where files have owners and modes; Windows says it in another way.
"""

import logging
import os
import stat
from pathlib import Path

__all__ = ["warn_of_writers"]

log = logging.getLogger("poorwsgi")

_OF_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def warn_of_writers(path: Path, *, is_own: bool) -> None:
    """Log a WARNING when others may write a file, or put another in its place.

    Args:
        path: of the file, which exists.
        is_own: whether only this user and root have a reason to own it, so that
            one of somebody else has been planted.
    """
    if not hasattr(os, "geteuid"):
        return
    state, folder = path.stat(), path.parent.stat().st_mode
    is_shared = folder & stat.S_IWOTH and not folder & stat.S_ISVTX
    is_foreign = is_own and state.st_uid not in (0, os.geteuid())
    if is_foreign or is_shared or state.st_mode & _OF_OTHERS:
        log.warning(
            "%s can be written by others, who can make themselves any user: own it, "
            "chmod 600, and its folder chmod 700",
            path,
        )
