"""The uses that an application makes of PoorWSGI, in words that tables can name.

====================================  ================================================
``poorwsgi.session.hidden``           a name is imported or read
``Request.cookies``                   so is an attribute
``Request.end_time =``                something is set
``Application.auth_timeout = None``   to this constant
``misspelt Application.…``            a setting is meant
``Request.read()``                    something is called
``Request.form.getlist(fce=)``        with this argument
``….redirect(1=True)``                with this constant as its second argument
``….PoorSession(0=Request)``          with an object of this kind
``….get_token(0=short)``              with a text of less than eight letters
``….BaseResponse(no content_type)``   without this argument
``Request.headers['Range']``          an item is read
``Request.cookies is None``           a comparison
``class of …``, ``isinstance of …``   a class is derived from or tested for
``Application.routes changed inside`` an item of an item is set, or a method sets it
``except KeyError around …()``        an error of a call is caught
``both … and …``                      are used in one function
``…() inside its file``               an answer is given where its file is closed
``before handler: Request.form``      something is read in such a handler
====================================  ================================================

`poorwsgi.upgrade.wiring` has those that are about handlers.
"""

import ast
from collections.abc import Iterator

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.packages import is_missing, is_misspelt, list_parameters
from poorwsgi.upgrade.program import Program, Use
from poorwsgi.upgrade.scopes import Function, is_known, name_home, walk_scope
from poorwsgi.upgrade.walker import Walker

__all__ = ["read_uses"]

_CHANGING = {"clear", "pop", "popitem", "setdefault", "update"}
_NONE_TESTS: dict[type[ast.cmpop], str] = {
    ast.Is: "is",
    ast.Eq: "is",
    ast.IsNot: "is not",
    ast.NotEq: "is not",
}
_SHORT = 8  # letters of a key


def read_uses(source: Source, program: Program) -> list[Use]:
    """Tell the uses of a file, in order."""
    reader = _Reader(source, program)
    reader.visit(source.tree)
    return sorted(set(reader.uses))


class _Reader(Walker):
    """Goes through a file and notes what is used."""

    def __init__(self, source: Source, program: Program) -> None:
        super().__init__(source, program)
        self.uses: list[Use] = []
        self._kinds: set[str] = set()
        self._read: dict[str, ast.expr] = {}

    def _note(self, node: ast.stmt | ast.expr | ast.ExceptHandler, *names: str) -> None:
        self.uses.append(Use.build(node, *names))

    # --- functions and classes

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Note what a class is derived from."""
        for base in node.bases:
            if meaning := self.scope.read(base):
                self._note(base, f"class of {meaning}")
        super().visit_ClassDef(node)

    def enter(self, node: Function, body: list[ast.stmt]) -> None:
        """Note what a function uses together."""
        outer = self._kinds, self._read
        self._kinds, self._read = self.program.kinds.get(node, set()), {}
        super().enter(node, body)
        for one, place in self._read.items():
            for other in self._read.keys() - {one}:
                self._note(place, f"both {one} and {other}")
        self._kinds, self._read = outer

    def _note_read(self, node: ast.expr, meaning: str) -> None:
        """Note what is read or called, by itself and with the rest of the function."""
        self._note(node, meaning)
        self._read.setdefault(meaning, node)
        if "before" in self._kinds:
            self._note(node, f"before handler: {meaning}")

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
        meaning = self.scope.read(node)
        if meaning.startswith(("poorwsgi.", "openapi_core.")):
            self._note_name(node, meaning)
        elif is_known(meaning) and isinstance(node.ctx, ast.Load):
            self._note_read(node, meaning)
        elif is_known(meaning):
            self._note(node, f"{meaning} =")
            self._note_misspelt(node, meaning)
        self.generic_visit(node)

    def _note_name(self, node: ast.stmt | ast.expr, name: str) -> None:
        if is_known(name):
            missing = (f"missing {name}",) if is_missing(name) else ()
            self._note(node, name, *missing)

    def _note_misspelt(self, node: ast.Attribute, meaning: str) -> None:
        if meaning == f"Application.{node.attr}" and isinstance(node.ctx, ast.Store):
            own = node.attr in self.program.own_names
            if not own and is_misspelt(node.attr):
                self._note(node, f"misspelt {meaning}")

    # --- values

    def visit_Assign(self, node: ast.Assign) -> None:
        """Note which constant something is set to."""
        for target in node.targets:
            meaning = self.scope.read(target)
            for value in self._read_values(node.value) if is_known(meaning) else ():
                self._note(target, f"{meaning} = {value}")
        self.generic_visit(node)

    def _read_values(self, node: ast.expr) -> Iterator[str]:
        match node:
            case ast.Constant(value=value):
                yield repr(value)
                if isinstance(value, str | bytes) and len(value) < _SHORT:
                    yield "short"
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                yield from self._read_values(left)
                yield from self._read_values(right)
            case _:
                meaning = self.scope.read(node)
                if meaning:
                    yield meaning

    # --- calls

    def visit_Call(self, node: ast.Call) -> None:
        """Note a call and its arguments."""
        called = self.scope.read(node.func)
        if is_known(called) or called == "os.path.getctime":
            self._note_read(node, f"{called}()")
            for argument in self._read_arguments(node, called):
                self._note(node, f"{called}({argument})")
            self._note_change(node, called)
        if isinstance(node.func, ast.Name) and not called and node.args:
            self._note_builtin(node, node.func.id)
        self._note_environ(node, [word.arg for word in node.keywords])
        self.generic_visit(node)

    def _read_arguments(self, node: ast.Call, called: str) -> Iterator[str]:
        parameters = list_parameters(called)
        names = {*parameters[: len(node.args)]}
        for number, each in enumerate(node.args):
            yield from (f"{number}={value}" for value in self._read_values(each))
        for word in node.keywords:
            names.add(word.arg or "")
            yield f"{word.arg}="
            yield from (f"{word.arg}={each}" for each in self._read_values(word.value))
        if "" not in names and not any(isinstance(x, ast.Starred) for x in node.args):
            yield from (f"no {each}" for each in parameters if each not in names)

    def _note_builtin(self, node: ast.Call, name: str) -> None:
        if name == "next" and (meaning := self.scope.read(node.args[0])):
            self._note(node, f"next() of {meaning}")
        if name == "isinstance" and (meaning := self.scope.read(node.args[-1])):
            self._note(node, f"isinstance of {meaning}")

    # --- the rest

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note an item that is read, or of an item of a table one that is set."""
        meaning = self.scope.read(node.value)
        if not isinstance(node.ctx, ast.Load):
            self._note_change(node, self.scope.read(node))
            self._note_environ(node, [_read_text(node.slice)])
        elif is_known(meaning) and isinstance(node.slice, ast.Constant):
            self._note(node, f"{meaning}[{node.slice.value!r}]")
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
        meaning = self.scope.read(node.left)
        word = _NONE_TESTS.get(type(node.ops[0]))
        match node.comparators[0]:
            case ast.Constant(value=None) if word and is_known(meaning):
                self._note(node, f"{meaning} {word} None")
            case _:
                pass
        self.generic_visit(node)

    def visit_With(self, node: ast.With) -> None:
        """Note an answer that is given where the file in it is closed."""
        files = {
            each.optional_vars.id
            for each in node.items
            if isinstance(each.optional_vars, ast.Name)
        }
        for inner in walk_scope(node.body):
            match inner:
                case ast.Return(
                    value=ast.Call(func=func, args=[ast.Name(id=name), *_])
                ) if name in files:
                    self._note(inner, f"{self.scope.read(func)}() inside its file")
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
                meaning, end = self.scope.read(func), "()"
            case ast.Attribute(ctx=ast.Store()):
                meaning, end = self.scope.read(node), " ="
            case _:
                return ""
        return meaning + end if is_known(meaning) else ""


def _read_text(node: ast.expr | None) -> str | None:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None
