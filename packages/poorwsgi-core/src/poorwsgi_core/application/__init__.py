"""The application: a request comes in, finds its handler, is answered."""

from poorwsgi_core.application.application import Application, Extension, log
from poorwsgi_core.application.routing import re_filter, re_invalid_filter
from poorwsgi_core.response import to_response

__all__ = [
    "Application",
    "Extension",
    "log",
    "re_filter",
    "re_invalid_filter",
    "to_response",
]
