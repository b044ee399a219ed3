"""A WSGI micro-framework without dependencies: the core of PoorWSGI.

wsgi        the Application and the way of a request through it
request     what handlers get
response    what handlers return or raise
routing     from a path to its handler
results     default pages, directory index, debug page
headers     headers, their parsing and dates
state       status codes and methods
testing     a client for tests, in process
"""

from poorwsgi_core.application import Application, Extension
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
    "SimpleRequest",
    "abort",
    "make_response",
    "redirect",
]
