"""The application: a request comes in, finds its handler, is answered.

``Application.__call__`` is the whole way.  Three objects keep what is registered:
``routes`` leads a path to its handler, with ``targets`` for what is no static route;
``hooks`` runs before and after; ``failures`` answers when something fails.  The
methods that register are in ``registration``, the values one can set in
``poorwsgi_core.request.settings``.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from poorwsgi_core.application.elsewhere import APPLICATION_NAMES
from poorwsgi_core.application.handlers import RequestT
from poorwsgi_core.application.hooks import check_returned
from poorwsgi_core.application.registration import Registration
from poorwsgi_core.application.targets import find_allowed, find_target
from poorwsgi_core.request import Request
from poorwsgi_core.request.absent import refuse_names
from poorwsgi_core.request.body import BodyTooLarge, parse_length
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.request.simple import SimpleRequest
from poorwsgi_core.request.variables import read_options
from poorwsgi_core.response import (
    BaseResponse,
    FileObjResponse,
    HTTPException,
    build_response,
)
from poorwsgi_core.response.bodies import IBytesIO, Stream, Together, Watched, discard
from poorwsgi_core.response.shortcut import send_value
from poorwsgi_core.state import HTTP_BAD_REQUEST

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    # Type checkers carry it with them, so that it is no dependency.
    from typing_extensions import TypeVar as TypeVarWithDefault

    from poorwsgi_core.application.profiling import Profiler

    AppT_contra = TypeVarWithDefault(
        "AppT_contra", contravariant=True, default="Application[Any]"
    )
else:
    AppT_contra = TypeVar("AppT_contra", contravariant=True)

__all__ = ["Application", "Extension", "log"]

log = logging.getLogger("poorwsgi")

_PROFILED = "poorwsgi.profiled"
_GIVEN_UP = "The answer to a failure can't be sent"


class Extension(Protocol[AppT_contra]):
    """Something that ``Application.install`` takes, such as OpenAPI.

    ``Extension`` alone goes into any application, ``Extension[Own]`` into those of the
    class ``Own``.
    """

    def install(self, app: AppT_contra) -> None:
        """Register hooks and routes; keep no reference to *app*."""
        ...


@refuse_names(APPLICATION_NAMES)
class Application(Registration[RequestT]):
    """A WSGI application (PEP 3333).

    Args:
        name: what it is called in pages and logs, such as ``__name__``.
    """

    request_class: type[RequestT] = cast("type[RequestT]", Request)
    """Class of the requests that handlers get."""

    def __init__(self, name: str = "__main__") -> None:
        super().__init__()
        self._name = name
        self._profiler: Profiler | None = None

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
        value: Any = None
        try:
            request = self.request_class(environ, self)
            checked = environ.get("CONTENT_LENGTH") or self._trusted_hosts is not None
            if checked or "HTTP_TRANSFER_ENCODING" in environ:
                self._check(request, environ)
            routes = self._routes
            table = routes.table or routes.compile()
            # PERF: a static route is found without another call.
            path = environ.get("PATH_INFO", "/")
            method = environ.get("REQUEST_METHOD", "")
            static = table.static.get(path)
            target = static.get(method) if static else None
            values: tuple[Any, ...] = ()
            if target is None:
                target, values = find_target(
                    request, routes, table, static, path, method
                )
                request.path_values = values
            request.routed_to = target
            hooks = self._hooks
            for hook in hooks.before:
                value = hook(request)
                if value is not None and hooks.is_answer(hook, value):
                    value = self.build_response(value)
                    break
            else:
                value = target.call(request, *values)
            if not (hooks.after or request.vary):
                body = send_value(value, environ, start_response, self._json_dumps)
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
            response = self._settle(request, environ, self.recover(request, error))
            response = _take_over(response, value)
        replaced: Sequence[BaseResponse] = ()
        if self._hooks.after or request.routed_to.scope.after:
            response, failure, replaced = self._run_after(
                request, environ, response, failure
            )
        if failure is not None:
            start_response = _with_exc_info(start_response, failure, environ)
        return self._send(request, environ, response, start_response, replaced)

    def _build_simple(
        self, environ: "WSGIEnvironment", error: Exception
    ) -> SimpleRequest:
        if not isinstance(error, HTTPException):
            log.critical("The request could not be built: %r", error, exc_info=error)
        return SimpleRequest(environ, self)

    def _check(self, request: Request, environ: "WSGIEnvironment") -> None:
        """Refuse what no handler shall see.

        Raises:
            HTTPException: 400 for a bad length or a foreign host, 413, and 501
                for a transfer coding that nobody here understands.
        """
        # PERF: the request's lazy attribute is set from here, which is cheaper.
        length = request.content_length = parse_length(environ.get("CONTENT_LENGTH"))
        limit = self.max_content_length
        if "HTTP_TRANSFER_ENCODING" in environ:
            if length >= 0 and not environ.get("wsgi.input_terminated"):
                # Two framings of one body (RFC 9112 §6.3), and nobody chose.
                reason = "Both Content-Length and Transfer-Encoding"
                raise HTTPException(HTTP_BAD_REQUEST, error=reason)
            request.check_transfer_coding()
        if limit is not None and length > limit:
            raise BodyTooLarge("max_content_length", limit)
        hosts = self._trusted_hosts
        if hosts is not None:
            request.check_host(hosts)

    # --- after the handler -------------------------------------------------------

    def _settle(
        self, request: SimpleRequest, environ: "WSGIEnvironment", response: BaseResponse
    ) -> BaseResponse:
        """Prepare an answer; where that fails, answer the failure, once."""
        try:
            return _prepare(response, environ)
        except Exception as error:  # noqa: BLE001 - the WSGI boundary
            answer = _take_over(self.recover(request, error), response)
        try:
            return _prepare(answer, environ)
        except Exception:  # noqa: BLE001 - the WSGI boundary
            return _take_over(_build_last_page(request), answer)

    def _run_after(
        self,
        request: SimpleRequest,
        environ: "WSGIEnvironment",
        response: BaseResponse,
        failure: Exception | None,
    ) -> tuple[BaseResponse, Exception | None, list[BaseResponse]]:
        """Run the after handlers, all of them whatever one of them does.

        Returns:
            The answer, the exception behind it, and what it has replaced.
        """
        request.lenient = True
        replaced: list[BaseResponse] = []
        for hook in (*request.routed_to.scope.after, *self._hooks.after):
            previous = response
            try:
                response = self.build_response(check_returned(hook(request, response)))
            except HTTPException as error:
                response = self.recover(request, error)
            except Exception as error:  # noqa: BLE001 - the WSGI boundary
                request.failed_handler, failure = hook, error
                response = self.recover(request, error)
            if response.needs_request:
                response = self._settle(request, environ, response)
            if response is not previous:
                replaced.append(previous)
        return response, failure, replaced

    def _send(
        self,
        request: SimpleRequest,
        environ: "WSGIEnvironment",
        response: BaseResponse,
        start_response: "StartResponse",
        replaced: Sequence[BaseResponse],
    ) -> Iterable[bytes]:
        """Send the head and return the body in the shape that servers like best."""
        is_head = environ.get("REQUEST_METHOD") == "HEAD"
        try:
            if not is_head:
                response.sends_body = True
            if request.vary:
                response.vary_on(request.vary)
            body = response(start_response)
        except Exception as error:  # noqa: BLE001 - the WSGI boundary
            # What only shows while sending: a header set behind our back, an
            # unsatisfiable range of an after handler, a response sent twice.
            replaced = (*replaced, response)
            start_response = _with_exc_info(start_response, error, environ)
            response, body = self._send_failure(
                request, environ, self.recover(request, error), start_response
            )
        if is_head:
            discard(body)
            body = ()
        elif isinstance(body, IBytesIO):
            # One block in a list: a server may send that at once.
            body = [body.getvalue()]
        elif body != ():
            body = _shape_stream(request, environ, response, body)
        if replaced or response.on_close:
            return _finish(body, response, replaced)
        return body

    def _send_failure(
        self,
        request: SimpleRequest,
        environ: "WSGIEnvironment",
        response: BaseResponse,
        start_response: "StartResponse",
    ) -> tuple[BaseResponse, Iterable[bytes]]:
        try:
            response = self._settle(request, environ, response)
            return response, response(start_response)
        except Exception:  # noqa: BLE001 - the WSGI boundary
            discard(response)
            page = _take_over(_build_last_page(request), response)
            return page, page(start_response)

    # --- what an exception leads to ------------------------------------------------

    def recover(self, request: SimpleRequest, error: Exception) -> BaseResponse:
        """Turn an exception into the response to send.

        Raises:
            Exception: the same one, with ``propagate_exceptions``, unless it
                is an HTTPException.
        """
        return self._failures.recover(request, error)

    def error_from_table(
        self, request: SimpleRequest, error: Exception
    ) -> BaseResponse | None:
        """Ask the first exception handler whose class matches.

        Returns:
            Its response, or ``None`` when there is none or it returned ``None``.
        """
        return self._failures.answer_error(request, error)

    def state_from_table(
        self, request: SimpleRequest, status_code: int, **kwargs: Any
    ) -> BaseResponse:
        """Answer with a status: the user's state handler, else the page.

        Args:
            request: may be a SimpleRequest.
            status_code: any code; one without a phrase is answered 501.
            **kwargs: for the handler, as far as it accepts them.
        """
        return self._failures.answer_state(request, status_code, **kwargs)

    def build_response(self, value: Any) -> BaseResponse:
        """Convert the return value of any handler; JSON is encoded.

        Raises:
            ResponseError: no response can be made of *value*.
            TypeError: a tuple of a wrong length.
        """
        return build_response(value, self.json_dumps)

    def allowed_methods(self, req: Any) -> str:
        """Build the Allow header of a 405 that a handler or a hook answers.

        Args:
            req: the request, whose method isn't among them.
        """
        return find_allowed(req, self._routes)

    # --- for others ----------------------------------------------------------------

    def install(self, extension: Extension[Self]) -> None:
        """Let an extension register its hooks and routes.

        Raises:
            TypeError: it is a class, and not an object of it; or no extension.
        """
        if isinstance(extension, type):
            name = extension.__name__
            raise TypeError(
                f"An extension is an object: write app.install({name}(...))"
            )
        if isinstance(extension, Application):
            raise TypeError(
                "An application is no extension: write app.mount('/prefix', other)"
            )
        if not callable(getattr(extension, "install", None)):
            raise TypeError(
                f"{extension!r} is no extension, which has a method install(app); what "
                "handlers call, such as Templates, isn't installed"
            )
        extension.install(self)

    @staticmethod
    def get_options() -> dict[str, str]:
        """Collect ``app_*`` variables of the process, without the prefix."""
        return read_options()

    def set_profile(self, runctx: Callable[..., object], dump: str) -> None:
        """Profile each request from now on into a file of its own.

        Args:
            runctx: ``cProfile.runctx`` or one with its signature.
            dump: path prefix; method, path and time are appended.

        Raises:
            TypeError: it can't be called, such as the module ``cProfile``.
        """
        if not callable(runctx):
            raise TypeError(
                "Write app.set_profile(cProfile.runctx, 'log/req'), not "
                f"{type(runctx).__name__}"
            )
        from poorwsgi_core.application.profiling import Profiler

        self._profiler = Profiler(runctx, dump)

    @property
    def profile_dump(self) -> str | None:
        """Path prefix of the profile files, ``None`` while none are written."""
        return None if self._profiler is None else self._profiler.dump

    def del_profile(self) -> None:
        """Stop profiling."""
        self._profiler = None


def _prepare(response: BaseResponse, environ: "WSGIEnvironment") -> BaseResponse:
    if response.needs_request:
        response.prepare(environ)
    return response


def _take_over(answer: BaseResponse, lost: object) -> BaseResponse:
    """Let the answer that is sent call what one that is given up was to call."""
    if isinstance(lost, BaseResponse) and lost is not answer:
        answer.on_close, lost.on_close = (*lost.on_close, *answer.on_close), ()
    return answer


def _build_last_page(request: SimpleRequest) -> BaseResponse:
    from poorwsgi_core.results import internal_server_error

    return internal_server_error(request, error=_GIVEN_UP)


def _shape_stream(
    request: SimpleRequest,
    environ: "WSGIEnvironment",
    response: BaseResponse,
    body: Iterable[bytes],
) -> Iterable[bytes]:
    """Name the handler of a stream, hand a file to the server's wrapper."""
    if isinstance(body, Stream):
        handler = request.error_handler or request.uri_handler
        if handler is not None:
            body.describe = partial(describe_handler, handler)
    if isinstance(response, FileObjResponse):
        return response.wrap(environ, body)
    return body


def _finish(
    body: Iterable[bytes], response: BaseResponse, replaced: Sequence[BaseResponse]
) -> Iterable[bytes]:
    """Close and call what is to be when the answer has been sent."""
    if body == () or isinstance(body, list):
        for answer in replaced:
            discard(answer)
    elif replaced:
        body = Together(body, replaced)
    answers = (*replaced, response)
    functions = [each for answer in answers for each in answer.on_close]
    if not functions:
        return body

    def count(size: int) -> None:
        for answer in answers:
            answer.bytes_sent += size

    return Watched(body, count, functions)


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
