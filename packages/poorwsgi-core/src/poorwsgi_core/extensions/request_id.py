"""An identity for each request: for its answer, for logs, for the next service."""

import logging
import re
import uuid
from contextvars import ContextVar
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import convert, text
from poorwsgi_core.http.headers import check_field_name
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response import BaseResponse

__all__ = ["RequestId", "RequestIdFilter", "request_id"]

_ATTRIBUTE = "app_request_id"
_NONE = "-"
_VALID = re.compile(r"[0-9A-Za-z._=/+-]{8,128}")

_current: ContextVar[str] = ContextVar("request_id", default=_NONE)


def request_id(req: SimpleRequest) -> str:
    """Return the identity of a request, ``-`` where ``RequestId`` isn't installed."""
    identity: str = vars(req).get(_ATTRIBUTE, _NONE)
    return identity


class RequestId:
    """Give each request an identity, and its answer the same.

    Args:
        header: name of the field.
        accept: take a well-formed one that the client, or a proxy, has sent.

    Raises:
        TypeError: an argument has a wrong type.
        ValueError: *header* is no name of a field.
    """

    def __init__(self, header: str = "X-Request-Id", *, accept: bool = True) -> None:
        self._header = check_field_name(convert("header", text, header))
        is_accepted = convert("accept", parse_flag, accept)
        variable = "HTTP_" + header.upper().replace("-", "_")
        self._variable = variable if is_accepted else ""

    def install(self, app: Application[Any]) -> None:
        """Begin before the other handlers, and end behind them."""
        app.add_before_response(self._begin, first=True)
        app.add_after_response(self._end, last=True)

    def _begin(self, req: SimpleRequest) -> None:
        sent = req.environ.get(self._variable, "")
        identity = sent if _VALID.fullmatch(sent) else uuid.uuid4().hex
        vars(req)[_ATTRIBUTE] = identity
        _current.set(identity)

    def _end(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if request_id(req) == _NONE:
            self._begin(req)  # it was refused before
        response.headers[self._header] = request_id(req)
        _current.set(_NONE)
        return response


class RequestIdFilter(logging.Filter):
    """Put the identity into records of logs, as ``%(request_id)s``.

    Those of ``AccessLog`` have it; others have none while a body is being sent.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add it, and let the record pass."""
        access = getattr(record, "access", None)
        record.request_id = getattr(access, "request_id", _current.get())
        return True
