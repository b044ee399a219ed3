"""The document and its page, served to clients.

They are made once, on first use, and known by their digest: a client that has
them gets 304.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from poorwsgi_core import BaseResponse, Response
from poorwsgi_core.conditional import check_preconditions
from poorwsgi_core.response import HTTPException, NotModifiedResponse
from poorwsgi_core.state import HTTP_NOT_MODIFIED

__all__ = ["ServedFile"]

_REVALIDATE = "no-cache"


class ServedFile:
    """A handler for content that is made when it is first asked for.

    Args:
        build: makes the content.
        content_type: its type.
        headers: makes further headers.
    """

    def __init__(
        self,
        build: Callable[[], bytes],
        content_type: str,
        headers: Callable[[], dict[str, str]] = dict,
    ) -> None:
        self._build = build
        self._content_type = content_type
        self._headers = headers
        self._content: tuple[bytes, str] | None = None

    def renew(self, build: Callable[[], bytes]) -> None:
        """Serve what *build* makes from now on."""
        self._build, self._content = build, None

    def __call__(self, req: Any) -> BaseResponse:
        """Answer a GET or HEAD request."""
        content = self._content
        if content is None:
            data = self._build()
            content = self._content = data, f'"{sha256(data).hexdigest()[:32]}"'
        data, etag = content
        status = check_preconditions(req.environ, req.method or "GET", etag, None)
        if status == HTTP_NOT_MODIFIED:
            return NotModifiedResponse({"Cache-Control": _REVALIDATE}, etag=etag)
        if status is not None:
            raise HTTPException(status)
        headers = {"ETag": etag, "Cache-Control": _REVALIDATE, **self._headers()}
        return Response(data, self._content_type, headers)
