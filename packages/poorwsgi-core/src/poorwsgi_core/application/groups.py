"""Groups of routes: a prefix, and what applies to the paths below it alone.

A group is a plan, which ``install`` carries out in an application; so one group can be
installed in several, and it knows none of them.  What is planned afterwards would be
missing there, and is refused.

Hooks and guards of a group are put around its handlers when the table of routes is
compiled; no request is asked whose path it has.
"""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias

from poorwsgi_core.application.decorators import HEAD_GET, Decorators
from poorwsgi_core.application.failures import Failures
from poorwsgi_core.application.handlers import (
    ErrorKinds,
    Handler,
    PairHandler,
    RequestT,
    RouteHandler,
    StateHandler,
    check_given,
    check_handler,
)
from poorwsgi_core.application.hooks import Hooks
from poorwsgi_core.application.method_table import method_bits
from poorwsgi_core.application.routes import RouteStore, check_mount
from poorwsgi_core.application.rules import Converter, check_prefix
from poorwsgi_core.application.signatures import check_arguments
from poorwsgi_core.application.table import Entry
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.request.mistakes import wiring
from poorwsgi_core.request.target import Scope
from poorwsgi_core.response import build_response
from poorwsgi_core.state import METHOD_GET_POST

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["Routes"]

log = logging.getLogger("poorwsgi")

_Guard: TypeAlias = Callable[[Handler], Handler]
_Step: TypeAlias = Callable[[RouteStore, str, Scope], None]


class Routes(Decorators[RequestT]):
    """A group of routes with a prefix; ``app.install(group)`` adds it.

    It has the decorators of an application.  What they register applies to the
    paths of the group alone, and to what nothing serves below its prefix.

    Args:
        prefix: in front of each path, such as ``/api/v1``; it may have groups.
        name: in front of the names of its routes; made of the prefix if ``None``.
        guards: decorators for each handler; the first one is asked first.

    Raises:
        ValueError: a malformed prefix.
        TypeError: the prefix is no text, or a guard is no decorator.
    """

    def __init__(
        self, prefix: str, *, name: str | None = None, guards: Sequence[_Guard] = ()
    ) -> None:
        self._prefix = check_prefix(prefix)
        self._name = prefix[1:].replace("/", ".") if name is None else name
        self._guards = _check_guards(guards)
        self._hooks = Hooks()
        self._failures = Failures()
        self._steps: list[_Step] = []
        self._is_closed = self._is_planting = False

    def __repr__(self) -> str:
        return f"<Routes {self._prefix!r}>"

    @property
    def is_installed(self) -> bool:
        """Whether an application, or a group in one, has what is registered here."""
        return self._is_closed

    @wiring
    def set_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = HEAD_GET,
        *,
        name: str | None = None,
    ) -> None:
        """Set a static or group route below the prefix.

        Args:
            uri: path behind the prefix, which may be empty.
            fun: gets the request and the values in the path, those of the prefix
                first.
            method: mask of ``METHOD_*`` bits; GET alone serves HEAD too.
            name: what ``url_for`` knows it by, instead of the function's name.

        Raises:
            RuntimeError: the group is installed already.
            ValueError: a bad method mask.
        """
        check_given(uri, str, "A route needs its path: write set_route('/path', fun)")
        check_handler(fun)
        method_bits(method)
        if uri and uri[0] != "/":
            log.warning(
                "Route %r of the group %r: paths begin with a slash, without one it "
                "is %r: write %r",
                *(uri, self._prefix, self._prefix + uri, f"/{uri}"),
            )

        def step(store: RouteStore, prefix: str, scope: Scope) -> None:
            store.add(prefix + uri, method, Entry(fun, name=name, scope=scope))

        self._plan(step)

    @wiring
    def set_regular_route(
        self,
        uri: str,
        fun: "RouteHandler[RequestT]",
        method: int = HEAD_GET,
        converters: tuple[tuple[str, Converter], ...] = (),
        rule: str | None = None,
    ) -> None:
        """Set a route by a regular expression, which stands behind the prefix.

        Raises:
            RuntimeError: the group is installed already.
            ValueError: a bad method mask.
        """
        check_handler(fun)
        method_bits(method)

        def step(store: RouteStore, prefix: str, scope: Scope) -> None:
            written = None if rule is None else prefix + rule
            entry = Entry(fun, (*converters,), written, scope=scope)
            store.add_pattern(store.build_expression(prefix) + uri, method, entry)

        self._plan(step)

    @wiring
    def mount(self, prefix: str, app: "WSGIApplication") -> None:
        """Let another WSGI application answer all paths below a prefix.

        See ``Application.mount``; the prefix stands behind that of the group.
        """
        check_mount(prefix, app)

        def step(store: RouteStore, outer: str, scope: Scope) -> None:
            store.add_mount(outer + prefix, Entry(app, scope=scope))

        self._plan(step)

    def set_http_state(
        self, status_code: int, fun: StateHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of a status code; it comes before the application's."""
        self._check_open()
        self._failures.add_state(status_code, fun, method)

    def set_error_handler(
        self, error: ErrorKinds, fun: PairHandler, method: int = METHOD_GET_POST
    ) -> None:
        """Set the handler of a class of exceptions, before the application's."""
        self._check_open()
        self._failures.add_error(error, fun, method)

    def add_before_response(self, fun: Callable[[RequestT], Any]) -> None:
        """Run a handler before each response, behind the application's.

        What it may return is told at ``Application.add_before_response``.
        """
        self._check_open()
        self._hooks.add_before(fun)

    def add_after_response(self, fun: PairHandler) -> None:
        """Run a handler with request and response, before the application's."""
        self._check_open()
        self._hooks.add_after(fun)

    def add_routes(self, group: "Routes[Any]") -> None:
        """Add another group below this one; what applies here applies there too."""
        if group is self:
            raise ValueError("A group can't be added to itself: make another one")
        self._plan(group.plant)

    def install(self, app: Decorators[Any]) -> None:
        """Add everything to an application; called by ``app.install``.

        Raises:
            TypeError: it is another group.
        """
        if isinstance(app, Routes):
            raise TypeError(
                "A group is put into another one by outer.add_routes(inner)"
            )
        app.add_routes(self)

    def plant(self, store: RouteStore, prefix: str, outer: Scope) -> None:
        """Add everything to what is registered of an application.

        Args:
            store: the routes of the application.
            prefix: of the group that this one is in.
            outer: what applies there.
        """
        if self._is_planting:
            raise ValueError(
                f"{self!r} is added to itself by way of others: make another group"
            )
        self._is_closed = self._is_planting = True
        try:
            self._carry_out(store, prefix + self._prefix, outer)
        finally:
            self._is_planting = False

    def _carry_out(self, store: RouteStore, prefix: str, outer: Scope) -> None:
        inner = _GroupScope(
            self._name, self._hooks, self._failures, self._guards, outer
        )
        for step in self._steps:
            step(store, prefix, inner)
        store.add_area(prefix, inner)

    def _plan(self, step: _Step) -> None:
        self._check_open()
        self._steps.append(step)

    @wiring
    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError(
                f"{self!r} is installed already, and what comes now would be missing "
                "there: register all of it first, then app.install(group)"
            )


class _GroupScope(Scope):
    """What applies to the paths of a group, with what the groups around it add."""

    __slots__ = ("hooks",)

    def __init__(
        self,
        name: str,
        hooks: Hooks,
        failures: Failures,
        guards: tuple[_Guard, ...],
        outer: Scope,
    ) -> None:
        own = failures.copy_states()
        states = {
            code: {**outer.states.get(code, {}), **own.get(code, {})}
            for code in {*outer.states, *own}
        }
        super().__init__(
            ".".join(part for part in (outer.name, name) if part),
            (*hooks.after, *outer.after),
            states,
            (*failures.copy_errors().items(), *outer.errors),
            (*outer.before, *hooks.before),
            (*outer.guards, *guards),
        )
        self.hooks = hooks

    def wrap(self, call: Handler, *, guarded: bool) -> Handler:
        """Put guards and before handlers in front of a handler."""
        if guarded and self.guards:
            call = _unmark(call)
            for guard in reversed(self.guards):
                call = _guard(call, guard)
        if self.before:
            call = _run_before(call, self.before, self.hooks)
        return _build_answer(call) if self.after else call


def _check_guards(guards: Sequence[_Guard]) -> tuple[_Guard, ...]:
    if callable(guards):
        raise TypeError("guards takes several decorators: write guards=[guard]")
    for guard in guards:
        check_handler(guard)
        check_arguments(guard, "handler")
    return tuple(guards)


def _guard(call: Handler, guard: _Guard) -> Handler:
    guarded: object = guard(call)
    if not callable(guarded):
        raise TypeError(
            f"The guard {describe_handler(guard).place} is a decorator: it has to "
            f"return the guarded handler, not {type(guarded).__name__}"
        )
    return guarded


def _unmark(call: Handler) -> Handler:
    """Return another function, which no route leads past."""

    @wraps(call)
    def unmarked(request: Any, *values: Any) -> Any:
        return call(request, *values)

    return unmarked


def _run_before(call: Handler, before: Sequence[Handler], hooks: Hooks) -> Handler:
    def run(request: Any, *values: Any) -> Any:
        for hook in before:
            value = hook(request)
            if value is not None and hooks.is_answer(hook, value):
                return value
        return call(request, *values)

    return run


def _build_answer(call: Handler) -> Handler:
    """Give after handlers the response that they are called with."""

    def answer(request: Any, *values: Any) -> Any:
        return build_response(call(request, *values), request.app.json_dumps)

    return answer
