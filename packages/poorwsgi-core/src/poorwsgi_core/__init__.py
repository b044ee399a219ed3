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
