"""Targets: what answers a path that is no static route with the method.

The order is that of the guide: patterns, files below the document root, the debug
page, default handlers.  Where none of them answers, a refusal is a target too, so
that before handlers run for it.
"""

import logging
import os
import stat
from collections.abc import Mapping
from functools import partial
from typing import Any

from poorwsgi_core.application.routes import RouteStore
from poorwsgi_core.application.static_files import (
    last_name,
    list_directory,
    redirect_to_directory,
    send_file,
)
from poorwsgi_core.application.table import RouteTable, allowed_methods, to_wire
from poorwsgi_core.http.paths import encode_path, requote_query
from poorwsgi_core.request.simple import SimpleRequest
from poorwsgi_core.request.target import NO_SCOPE, FileTarget, Scope, Target
from poorwsgi_core.response import (
    BaseResponse,
    NoContentResponse,
    RedirectResponse,
    Response,
)
from poorwsgi_core.response.base import POWERED_BY
from poorwsgi_core.response.document_root import find_file
from poorwsgi_core.state import (
    HTTP_FORBIDDEN,
    HTTP_METHOD_NOT_ALLOWED,
    HTTP_MOVED_PERMANENTLY,
    HTTP_NOT_FOUND,
    HTTP_NOT_IMPLEMENTED,
    HTTP_PERMANENT_REDIRECT,
    METHOD_GET,
    METHOD_HEAD,
    methods,
)

__all__ = ["find_allowed", "find_target"]

log = logging.getLogger("poorwsgi")

_DEBUG_INFO = "/debug-info"
_ANY_PATH = "/*"


def find_target(
    request: SimpleRequest,
    routes: RouteStore,
    table: RouteTable,
    static: Mapping[str, Target] | None,
    path: str,
    method: str,
) -> tuple[Target, tuple[Any, ...]]:
    """Find the target and the path's values; a refusal is a target too.

    Args:
        request: the request.
        routes: for the default handlers.
        table: what was compiled of the routes when the request came.
        static: targets of the static route of this path, if there is one.
        path: PATH_INFO as it is on the wire.
        method: request method.

    Raises:
        HTTPException: 400 for a malformed path.
    """
    if static is None and table.mounts:
        mounted = table.find_mount(path)
        if mounted is not None:
            return mounted, ()
    if method not in methods:
        return _refuse(HTTP_NOT_IMPLEMENTED), ()
    if not path and static is None:
        # A server may say so of the root (PEP 3333).
        path = "/"
        static = table.static.get(path)
        if static is not None and method in static:
            return static[method], ()
    if static is None:
        # PERF: most paths need no decoding.
        path = path if path.isascii() else request.path
        found = table.find(path, method)
        if found is not None:
            return found
        target = _find_built_in(request, method)
        if target is not None:
            return target, ()
        allowed = table.find_methods(path, method)
        if request.app.redirect_slashes and not allowed:
            target = _find_other_slash(request, table, method)
            if target is not None:
                return target, ()
    else:
        allowed = sum(methods[name] for name in static)
    default = routes.defaults.get(methods[method])
    if default is not None and (static is None or method == "OPTIONS"):
        return Target(_ANY_PATH, default, default), ()
    scope = table.find_scope(request.path)
    return _refusal(request.path, method, allowed, scope), ()


def find_allowed(request: SimpleRequest, routes: RouteStore) -> str:
    """List the methods that the path of a request has besides its own.

    For an answer 405 of a handler or a hook; as a refusal has them in Allow.
    """
    request.lenient = True  # it is answered already
    table, path = routes.table or routes.compile(), request.path
    static = table.static.get(to_wire(path))
    if static is not None:
        allowed = sum(methods[name] for name in static)
    else:
        allowed = table.find_methods(path, "") | sum(routes.defaults)
        if _find_built_in(request, "GET") is not None:
            allowed |= METHOD_GET
    refused = methods.get(request.method or "", 0)
    if refused & (METHOD_GET | METHOD_HEAD):
        refused = METHOD_GET | METHOD_HEAD
    return allowed_methods(allowed & ~refused)


def _find_other_slash(
    request: SimpleRequest, table: RouteTable, method: str
) -> Target | None:
    """Find the route that only a slash at the path's end keeps away."""
    path = request.path
    other = path[:-1] if path.endswith("/") else f"{path}/"
    is_static = method in table.static.get(to_wire(other), ())
    if not is_static and table.find(other, method) is None:
        return None
    return Target(_ANY_PATH, None, partial(_redirect_to, path=other))


def _find_built_in(request: SimpleRequest, method: str) -> Target | None:
    """Find a static file, a directory, or the debug page."""
    if method not in ("GET", "HEAD"):
        return None
    root = request.document_root
    if root:
        path = find_file(
            root,
            request.path,
            follow_symlinks=request.app.follow_symlinks,
            show_hidden=request.app.show_hidden,
        )
        if path is not None:
            return _file_target(request, path)
    if request.path == _DEBUG_INFO and request.shows_debug:
        return Target(_DEBUG_INFO, _send_debug_info, _send_debug_info)
    return None


def _file_target(request: SimpleRequest, path: str) -> Target:
    """Choose how to answer for an existing file or directory."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return _refuse(HTTP_NOT_FOUND)
    if stat.S_ISDIR(mode):
        if not request.document_index:
            return _refuse(HTTP_FORBIDDEN)
        if last_name(request):
            return Target(_ANY_PATH, None, redirect_to_directory)
        from poorwsgi_core.results import directory_index

        call = partial(list_directory, path=path)
        return Target(_ANY_PATH, directory_index, call)
    if not (stat.S_ISREG(mode) and os.access(path, os.R_OK)):
        return _refuse(HTTP_FORBIDDEN)
    return FileTarget(_ANY_PATH, partial(send_file, path=path), path)


def _refusal(path: str, method: str, allowed: int, scope: Scope) -> Target:
    """Answer a path that nothing serves by this method."""
    is_ping = method == "OPTIONS" and path == "*"  # of the server (RFC 9110 §9.3.7)
    if not (allowed or is_ping):
        log.info("404 Not Found: %s %r", method, path)
        return _NOT_FOUND if scope is NO_SCOPE else _refuse(HTTP_NOT_FOUND, scope)
    allow = allowed_methods(allowed)
    if method == "OPTIONS":
        send = scope.wrap(partial(_send_options, allow=allow), guarded=False)
        return Target(None, None, send, (), scope)
    return _refuse(HTTP_METHOD_NOT_ALLOWED, scope, allow=allow)


def _refuse(status_code: int, scope: Scope = NO_SCOPE, **kwargs: Any) -> Target:
    """Build a target that answers with a status, after the before handlers."""

    def refuse(request: SimpleRequest) -> BaseResponse:
        return request.app.state_from_table(request, status_code, **kwargs)

    rule = _ANY_PATH if status_code == HTTP_NOT_FOUND else None
    return Target(rule, None, scope.wrap(refuse, guarded=True), (), scope)


# PERF: nearly all of those that nothing serves are answered by this one.
_NOT_FOUND = _refuse(HTTP_NOT_FOUND)


def _send_debug_info(request: SimpleRequest) -> BaseResponse:
    from poorwsgi_core.results import debug_info, page_headers

    headers = page_headers(has_form=True)
    return Response(debug_info(request, request.app), headers=headers)


def _send_options(_: SimpleRequest, allow: str) -> BaseResponse:
    return NoContentResponse([POWERED_BY, ("Allow", allow)])


def _redirect_to(request: SimpleRequest, path: str) -> BaseResponse:
    base = str(request.environ.get("SCRIPT_NAME", "")).rstrip("/")
    base = base.encode("iso-8859-1", "replace").decode("utf-8", "surrogateescape")
    query = requote_query(request.query)
    location = f"{request.outer_prefix}{encode_path(base + path)}"
    if query:
        location += f"?{query}"
    is_read = request.method in ("GET", "HEAD")
    # A client that gets 301 may send a form again as GET, which 308 forbids.
    code = HTTP_MOVED_PERMANENTLY if is_read else HTTP_PERMANENT_REDIRECT
    return RedirectResponse(location, code)
