"""The application class as the bundle combines it: the one with forms and JSON."""

from poorwsgi_core.wsgi import Extension, log, re_filter, re_invalid_filter, to_response
from poorwsgi_forms import Application

__all__ = [
    "Application",
    "Extension",
    "log",
    "re_filter",
    "re_invalid_filter",
    "to_response",
]
