"""The request of the bundle: that of the forms and of authentication in one."""

from typing import TYPE_CHECKING

import poorwsgi_auth
import poorwsgi_auth.serving
import poorwsgi_forms
import poorwsgi_forms.serving
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
    "Serving",
    "SimpleRequest",
    "log",
    "parse_header",
    "parse_json_request",
    "parse_negotiation",
]


class Serving(poorwsgi_forms.serving.Serving, poorwsgi_auth.serving.Serving):
    """The application, as far as requests, Digest and guards see it."""


class Request(poorwsgi_forms.Request, poorwsgi_auth.Request):
    """A request with forms, JSON bodies and users."""

    if TYPE_CHECKING:

        @property
        def app(self) -> Serving:
            """The application that serves the request."""
            ...
