"""The request classes as the bundle combines them: those with forms and JSON."""

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
from poorwsgi_forms import JsonDict, JsonList, Request, parse_json_request
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
    "SimpleRequest",
    "parse_header",
    "parse_json_request",
    "parse_negotiation",
]
