"""One record for each request, when its answer has been sent.

Text that comes from the client can't end a line or a quoted value.
"""

import json
import logging
from collections.abc import Callable
from functools import partial
from time import gmtime, strftime, time
from typing import Any, NamedTuple

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import check_function, convert, text
from poorwsgi_core.extensions.request_id import request_id
from poorwsgi_core.request import SimpleRequest
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response import BaseResponse

__all__ = ["Access", "AccessLog", "write_combined", "write_json"]

log = logging.getLogger("poorwsgi")


class Access(NamedTuple):
    """What is known of a request that has been answered.

    Attributes:
        method: request method.
        target: path with its query, as the server has it.
        route: rule of the route, ``None`` when none was found.
        protocol: of the request.
        status: status code.
        bytes_sent: of the body, as far as the server has asked for it.
        seconds: from the begin of the request to the end of the answer.
        start: when it began, in seconds since the epoch.
        remote: address of the client, or of the last proxy that isn't trusted.
        user: ``REMOTE_USER``, or what ``req.user`` is where that is text.
        referer: the Referer field.
        user_agent: the User-Agent field.
        request_id: the identity that ``RequestId`` gave it, or ``-``.
    """

    method: str
    target: str
    route: str | None
    protocol: str
    status: int
    bytes_sent: int
    seconds: float
    start: float
    remote: str
    user: str
    referer: str
    user_agent: str
    request_id: str


def write_json(access: Access) -> str:
    """Write a JSON object of all there is."""
    members = access._asdict()
    members["seconds"] = round(access.seconds, 6)
    members["time"] = _write_time("%Y-%m-%dT%H:%M:%S", members.pop("start")) + "Z"
    return json.dumps(members)


def write_combined(access: Access) -> str:
    """Write a line in Apache's combined log format."""
    when = _write_time("%d/%b/%Y:%H:%M:%S +0000", access.start)
    request = _quote(f"{access.method} {access.target} {access.protocol}")
    return (
        f"{access.remote or '-'} - {_escape(access.user) or '-'} [{when}] {request} "
        f"{access.status} {access.bytes_sent or '-'} "
        f"{_quote(access.referer or '-')} {_quote(access.user_agent or '-')}"
    )


_FORMS = {"json": write_json, "combined": write_combined}


class AccessLog:
    """Log each request when its answer has been sent, with time and bytes.

    Args:
        form: ``json``, ``combined``, or a function that makes the line of an Access.
        query: whether the query is part of it; it may have secrets.
        logger: name of the logger; records are of level INFO.

    Raises:
        ValueError: an unknown form.
    """

    def __init__(
        self,
        form: str | Callable[[Access], str] = "json",
        *,
        query: bool = True,
        logger: str = "poorwsgi.access",
    ) -> None:
        write = form if callable(form) else _FORMS.get(form)
        if write is None:
            raise ValueError(f"form is json, combined or a function, not {form!r}")
        check_function("form", write, "access")
        self._write = write
        self._query = convert("query", parse_flag, query)
        self._log = logging.getLogger(convert("logger", text, logger))
        self._is_told = False

    def install(self, app: Application[Any]) -> None:
        """Have each answer tell when it has been sent."""
        app.add_after_response(self._watch, last=True)

    def _watch(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if self._is_heard():
            response.call_on_close(partial(self._record, req, response))
        return response

    def _is_heard(self) -> bool:
        is_enabled = self._log.isEnabledFor(logging.INFO)
        if is_enabled and self._log.hasHandlers():
            return True
        if not self._is_told and (is_enabled or self._log.level == logging.NOTSET):
            self._is_told = True
            log.warning(
                "AccessLog writes nothing: no handler gets records of level INFO from "
                "the logger %r; write %s where the application is made",
                self._log.name,
                self._find_remedy(),
            )
        return False

    def _find_remedy(self) -> str:
        if self._log.hasHandlers():  # then basicConfig does nothing
            return f"logging.getLogger({self._log.name!r}).setLevel(logging.INFO)"
        return "logging.basicConfig(level=logging.INFO)"

    def _record(self, req: SimpleRequest, response: BaseResponse) -> None:
        access = _read(req, response, with_query=self._query)
        self._log.info("%s", self._write(access), extra={"access": access})


def _read(req: SimpleRequest, response: BaseResponse, *, with_query: bool) -> Access:
    environ = req.environ
    target = f"{environ.get('SCRIPT_NAME', '')}{environ.get('PATH_INFO', '')}"
    user = environ.get("REMOTE_USER", "") or req.user
    return Access(
        method=req.method or "",
        target=f"{target}?{req.query}" if with_query and req.query else target,
        route=req.uri_rule,
        protocol=req.protocol or "",
        status=response.status_code,
        bytes_sent=response.bytes_sent,
        seconds=max(0.0, time() - req.start_time),
        start=req.start_time,
        remote=req.client_addr or "",
        user=user if isinstance(user, str) else "",
        referer=req.referer or "",
        user_agent=req.user_agent or "",
        request_id=request_id(req),
    )


def _write_time(form: str, seconds: float) -> str:
    return strftime(form, gmtime(seconds))


def _escape(text: str) -> str:
    # As Apache does: what isn't printable ASCII, quotes and backslashes.
    return "".join(
        char if " " <= char <= "~" and char not in '"\\' else _write_escape(char)
        for char in text
    )


def _write_escape(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "replace"))


def _quote(text: str) -> str:
    return f'"{_escape(text)}"'
