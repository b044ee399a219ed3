"""The request of the bundle: that of the forms and of authentication in one."""

from typing import TYPE_CHECKING, Any

import poorwsgi_auth
import poorwsgi_forms
from poorwsgi_core.application import log
from poorwsgi_core.request import (
    Args,
    CachedInput,
    EmptyForm,
    Headers,
    HTTPException,
    SimpleRequest,
    parse_header,
    parse_negotiation,
)
from poorwsgi_forms import JsonDict, JsonList, parse_json_request
from poorwsgi_forms.legacy import FieldStorage

if TYPE_CHECKING:
    from poorwsgi.wsgi import Application

__all__ = [
    "Args",
    "CachedInput",
    "EmptyForm",
    "FieldStorage",
    "HTTPException",
    "Headers",
    "JsonDict",
    "JsonList",
    "Request",
    "SimpleRequest",
    "log",
    "parse_header",
    "parse_json_request",
    "parse_negotiation",
]


class Request(poorwsgi_forms.Request, poorwsgi_auth.Request):
    """A request with forms, JSON bodies and users."""

    if TYPE_CHECKING:

        @property
        def app(self) -> "Application[Any]":
            """The application that serves the request."""
            ...
