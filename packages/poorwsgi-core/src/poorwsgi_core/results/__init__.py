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
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

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
    "..request.callables": "HandlerInfo describe_handler",
    ".debug": "debug_info",
    ".directory": "directory_index",
    ".failure": "internal_server_error log_failure",
    ".frame": "log",
    ".html": (
        "HTML_ESCAPE_TABLE PAGE_ICON build_page escape_controls hbytes "
        "html_escape human_methods_ page_headers page_policy"
    ),
    ".pages": (
        "bad_request default_states forbidden method_not_allowed not_found "
        "not_implemented not_modified status_page unauthorized"
    ),
    ".tables": "handlers_view",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
