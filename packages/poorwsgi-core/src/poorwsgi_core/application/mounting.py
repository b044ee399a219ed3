"""Another WSGI application below a prefix, seen from outside as one handler.

What it answers becomes a response, so that hooks see its status and its headers.  The
first piece of a body that is made while it is sent is asked for before; the rest, and
any other body, goes to the server as it is.
"""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

from poorwsgi_core.http.headers import Headers
from poorwsgi_core.request.simple import SimpleRequest
from poorwsgi_core.response import BaseResponse
from poorwsgi_core.response.bodies import Stream, discard, read_first
from poorwsgi_core.state import status_lines

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Mount", "MountedResponse"]


class Mount:
    """Calls an application with the prefix in SCRIPT_NAME (PEP 3333).

    Args:
        app: the application.
        prefix: as servers hand it over.
    """

    def __init__(self, app: "WSGIApplication", prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    def __call__(self, request: SimpleRequest) -> "MountedResponse":
        """Answer a request.

        Raises:
            RuntimeError: the application doesn't start a response.
            Exception: whatever it raises before the first piece of its body.
        """
        environ = request.environ
        path: str = environ["PATH_INFO"]
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._prefix
        environ["PATH_INFO"] = path[len(self._prefix) :]
        head = _Head()
        body = self._app(environ, head.start)
        try:
            is_lazy = request.method != "HEAD" and _is_lazy(body, environ)
            return MountedResponse(head, head.take_start(body, is_lazy=is_lazy))
        except BaseException:
            discard(body)
            raise


class _Head:
    """What an application calls ``start_response`` with, and what it writes."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.sent_by: StartResponse | None = None
        self._written: list[bytes] = []

    def start(
        self,
        status: str,
        headers: list[tuple[str, str]],
        exc_info: "OptExcInfo | None" = None,
        /,
    ) -> Callable[[bytes], object]:
        """Keep status and headers; once they are sent the server decides."""
        if self.sent_by is not None:
            return self.sent_by(status, headers, exc_info)
        if self.status and exc_info is None:
            raise AssertionError("start_response is called again without exc_info")
        self.status, self.headers = status, headers
        return self._written.append

    def take_start(self, body: Iterable[bytes], *, is_lazy: bool) -> Iterable[bytes]:
        """Go on with the body until there is a head; what was taken comes first.

        With one that *is_lazy* go on until there is a piece to send, too.
        """
        _check_body(body)
        if self.status and not self._written and not is_lazy:
            return body
        rest = iter(body)
        while not self.status:
            try:
                self._written.append(next(rest))
            except StopIteration:
                break
        if not self.status:
            raise RuntimeError("The mounted application didn't call start_response")
        if is_lazy and not any(self._written):
            self._written += read_first(rest)
        return Stream(chain(self._written, rest), body)


def _is_lazy(body: object, environ: "WSGIEnvironment") -> bool:
    """Tell whether a body is made while it is sent, and is no file."""
    wrapper = environ.get("wsgi.file_wrapper")
    is_file = hasattr(body, "read") or (
        isinstance(wrapper, type) and isinstance(body, wrapper)
    )
    return not (is_file or isinstance(body, list | tuple))


def _check_body(body: object) -> None:
    if isinstance(body, str) or not isinstance(body, Iterable):
        raise TypeError(
            "The mounted application returns an iterable of bytes such as [b'text'], "
            f"not {type(body).__name__}"
        )


class MountedResponse(BaseResponse):
    """The answer of a mounted application; only what hooks change is changed."""

    def __init__(self, head: _Head, body: Iterable[bytes]) -> None:
        super().__init__()
        self._head = head
        self._body = body
        self._line = head.status
        self._line_code = self._status_code = int(head.status[:3])
        self._headers = Headers(head.headers, strict=False)

    @property
    def reason(self) -> str:
        """Reason phrase, as the application has it."""
        return self._status_line()[4:]

    def _status_line(self) -> str:
        code = self._status_code
        return self._line if code == self._line_code else status_lines[code]

    def __start_response__(self, start_response: "StartResponse") -> None:
        """Send the status and the headers."""
        start_response(self._status_line(), self.headers.to_list())
        self._head.sent_by = start_response

    def __end_of_response__(self) -> Any:
        """Return the body of the application."""
        return self._body

    def close(self) -> None:
        """Close the body."""
        discard(self._body)
