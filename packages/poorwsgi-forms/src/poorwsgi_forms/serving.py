"""What a request with forms and JSON asks of the application that serves it.

The application stands above and knows its requests, so their side of it is stated
here, as the class that every Application of this package is made from.
"""

from collections.abc import Callable, Iterable
from typing import Any

from poorwsgi_core.http.json_decoder import loads
from poorwsgi_core.request.serving import Serving as CoreServing
from poorwsgi_core.request.settings import Setting, called, limit, names, optional
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_forms.multipart.parts import Limits

__all__ = ["Serving"]


def _types(value: Iterable[str]) -> list[str]:
    return list(names(value))


class Serving(CoreServing):
    """The application, as far as requests see it: the settings of bodies."""

    auto_form = Setting[bool](True, parse_flag, "Parse form bodies for ``req.form``.")
    auto_json = Setting[bool](True, parse_flag, "Parse JSON bodies for ``req.json``.")
    json_mime_types = Setting[list[str]](
        [
            "application/json",
            "application/javascript",
            "application/merge-patch+json",
        ],
        _types,
        "Content types that are JSON, besides ``application/*+json``.",
    )
    form_mime_types = Setting[list[str]](
        ["application/x-www-form-urlencoded", "multipart/form-data"],
        _types,
        "Content types that are forms.",
    )
    file_callback = Setting[Callable[[str], Any] | None](
        None,
        optional(called),
        "Called with a file name; returns where its content goes.",
    )
    strict_json = Setting[bool](
        True, parse_flag, "Answer bad JSON with 400; else ``req.json`` is ``None``."
    )
    max_form_files = Setting[int | None](
        100, optional(limit), "Most files in a form; more is 413."
    )
    max_form_memory_size = Setting[int | None](
        500_000, optional(limit), "Most bytes of a form that are not files."
    )
    max_json_size = Setting[int | None](
        2_621_440, optional(limit), "Largest JSON body in bytes; larger is 413."
    )
    max_decoded_size = Setting[int | None](
        None,
        optional(limit),
        "Decode ``Content-Encoding`` of bodies, up to so many bytes; None for 415.",
    )
    json_loads = Setting[Callable[[str], Any]](
        loads, called, "Decodes JSON text to a value, such as ``orjson.loads``."
    )

    def form_limits(self) -> Limits:
        """Return the limits of a form."""
        return Limits(
            self.max_form_parts, self.max_form_files, self.max_form_memory_size
        )
