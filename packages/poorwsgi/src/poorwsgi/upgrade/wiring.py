"""Mistakes of wiring that 2.x let pass, in words that tables can name.

===========================================  =========================================
``… handler with other arguments``           it can't be called with what it gets
``coroutine as … handler``                   ``async def``
``before handler is a generator``            nothing of it is run
``poorwsgi.digest.check_digest above a …``   the route leads past it
``decorator above a route``                  past one of the application's own
``route with a malformed group``             such as ``<a``
``route with an expression around a group``  such as ``/a|b/<c>``
``route with a dot around a group``          such as ``/<a>.html``
``path set twice``                           for the same method
===========================================  =========================================

What a path has of groups, and whether a function can be called, is asked of core.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from types import CodeType, FunctionType

from poorwsgi import state
from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.handlers import read_argument
from poorwsgi.upgrade.program import Program, Registration, Use
from poorwsgi.upgrade.scopes import Function, Scope, is_known, read_decorators
from poorwsgi_core.application.decorators import HEAD_GET
from poorwsgi_core.application.rules import Rule, default_filters, parse_rule
from poorwsgi_core.application.signatures import check_arguments, takes_keywords

__all__ = ["read_wiring"]

_FILTER = re.compile(r"<\w+:([^>]*)>")
_METHODS = {
    "get": HEAD_GET,
    "post": state.METHOD_POST,
    "put": state.METHOD_PUT,
    "patch": state.METHOD_PATCH,
    "delete": state.METHOD_DELETE,
}
_EXPRESSION = re.compile(r"[\\()\[\]*+?|^${}]")


def read_wiring(program: Program) -> Iterator[tuple[Source, Use]]:
    """Tell what is wrong with the handlers of an application, file by file."""
    for each in program.registrations:
        for name in (*_judge(each, program), *_read_guards(each)):
            yield each.source, Use.build(each.call, name)
    twice = () if program.is_rewired else _find_twice(program.registrations)
    for each in twice:
        yield each.source, Use.build(each.call, "path set twice")


# --- paths and arguments --------------------------------------------------------------


def _judge(found: Registration, program: Program) -> Iterator[str]:
    rule = _read_rule(found)
    if isinstance(rule, str):
        yield rule
        return
    if rule and rule.groups:
        yield from _judge_text([each for each in rule.pieces if isinstance(each, str)])
    handler = found.handler
    if handler is None or not found.is_plain:
        return
    if isinstance(handler, ast.AsyncFunctionDef):
        yield f"coroutine as {found.kind} handler"
    elif found.kind == "before" and program.is_generator(handler):
        yield "before handler is a generator"
    else:
        count = _count_values(found, rule)
        skipped = handler in program.methods
        if count >= 0 and not _is_callable(found, handler, count, skipped):
            yield f"{found.kind} handler with other arguments"


def _count_values(found: Registration, rule: Rule | None) -> int:
    """Count what a handler gets beside the request; -1 when that isn't known."""
    match found.kind:
        case "route":
            return len(rule.groups) if rule else -1
        case "regular_route":
            return _count_groups(found)
        case "after" | "error":
            return 1
        case _:
            return 0


def _read_path(found: Registration) -> str | None:
    path = read_argument(found.call, 0, "uri") or read_argument(found.call, 0, "ruri")
    return found.scope.read_text(path)


def _read_rule(found: Registration) -> Rule | str | None:
    """Take a path apart, or say what is wrong with it; ``None`` if it isn't known."""
    path = _read_path(found) if found.kind == "route" else None
    if path is None:
        return None
    own = {f":{name.lower()}": ("x", str) for name in _FILTER.findall(path)}
    try:
        return parse_rule(path, {**own, **default_filters()})
    except ValueError:
        return "route with a malformed group"


def _judge_text(pieces: list[str]) -> Iterator[str]:
    if any(map(_EXPRESSION.search, pieces)):
        yield "route with an expression around a group"
    elif any("." in (each[0], each[-1]) for each in pieces):
        yield "route with a dot around a group"


def _count_groups(found: Registration) -> int:
    """Count the values in a path of a regular route; -1 when they aren't known."""
    path = _read_path(found)
    converters = read_argument(found.call, 3, "converters")
    try:
        return -1 if path is None or converters else re.compile(path).groups
    except re.error:
        return -1


def _is_callable(
    found: Registration, handler: Function, count: int, skipped: bool
) -> bool:
    """Ask core whether a function takes the request and so many values."""
    function = _build_function(handler.args, skipped)
    if takes_keywords(function) and found.kind.endswith("route"):
        return True
    names = [f"value{number}" for number in range(count)]
    try:
        check_arguments(function, "req", *names, keywords=found.kind == "state")
    except TypeError:
        return False
    return True


def _build_function(given: ast.arguments, skipped: bool) -> FunctionType:
    """Make a function that takes the same and does nothing."""
    none = ast.Constant(None)
    positional = [ast.arg(each.arg) for each in (*given.posonlyargs, *given.args)]
    positional = positional[skipped:]
    count = min(len(given.defaults), len(positional))
    arguments = ast.arguments(
        posonlyargs=[],
        args=positional,
        vararg=given.vararg and ast.arg(given.vararg.arg),
        kwonlyargs=[ast.arg(each.arg) for each in given.kwonlyargs],
        kw_defaults=[each and none for each in given.kw_defaults],
        kwarg=given.kwarg and ast.arg(given.kwarg.arg),
        defaults=[none] * count,
    )
    tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, none)))
    code = compile(tree, "handler", "eval")
    (inner,) = (each for each in code.co_consts if isinstance(each, CodeType))
    function = FunctionType(inner, {}, "handler", (None,) * count)
    names = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    function.__kwdefaults__ = {name.arg: None for name, value in names if value}
    return function


# --- guards ---------------------------------------------------------------------------


def _read_guards(found: Registration) -> Iterator[str]:
    """Tell what stands above a route, so that the route leads past it."""
    decorators = read_decorators(found.handler)
    if not found.kind.endswith("route") or found.call not in decorators:
        return  # set_route() gets what all of them have made
    for each in decorators[: decorators.index(found.call)]:
        name = found.scope.read(each.func) if isinstance(each, ast.Call) else ""
        if not name.startswith("Application."):
            yield f"{name if is_known(name) else 'decorator'} above a route"


# --- the same path --------------------------------------------------------------------


def _find_twice(registrations: list[Registration]) -> Iterator[Registration]:
    """Yield routes whose path another handler has already, for the same method."""
    seen: dict[tuple[str, str, str], list[tuple[int, Function]]] = defaultdict(list)
    for found in registrations:
        path, mask = _read_path(found), _read_mask(found)
        handler = found.handler
        if path is None or handler is None or not found.is_sure:
            continue
        known = seen[found.owner, found.kind, path]
        if any(bits & mask and other is not handler for bits, other in known):
            yield found
        known.append((mask, handler))


def _read_mask(found: Registration) -> int:
    """Tell the methods of a route; none, if they aren't known."""
    func = found.call.func
    method = func.attr if isinstance(func, ast.Attribute) else ""
    if method in _METHODS:
        return _METHODS[method]
    position = 2 if method.startswith("set_") else 1
    given = read_argument(found.call, position, "method")
    given = given or read_argument(found.call, 9, "methods")
    return _read_bits(given, found.scope) if given else HEAD_GET


def _read_bits(node: ast.expr, scope: Scope) -> int:
    match node:
        case ast.Constant(value=int(value)):
            return value
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _read_bits(left, scope) | _read_bits(right, scope)
        case _:
            module, _, name = scope.read(node).rpartition(".")
            value = getattr(state, name, 0) if module == "poorwsgi.state" else 0
            return value if isinstance(value, int) else 0
