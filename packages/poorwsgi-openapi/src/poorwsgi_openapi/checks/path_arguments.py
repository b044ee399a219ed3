"""The typed values of the path as arguments of a handler.

A route hands texts to its handler; the document knows what they are.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from poorwsgi_openapi.document.document import Operation

__all__ = ["with_path"]


def with_path(handler: Callable[..., Any], operation: Operation) -> Callable[..., Any]:
    """Give a handler the typed parameters instead of the texts of the route.

    Args:
        handler: takes the request and the values in the order of the path, or
            ``**kwargs``.
        operation: what it serves.
    """
    names = operation.path_names
    if not names:
        return handler
    kinds = [each.kind for each in inspect.signature(handler).parameters.values()]
    by_name = inspect.Parameter.VAR_KEYWORD in kinds and len(kinds) == 2
    if by_name:

        @wraps(handler)
        def call(req: Any, *_: Any) -> Any:
            return handler(req, **req.api.path)

    elif len(names) == 1:
        # PERF: the usual number, without a loop.
        name = names[0]

        @wraps(handler)
        def call(req: Any, *_: Any) -> Any:
            return handler(req, req.api.path[name])

    else:

        @wraps(handler)
        def call(req: Any, *_: Any) -> Any:
            path = req.api.path
            return handler(req, *[path[name] for name in names])

    return call
