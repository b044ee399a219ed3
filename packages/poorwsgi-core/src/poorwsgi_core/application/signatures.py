"""Whether a handler can be called with what it will be called with.

It is told when the handler is registered, by the code that it consists of:
functions, methods and objects whose class has ``__call__``.  Whatever else can be
called (classes, builtins, partials) is not judged.
"""

import logging
from collections.abc import Callable, Sequence
from math import inf
from types import CodeType, FunctionType, MethodType
from typing import Any, cast

from poorwsgi_core.request.callables import describe_handler, list_decorated
from poorwsgi_core.state import HTTP_INTERNAL_SERVER_ERROR, HTTP_NOT_FOUND

__all__ = [
    "check_arguments",
    "check_path_arguments",
    "check_state_arguments",
    "is_generator",
    "takes_keywords",
]

log = logging.getLogger("poorwsgi")

_ARGS = 0x04
_KWARGS = 0x08
_GENERATOR = 0x20
_REQUESTS = ("req", "request")
_BARE = (HTTP_NOT_FOUND, HTTP_INTERNAL_SERVER_ERROR)
_ERRORS = ("e", "err", "error", "exc", "exception")


def check_arguments(
    handler: Callable[..., Any], *names: str, keywords: bool = False
) -> None:
    """Refuse a handler that doesn't take so many arguments.

    They are passed by position, so that one whose parameters have these names in
    another order is told in the log.

    Args:
        handler: what is registered.
        names: what its arguments are, for the message.
        keywords: others may be given by name.

    Raises:
        TypeError: it takes fewer, or needs more.
    """
    _check_number(handler, names, keywords=keywords)
    if _are_misplaced(handler, names):
        log.error("%s", _describe_order(handler, names))


def check_path_arguments(
    handler: Callable[..., Any], names: Sequence[str | None], rule: str
) -> None:
    """Refuse a handler that can't take the values in its path.

    Raises:
        TypeError: it takes another number of values.
    """
    if takes_keywords(handler):
        return
    shown = [name or f"value{index}" for index, name in enumerate(names, 1)]
    wanted = ("req", *shown)
    try:
        _check_number(handler, wanted, keywords=False)
    except TypeError as error:
        raise TypeError(f"Route {rule!r}: {error}") from None
    if _are_misplaced(handler, wanted):
        log.error("Route %r: %s", rule, _describe_order(handler, wanted))


def check_state_arguments(handler: Callable[..., Any], code: int) -> None:
    """Refuse a handler of a status that doesn't take a request.

    What stands behind it is given by name, and not each time: one that takes the
    request for the error, or can't do without more, is told in the log.

    Raises:
        TypeError: it takes no argument by position.
    """
    _check_number(handler, ("req",), keywords=True)
    found = _parameters(handler)
    if found is None:
        return
    names, required, _, lacks = found
    is_swapped = names[:1] != () and names[0] in _ERRORS
    if is_swapped or (code in _BARE and (required > 1 or lacks)):
        log.error(
            "The handler of status %d, %s, gets the request, and by name what abort() "
            "was given, which may be nothing: write %s",
            *(code, describe_handler(handler).place),
            _write(handler, ("req", "error=None")),
        )


def takes_keywords(handler: Callable[..., Any]) -> bool:
    """Tell ``handler(req, **kwargs)``, which gets path arguments by name."""
    found = _find_code(handler)
    if found is None:
        return False
    code, bound, _ = found
    wanted = code.co_flags & (_ARGS | _KWARGS) == _KWARGS
    return wanted and code.co_argcount - bound == 1


def is_generator(handler: Callable[..., Any]) -> bool:
    """Tell whether nothing of a handler runs before somebody asks for a piece."""
    found = _find_code(handler)
    return found is not None and bool(found[0].co_flags & _GENERATOR)


def _check_number(
    handler: Callable[..., Any], names: Sequence[str], *, keywords: bool
) -> None:
    found = _parameters(handler)
    if found is None:
        return
    parameters, required, most, missing = found
    needs_more = not keywords and (required > len(names) or missing)
    if len(names) <= most and not needs_more:
        return
    plural = "" if len(names) == 1 else "s"
    raise TypeError(
        f"{describe_handler(handler)} is called with {len(names)} argument{plural}: "
        f"write {_write(handler, names)}" + _hint(handler, parameters, len(names))
    )


def _are_misplaced(handler: Callable[..., Any], names: Sequence[str]) -> bool:
    """Tell whether a parameter has the name of what is passed at another place."""
    found = _parameters(handler)
    pairs = list(zip(found[0], names, strict=False)) if found else []
    return any(
        given != name and (given in names or (given in _REQUESTS and name != "req"))
        for given, name in pairs
    )


def _describe_order(handler: Callable[..., Any], names: Sequence[str]) -> str:
    info = describe_handler(handler)
    return (
        f"the arguments of {info.place} are passed in their order, not by name: write "
        f"{_write(handler, names)} instead of ({', '.join(info.arguments)})"
    )


def _write(handler: Callable[..., Any], names: Sequence[str]) -> str:
    """Write the head of a handler as it has to be."""
    # There is some, else its arguments couldn't have been judged.
    code, bound, function = cast(
        "tuple[CodeType, int, FunctionType]", _find_code(handler)
    )
    name, arguments = function.__name__, ", ".join((*code.co_varnames[:bound], *names))
    return f"lambda {arguments}" if name == "<lambda>" else f"def {name}({arguments})"


def _parameters(
    handler: Callable[..., Any],
) -> tuple[tuple[str, ...], int, float, bool] | None:
    """Return names, least and most number of positional parameters.

    The last item tells whether one that is passed by name alone has no default.
    """
    found = _find_code(handler)
    if found is None:
        return None
    code, bound, function = found
    names = code.co_varnames[bound : code.co_argcount]
    required = len(names) - len(function.__defaults__ or ())
    most = inf if code.co_flags & _ARGS else len(names)
    missing = code.co_kwonlyargcount > len(function.__kwdefaults__ or ())
    return names, max(required, 0), most, missing


def _find_code(
    handler: Callable[..., Any],
) -> tuple[CodeType, int, FunctionType] | None:
    if isinstance(handler, FunctionType):
        return handler.__code__, 0, handler
    call: object = handler
    if not isinstance(handler, MethodType) and not isinstance(handler, type):
        call = getattr(handler, "__call__", None)  # noqa: B004 - the method itself
    function = getattr(call, "__func__", None)
    if not isinstance(function, FunctionType):
        return None
    return function.__code__, 1, function


def _hint(handler: Callable[..., Any], parameters: tuple[str, ...], count: int) -> str:
    for inner in list_decorated(handler):
        if isinstance(inner, FunctionType):
            name = describe_handler(inner).name
            return f"; it decorates {name}: take and hand on *args"
    if parameters[:1] == ("self",) and len(parameters) == count + 1:
        return "; it is a method: register the bound one, as in object.method"
    return ""
