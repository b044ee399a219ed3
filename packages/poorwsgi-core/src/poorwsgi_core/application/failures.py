"""From exceptions to responses: state handlers, exception handlers, pages.

Whatever a handler raises ends in one response.  A user's handler that fails
itself leads to the user's 500 handler, then to the built-in page, so that
nothing but ``BaseException`` ever leaves the application.

The settings that matter here are asked of the request's application.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, cast

from poorwsgi_core.application.handlers import (
    ErrorKinds,
    Handler,
    check_handler,
    warn_of_replaced,
)
from poorwsgi_core.application.method_table import MethodTable
from poorwsgi_core.application.signatures import check_arguments, check_state_arguments
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.request.mistakes import wiring
from poorwsgi_core.request.simple import SimpleRequest
from poorwsgi_core.response import (
    BaseResponse,
    HTTPException,
    ResponseError,
    build_response,
    to_response,
)
from poorwsgi_core.response.base import READY_ANSWERS
from poorwsgi_core.state import (
    HTTP_BAD_REQUEST,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_METHOD_NOT_ALLOWED,
    HTTP_UNSUPPORTED_MEDIA_TYPE,
    METHOD_GET,
    phrases,
)

__all__ = ["Failures", "accepted_keywords"]

log = logging.getLogger("poorwsgi")


def _fence_traceback(record: logging.LogRecord) -> bool:
    """Let a record pass, with the traceback as it can be logged."""
    if record.exc_info and record.exc_info[1] is not None:
        # Imported here: most applications have no failure.
        from poorwsgi_core.results.failure import format_traceback

        record.exc_text = format_traceback(record.exc_info[1])
    return True


log.addFilter(_fence_traceback)

_KEYWORDS = frozenset(
    {"accept_encoding", "allow", "challenges", "error", "realm", "stale"}
)
"""What pages, and the head of an answer, take of an HTTPException."""

_NOTHING_TRIED: frozenset[int] = frozenset()


class Failures:
    """State, exception and page handlers, and the answers that come of them.

    Requests read the tables without a lock, so a change is made in a copy.
    """

    def __init__(self) -> None:
        self._states: MethodTable[int, Handler] = MethodTable()
        self._errors: MethodTable[type[Exception], Handler] = MethodTable()
        self._pages: tuple[Handler, ...] = ()
        self._lock = threading.Lock()
        self._told: list[object] = []

    # --- what is registered ---------------------------------------------------

    def copy_states(self) -> dict[int, dict[int, Handler]]:
        """Copy the state handlers by status code and method bit."""
        with self._lock:
            return self._states.snapshot()

    @wiring
    def add_state(self, code: int, handler: Handler, method: int) -> None:
        """Set the handler of a status code for each method of a mask."""
        check_handler(handler)
        if not isinstance(cast("object", code), int):
            raise TypeError(
                f"A state handler is for a status code, not {code!r}: write 404"
            )
        check_state_arguments(handler, code)
        if code in READY_ANSWERS:
            _tell_unasked(f"status {code}", handler, "that answer needs none")
        with self._lock:
            states = self._states.copy_aside()
            replaced = states.put(code, method, handler)
            self._states = states
        if replaced is not None:
            warn_of_replaced(f"The handler of status {code}", replaced, handler)

    def remove_state(self, code: int, method: int) -> Handler:
        """Remove a state handler for one method and return it."""
        with self._lock:
            states = self._states.copy_aside()
            handler = states.take(code, method)
            self._states = states
            return handler

    def copy_errors(self) -> dict[type[Exception], dict[int, Handler]]:
        """Copy the exception handlers by class and method bit, in order."""
        with self._lock:
            return self._errors.snapshot()

    @wiring
    def add_error(self, kinds: ErrorKinds, handler: Handler, method: int) -> None:
        """Set the handler of classes of exceptions for each method of a mask."""
        check_handler(handler)
        check_arguments(handler, "req", "error")
        for kind in _list_kinds(kinds):
            if issubclass(kind, HTTPException):
                reason = "it is an answer: write @app.http_state(404) for its status"
                _tell_unasked(kind.__name__, handler, reason)
            with self._lock:
                errors = self._errors.copy_aside()
                replaced = errors.put(kind, method, handler)
                self._errors = errors
            if replaced is not None:
                warn_of_replaced(f"The handler of {kind.__name__}", replaced, handler)

    def remove_error(self, kinds: ErrorKinds, method: int) -> Handler:
        """Remove an exception handler for one method and return it."""
        with self._lock:
            errors = self._errors.copy_aside()
            *_, handler = [errors.take(kind, method) for kind in _list_kinds(kinds)]
            self._errors = errors
            return handler

    @wiring
    def add_page(self, handler: Handler) -> None:
        """Let a function see each built-in page before it is sent."""
        check_handler(handler)
        check_arguments(handler, "req", "page", keywords=True)
        with self._lock:
            self._pages = (*self._pages, handler)

    # --- what is answered -----------------------------------------------------

    def recover(self, request: SimpleRequest, error: Exception) -> BaseResponse:
        """Turn an exception into the response to send.

        Raises:
            Exception: the same one, with ``propagate_exceptions``, unless it
                is an HTTPException.
        """
        if isinstance(error, HTTPException):
            return self._answer(request, error, _NOTHING_TRIED)
        if request.app.propagate_exceptions:
            raise error
        if not isinstance(error, ResponseError):
            response = self.answer_error(request, error)
            if response is not None:
                return response
        return self._fail(request, error, _NOTHING_TRIED)

    def answer_error(
        self, request: SimpleRequest, error: Exception
    ) -> BaseResponse | None:
        """Ask the first exception handler whose class matches.

        Returns:
            Its response, or ``None`` when there is none or it returned ``None``.
        """
        handler = self._find_error_handler(request, error)
        if handler is None:
            return None
        request.error_handler = handler
        request.lenient = True
        try:
            value = handler(request, error)
            return None if value is None else _build(request, value)
        except HTTPException as raised:
            return self._answer(request, raised, _NOTHING_TRIED)
        except Exception as raised:  # noqa: BLE001 - it is logged with its answer
            request.failed_handler = handler
            return self._fail(request, raised, _NOTHING_TRIED)

    def _find_error_handler(
        self, request: SimpleRequest, error: Exception
    ) -> Handler | None:
        """Find the handler of the request's group, else of the application."""
        method = request.method_number
        for kind, handlers in (*request.routed_to.scope.errors, *self._errors.items()):
            if isinstance(error, kind) and method in handlers:
                return handlers[method]
        return None

    def _find_state_handler(self, request: SimpleRequest, code: int) -> Handler | None:
        """Find the handler of the request's group, else of the application."""
        for states in (request.routed_to.scope.states, self._states):
            if code in states and request.method_number in states[code]:
                return states[code][request.method_number]
        return None

    def answer_state(
        self, request: SimpleRequest, code: int, **kwargs: Any
    ) -> BaseResponse:
        """Answer with a status: the user's state handler, else the page.

        Args:
            request: may be a SimpleRequest.
            code: any code; one without a phrase is answered 501.
            **kwargs: for the handler, as far as it accepts them.
        """
        return self._state(request, code, kwargs, _NOTHING_TRIED)

    def _answer(
        self, request: SimpleRequest, error: HTTPException, tried: frozenset[int]
    ) -> BaseResponse:
        kwargs, code = error.args[1], error.status_code
        if code == HTTP_METHOD_NOT_ALLOWED:
            # It must be there (RFC 9110 §15.5.6), whoever refuses the method.
            kwargs = {"allow": request.app.allowed_methods(request), **kwargs}
        response = error.make_response()
        if response is None:
            return self._state(request, code, kwargs, tried)
        try:
            return _complete(_build(request, response), kwargs)
        except ResponseError as raised:
            return self._fail(request, raised, tried)

    def _state(
        self,
        request: SimpleRequest,
        code: int,
        kwargs: Mapping[str, Any],
        tried: frozenset[int],
    ) -> BaseResponse:
        handler = self._find_state_handler(request, code)
        if handler is None or code in tried:
            if kwargs:
                self._tell_unknown(request, code, kwargs)
            return _complete(self._page(request, code, kwargs), kwargs)
        tried |= {code}
        _log_refusal(code, kwargs.get("error"))
        request.error_handler = handler
        request.lenient = True
        try:
            value = handler(request, **accepted_keywords(handler, kwargs))
            self._tell_status(handler, code, value)
            return _complete(_build(request, value), kwargs)
        except HTTPException as error:
            if error.status_code in tried and error.response is None:
                request.failed_handler = handler
                return self._fail(request, error, tried)
            return self._answer(request, error, tried)
        except Exception as error:  # noqa: BLE001 - it is logged with its answer
            request.failed_handler = handler
            return self._fail(request, error, tried)

    def _tell_status(self, handler: Handler, code: int, value: Any) -> None:
        """Tell once of a handler of an error whose answer has the status of success.

        Who states a status, or returns a response, has chosen it.
        """
        bare: Any = value
        first = bare[0] if isinstance(value, tuple) and bare[1:] == () else bare
        is_bare = first is None or isinstance(first, str | bytes | dict | list)
        if is_bare and code >= HTTP_BAD_REQUEST and handler not in self._told:
            self._told.append(handler)
            log.error(
                "The handler of status %d, %s, answers as if nothing was wrong, by %d: "
                "return (body, %d), or the status that is meant",
                *(code, describe_handler(handler).place, 204 if value is None else 200),
                code,
            )

    def _tell_unknown(
        self, request: SimpleRequest, code: int, kwargs: Mapping[str, Any]
    ) -> None:
        """Tell once of keywords that the page of a status has no use for."""
        names = frozenset(kwargs)
        if names <= _KEYWORDS or self._pages or names in self._told:
            return
        self._told.append(names)
        handler = request.uri_handler
        log.error(
            "abort(%d, %s) in %s: the built-in page knows error alone: write "
            "abort(%d, error='...'), or a handler of the status",
            *(code, ", ".join(f"{name}=..." for name in kwargs)),
            *(describe_handler(handler).place if handler else "a hook", code),
        )

    def _fail(
        self, request: SimpleRequest, error: Exception, tried: frozenset[int]
    ) -> BaseResponse:
        """Answer 500 to what nothing else answers; it is logged once."""
        code = HTTP_INTERNAL_SERVER_ERROR
        if code not in tried and self._find_state_handler(request, code):
            # The built-in page logs by itself, a handler of the user need not.
            from poorwsgi_core.results import log_failure

            log_failure(request, error)
        return self._state(request, code, {}, tried)

    def _page(
        self, request: SimpleRequest, code: int, kwargs: Mapping[str, Any]
    ) -> BaseResponse:
        try:
            page = _built_in_page(request, code, kwargs)
            for handler in self._pages:
                value = handler(request, page, **accepted_keywords(handler, kwargs))
                page = _build(request, _check_page(value))
        except Exception:
            from poorwsgi_core.results.failure import internal_server_error

            log.exception("The default page of status %s failed", code)
            return internal_server_error(request)
        return page


def _tell_unasked(what: str, handler: Handler, reason: str) -> None:
    place = describe_handler(handler).place
    log.error("The handler of %s, %s, is never called: %s", what, place, reason)


def _check_page(value: Any) -> Any:
    if value is None:
        raise TypeError("A page handler returns the page: write return page at its end")
    return value


def _log_refusal(code: int, reason: object) -> None:
    """Log why a client is refused; the built-in pages do so by themselves."""
    if reason and code in phrases and code < HTTP_INTERNAL_SERVER_ERROR:
        from poorwsgi_core.results.frame import log_reason

        log_reason(logging.WARNING, code, reason)


def _build(request: SimpleRequest, value: Any) -> BaseResponse:
    return build_response(value, request.app.json_dumps)


def _built_in_page(
    request: SimpleRequest, code: int, kwargs: Mapping[str, Any]
) -> BaseResponse:
    # Imported here: an application that never fails never needs the pages.
    from poorwsgi_core.results.pages import default_states, not_implemented, status_page

    if code not in phrases:
        return not_implemented(request, code)
    pages = default_states.get(code)
    if pages is None:
        return status_page(request, code, kwargs.get("error"))
    return to_response(pages[METHOD_GET](request, **kwargs))


def _complete(response: BaseResponse, kwargs: Mapping[str, Any]) -> BaseResponse:
    """Add the headers that RFC 9110 asks for, where the answer lacks them.

    That is Allow for 405, Accept-Encoding for 415 where the coding of the body is the
    reason, and ``challenges`` as WWW-Authenticate for any error.
    """
    # PERF: most refusals have no keywords, and those have no more to say.
    if not kwargs:
        return response
    code = response.status_code
    if code == HTTP_METHOD_NOT_ALLOWED and kwargs.get("allow"):
        response.headers.setdefault("Allow", kwargs["allow"])
    if code == HTTP_UNSUPPORTED_MEDIA_TYPE and kwargs.get("accept_encoding"):
        response.headers.setdefault("Accept-Encoding", kwargs["accept_encoding"])
    challenges = kwargs.get("challenges", ())
    if challenges and code >= 400 and "WWW-Authenticate" not in response.headers:
        for value in challenges:
            response.add_header("WWW-Authenticate", value)
    return response


def _list_kinds(kinds: ErrorKinds) -> tuple[type[Exception], ...]:
    """Take a tuple of classes of exceptions apart.

    Raises:
        TypeError: there is none, or something else among them.
    """
    found = kinds if isinstance(kinds, tuple) else (kinds,)
    given: list[Any] = [*found]
    if not found or not all(
        isinstance(each, type) and issubclass(each, Exception) for each in given
    ):
        raise TypeError(
            f"An exception handler is for a class of exceptions, not {kinds!r}: "
            "write the class itself, such as ValueError"
        )
    return found


def accepted_keywords(
    handler: Callable[..., Any], kwargs: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Choose the keywords that a handler's signature accepts."""
    if not kwargs:
        return kwargs
    from inspect import Parameter, signature

    try:
        parameters = signature(handler).parameters.values()
    except (TypeError, ValueError):
        return {}
    if any(parameter.kind is Parameter.VAR_KEYWORD for parameter in parameters):
        return kwargs
    by_keyword = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    names = {p.name for p in list(parameters)[1:] if p.kind in by_keyword}
    return {name: value for name, value in kwargs.items() if name in names}
