"""What an application lets one register: the documented methods, thin.

Each method says what it takes and hands it on to the object that keeps it:
``routes``, ``hooks`` or ``failures``.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Never, TypeVar

from poorwsgi_core.application.decorators import HEAD_GET, Decorators
from poorwsgi_core.application.failures import Failures
from poorwsgi_core.application.groups import Routes
from poorwsgi_core.application.handlers import (
    ErrorKinds,
    Handler,
    PairHandler,
    RequestT,
    RouteHandler,
    StateHandler,
    check_given,
)
from poorwsgi_core.application.hooks import Hooks
from poorwsgi_core.application.routes import RouteStore
from poorwsgi_core.application.rules import Converter
from poorwsgi_core.application.table import Entry, PatternRoute
from poorwsgi_core.request.serving import Serving
from poorwsgi_core.request.target import NO_SCOPE
from poorwsgi_core.state import METHOD_GET_POST, deprecated

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from poorwsgi_core.application.rows import RouteRow, Trial

__all__ = ["Registration"]

_F = TypeVar("_F", bound=Callable[..., Any])


class Registration(Decorators[RequestT], Serving, Generic[RequestT]):
    """Registration of routes, handlers, hooks and filters."""

    def __init__(self) -> None:
        super().__init__()
        self._routes = RouteStore()
        self._hooks = Hooks()
        self._failures = Failures()

    # --- what is registered, as copies ------------------------------------------

    @property
    def filters(self) -> dict[str, tuple[str | None, Converter]]:
        """Filter name to regular expression and converter."""
        return dict(self._routes.filters)

    @property
    def defaults(self) -> dict[int, Handler]:
        """Method bit to default handler."""
        return dict(self._routes.defaults)

    @property
    def routes(self) -> dict[str, dict[int, Handler]]:
        """Path to handlers by method bit, of static routes."""
        return self._routes.copy_static()

    @property
    def regular_routes(self) -> dict[re.Pattern[str], dict[int, PatternRoute]]:
        """Pattern to ``(handler, converters, rule)`` by method bit."""
        return self._routes.copy_patterns()

    @property
    def states(self) -> dict[int, dict[int, Handler]]:
        """Status code to handlers by method bit."""
        return self._failures.copy_states()

    @property
    def errors(self) -> dict[type[Exception], dict[int, Handler]]:
        """Exception class to handlers by method bit, in order."""
        return self._failures.copy_errors()

    @property
    def before(self) -> tuple[Handler, ...]:
        """Handlers that run before each response, in order."""
        return self._hooks.before

    @property
    def after(self) -> tuple[Handler, ...]:
        """Handlers that run after each response, in order."""
        return self._hooks.after

    def list_hooks(self) -> tuple[list[Handler], list[Handler]]:
        """List before and after handlers, those of groups behind the application's."""
        scopes = self._routes.scopes
        before = [hook for scope in scopes for hook in scope.before]
        after = [hook for scope in scopes for hook in scope.after]
        return _list_once(*self.before, *before), _list_once(*self.after, *after)

    # --- routes -------------------------------------------------------------------

    def set_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = HEAD_GET,
        *,
        name: str | None = None,
    ) -> None:
        """Set a static or group route.

        A route that no path is likely to match is set too, with a warning in
        the log.

        Args:
            uri: path, or path with groups such as ``/user/<id:int>``.
            fun: gets the request and the values in the path.
            method: mask of ``METHOD_*`` bits; GET alone serves HEAD too.
            name: what ``url_for`` knows it by, instead of the function's name.

        Raises:
            ValueError: a malformed group or method mask.
            RuntimeError: an unknown filter.
            re.error: a broken inline expression or a repeated group name.
        """
        self._routes.add(uri, method, Entry(fun, name=name))

    def pop_route(self, uri: str, method: int) -> Any:
        """Remove a route for one method and return its handler.

        A group route gives ``(handler, converters, rule)``.

        Raises:
            KeyError: there is no such route.
        """
        return self._routes.remove(uri, method)

    def is_route(self, uri: str) -> bool:
        """Tell whether there is such a static or group route."""
        return self._routes.has(uri)

    def set_regular_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = HEAD_GET,
        converters: tuple[tuple[str, Converter], ...] = (),
        rule: str | None = None,
    ) -> None:
        r"""Set a route by a regular expression of your own.

        It is matched from the start of the path; end it with ``\Z`` to match
        the whole.

        Args:
            uri: the regular expression.
            fun: gets all groups as text, or the converted ones alone.
            method: mask of ``METHOD_*`` bits.
            converters: pairs of group name and converter.
            rule: text shown as ``req.uri_rule`` instead of the expression.

        Raises:
            re.error: a broken expression.
            ValueError: a bad method mask.
        """
        self._routes.add_pattern(uri, method, Entry(fun, (*converters,), rule))

    def pop_regular_route(self, uri: str, method: int) -> PatternRoute:
        """Remove a regular route for one method and return its triple.

        Raises:
            KeyError: there is no such route.
        """
        return self._routes.remove_pattern(uri, method)

    def is_regular_route(self, r_uri: str) -> bool:
        """Tell whether there is a route of this regular expression."""
        return re.compile(r_uri) in self._routes.patterns

    def add_routes(self, group: "Routes[Any]") -> None:
        """Add the routes of a group, with its handlers, as ``install`` does."""
        group.plant(self._routes, "", NO_SCOPE)

    def mount(self, prefix: str, app: "WSGIApplication") -> None:
        """Let another WSGI application answer all paths below a prefix.

        It is called with the prefix in SCRIPT_NAME and the rest in PATH_INFO
        (PEP 3333).  Static routes come first, mounted applications next.

        Args:
            prefix: such as ``/old``; that path itself belongs to it too.
            app: any WSGI application.

        Raises:
            ValueError: a bad prefix, or one that is taken.
            TypeError: *app* can't be called.
        """
        self._routes.add_mount(prefix, Entry(app))

    def url_for(self, name_or_handler: str | Handler, /, **params: Any) -> str:
        """Build the path of a route; ``req.url_for`` puts SCRIPT_NAME in front.

        Of several routes of one handler the one is taken that has most groups
        among the values.

        Args:
            name_or_handler: the handler, its function's name, or the name that
                the route was given; ``group.name`` for a route of a group.
            **params: values of the groups, as handlers get them; the others go
                into the query, a list as several of one name, ``None`` as none.

        Raises:
            ValueError: no route has the name, or several have; a value is
                missing, or can't stand in the path.
        """
        return self._routes.find_links().build(name_or_handler, params)

    @property
    def route_table(self) -> "list[RouteRow]":
        """All routes, in the order in which a path is looked for."""
        return self._routes.list_rows()

    def explain_routes(self, path: str, method: str = "GET") -> "list[Trial]":
        """Say of each route, in the order of ``route_table``, why it doesn't answer.

        Args:
            path: path of a request.
            method: its method.
        """
        return self._routes.list_trials(path, method)

    def set_filter(self, name: str, regex: str, converter: Converter = str) -> None:
        """Add a filter for group routes that are set afterwards.

        Args:
            name: name in routes, in any case; a colon before it is optional.
            regex: what the group matches.
            converter: makes the argument of the matched text; its ValueError
                means that the route doesn't match.

        Raises:
            ValueError: an empty name, or one with blanks or angle brackets.
            TypeError: the converter can't be called, or there is no expression.
            re.error: a broken expression.
        """
        self._routes.add_filter(name, regex, converter)

    def default(self, method: int = HEAD_GET) -> Callable[[_F], _F]:
        """Set a default handler; the decorator of ``set_default``."""
        check_given(method, int, "Write @app.default(), with parentheses")

        def decorate(handler: _F) -> _F:
            self.set_default(handler, method)
            return handler

        return decorate

    def set_default(
        self, fun: "RouteHandler[RequestT]", method: int = HEAD_GET
    ) -> None:
        """Set the handler of all paths that nothing else answers."""
        self._routes.add_default(fun, method)

    def pop_default(self, method: int) -> Handler:
        """Remove the default handler of one method and return it.

        Raises:
            KeyError: there is none.
        """
        return self._routes.remove_default(method)

    # --- state, exception and page handlers -----------------------------------------

    def set_http_state(
        self, status_code: int, fun: StateHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of a status code.

        It is called with the request and with those keywords of HTTPException
        that it accepts.
        """
        self._failures.add_state(status_code, fun, method)

    def pop_http_state(self, status_code: int, method: int) -> Handler:
        """Remove a state handler for one method and return it.

        Raises:
            KeyError: there is none.
        """
        return self._failures.remove_state(status_code, method)

    def set_error_handler(
        self, error: ErrorKinds, fun: PairHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of an exception class and its subclasses.

        It is called with the request and the exception.  The first class that
        was registered and matches wins, so register base classes last.  A tuple
        of classes is each of them, as in ``except``.
        """
        self._failures.add_error(error, fun, method)

    def pop_error_handler(self, error: ErrorKinds, method: int) -> Handler:
        """Remove an exception handler for one method and return it.

        Raises:
            KeyError: there is none.
        """
        return self._failures.remove_error(error, method)

    def add_page_handler(self, fun: Callable[..., Any]) -> None:
        """Let a function see each built-in page before it is sent.

        It is called with the request, the page, and those keywords of
        HTTPException that it accepts; it returns what is sent instead, which
        may be the page itself.  The request may be a SimpleRequest.
        """
        self._failures.add_page(fun)

    # --- hooks ------------------------------------------------------------------------

    def add_before_response(
        self,
        fun: Callable[[RequestT], Any],
        *,
        first: bool = False,
        guard: bool = False,
    ) -> None:
        """Run a handler before each response; what it returns may be the answer.

        Args:
            fun: called with the request.
            first: before all that aren't first, for what no guard may refuse.
            guard: behind these, before all others, whenever it is added.

        Raises:
            ValueError: it has been added already.
        """
        self._hooks.add_before(fun, first=first, guard=guard)

    def pop_before_response(self, fun: Callable[[RequestT], Any]) -> None:
        """Remove a before handler.

        Raises:
            ValueError: it has not been added.
        """
        self._hooks.remove_before(fun)

    def add_after_response(self, fun: PairHandler, *, last: bool = False) -> None:
        """Run a handler with request and response; it returns what is sent.

        It runs for error pages too; then the request may be a SimpleRequest.

        Args:
            fun: called with the request and the response.
            last: after all that aren't last; of two that are, the one that was
                added first runs last.

        Raises:
            ValueError: it has been added already.
        """
        self._hooks.add_after(fun, last=last)

    def pop_after_response(self, fun: PairHandler) -> None:
        """Remove an after handler.

        Raises:
            ValueError: it has not been added.
        """
        self._hooks.remove_after(fun)

    # --- deprecated names -----------------------------------------------------------

    @deprecated("Use before_response since 2.6: it runs before the response.")
    def before_request(self, *misplaced: Never) -> Callable[[Handler], Handler]:
        """Add a before handler."""
        return self.before_response(*misplaced)

    @deprecated("Use add_before_response since 2.6: it runs before the response.")
    def add_before_request(self, fun: Callable[[RequestT], Any]) -> None:
        """Add a before handler."""
        self.add_before_response(fun)

    @deprecated("Use pop_before_response since 2.6: it runs before the response.")
    def pop_before_request(self, fun: Callable[[RequestT], Any]) -> None:
        """Remove a before handler."""
        self.pop_before_response(fun)

    @deprecated("Use after_response since 2.6: it runs after the response.")
    def after_request(self, *misplaced: Never) -> Callable[[Handler], Handler]:
        """Add an after handler."""
        return self.after_response(*misplaced)

    @deprecated("Use add_after_response since 2.6: it runs after the response.")
    def add_after_request(self, fun: Callable[[Any, Any], Any]) -> None:
        """Add an after handler."""
        self.add_after_response(fun)

    @deprecated("Use pop_after_response since 2.6: it runs after the response.")
    def pop_after_request(self, fun: Callable[[Any, Any], Any]) -> None:
        """Remove an after handler."""
        self.pop_after_response(fun)


def _list_once(*hooks: Handler) -> list[Handler]:
    # Compared, not hashed: a dataclass that can be called has no hash.
    return [hook for index, hook in enumerate(hooks) if hook not in hooks[:index]]
