"""The listing of a directory below the document root.

Everything is sorted by links, without a script.  A directory is opened once, so that
the names of another one that takes its place in the meantime are never listed.
"""

import logging
import os
import re
import stat
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from poorwsgi_core.http.dates import modified_to_http
from poorwsgi_core.response import HTTPException
from poorwsgi_core.response.document_root import REFUSED, find_file, open_real
from poorwsgi_core.response.media_types import guess_type
from poorwsgi_core.results.html import build_page, escape_controls, hbytes, text_html
from poorwsgi_core.state import HTTP_INTERNAL_SERVER_ERROR

__all__ = ["build_index", "directory_index"]

log = logging.getLogger("poorwsgi")

_CAN_LIST_DESCRIPTORS = (
    os.listdir in os.supports_fd and {os.access, os.stat} <= os.supports_dir_fd
)
_DIGITS = re.compile("([0-9]+)")
_SORT = re.compile("(?:^|&)sort=(-?)(name|size|time)(?:&|$)")


class _Entry(NamedTuple):
    name: str
    status: os.stat_result

    @property
    def is_directory(self) -> bool:
        return stat.S_ISDIR(self.status.st_mode)


def _by_name(entry: _Entry) -> Any:
    """Sort file_2 before file_10; capitals count only for equal names."""
    parts: list[str | int] = [*_DIGITS.split(entry.name.casefold())]
    parts[1::2] = map(int, parts[1::2])
    return parts, entry.name


def _by_size(entry: _Entry) -> Any:
    return entry.status.st_size


def _by_time(entry: _Entry) -> Any:
    return entry.status.st_mtime


_KEYS: Final[dict[str, Callable[[_Entry], Any]]] = {
    "name": _by_name,
    "time": _by_time,
    "size": _by_size,
}
_HEADINGS: Final = {
    "name": "Name",
    "time": "Last Modified",
    "size": "Size",
    "": "Type",
}


class _Order(NamedTuple):
    key: str = "name"
    reverse: bool = False

    @classmethod
    def parse(cls, query: str) -> "_Order":
        """Read ``sort=size``, or ``sort=-size`` for the largest first."""
        found = _SORT.search(query)
        return cls(found[2], found[1] == "-") if found else cls()

    def sort(self, entries: list[_Entry]) -> list[_Entry]:
        """Sort directories first, by name where the key says nothing."""
        if self.key != "name":
            entries.sort(key=_by_name)
        entries.sort(key=_KEYS[self.key], reverse=self.reverse)
        entries.sort(key=lambda entry: not entry.is_directory)
        return entries

    def head(self) -> str:
        """Write the headings; the one that is sorted by turns the order round."""
        return "".join(self._heading(*item) for item in _HEADINGS.items())

    def _heading(self, key: str, text: str) -> str:
        if not key:
            return f'<th scope="col">{text}</th>'
        sign, state = "", ""
        if key == self.key:
            sign = "" if self.reverse else "-"
            state = f' aria-sort="{"de" if self.reverse else "a"}scending"'
        return f'<th scope="col"{state}><a href="?sort={sign}{key}">{text}</a></th>'


def directory_index(req: Any, path: str) -> tuple[str, str, tuple[str, str]]:
    """List a directory as an HTML page.

    Hidden are names that start with a dot (but ``.well-known`` in the root)
    or end with ``~``, those that no request path may have, what can't be read,
    and links that lead out of the document root unless
    ``req.app.follow_symlinks`` is set.

    Args:
        req: the request; its path is the page's title, and ``sort=name``,
            ``time`` or ``size`` in its query the order, reverse with a minus.
        path: the directory.

    Returns:
        Page, content type, and the Last-Modified header.

    Raises:
        HTTPException: 500, when *path* is no directory, or can't be read.
    """
    try:
        return build_index(req, os.path.realpath(path))
    except OSError as error:
        log.exception("No directory to list: %s", escape_controls(path))
        raise HTTPException(HTTP_INTERNAL_SERVER_ERROR) from error


def build_index(req: Any, path: str) -> tuple[str, str, tuple[str, str]]:
    """Build what ``directory_index`` returns.

    Args:
        req: the request.
        path: real path of the directory, which isn't resolved again.

    Raises:
        OSError: *path* is no directory, has a link now, or can't be read.
    """
    order = _Order.parse(getattr(req, "query", ""))
    root, directory = os.path.realpath(req.document_root), os.path.normpath(path)
    with _open_directory(directory) as handle:
        modified = modified_to_http(os.stat(handle).st_mtime)
        entries = order.sort([*_read_entries(req, handle, root, directory)])
    rows = [_row(entry) for entry in entries]
    if root != directory:
        rows.insert(0, _cells("../", "../", "-", "-", "Directory"))
    body = (
        f"<main>\n<h1>Index of {_breadcrumb(req.uri)}</h1>\n<table>\n"
        f"<thead><tr>{order.head()}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody>\n</table>\n</main>"
    )
    footer = f"webmaster: {text_html(req.server_admin)}"
    if req.debug:
        footer += f" / {text_html(req.server_software)}"
    title = f"Index of {text_html(req.uri).rstrip('/') or '/'}"
    page = build_page(title, body, footer, "index")
    return page, "text/html; charset=utf-8", ("Last-Modified", modified)


def _breadcrumb(uri: str) -> str:
    """Write the path, each directory above as a link to it."""
    names = uri.strip("/").split("/")
    if names == [""]:
        return "/"
    *above, last = names
    links = [f'<a href="{"../" * len(names)}">/</a>']
    for depth, name in enumerate(above):
        up = "../" * (len(above) - depth)
        links.append(f'<a href="{up}">{text_html(name)}</a>/')
    return "".join(links) + text_html(last)


@contextmanager
def _open_directory(path: str) -> Generator[int | str]:
    """Open a directory for the calls that take a descriptor, where they do."""
    if not _CAN_LIST_DESCRIPTORS:
        yield path
        return
    handle = open_real(path, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _read_entries(
    req: Any, handle: int | str, root: str, directory: str
) -> Iterator[_Entry]:
    app = getattr(req, "app", None)
    follow = getattr(app, "follow_symlinks", False)
    show_hidden = getattr(app, "show_hidden", False)
    at_root = root == directory
    for name in os.listdir(handle):
        if not _is_shown(name, at_root=at_root):
            continue
        path = os.path.join(directory, name)
        # With a descriptor the name counts from there, else it is the whole path.
        place, within = (name, handle) if isinstance(handle, int) else (path, None)
        try:
            if not os.access(place, os.R_OK, dir_fd=within):
                continue
            status = os.lstat(place, dir_fd=within)
            if stat.S_ISLNK(status.st_mode):
                address = f"/{os.path.relpath(path, root)}"
                if not (follow or find_file(root, address, show_hidden=show_hidden)):
                    continue  # it would be 404, too
                status = os.stat(place, dir_fd=within)
            yield _Entry(name, status)
        except OSError as error:
            log.debug("Left out of a listing: %s", escape_controls(error))


def _is_shown(name: str, *, at_root: bool) -> bool:
    if name.endswith("~") or re.search(REFUSED, name):
        return False
    return not name.startswith(".") or (at_root and name == ".well-known")


def _row(entry: _Entry) -> str:
    # Imported here: only a listing needs it.
    from urllib.parse import quote

    name, status = entry
    size = kind = "-"
    slash = ""
    if entry.is_directory:
        kind, slash = "Directory", "/"
    elif stat.S_ISREG(status.st_mode):
        size, kind = _size(status.st_size), guess_type(name)
    # The dot keeps a name such as "a:b" from being read as a scheme.
    href = f"./{quote(os.fsencode(name))}{slash}"
    return _cells(href, text_html(name) + slash, _date(status.st_mtime), size, kind)


def _size(size: int) -> str:
    number, unit = hbytes(size)
    return f"{number:.1f} {unit.upper()}iB" if unit else f"{size} B"


def _date(seconds: float) -> str:
    try:
        moment = time.gmtime(seconds)
    except (OSError, OverflowError, ValueError):
        return "-"
    iso = time.strftime("%Y-%m-%dT%H:%MZ", moment)
    text = time.strftime("%d-%b-%Y %H:%M", moment)
    return f'<time datetime="{iso}">{text} UTC</time>'


def _cells(href: str, name: str, date: str, size: str, kind: str) -> str:
    return (
        f'<tr><th scope="row"><a href="{href}">{name}</a></th><td>{date}</td>'
        f'<td class="number">{size}</td><td>{text_html(kind)}</td></tr>'
    )
