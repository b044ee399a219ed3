"""What is known of an application as a whole: names, functions and handlers.

A function is a handler by its decorator, or because it is given to a method such as
``set_route``, which may stand in another file.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.imports import Index
from poorwsgi.upgrade.scopes import Function, Scope, build_scope, is_known, walk_scope

__all__ = ["Program", "Registration", "Use"]

_APPLICATIONS = {"app", "application"}


@dataclass(frozen=True, order=True)
class Use:
    """A use of PoorWSGI.

    Attributes:
        line: where it is.
        column: the same, from 1.
        names: what it is, the most exact one first.
    """

    line: int
    column: int
    names: tuple[str, ...]

    @classmethod
    def build(cls, node: ast.stmt | ast.expr | ast.ExceptHandler, *names: str) -> "Use":
        """Name what stands at the place of a node."""
        return cls(node.lineno, node.col_offset + 1, names)


@dataclass(frozen=True)
class Registration:
    """A handler that is registered.

    Attributes:
        kind: ``route``, ``regular_route``, ``default``, ``state``, ``error``,
            ``before`` or ``after``.
        source: the file.
        call: the decorator or the method.
        owner: the application, by the place where it got its name.
        scope: the names there.
        handler: the function, if it is known.
        is_plain: whether nothing else decorates it below.
        is_sure: whether no condition decides about it.
    """

    kind: str
    source: Source
    call: ast.Call
    owner: str
    scope: Scope
    handler: Function | None
    is_plain: bool = True
    is_sure: bool = True


class Program:
    """The files of an application, and what is known of them together.

    Args:
        sources: the files.

    Attributes:
        sources: the files.
        index: finds files by the names of modules.
        links: meanings of names and attributes, by the places where they are bound.
        functions: functions and methods by their places; ``None`` for several.
        tables: the functions in a table, by the place of its name.
        methods: those of the functions that get an object first.
        kinds: what functions are registered as.
        arguments: what arguments mean that functions are called with.
        registrations: all handlers that are registered.
        heard: files with functions that are handlers, or get objects of ours.
        own_names: attributes of classes that are derived from the application.
        is_rewired: whether routes are taken away again somewhere.
    """

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources = [*sources]
        self.index = Index(self.sources)
        self.links: dict[str, str] = {}
        self.functions: dict[str, Function | None] = {}
        self.tables: dict[str, list[Function]] = {}
        self.methods: set[Function] = set()
        self.kinds: dict[Function, set[str]] = {}
        self.arguments: dict[Function, dict[str, str]] = {}
        self.registrations: list[Registration] = []
        self.heard: set[Source] = set()
        self.own_names: set[str] = set()
        self.is_rewired = False
        self._bodies: dict[ast.AST, list[ast.AST]] = {}

    @property
    def known(self) -> tuple[object, ...]:
        """What one pass over the files hands to the next."""
        return dict(self.links), dict(self.tables), self.arguments, self.kinds

    def walk(self, owner: ast.AST, body: Sequence[ast.AST]) -> list[ast.AST]:
        """List the nodes of the body of a module, class or function, in order."""
        if owner not in self._bodies:  # PERF: each file is read several times
            self._bodies[owner] = walk_scope(body)
        return self._bodies[owner]

    def is_generator(self, node: Function) -> bool:
        """Tell whether a function has a ``yield`` of its own."""
        nodes = [] if isinstance(node, ast.Lambda) else self.walk(node, node.body)
        return any(isinstance(each, ast.Yield | ast.YieldFrom) for each in nodes)

    def build_module(self, source: Source) -> None:
        """Read what the names of a module mean."""
        scope = Scope(links=self.links, place=source.place)
        nodes = self.walk(source.tree, source.tree.body)
        source.scope = build_scope(scope, nodes, self.index.read(nodes, source))

    def is_touched(self, source: Source) -> bool:
        """Tell whether anything in a file can be of PoorWSGI."""
        names = source.scope.names
        meanings = map(source.scope.find, names)
        imported = any(is_known(each) or each[-1:] == ":" for each in meanings)
        return source.names_us or imported or source in self.heard

    def read_arguments(
        self, node: Function, scope: Scope, source: Source
    ) -> dict[str, str]:
        """Tell what the arguments of a function mean, by all that is known of it.

        Args:
            node: the function.
            scope: where it is defined.
            source: the file.
        """
        given = self.list_given(node)
        known = {
            **self.arguments.get(node, {}),
            **dict(
                zip((each.arg for each in given), self._list_kinds(node), strict=False)
            ),
        }
        meanings = {
            each.arg: "" for each in (node.args.vararg, node.args.kwarg) if each
        }
        if node in self.methods:
            own = _list_positional(node)[:1]
            meanings.update((each.arg, scope.objects) for each in own)
        for each in (*given, *node.args.kwonlyargs):
            guess = _guess(each) if source.names_us else ""
            meaning = scope.read_type(each.annotation) or known.get(each.arg, guess)
            meanings[each.arg] = meaning
        return meanings

    def list_given(self, node: Function) -> list[ast.arg]:
        """List the arguments that a call gives by position."""
        found = _list_positional(node)
        return found[1:] if node in self.methods else found

    def _list_kinds(self, node: Function) -> list[str]:
        kinds = self.kinds.get(node, set())
        if "after" in kinds:
            return ["Request", "Response"]
        return ["Request"] if kinds else []


def _guess(argument: ast.arg) -> str:
    named = argument.arg in _APPLICATIONS and argument.annotation is None
    return "Application" if named else ""


def _list_positional(node: Function) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args]
