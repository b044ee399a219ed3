"""What is answered for a file or a directory below the document root.

Which one it is was found by ``document_root``.  It is opened here, after the before
handlers, so that nothing is open when one of them refuses the request.
"""

import errno
import logging
from typing import NoReturn

from poorwsgi_core.http.paths import requote_query
from poorwsgi_core.request.simple import SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    FileResponse,
    HTTPException,
    RedirectResponse,
    to_response,
)
from poorwsgi_core.response.document_root import open_real
from poorwsgi_core.state import HTTP_FORBIDDEN, HTTP_NOT_FOUND

__all__ = ["last_name", "list_directory", "redirect_to_directory", "send_file"]

log = logging.getLogger("poorwsgi")


# What may happen to a file between it is found and opened; the rest is our failure.
_STATUSES = {
    errno.ENOENT: HTTP_NOT_FOUND,
    errno.ENOTDIR: HTTP_NOT_FOUND,
    errno.EISDIR: HTTP_NOT_FOUND,
    errno.ELOOP: HTTP_NOT_FOUND,
    errno.ENXIO: HTTP_NOT_FOUND,
    errno.EACCES: HTTP_FORBIDDEN,
    errno.EPERM: HTTP_FORBIDDEN,
}


def send_file(_: SimpleRequest, path: str) -> BaseResponse:
    """Answer with a file.

    Raises:
        HTTPException: 404 when it is gone, 403 when it can't be read any more.
    """
    log.info("Static file %r", path)
    try:
        response = FileResponse(path, opener=open_real)
    except OSError as error:
        _refuse(error)
    response.add_header("X-Content-Type-Options", "nosniff")
    return response


def _refuse(error: OSError) -> NoReturn:
    status = _STATUSES.get(error.errno or 0)
    if status is None:
        raise error
    log.info("%s", error)
    raise HTTPException(status) from error


def list_directory(request: SimpleRequest, path: str) -> BaseResponse:
    """Answer with the index of a directory.

    Raises:
        HTTPException: 404 when it is gone, 403 when it can't be read any more.
    """
    from poorwsgi_core.results import page_headers
    from poorwsgi_core.results.directory import build_index

    log.info("Directory index of %r", path)
    try:
        response = to_response(build_index(request, path))
    except OSError as error:
        _refuse(error)
    for name, value in page_headers().items():
        response.headers[name] = value
    return response


def last_name(request: SimpleRequest) -> str:
    """Return what is behind the last slash of the address, as on the wire."""
    environ = request.environ
    path = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
    return path.rpartition("/")[2]


def redirect_to_directory(request: SimpleRequest) -> BaseResponse:
    """Answer with the path that has a slash, from which links are relative."""
    # Imported here: few paths need it.
    from urllib.parse import quote

    # Relative, so that no name of the client's gets into an authority, and
    # with ./ so that a colon in it is no scheme.
    name = quote(last_name(request), safe="", encoding="iso-8859-1")
    query = requote_query(request.query)
    return RedirectResponse(f"./{name}/{query and '?'}{query}", 301)
