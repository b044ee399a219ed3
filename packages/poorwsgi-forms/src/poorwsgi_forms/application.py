"""The application of this package: core's, with the settings of bodies."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import poorwsgi_core
from poorwsgi_core.request.settings import Setting, as_is, limit, optional
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_forms.json_body import loads
from poorwsgi_forms.multiparts import Limits
from poorwsgi_forms.request import Request

if TYPE_CHECKING:
    # Type checkers carry it with them, so that it is no dependency.
    from typing_extensions import TypeVar as TypeVarWithDefault

    RequestT = TypeVarWithDefault("RequestT", bound=Request, default=Request)
else:
    RequestT = TypeVar("RequestT")

__all__ = ["Application"]


class Application(poorwsgi_core.Application[RequestT]):
    """A WSGI application whose requests have forms and JSON bodies."""

    request_class: type[RequestT] = cast("type[RequestT]", Request)

    auto_form = Setting[bool](True, parse_flag, "Parse form bodies for ``req.form``.")
    auto_json = Setting[bool](True, parse_flag, "Parse JSON bodies for ``req.json``.")
    json_mime_types = Setting[list[str]](
        [
            "application/json",
            "application/javascript",
            "application/merge-patch+json",
        ],
        list,
        "Content types that are JSON, besides ``application/*+json``.",
    )
    form_mime_types = Setting[list[str]](
        ["application/x-www-form-urlencoded", "multipart/form-data"],
        list,
        "Content types that are forms.",
    )
    file_callback = Setting[Callable[[str], Any] | None](
        None, as_is, "Called with a file name; returns where its content goes."
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
    json_loads = Setting[Callable[[str], Any]](
        loads, as_is, "Decodes JSON text to a value, such as ``orjson.loads``."
    )

    def form_limits(self) -> Limits:
        """Return the limits of a form."""
        return Limits(
            self.max_form_parts, self.max_form_files, self.max_form_memory_size
        )
