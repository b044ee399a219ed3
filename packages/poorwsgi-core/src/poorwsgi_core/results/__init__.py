"""Pages that the framework makes itself, and helpers for HTML.

html          escapes, the page around a body, its headers
frame         what is the same in all pages of status codes
cells         tables, and what stands in their cells
search        why no route answered, for 404 and 405 in debug
pages         the pages of status codes, and their table
failure       the 500 page
frames        the frames of a traceback, with their source
variables     the variables of a frame, masked
directory     the listing of a directory
tables        tables of routes, states, hooks and filters
masking       what debug pages don't show
values        values from outside, masked
profiles      what files of profiles say
icicle        one of them as a picture
profile_view  pages about them
debug         the debug page

Names are imported when they are asked for: the first requests, in several threads, need
several of these modules at once, and while this one imported them all one thread could
wait for what another one has locked.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poorwsgi_core.request.callables import HandlerInfo, describe_handler
    from poorwsgi_core.results.debug import debug_info
    from poorwsgi_core.results.directory import directory_index
    from poorwsgi_core.results.failure import internal_server_error, log_failure
    from poorwsgi_core.results.frame import log
    from poorwsgi_core.results.html import (
        HTML_ESCAPE_TABLE,
        PAGE_ICON,
        build_page,
        escape_controls,
        hbytes,
        html_escape,
        human_methods_,
        page_headers,
        page_policy,
    )
    from poorwsgi_core.results.pages import (
        bad_request,
        default_states,
        forbidden,
        method_not_allowed,
        not_found,
        not_implemented,
        not_modified,
        status_page,
        unauthorized,
    )
    from poorwsgi_core.results.tables import handlers_view

__all__ = [
    "HTML_ESCAPE_TABLE",
    "PAGE_ICON",
    "HandlerInfo",
    "bad_request",
    "build_page",
    "debug_info",
    "default_states",
    "describe_handler",
    "directory_index",
    "escape_controls",
    "forbidden",
    "handlers_view",
    "hbytes",
    "html_escape",
    "human_methods_",
    "internal_server_error",
    "log",
    "log_failure",
    "method_not_allowed",
    "not_found",
    "not_implemented",
    "not_modified",
    "page_headers",
    "page_policy",
    "status_page",
    "unauthorized",
]

_MODULES = {
    "HTML_ESCAPE_TABLE": "results.html",
    "HandlerInfo": "request.callables",
    "PAGE_ICON": "results.html",
    "bad_request": "results.pages",
    "build_page": "results.html",
    "debug_info": "results.debug",
    "default_states": "results.pages",
    "describe_handler": "request.callables",
    "directory_index": "results.directory",
    "escape_controls": "results.html",
    "forbidden": "results.pages",
    "handlers_view": "results.tables",
    "hbytes": "results.html",
    "html_escape": "results.html",
    "human_methods_": "results.html",
    "internal_server_error": "results.failure",
    "log": "results.frame",
    "log_failure": "results.failure",
    "method_not_allowed": "results.pages",
    "not_found": "results.pages",
    "not_implemented": "results.pages",
    "not_modified": "results.pages",
    "page_headers": "results.html",
    "page_policy": "results.html",
    "status_page": "results.pages",
    "unauthorized": "results.pages",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"poorwsgi_core.{_MODULES[name]}"), name)
        globals()[name] = value
        return value
