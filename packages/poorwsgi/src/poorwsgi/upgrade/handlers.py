"""Who is a handler: what the arguments of functions mean.

A function is a handler by its decorator, or because it is given to a method such as
``set_route``, which may stand in another file.
"""

import ast
from collections.abc import Sequence

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.imports import Index
from poorwsgi.upgrade.scopes import Function, Scope, build_scope, walk_scope

__all__ = ["link", "read_arguments"]

_PASSES = 3  # imports of what was imported
_DECORATORS = {
    "route",
    "regular_route",
    "default",
    "http_state",
    "error_handler",
    "before_response",
    "before_request",
    "after_response",
    "after_request",
}
_POSITIONS = {  # of the function among the arguments
    "set_route": 1,
    "set_regular_route": 1,
    "set_default": 0,
    "set_http_state": 1,
    "set_error_handler": 1,
    "add_before_response": 0,
    "add_before_request": 0,
    "add_after_response": 0,
    "add_after_request": 0,
}


def link(sources: Sequence[Source], index: Index) -> None:
    """Find out what the names of the files mean, and which functions are handlers."""
    links: dict[str, str] = {}
    for _ in range(_PASSES):
        for source in sources:
            _build_module(source, index, links)
            place = f"@{source.path}:"
            for name, meaning in source.scope.names.items():
                if meaning and meaning != place + name:
                    links[place + name] = links.get(meaning, meaning)
    by_path = {f"@{source.path}": source for source in sources}
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call):
                path, name, kinds = _read_registration(node, source.scope)
                if path in by_path:
                    by_path[path].handlers[name] = kinds


def _build_module(source: Source, index: Index, links: dict[str, str]) -> None:
    nodes = walk_scope(source.tree.body)
    scope = build_scope(Scope(links=links), nodes, index.read(nodes, source))
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef):
            scope.names[node.name] = f"@{source.path}:{node.name}"
    source.scope = scope


def _read_registration(
    node: ast.Call, scope: Scope
) -> tuple[str, str, tuple[str, ...]]:
    """Tell file, name and kinds of the arguments of a function that is registered."""
    owner, _, method = scope.read(node.func).rpartition(".")
    position = _POSITIONS.get(method)
    if owner != "Application" or position is None:
        return "", "", ()
    words = {word.arg: word.value for word in node.keywords}
    given = node.args[position] if len(node.args) > position else words.get("fun")
    path, _, name = (scope.read(given) if given else "").rpartition(":")
    return path, name, _read_kinds(method)


def _read_kinds(method: str) -> tuple[str, ...]:
    return ("Request", "Response") if "after" in method else ("Request",)


def read_arguments(node: Function, scope: Scope, source: Source) -> dict[str, str]:
    """Tell what the arguments of a function mean, by all that is known of it."""
    kinds: tuple[str, ...] = ()
    if not isinstance(node, ast.Lambda):
        if scope is source.scope:
            kinds = source.handlers.get(node.name, ())
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                owner, _, method = scope.read(decorator.func).rpartition(".")
                if owner == "Application" and method in _DECORATORS:
                    kinds = _read_kinds(method)
    others = [*node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    meanings = {each.arg: "" for each in others if each is not None}
    for number, argument in enumerate([*node.args.posonlyargs, *node.args.args]):
        kind = kinds[number] if number < len(kinds) else ""
        meanings[argument.arg] = scope.read_type(argument.annotation) or kind
    return meanings
