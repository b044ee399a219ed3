"""The application: a request comes in, finds its handler, is answered.

``Application.__call__`` is the whole way.  What is registered is in ``wiring``,
what a path leads to in ``routing``, what happens when something fails in
``failures``, and the values one can set are in ``settings``.
"""

import gc
import logging
import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from poorwsgi_core.body import BodyTooLarge, parse_length
from poorwsgi_core.failures import Failures, describe
from poorwsgi_core.hosts import split_host
from poorwsgi_core.profiling import Profiler
from poorwsgi_core.request import Request
from poorwsgi_core.response import (
    BaseResponse,
    FileObjResponse,
    HTTPException,
    NoContentResponse,
    Response,
    to_response,
)
from poorwsgi_core.response.bodies import IBytesIO, close_body
from poorwsgi_core.response.shortcut import send_value
from poorwsgi_core.routing import (
    RouteTable,
    Target,
    allowed_methods,
    re_filter,
    re_invalid_filter,
)
from poorwsgi_core.simple_request import SimpleRequest
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_FORBIDDEN,
    HTTP_METHOD_NOT_ALLOWED,
    HTTP_NOT_FOUND,
    HTTP_NOT_IMPLEMENTED,
    deprecated,
    methods,
)
from poorwsgi_core.static_files import (
    find_file,
    list_directory,
    redirect_to_directory,
    send_file,
)
from poorwsgi_core.variables import read_options
from poorwsgi_core.wiring import RequestT

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

__all__ = [
    "Application",
    "Extension",
    "log",
    "re_filter",
    "re_invalid_filter",
    "to_response",
]

log = logging.getLogger("poorwsgi")

Handler: TypeAlias = Callable[..., Any]

_names: "weakref.WeakValueDictionary[str, Application[Any]]" = (
    weakref.WeakValueDictionary()
)
_PROFILED = "poorwsgi.profiled"
_DEBUG_INFO = "/debug-info"
_ANY_PATH = "/*"


class Extension(Protocol):
    """Something that ``Application.install`` takes, such as OpenAPI."""

    def install(self, app: "Application[Any]") -> None:
        """Register hooks and routes; keep no reference to *app*."""
        ...


class Application(Failures[RequestT]):
    """A WSGI application (PEP 3333).

    Args:
        name: unique among the live applications of the process.

    Raises:
        RuntimeError: another application has this name.
    """

    request_class: type[RequestT] = cast("type[RequestT]", Request)
    """Class of the requests that handlers get."""

    _profiler: Profiler | None = None

    def __init__(self, name: str = "__main__") -> None:
        super().__init__()
        self._name = name
        if name in _names:
            # An application that nobody uses may still wait in a cycle.
            gc.collect()
        if _names.setdefault(name, self) is not self:
            raise RuntimeError(
                f"There is an application {name!r} already: give each one a name "
                "of its own, such as Application(__name__)"
            )

    @property
    def name(self) -> str:
        """Name of the application."""
        return self._name

    def __repr__(self) -> str:
        return f"{self._name} - callable Application class instance"

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Serve one request."""
        environ["REQUEST_STARTTIME"] = time()
        if self._profiler is not None and _PROFILED not in environ:
            environ[_PROFILED] = True
            return self._profiler.run(self, environ, start_response)
        request: SimpleRequest | None = None
        failure: Exception | None = None
        try:
            request = self.request_class(environ, self)
            if environ.get("CONTENT_LENGTH") or self.trusted_hosts is not None:
                self._check(request, environ)
            table = self._table or self._compile()
            # PERF: a static route is found without another call.
            path = environ.get("PATH_INFO", "/")
            method = environ.get("REQUEST_METHOD", "")
            static = table.static.get(path)
            target = static.get(method) if static else None
            values: tuple[Any, ...] = ()
            if target is None:
                target, values = self._find(request, table, static, path, method)
                request.path_values = values
            request.target = target
            for hook in self._before:
                hook(request)
            value = target.call(request, *values)
            if not (self._after or request.vary):
                body = send_value(value, environ, start_response, self.json_dumps)
                if body is not None:
                    return body
            response = self.build_response(value)
            if response.needs_request:
                response.prepare(environ)
        except Exception as error:  # noqa: BLE001 - the WSGI boundary
            # An HTTPException is an answer, and holding it would make a cycle.
            failure = None if isinstance(error, HTTPException) else error
            if request is None:
                request = self._build_simple(environ, error)
            response = self.recover(request, error)
        if self._after:
            response, failure = self._run_after(request, response, failure)
        return self._send(request, environ, response, start_response, failure)

    def _build_simple(
        self, environ: "WSGIEnvironment", error: Exception
    ) -> SimpleRequest:
        if not isinstance(error, HTTPException):
            log.critical("The request could not be built: %r", error, exc_info=error)
        return SimpleRequest(environ, self)

    # --- finding the handler ---------------------------------------------------

    def _check(self, request: Request, environ: "WSGIEnvironment") -> None:
        """Refuse what no handler shall see.

        Raises:
            HTTPException: 400 for a bad length or a foreign host, 413.
        """
        # PERF: the request's lazy attribute is set from here, which is cheaper.
        length = request.content_length = parse_length(environ.get("CONTENT_LENGTH"))
        limit = self.max_content_length
        if (
            "HTTP_TRANSFER_ENCODING" in environ
            and length >= 0
            and not environ.get("wsgi.input_terminated")
        ):
            # Two framings of one body (RFC 9112 §6.3), and nobody chose.
            reason = "Both Content-Length and Transfer-Encoding"
            raise HTTPException(HTTP_BAD_REQUEST, error=reason)
        if limit is not None and length > limit:
            raise BodyTooLarge("max_content_length", limit)
        if self.trusted_hosts is not None:
            host = split_host(environ.get("HTTP_HOST", ""))
            if host is None or host[0].lower() not in self.trusted_hosts:
                raise HTTPException(HTTP_BAD_REQUEST, error="Host not served here")

    def _find(
        self,
        request: Request,
        table: RouteTable,
        static: Mapping[str, Target] | None,
        path: str,
        method: str,
    ) -> tuple[Target, tuple[Any, ...]]:
        """Find the target and the path's values; a refusal is a target too.

        Args:
            request: the request.
            table: the routes.
            static: targets of the static route of this path, if there is one.
            path: PATH_INFO as it is on the wire.
            method: request method.

        Raises:
            HTTPException: 400 for a malformed path, 501 for an unknown method.
        """
        if method not in methods:
            raise HTTPException(HTTP_NOT_IMPLEMENTED)
        if not path and static is None:
            # A server may say so of the root (PEP 3333).
            static = table.static.get("/")
            if static is not None and method in static:
                return static[method], ()
        if static is None:
            # PERF: most paths need no decoding.
            path = path if path.isascii() else request.path
            found = table.find(path, method)
            if found is not None:
                return found
            target = self._find_built_in(request, method)
            if target is not None:
                return target, ()
            allowed = table.find_methods(path, method)
        else:
            allowed = sum(methods[name] for name in static)
        default = self._defaults.get(methods[method])
        if default is not None and (static is None or method == "OPTIONS"):
            return Target(_ANY_PATH, default, default), ()
        return self._refusal(request.path, method, allowed), ()

    def _find_built_in(self, request: Request, method: str) -> Target | None:
        """Find a static file, a directory, or the debug page."""
        if method not in ("GET", "HEAD"):
            return None
        root = request.document_root
        if root:
            path = find_file(
                root,
                request.path or "/",
                follow_symlinks=self.follow_symlinks,
                show_hidden=self.show_hidden,
            )
            if path is not None:
                return self._file_target(request, path)
        if request.path == _DEBUG_INFO and request.debug:
            return Target(_DEBUG_INFO, self._send_debug_info, self._send_debug_info)
        return None

    def _send_debug_info(self, request: Request) -> BaseResponse:
        from poorwsgi_core.results import debug_info, page_headers

        return Response(debug_info(request, self), headers=page_headers())

    def _refuse(self, status_code: int, **kwargs: Any) -> Target:
        """Build a target that answers with a status, after the before handlers."""

        def refuse(request: SimpleRequest) -> BaseResponse:
            return self.state_from_table(request, status_code, **kwargs)

        rule = _ANY_PATH if status_code == HTTP_NOT_FOUND else None
        return Target(rule, None, refuse)

    def _refusal(self, path: str, method: str, allowed: int) -> Target:
        """Answer a path that nothing serves by this method."""
        if not allowed:
            log.info("404 Not Found: %s %r", method, path)
            return self._refuse(HTTP_NOT_FOUND)
        allow = allowed_methods(allowed)
        if method == "OPTIONS":
            return Target(None, None, partial(_send_options, allow=allow))
        return self._refuse(HTTP_METHOD_NOT_ALLOWED, allow=allow)

    def _file_target(self, request: SimpleRequest, path: str) -> Target:
        """Choose how to answer for an existing file or directory."""
        if os.path.isdir(path):
            if not request.document_index:
                return self._refuse(HTTP_FORBIDDEN)
            if not (request.path or "/").endswith("/"):
                return Target(_ANY_PATH, None, redirect_to_directory)
            from poorwsgi_core.results import directory_index

            call = partial(list_directory, path=path)
            return Target(_ANY_PATH, directory_index, call)
        if not os.path.isfile(path) or not os.access(path, os.R_OK):
            return self._refuse(HTTP_FORBIDDEN)
        return Target(_ANY_PATH, None, partial(send_file, path=path))

    # --- after the handler -------------------------------------------------------

    def _run_after(
        self,
        request: SimpleRequest,
        response: BaseResponse,
        failure: Exception | None,
    ) -> tuple[BaseResponse, Exception | None]:
        for hook in self._after:
            try:
                response = self.build_response(hook(request, response))
            except HTTPException as error:
                # The response that it carries may be this one, or made of it.
                if error.response is None:
                    response.close()
                return self.recover(request, error), failure
            except Exception as error:
                response.close()
                log.exception("After handler %s failed", describe(hook))
                return self.recover(request, error), error
        return response, failure

    def _send(
        self,
        request: SimpleRequest,
        environ: "WSGIEnvironment",
        response: BaseResponse,
        start_response: "StartResponse",
        failure: Exception | None,
    ) -> Iterable[bytes]:
        if failure is not None:
            start_response = _with_exc_info(start_response, failure, environ)
        try:
            if response.needs_request:
                # It was raised, or comes from an after handler.
                response.prepare(environ)
            if request.vary:
                _add_vary(response, request.vary)
            body = response(start_response)
        except Exception as error:  # noqa: BLE001 - the WSGI boundary
            # What only shows while sending: a header set behind our back, an
            # unsatisfiable range of an after handler, a response sent twice.
            response.close()
            response = self.recover(request, error)
            start_response = _with_exc_info(start_response, error, environ)
            response, body = self._send_failure(request, response, start_response)
        if environ.get("REQUEST_METHOD") == "HEAD":
            close_body(body)
            return ()
        if isinstance(body, IBytesIO):
            # One block, for the server to send at once.
            return (body.getvalue(),)
        if isinstance(response, FileObjResponse) and "wsgi.file_wrapper" in environ:
            file = response.whole_file()
            if file is not None:
                wrapped: Iterable[bytes] = environ["wsgi.file_wrapper"](file)
                return wrapped
        return body

    def _send_failure(
        self,
        request: SimpleRequest,
        response: BaseResponse,
        start_response: "StartResponse",
    ) -> tuple[BaseResponse, Iterable[bytes]]:
        try:
            return response, response(start_response)
        except Exception:
            from poorwsgi_core.results import internal_server_error

            log.exception("The answer to a failure can't be sent")
            response.close()
            page = internal_server_error(request)
            return page, page(start_response)

    # --- for others ----------------------------------------------------------------

    def install(self, extension: Extension) -> None:
        """Let an extension register its hooks and routes.

        Raises:
            TypeError: it is a class, and not an object of it.
        """
        if isinstance(extension, type):
            name = extension.__name__
            raise TypeError(
                f"An extension is an object: write app.install({name}(...))"
            )
        extension.install(self)

    def challenge(
        self, req: SimpleRequest, realm: str | None, stale: object
    ) -> Sequence[str]:
        """Build the WWW-Authenticate values of the 401 page.

        The core has no authentication, so there are none; a part that has
        overrides this.

        Args:
            req: the request that is refused.
            realm: protection space (RFC 9110 §11.5), as given to HTTPException.
            stale: true when only the nonce is too old.
        """
        return ()

    @staticmethod
    def get_options() -> dict[str, str]:
        """Collect ``app_*`` variables of the process, without the prefix."""
        return read_options()

    def set_profile(self, runctx: Callable[..., object], dump: str) -> None:
        """Profile each request from now on into a file of its own.

        Args:
            runctx: ``cProfile.runctx`` or one with its signature.
            dump: path prefix; method, path and time are appended.
        """
        self._profiler = Profiler(runctx, dump)

    def del_profile(self) -> None:
        """Stop profiling."""
        self._profiler = None

    # --- deprecated names ------------------------------------------------------------

    @deprecated("Use before_response since 2.6: it runs before the response.")
    def before_request(self) -> Callable[[Handler], Handler]:
        """Add a before handler."""
        return self.before_response()

    @deprecated("Use add_before_response since 2.6: it runs before the response.")
    def add_before_request(self, fun: Callable[[RequestT], Any]) -> None:
        """Add a before handler."""
        self.add_before_response(fun)

    @deprecated("Use pop_before_response since 2.6: it runs before the response.")
    def pop_before_request(self, fun: Callable[[RequestT], Any]) -> None:
        """Remove a before handler."""
        self.pop_before_response(fun)

    @deprecated("Use after_response since 2.6: it runs after the response.")
    def after_request(self) -> Callable[[Handler], Handler]:
        """Add an after handler."""
        return self.after_response()

    @deprecated("Use add_after_response since 2.6: it runs after the response.")
    def add_after_request(self, fun: Callable[[Any, Any], Any]) -> None:
        """Add an after handler."""
        self.add_after_response(fun)

    @deprecated("Use pop_after_response since 2.6: it runs after the response.")
    def pop_after_request(self, fun: Callable[[Any, Any], Any]) -> None:
        """Remove an after handler."""
        self.pop_after_response(fun)


def _send_options(_: SimpleRequest, allow: str) -> BaseResponse:
    return NoContentResponse({"Allow": allow})


def _add_vary(response: BaseResponse, names: Iterable[str]) -> None:
    """Add the names that a response's Vary lacks (RFC 9110 §12.5.5)."""
    present = ", ".join(response.headers.get_all("Vary"))
    known = {name.strip().lower() for name in present.split(",")}
    missing = [name for name in names if name.lower() not in known]
    if missing and "*" not in known:
        response.headers["Vary"] = ", ".join([present, *missing]).removeprefix(", ")


def _with_exc_info(
    start_response: "StartResponse", error: Exception, environ: "WSGIEnvironment"
) -> "StartResponse":
    """Tell the server about the exception behind an answer (PEP 3333)."""
    if "uwsgi.version" in environ:
        return start_response  # uWSGI takes the argument for a failure of ours
    exc_info = cast("OptExcInfo", (type(error), error, error.__traceback__))

    def start(
        status: str, headers: list[tuple[str, str]], _: object = None, /
    ) -> Callable[[bytes], object]:
        return start_response(status, headers, exc_info)

    return start
