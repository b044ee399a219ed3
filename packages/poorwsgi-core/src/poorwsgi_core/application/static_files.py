"""What is answered for a file or a directory below the document root.

Which one it is was found by ``document_root``.
"""

import logging

from poorwsgi_core.request.simple import SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    FileResponse,
    RedirectResponse,
    to_response,
)

__all__ = ["list_directory", "redirect_to_directory", "send_file"]

log = logging.getLogger("poorwsgi")


def send_file(_: SimpleRequest, path: str) -> BaseResponse:
    """Answer with a file."""
    log.info("Static file %r", path)
    response = FileResponse(path)
    response.add_header("X-Content-Type-Options", "nosniff")
    return response


def list_directory(request: SimpleRequest, path: str) -> BaseResponse:
    """Answer with the index of a directory."""
    from poorwsgi_core.results import directory_index, page_headers

    log.info("Directory index of %r", path)
    response = to_response(directory_index(request, path))
    for name, value in page_headers().items():
        response.headers[name] = value
    return response


def redirect_to_directory(request: SimpleRequest) -> BaseResponse:
    """Answer with the path that has a slash, from which links are relative."""
    # Relative, so that no name of the client's gets into an authority, and
    # with ./ so that a colon in it is no scheme.
    name = request.path.rpartition("/")[2].encode("utf-8", "surrogateescape")
    quoted = "".join(
        chr(b) if chr(b).isalnum() and b < 128 else f"%{b:02X}" for b in name
    )
    return RedirectResponse(f"./{quoted}/", 301)
