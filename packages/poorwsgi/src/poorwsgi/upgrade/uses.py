"""The uses that an application makes of PoorWSGI, in words that tables can name.

====================================  ================================================
``poorwsgi.session.hidden``           a name is imported or read
``Request.cookies``                   so is an attribute
``Request.end_time =``                something is set
``Request.read()``                    something is called
``Request.form.getlist(fce=)``        with this argument
``….redirect(1=True)``                with this constant as its second argument
``….PoorSession(0=Request)``          with an object of this kind
``Request.cookies is None``           a comparison
``class of …``, ``isinstance of …``   a class is derived from or tested for
``Application.routes changed inside`` an item of an item is set, or a method sets it
``except KeyError around …()``        an error of a call is caught
====================================  ================================================
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.handlers import read_arguments
from poorwsgi.upgrade.imports import Index
from poorwsgi.upgrade.scopes import (
    Function,
    Scope,
    build_scope,
    is_known,
    name_home,
    walk_scope,
)

__all__ = ["Use", "read_uses"]

_CHANGING = {"clear", "pop", "popitem", "setdefault", "update"}
_NONE_TESTS: dict[type[ast.cmpop], str] = {
    ast.Is: "is",
    ast.Eq: "is",
    ast.IsNot: "is not",
    ast.NotEq: "is not",
}
_GROUP = re.compile(r"<(?:\w+(?::\w+)?|\w+:re:[^>]*)>")
_EXPRESSION = re.compile(r"[\\()\[\]*+?|^${}]")
_OPENING = re.compile(r"<\s*[\w-]*\s*(?:[:>]|$)")


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


def read_uses(source: Source, index: Index) -> list[Use]:
    """Tell the uses of a file, in order."""
    reader = _Reader(source, index)
    reader.visit(source.tree)
    return sorted(set(reader.uses))


class _Reader(ast.NodeVisitor):
    """Goes through a file and keeps the scope."""

    def __init__(self, source: Source, index: Index) -> None:
        self._source = source
        self._index = index
        self._scope = source.scope
        self.uses: list[Use] = []

    def _note(self, node: ast.stmt | ast.expr | ast.ExceptHandler, *names: str) -> None:
        self.uses.append(Use(node.lineno, node.col_offset + 1, names))

    # --- scopes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Read what stands around a function here, and its body in its scope."""
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        """Read a coroutine: a handler can't be one, but may hold one."""
        self._visit_function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Read a small function."""
        self._enter(node, [ast.Expr(node.body)])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Read a class; its methods don't see the names of its body."""
        for base in node.bases:
            if meaning := self._scope.read(base):
                self._note(base, f"class of {meaning}")
        self.generic_visit(node)

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for each in (*node.decorator_list, *_read_defaults(node.args)):
            self.visit(each)
        self._enter(node, node.body)

    def _enter(self, node: Function, body: list[ast.stmt]) -> None:
        outer = self._scope
        names = read_arguments(node, outer, self._source)
        inner = Scope(outer, names, outer.links)
        nodes = walk_scope(body)
        self._scope = build_scope(inner, nodes, self._index.read(nodes, self._source))
        if self._calls(nodes, "os.path.getctime", "poorwsgi.response.FileResponse"):
            self._note(node, "getctime beside FileResponse")
        for each in body:
            self.visit(each)
        self._scope = outer

    def _calls(self, nodes: list[ast.AST], *names: str) -> bool:
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        return {*names} <= {self._scope.read(node.func) for node in calls}

    # --- names

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note each name of a package that is imported."""
        if not node.level:
            for each in node.names:
                self._note_name(node, name_home(f"{node.module}.{each.name}"))

    def visit_Import(self, node: ast.Import) -> None:
        """Note each module that is imported."""
        for each in node.names:
            self._note_name(node, each.name)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note an attribute that is read or set."""
        meaning = self._scope.read(node)
        if meaning.startswith(("poorwsgi.", "openapi_core.")):
            self._note_name(node, meaning)
        elif is_known(meaning):
            store = isinstance(node.ctx, ast.Store)
            self._note(node, f"{meaning} =" if store else meaning)
        self.generic_visit(node)

    def _note_name(self, node: ast.stmt | ast.expr, name: str) -> None:
        if is_known(name):
            missing = (f"missing {name}",) if _is_missing(name) else ()
            self._note(node, name, *missing)

    # --- calls

    def visit_Call(self, node: ast.Call) -> None:
        """Note a call and its arguments."""
        called = self._scope.read(node.func)
        if is_known(called):
            self._note(node, f"{called}()")
            for argument in self._read_arguments(node):
                self._note(node, f"{called}({argument})")
            self._note_change(node, called)
            if called in {"Application.route", "Application.set_route"}:
                self._note_route(node)
        if isinstance(node.func, ast.Name) and not called and node.args:
            self._note_builtin(node, node.func.id)
        self._note_environ(node, [word.arg for word in node.keywords])
        self.generic_visit(node)

    def _read_arguments(self, node: ast.Call) -> Iterator[str]:
        for number, value in enumerate(node.args):
            if isinstance(value, ast.Constant):
                yield f"{number}={value.value!r}"
            elif meaning := self._scope.read(value):
                yield f"{number}={meaning}"
        for word in node.keywords:
            yield f"{word.arg}="
            if isinstance(word.value, ast.Constant):
                yield f"{word.arg}={word.value.value!r}"

    def _note_builtin(self, node: ast.Call, name: str) -> None:
        if name == "next" and (meaning := self._scope.read(node.args[0])):
            self._note(node, f"next() of {meaning}")
        if name == "isinstance" and (meaning := self._scope.read(node.args[-1])):
            self._note(node, f"isinstance of {meaning}")

    def _note_route(self, node: ast.Call) -> None:
        path = node.args[0] if node.args else None
        if isinstance(path, ast.Constant) and isinstance(path.value, str):
            around, count = _GROUP.subn("", path.value)
            if _OPENING.search(around):
                self._note(node, "route with a malformed group")
            elif count and _EXPRESSION.search(around):
                self._note(node, "route with an expression around a group")

    # --- the rest

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note an item of an item of a table that is set or deleted."""
        if not isinstance(node.ctx, ast.Load):
            self._note_change(node, self._scope.read(node))
            self._note_environ(node, [_read_text(node.slice)])
        self.generic_visit(node)

    def _note_change(self, node: ast.expr, meaning: str) -> None:
        table, _, rest = meaning.partition("[]")
        if rest == "[]" or (rest[:1] == "." and rest[1:] in _CHANGING):
            self._note(node, f"{table} changed inside")

    def visit_Dict(self, node: ast.Dict) -> None:
        """Note the keys of an environ that is made by hand."""
        self._note_environ(node, [_read_text(key) for key in node.keys])
        self.generic_visit(node)

    def _note_environ(self, node: ast.expr, keys: list[str | None]) -> None:
        for key in keys:
            if key in {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"}:
                self._note(node, f"environ {key}")

    def visit_Compare(self, node: ast.Compare) -> None:
        """Note a comparison with ``None``."""
        meaning = self._scope.read(node.left)
        word = _NONE_TESTS.get(type(node.ops[0]))
        match node.comparators[0]:
            case ast.Constant(value=None) if word and is_known(meaning):
                self._note(node, f"{meaning} {word} None")
            case _:
                pass
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        """Note which errors of what is tried are caught."""
        for handler in node.handlers:
            caught = handler.type
            kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
            names = [kind.id for kind in kinds if isinstance(kind, ast.Name)]
            for inner in walk_scope(node.body):
                meaning = self._read_risk(inner)
                for name in names if meaning else []:
                    self._note(handler, f"except {name} around {meaning}")
        self.generic_visit(node)

    def _read_risk(self, node: ast.AST) -> str:
        match node:
            case ast.Call(func=func):
                meaning, end = self._scope.read(func), "()"
            case ast.Attribute(ctx=ast.Store()):
                meaning, end = self._scope.read(node), " ="
            case _:
                return ""
        return meaning + end if is_known(meaning) else ""


def _read_defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    yield from arguments.defaults
    yield from (each for each in arguments.kw_defaults if each is not None)


def _read_text(node: ast.expr | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _is_missing(name: str) -> bool:
    """Tell whether PoorWSGI has no such module, or not that name in it."""
    module, *rest = name.removeprefix("poorwsgi.").split(".")
    if not re.fullmatch(r"poorwsgi\.\w+(?:\.\w+)?", name):
        return False
    try:
        found = import_module(f"poorwsgi.{module}")
    except ModuleNotFoundError as error:
        import poorwsgi

        # Another name means that a part isn't installed, so nobody knows.
        return error.name == f"poorwsgi.{module}" and not hasattr(poorwsgi, module)
    return not all(hasattr(found, each) for each in rest)
