"""The listing of a directory below the document root."""

import logging
import os
import stat
import time
from collections.abc import Iterator
from typing import Any

from poorwsgi_core.http.dates import time_to_http
from poorwsgi_core.response import HTTPException
from poorwsgi_core.response.document_root import REFUSED
from poorwsgi_core.response.files import guess_type
from poorwsgi_core.results.html import (
    build_page,
    escape_controls,
    hbytes,
    text_html,
)
from poorwsgi_core.state import HTTP_INTERNAL_SERVER_ERROR

__all__ = ["directory_index"]

log = logging.getLogger("poorwsgi")

_HEAD = (
    '<thead><tr><th scope="col">Name</th><th scope="col">Last Modified</th>'
    '<th scope="col">Size</th><th scope="col">Type</th></tr></thead>'
)


def directory_index(req: Any, path: str) -> tuple[str, str, tuple[str, str]]:
    """List a directory as an HTML page.

    Hidden are names that start with a dot (but ``.well-known`` in the root)
    or end with ``~``, those that no request path may have, what can't be read,
    and links that lead out of the document root unless
    ``req.app.follow_symlinks`` is set.

    Args:
        req: the request; its path is the page's title.
        path: the directory.

    Returns:
        Page, content type, and the Last-Modified header.

    Raises:
        HTTPException: 500, when *path* is no directory.
    """
    if not os.path.isdir(path):
        log.error("No directory to list: %s", escape_controls(path))
        raise HTTPException(HTTP_INTERNAL_SERVER_ERROR)
    title = f"Index of {text_html(req.uri).rstrip('/') or '/'}"
    rows = "\n".join(_rows(req, path))
    body = (
        f"<main>\n<h1>{title}</h1>\n<table>\n{_HEAD}\n<tbody>\n{rows}\n</tbody>\n"
        "</table>\n</main>"
    )
    footer = f"webmaster: {text_html(req.server_admin)}"
    if req.debug:
        footer += f" / {text_html(req.server_software)}"
    page = build_page(title, body, footer, "index")
    modified = time_to_http(os.stat(path).st_mtime)
    return page, "text/html; charset=utf-8", ("Last-Modified", modified)


def _rows(req: Any, path: str) -> Iterator[str]:
    root, directory = os.path.realpath(req.document_root), os.path.realpath(path)
    if root != directory:
        yield _cells("../", "../", "-", "-", "Directory")
    follow = getattr(getattr(req, "app", None), "follow_symlinks", False)
    for name in sorted(os.listdir(directory)):
        if not _is_shown(name, at_root=directory == root):
            continue
        entry = os.path.join(directory, name)
        if not os.access(entry, os.R_OK):
            continue
        if os.path.islink(entry) and not (follow or _is_below(root, entry)):
            continue
        try:
            yield _row(name, os.stat(entry))
        except OSError as error:
            log.debug("Left out of a listing: %s", escape_controls(error))


def _is_shown(name: str, *, at_root: bool) -> bool:
    if name.endswith("~") or REFUSED.search(name):
        return False
    return not name.startswith(".") or (at_root and name == ".well-known")


def _is_below(root: str, path: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(root, ""))


def _row(name: str, status: os.stat_result) -> str:
    # Imported here: only a listing needs it.
    from urllib.parse import quote

    size = kind = "-"
    slash = ""
    if stat.S_ISDIR(status.st_mode):
        kind, slash = "Directory", "/"
    elif stat.S_ISREG(status.st_mode):
        number, unit = hbytes(status.st_size)
        size, kind = f"{number:.1f}{unit}", guess_type(name)
    # The dot keeps a name such as "a:b" from being read as a scheme.
    href = f"./{quote(os.fsencode(name))}{slash}"
    return _cells(href, text_html(name) + slash, _date(status.st_mtime), size, kind)


def _date(seconds: float) -> str:
    try:
        moment = time.gmtime(seconds)
    except (OSError, OverflowError, ValueError):
        return "-"
    iso = time.strftime("%Y-%m-%dT%H:%MZ", moment)
    return f'<time datetime="{iso}">{time.strftime("%d-%b-%Y %H:%M", moment)}</time>'


def _cells(href: str, name: str, date: str, size: str, kind: str) -> str:
    return (
        f'<tr><th scope="row"><a href="{href}">{name}</a></th><td>{date}</td>'
        f'<td class="number">{size}</td><td>{text_html(kind)}</td></tr>'
    )
