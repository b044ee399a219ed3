"""What a request is routed to: the rule that matched and the handler behind it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["NO_SCOPE", "FileTarget", "Scope", "Target"]


class Scope:
    """What applies to the paths of one group of routes alone.

    What stands before and around its handlers is part of a target's ``call``.

    Attributes:
        name: what the group is called, empty for no group.
        before: before handlers, in order; they run behind the application's.
        after: after handlers, in order; they run before the application's.
        states: status code to handlers by method bit.
        errors: classes of exceptions with handlers by method bit, in order.
        guards: decorators of its handlers; the first one is asked first.
    """

    __slots__ = ("after", "before", "errors", "guards", "name", "states")

    def __init__(
        self,
        name: str = "",
        after: tuple[Callable[..., Any], ...] = (),
        states: Mapping[int, Mapping[int, Callable[..., Any]]] | None = None,
        errors: Sequence[tuple[type[Exception], Mapping[int, Callable[..., Any]]]] = (),
        before: tuple[Callable[..., Any], ...] = (),
        guards: tuple[Callable[..., Any], ...] = (),
    ) -> None:
        self.name = name
        self.before = before
        self.guards = guards
        self.after = after
        self.states: Mapping[int, Mapping[int, Callable[..., Any]]] = states or {}
        self.errors = errors

    def wrap(self, call: Callable[..., Any], *, guarded: bool) -> Callable[..., Any]:
        """Put what stands before and around a handler there."""
        return call


NO_SCOPE = Scope()
"""That of a route in no group."""


class Target:
    """What requests are routed to.

    Attributes:
        rule: the route as it was written, ``None`` when nothing matched.
        handler: the handler of that route, ``None`` for a built-in answer.
        call: called with the request and the values in the path.
        names: name of each of these values, ``None`` for one without a name.
        scope: what applies to the group of the route.
    """

    __slots__ = ("call", "handler", "names", "rule", "scope")

    def __init__(
        self,
        rule: str | None,
        handler: Callable[..., Any] | None,
        call: Callable[..., Any],
        names: tuple[str | None, ...] = (),
        scope: Scope = NO_SCOPE,
    ) -> None:
        self.rule = rule
        self.handler = handler
        self.call = call
        self.names = names
        self.scope = scope


class FileTarget(Target):
    """A file below the document root.

    Attributes:
        path: its real path.
    """

    __slots__ = ("path",)

    def __init__(self, rule: str, call: Callable[..., Any], path: str) -> None:
        super().__init__(rule, None, call)
        self.path = path
