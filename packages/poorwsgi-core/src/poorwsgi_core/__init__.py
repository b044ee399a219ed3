"""A WSGI micro-framework without dependencies: the core of PoorWSGI.

state        status codes and methods
http         what RFC 9110 and its kin define, as functions of text and bytes
response     what handlers return or raise
request      what handlers get
results      default pages, directory index, debug page
application  the Application and the way of a request through it
extensions   CORS, compression, logs and others, imported when used
testing      a client for tests, in process
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poorwsgi_core.application import Application, Extension, Routes
    from poorwsgi_core.http.headers import Headers
    from poorwsgi_core.request import Request, SimpleRequest
    from poorwsgi_core.response import (
        BaseResponse,
        HTTPException,
        Response,
        abort,
        make_response,
        redirect,
    )

__all__ = [
    "Application",
    "BaseResponse",
    "Extension",
    "HTTPException",
    "Headers",
    "Request",
    "Response",
    "Routes",
    "SimpleRequest",
    "abort",
    "make_response",
    "redirect",
]

_MODULES = {
    ".application": "Application Extension Routes",
    ".http": "",
    ".http.headers": "Headers",
    ".lazy": "",
    ".request": "Request SimpleRequest",
    ".response": "BaseResponse HTTPException Response abort make_response redirect",
    ".results": "",
    ".state": "",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers

    def __getattr__(name: str) -> Any:
        from poorwsgi_core.lazy import import_name

        return import_name(__name__, _MODULES, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
