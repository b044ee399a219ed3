"""A way through a file that knows what names mean at each point of it."""

import ast
from collections.abc import Iterator

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.program import Program
from poorwsgi.upgrade.scopes import Function, Named, Scope, build_scope

__all__ = ["Walker"]


class Walker(ast.NodeVisitor):
    """Goes through a file and keeps the scope.

    Args:
        source: the file.
        program: the application that it belongs to.
    """

    def __init__(self, source: Source, program: Program) -> None:
        self.source = source
        self.program = program
        self.scope = source.scope

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Visit what stands around a function here, and its body in its scope."""
        self.visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Visit a coroutine: a handler can't be one, but may hold one."""
        self.visit_function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Visit a small function."""
        self.enter(node, [ast.Expr(node.body)])

    def visit_function(self, node: Named) -> None:
        """Visit a function that has a name, or a coroutine."""
        for each in (*node.decorator_list, *_read_defaults(node.args)):
            self.visit(each)
        self.enter(node, node.body)

    def enter(self, node: Function, body: list[ast.stmt]) -> None:
        """Visit the body of a function in its scope."""
        outer = self.scope
        names = self.program.read_arguments(node, outer, self.source)
        name = f"{node.lineno}" if isinstance(node, ast.Lambda) else node.name
        place = f"{outer.place}{name}()."
        inner = Scope(outer.enclose(), names, outer.links, place)
        self._visit_body(node, inner, body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit a class; its methods don't see the names of its body."""
        for each in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(each)
        outer = self.scope
        objects = outer.read_object(outer.read_class(node))
        place = f"{outer.place}{node.name}()."
        inner = Scope(outer.enclose(), {}, outer.links, place, objects)
        self._visit_body(node, inner, node.body)

    def _visit_body(self, node: ast.AST, scope: Scope, body: list[ast.stmt]) -> None:
        outer = self.scope
        nodes = self.program.walk(node, body)
        imports = self.program.index.read(nodes, self.source)
        self.scope = build_scope(scope, nodes, imports)
        self.visit_body()
        for each in body:
            self.visit(each)
        self.scope = outer

    def visit_body(self) -> None:
        """Take note of the scope of a function or class, before it is visited."""


def _read_defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    yield from arguments.defaults
    yield from (each for each in arguments.kw_defaults if each is not None)
