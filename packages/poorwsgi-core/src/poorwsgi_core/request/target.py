"""What a request is routed to: the rule that matched and the handler behind it."""

from collections.abc import Callable
from typing import Any

__all__ = ["Target"]


class Target:
    """What requests are routed to.

    Attributes:
        rule: the route as it was written, ``None`` when nothing matched.
        handler: the handler of that route, ``None`` for a built-in answer.
        call: called with the request and the values in the path.
        names: name of each of these values, ``None`` for one without a name.
    """

    __slots__ = ("call", "handler", "names", "rule")

    def __init__(
        self,
        rule: str | None,
        handler: Callable[..., Any] | None,
        call: Callable[..., Any],
        names: tuple[str | None, ...] = (),
    ) -> None:
        self.rule = rule
        self.handler = handler
        self.call = call
        self.names = names
