"""Finds out what the names of an application mean, and which functions are handlers.

What one file says of another is known after the other was read, so that the files are
read until nothing new is heard.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.program import Program, Registration
from poorwsgi.upgrade.scopes import (
    Function,
    Named,
    is_known,
    is_none,
    is_static,
    read_decorators,
)
from poorwsgi.upgrade.walker import Walker

__all__ = ["link", "read_argument"]

_T = TypeVar("_T")

_PASSES = 8  # what is passed on from function to function, over files
_METHOD_DECORATORS = {"classmethod", "staticmethod"}
_TABLES = (ast.Dict, ast.List, ast.Set, ast.Tuple)
_KINDS = {
    **dict.fromkeys(("get", "post", "put", "patch", "delete"), "route"),
    **{name: name for name in ("route", "regular_route", "default")},
    "http_state": "state",
    "error_handler": "error",
    "before_response": "before",
    "before_request": "before",
    "after_response": "after",
    "after_request": "after",
}
_METHODS = {  # with the position of the function among the arguments
    "set_route": ("route", 1),
    "set_regular_route": ("regular_route", 1),
    "set_default": ("default", 0),
    "set_http_state": ("state", 1),
    "set_error_handler": ("error", 1),
    "add_before_response": ("before", 0),
    "add_before_request": ("before", 0),
    "add_after_response": ("after", 0),
    "add_after_request": ("after", 0),
}


@dataclass
class _Heard:
    """What all files say, before it is put together.

    Attributes:
        bound: what names and attributes get, by their places.
        given: what functions are called with.
        bases: pairs of a class and what it is derived from, by their places.
    """

    bound: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    given: dict[Function, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    bases: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def link(sources: Iterable[Source]) -> Program:
    """Find out what the names of files mean, and which functions are handlers."""
    program = Program(sources)
    known: object = None
    passes = 0
    while known != program.known and passes < _PASSES:
        known = program.known
        passes += 1
        _read_all(program)
    return program


def _read_all(program: Program) -> None:
    program.registrations = []
    heard = _Heard()
    for source in program.sources:
        program.build_module(source)
    for source in program.sources:
        _Linker(source, program, heard).read()
    program.kinds = _gather_kinds(program)
    program.arguments = {node: _pick(names) for node, names in heard.given.items()}
    program.links.clear()
    program.links.update(_pick(heard.bound))
    _inherit(program.links, heard.bases)
    _inherit(program.functions, heard.bases)


def _gather_kinds(program: Program) -> dict[Function, set[str]]:
    kinds: dict[Function, set[str]] = defaultdict(set)
    for each in program.registrations:
        if each.handler is not None:
            kinds[each.handler].add(each.kind)
    return dict(kinds)


def _pick(found: dict[str, set[str]]) -> dict[str, str]:
    """Keep what has one meaning only."""
    return {
        name: min(each) for name, each in found.items() if len(each) == 1 and min(each)
    }


def _inherit(known: dict[str, _T], bases: Iterable[tuple[str, str]]) -> None:
    """Give the objects of classes what those of their bases have."""
    names: dict[str, list[str]] = defaultdict(list)
    for place in known:
        owner, mark, name = place.partition("().")
        if mark:
            names[owner].append(name)
    for child, base in bases:
        for name in names.get(base, ()):
            known.setdefault(f"{child}().{name}", known[f"{base}().{name}"])
            names[child].append(name)


class _Linker(Walker):
    """Reads what a file says about names, attributes and functions."""

    def __init__(self, source: Source, program: Program, heard: _Heard) -> None:
        super().__init__(source, program)
        self._heard = heard
        self._conditions = 0
        self._loops: list[ast.For] = []

    def read(self) -> None:
        """Read the file."""
        self._bind_names(self.scope.place)
        self.visit(self.source.tree)

    def _bind(self, place: str, meaning: str) -> None:
        if meaning != place:
            self._heard.bound[place].add(meaning)

    def _bind_names(self, place: str) -> None:
        for name in self.scope.names:
            self._bind(place + name, self.scope.find(name))

    # --- functions and classes

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Note what a class is derived from."""
        for base in node.bases:
            self._heard.bases.append(
                (self.scope.place + node.name, self.scope.read(base))
            )
        super().visit_ClassDef(node)

    def visit_body(self) -> None:
        """Note the names of a class."""
        if self.scope.objects:
            self._bind_names(self.scope.place)
            self._bind_names(f"{self.scope.place[:-3]}.")
        if self.scope.objects == "Application":
            self.program.own_names.update(self.scope.names)

    def visit_function(self, node: Named) -> None:
        """Note a function, and what it is registered as."""
        registered = [
            self._read_decorator(node, n) for n in range(len(node.decorator_list))
        ]
        if self.scope.objects and not is_static(node) and not any(registered):
            self.program.methods.add(node)
        place = self.scope.place + node.name
        known = self.program.functions.setdefault(place, node)
        if known is not node:
            self.program.functions[place] = None
        super().visit_function(node)

    def enter(self, node: Function, body: list[ast.stmt]) -> None:
        """Note whether a function is a handler, or gets objects of ours."""
        known = self.program.arguments.get(node, {}).values()
        if node in self.program.kinds or any(map(is_known, known)):
            self.program.heard.add(self.source)
        super().enter(node, body)

    # --- values

    def visit_Return(self, node: ast.Return) -> None:
        """Note what a function returns."""
        if node.value and not is_none(node.value):
            self._bind(self.scope.place[:-1], self.scope.read(node.value))
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Note attributes of objects of the application, and names of the module."""
        for target in node.targets:
            self._bind_attribute(target, node.value)
            self._keep_table(target, node.value)
            if isinstance(target, ast.Name) and not is_none(node.value):
                place = self.scope.find_global(target.id)
                if place:
                    self._bind(place, self.scope.read(node.value))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Note an attribute, as a statement with an annotation too."""
        if node.value:
            self._bind_attribute(node.target, node.value)
            self._keep_table(node.target, node.value)
        self.generic_visit(node)

    def _keep_table(self, target: ast.expr, value: ast.expr) -> None:
        """Note the functions in a table, of whatever form."""
        place = self.scope.find_origin(target)
        if isinstance(value, _TABLES) and place[:1] == "@":
            found = [*self._find_functions(value, len(self._loops))]
            self.program.tables[place] = found

    def _find_functions(self, node: ast.expr, depth: int) -> Iterator[Function]:
        """Yield the functions that an expression names, by tables and loops too.

        Args:
            node: the expression.
            depth: how many of the loops it stands in.
        """
        for each in _walk_values(node):
            if isinstance(each, ast.Lambda):
                yield each
            if not isinstance(each, ast.Name | ast.Attribute):
                continue
            function = self.program.functions.get(self.scope.read(each))
            if function is not None:
                yield function
            yield from self.program.tables.get(self.scope.find_origin(each), ())
            for number, loop in enumerate(self._loops[:depth]):
                if isinstance(each, ast.Name) and each.id in _list_names(loop.target):
                    yield from self._find_functions(loop.iter, number)

    def _bind_attribute(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Attribute) and not is_none(value):
            owner = self.scope.read(target.value)
            if owner[:1] == "@":
                self._bind(f"{owner}.{target.attr}", self.scope.read(value))

    # --- calls

    def visit_Call(self, node: ast.Call) -> None:
        """Note what is registered, and what a function is called with."""
        called = self.scope.read(node.func)
        owner, _, method = called.rpartition(".")
        if owner == "Application":
            self._read_method(node, method)
        functions = self.program.functions
        function = functions.get(called) or functions.get(f"{called}().__init__")
        if function is not None:
            self._note_given(node, function)
        self.generic_visit(node)

    def _note_given(self, node: ast.Call, function: Function) -> None:
        names = [each.arg for each in self.program.list_given(function)]
        given = [(each.arg, each.value) for each in node.keywords if each.arg]
        if not any(isinstance(each, ast.Starred) for each in node.args):
            given += zip(names, node.args, strict=False)
        for name, value in given:
            if not is_none(value):
                known = self._heard.given[function].setdefault(name, set())
                known.add(self.scope.read(value))

    def _read_method(self, node: ast.Call, method: str) -> None:
        self.program.is_rewired |= method in {"pop_route", "pop_regular_route"}
        if method not in _METHODS:
            return
        kind, position = _METHODS[method]
        given, is_plain = read_argument(node, position, "fun"), True
        if isinstance(given, ast.Call) and given.args:
            given, is_plain = given.args[0], False  # guard(handler)
        handler: Function | None = None
        if isinstance(given, ast.Lambda):
            handler = given
        elif given is not None:
            handler = self.program.functions.get(self.scope.read(given))
        if handler is not None:
            is_plain = is_plain and all(map(self._keeps, read_decorators(handler)))
            self._register(kind, node, handler, is_plain=is_plain)
            return
        values = (*node.args, *(each.value for each in node.keywords))
        rows = given or ast.Tuple([*values])  # *row, **row
        found = dict.fromkeys(self._find_functions(rows, len(self._loops)))
        for each in found or (None,):
            self._register(kind, node, each, is_plain=False)

    def _read_decorator(self, node: Named, number: int) -> bool:
        decorator = node.decorator_list[number]
        kind = self._read_kind(decorator)
        if isinstance(decorator, ast.Call) and kind:
            below = node.decorator_list[number + 1 :]
            self._register(
                kind, decorator, node, is_plain=all(map(self._read_kind, below))
            )
        return bool(kind)

    def _keeps(self, decorator: ast.expr) -> bool:
        """Tell whether a function is the same one behind a decorator."""
        kept = isinstance(decorator, ast.Name) and decorator.id in _METHOD_DECORATORS
        return kept or bool(self._read_kind(decorator))

    def _read_kind(self, decorator: ast.expr) -> str:
        if not isinstance(decorator, ast.Call):
            return ""
        owner, _, method = self.scope.read(decorator.func).rpartition(".")
        return _KINDS.get(method, "") if owner == "Application" else ""

    def _register(
        self,
        kind: str,
        call: ast.Call,
        handler: Function | None,
        *,
        is_plain: bool = True,
    ) -> None:
        owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        self.program.registrations.append(
            Registration(
                kind,
                self.source,
                call,
                self.scope.find_origin(owner),
                self.scope,
                handler,
                is_plain=is_plain,
                is_sure=not self._conditions,
            )
        )

    # --- conditions

    def visit_If(self, node: ast.If) -> None:
        """Visit what is run or isn't."""
        self._visit_conditional(node)

    def visit_Try(self, node: ast.Try) -> None:
        """Visit what may be left out."""
        self._visit_conditional(node)

    def visit_For(self, node: ast.For) -> None:
        """Visit what is run any number of times."""
        self._loops.append(node)
        self._visit_conditional(node)
        self._loops.pop()

    def visit_Match(self, node: ast.Match) -> None:
        """Visit what is run or isn't."""
        self._visit_conditional(node)

    def _visit_conditional(self, node: ast.stmt) -> None:
        self._conditions += 1
        self.generic_visit(node)
        self._conditions -= 1


def _walk_values(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through an expression, but for functions that are called in it."""
    yield node
    called = node.func if isinstance(node, ast.Call) else None
    for each in ast.iter_child_nodes(node):
        if each is not called:
            yield from _walk_values(each)
        elif isinstance(each, ast.Attribute):  # TABLE.items()
            yield from _walk_values(each.value)


def _list_names(target: ast.expr) -> set[str]:
    return {each.id for each in ast.walk(target) if isinstance(each, ast.Name)}


def read_argument(node: ast.Call, position: int, name: str) -> ast.expr | None:
    """Return an argument of a call, given by position or name."""
    if len(node.args) > position:
        return node.args[position]
    return next((each.value for each in node.keywords if each.arg == name), None)
