"""From exceptions to responses: state handlers, exception handlers, pages.

Whatever a handler raises ends in one response.  A user's handler that fails
itself leads to the user's 500 handler, then to the built-in page, so that
nothing but ``BaseException`` ever leaves the application.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from poorwsgi_core.application.handlers import RequestT
from poorwsgi_core.application.wiring import Wiring
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.response import (
    BaseResponse,
    HTTPException,
    JSONResponse,
    ResponseError,
    to_response,
)
from poorwsgi_core.state import (
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_METHOD_NOT_ALLOWED,
    METHOD_GET,
    phrases,
)

if TYPE_CHECKING:
    from poorwsgi_core.request.simple import SimpleRequest

__all__ = ["Failures", "accepted_keywords"]

log = logging.getLogger("poorwsgi")

_NOTHING_TRIED: frozenset[int] = frozenset()


class Failures(Wiring[RequestT]):
    """What answers a request when its handler could not."""

    _page_handlers: tuple[Callable[..., Any], ...] = ()

    def add_page_handler(self, fun: Callable[..., Any]) -> None:
        """Let a function see each built-in page before it is sent.

        It is called with the request, the page, and those keywords of
        HTTPException that it accepts; it returns what is sent instead, which
        may be the page itself.  The request may be a SimpleRequest.
        """
        with self._lock:
            self._page_handlers = (*self._page_handlers, fun)

    def recover(self, request: "SimpleRequest", error: Exception) -> BaseResponse:
        """Turn an exception into the response to send.

        Raises:
            Exception: the same one, with ``propagate_exceptions``, unless it
                is an HTTPException.
        """
        if isinstance(error, HTTPException):
            return self._answer(request, error, _NOTHING_TRIED)
        if self.propagate_exceptions:
            raise error
        if isinstance(error, ResponseError):
            log.error("Handler %s: %s", describe_handler(request.uri_handler), error)
            return self.state_from_table(request, HTTP_INTERNAL_SERVER_ERROR)
        response = self.error_from_table(request, error)
        if response is not None:
            return response
        if request.method_number in self._states.get(HTTP_INTERNAL_SERVER_ERROR, {}):
            # The built-in page logs by itself, a handler of the user need not.
            name = describe_handler(request.uri_handler)
            log.error("Handler %s failed", name, exc_info=error)
        return self.state_from_table(request, HTTP_INTERNAL_SERVER_ERROR)

    def error_from_table(
        self, request: "SimpleRequest", error: Exception
    ) -> BaseResponse | None:
        """Ask the first exception handler whose class matches.

        Returns:
            Its response, or ``None`` when there is none or it returned ``None``.
        """
        handler = self._error_handler_of(error, request.method_number)
        if handler is None:
            return None
        request.error_handler = handler
        try:
            value = handler(request, error)
            return None if value is None else self.build_response(value)
        except HTTPException as raised:
            return self._answer(request, raised, _NOTHING_TRIED)
        except Exception:
            log.exception("Exception handler %s failed", describe_handler(handler))
            return self.state_from_table(request, HTTP_INTERNAL_SERVER_ERROR)

    def _error_handler_of(
        self, error: Exception, method: int
    ) -> Callable[..., Any] | None:
        for kind, handlers in tuple(self._errors.items()):
            if isinstance(error, kind) and method in handlers:
                return handlers[method]
        return None

    def build_response(self, value: Any) -> BaseResponse:
        """Convert the return value of any handler; JSON is encoded.

        Raises:
            ResponseError: no response can be made of *value*.
            TypeError: a tuple of a wrong length.
        """
        response = to_response(value)
        if isinstance(response, JSONResponse):
            try:
                response.encode(self.json_dumps)
            except Exception as error:
                raise ResponseError(f"Bad value from the handler: {error}") from error
        return response

    def state_from_table(
        self, request: "SimpleRequest", status_code: int, **kwargs: Any
    ) -> BaseResponse:
        """Answer with a status: the user's state handler, else the page.

        Args:
            request: may be a SimpleRequest.
            status_code: any code; one without a phrase is answered 501.
            **kwargs: for the handler, as far as it accepts them.
        """
        return self._state(request, status_code, kwargs, _NOTHING_TRIED)

    def _answer(
        self, request: "SimpleRequest", error: HTTPException, tried: frozenset[int]
    ) -> BaseResponse:
        response = error.make_response()
        if response is not None:
            try:
                return self.build_response(response)
            except ResponseError:
                log.exception(
                    "Handler %s failed", describe_handler(request.uri_handler)
                )
                return self._state(request, HTTP_INTERNAL_SERVER_ERROR, {}, tried)
        return self._state(request, error.status_code, error.args[1], tried)

    def _state(
        self,
        request: "SimpleRequest",
        code: int,
        kwargs: Mapping[str, Any],
        tried: frozenset[int],
    ) -> BaseResponse:
        handler = self._states.get(code, {}).get(request.method_number)
        if handler is None or code in tried:
            return _complete(self._page(request, code, kwargs), kwargs)
        tried |= {code}
        request.error_handler = handler
        try:
            value = handler(request, **accepted_keywords(handler, kwargs))
            return _complete(self.build_response(value), kwargs)
        except HTTPException as error:
            if error.status_code in tried and error.response is None:
                log.exception(
                    "State handler %s raises its own status", describe_handler(handler)
                )
                return self._state(request, HTTP_INTERNAL_SERVER_ERROR, {}, tried)
            return self._answer(request, error, tried)
        except Exception:
            log.exception("State handler %s failed", describe_handler(handler))
            return self._state(request, HTTP_INTERNAL_SERVER_ERROR, {}, tried)

    def _page(
        self, request: "SimpleRequest", code: int, kwargs: Mapping[str, Any]
    ) -> BaseResponse:
        # Imported here: an application that never fails never needs the pages.
        from poorwsgi_core import results

        try:
            page = self._built_in_page(request, code, kwargs)
            for fun in self._page_handlers:
                value = fun(request, page, **accepted_keywords(fun, kwargs))
                page = self.build_response(value)
        except Exception:
            log.exception("The default page of status %s failed", code)
            return results.internal_server_error(request)
        return page

    def _built_in_page(
        self, request: "SimpleRequest", code: int, kwargs: Mapping[str, Any]
    ) -> BaseResponse:
        from poorwsgi_core import results

        if code not in phrases:
            return results.not_implemented(request, code)
        pages = results.default_states.get(code)
        if pages is None:
            return results.status_page(request, code, kwargs.get("error"))
        return to_response(pages[METHOD_GET](request, **kwargs))


def _complete(response: BaseResponse, kwargs: Mapping[str, Any]) -> BaseResponse:
    """Add the headers that RFC 9110 asks for, where the answer lacks them.

    That is Allow for 405, and ``challenges`` as WWW-Authenticate for any error.
    """
    allow = kwargs.get("allow")
    if response.status_code == HTTP_METHOD_NOT_ALLOWED and allow:
        response.headers.setdefault("Allow", allow)
    if response.status_code >= 400 and "WWW-Authenticate" not in response.headers:
        for value in kwargs.get("challenges", ()):
            response.add_header("WWW-Authenticate", value)
    return response


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
