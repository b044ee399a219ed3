"""Conditional requests for answers in memory (RFC 9110 section 13).

Files have validators of their own.  Here an answer gets an ETag made of its body, so
that a client that has it already gets 304: it saves sending, not making it.
"""

from hashlib import sha256
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.http.conditional import check_preconditions
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.response import NOT_MODIFIED_DENY, BaseResponse, Response
from poorwsgi_core.state import HTTP_NOT_MODIFIED, HTTP_OK

__all__ = ["ETags"]


class ETags:
    """Give answers in memory an ETag, and answer 304 where the client has them.

    That is for GET and HEAD, for status 200 without a cookie and without
    ``no-store``.  An ETag that the answer has already is used as it is.
    """

    def install(self, app: Application[Any]) -> None:
        """Look at all answers."""
        app.add_after_response(self._check)

    def _check(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if not isinstance(response, Response) or response.status_code != HTTP_OK:
            return response
        headers = response.headers
        if req.method not in ("GET", "HEAD") or "Set-Cookie" in headers:
            return response
        if "no-store" in headers.get("Cache-Control", "").lower():
            return response
        etag = headers.get("ETag")
        if etag is None:
            etag = f'"{sha256(response.data).hexdigest()[:32]}"'
            headers["ETag"] = etag
        modified = headers.get("Last-Modified")
        status = check_preconditions(req.environ, req.method, etag, modified)
        if status == HTTP_NOT_MODIFIED:
            response.status_code = HTTP_NOT_MODIFIED
            for name in NOT_MODIFIED_DENY:
                del headers[name]
        return response
