"""What the names of a file mean, as far as that is certain.

A meaning is text: ``poorwsgi.response.Response`` is what was imported, ``Application``,
``Request`` and ``Response`` are objects, ``Request.form[]`` is a field of a form,
``@path:name`` a name of a file, ``@path:Site().app`` an attribute of the objects of a
class, and the empty text is what isn't known.  A name that gets two values means
nothing, so what is said is said for sure.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = [
    "Function",
    "Named",
    "Scope",
    "build_scope",
    "is_known",
    "is_none",
    "is_static",
    "name_home",
    "read_decorators",
    "walk_scope",
]

Named = ast.FunctionDef | ast.AsyncFunctionDef
Function = Named | ast.Lambda

_KNOWN = re.compile(r"(?:poorwsgi\.|openapi_core\.|Application\b|Request\b|Response\b)")
_SAME = {
    "poorwsgi.Application": "poorwsgi.wsgi.Application",
    "poorwsgi.abort": "poorwsgi.response.abort",
    "poorwsgi.make_response": "poorwsgi.response.make_response",
    "poorwsgi.redirect": "poorwsgi.response.redirect",
}
_OBJECTS = {
    "poorwsgi.wsgi.Application": "Application",
    "poorwsgi.request.Args": "Request.args",
    "poorwsgi.request.FieldStorage": "Request.form",
    "poorwsgi.request.Request": "Request",
    "poorwsgi.request.SimpleRequest": "Request",
    "poorwsgi.fieldstorage.FieldStorageParser.parse": "Request.form",
}


def is_known(meaning: str) -> bool:
    """Tell whether a meaning is one that the tables may name."""
    return _KNOWN.match(meaning) is not None


def name_home(name: str) -> str:
    """Tell the module that a name of the package ``poorwsgi`` comes from."""
    return _SAME.get(name, name)


@dataclass
class Scope:
    """The names of a module, class or function.

    Attributes:
        parent: where other names are looked for.
        names: meanings by name; empty for what isn't known.
        texts: constant texts by name.
        links: meanings of what stands elsewhere in the application.
        place: what a name that is bound here is called elsewhere, up to the name.
        objects: in a class, what an object of it means.
    """

    parent: "Scope | None" = None
    names: dict[str, str] = field(default_factory=dict[str, str])
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    place: str = ""
    objects: str = ""
    texts: dict[str, str] = field(default_factory=dict[str, str])

    def enclose(self) -> "Scope":
        """Return the scope that a function in here sees: that of a class isn't one."""
        return self.parent if self.objects and self.parent else self

    def find(self, name: str) -> str:
        """Tell what a name means here."""
        scope = self._find_home(name)
        if scope is None:
            return self.links.get(self.find_root().place + name, "")
        meaning = scope.names[name]
        return self.links.get(meaning, meaning)

    def _find_home(self, name: str) -> "Scope | None":
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope

    def find_root(self) -> "Scope":
        """Return the scope of the module."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def find_global(self, name: str) -> str:
        """Tell the place of a name that is declared ``global`` here, else nothing."""
        place = self.find_root().place + name
        return place if self.parent and self.names.get(name) == place else ""

    def read_text(self, node: ast.expr | None) -> str | None:
        """Tell which text an expression is, if it is made of constants alone."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                scope = self._find_home(name)
                return scope.texts.get(name) if scope else None
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._join_texts([left, right])
            case ast.JoinedStr(values=values):
                return self._join_texts(values)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self.read_text(value)
            case _:
                return None

    def _join_texts(self, nodes: Iterable[ast.expr]) -> str | None:
        texts = [self.read_text(each) for each in nodes]
        return None if None in texts else "".join(filter(None, texts))

    def find_origin(self, node: ast.expr) -> str:
        """Tell which object an expression is, by the place where it got its name."""
        match node:
            case ast.Attribute():
                return _join(self.read(node.value), f".{node.attr}")
            case ast.Name():
                scope = self._find_home(node.id) or self
                meaning = scope.names.get(node.id, "")
                return meaning if meaning[:1] == "@" else f"{scope.place}{node.id}"
            case _:
                return ast.dump(node)

    def read(self, node: ast.expr) -> str:
        """Tell what an expression means."""
        match node:
            case ast.Name():
                return self.find(node.id)
            case ast.Attribute():
                return self._follow(self.read(node.value), f".{node.attr}")
            case ast.Subscript():
                return self._follow(self.read(node.value), "[]")
            case ast.NamedExpr():
                return self.read(node.value)
            case ast.Call():
                called = self.read(node.func)
                return _OBJECTS.get(called, self._follow(called, "()"))
            case _:
                return ""

    def read_type(self, node: ast.expr | None) -> str:
        """Tell what an object of this annotation is; empty if that isn't known."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                return ""
        match node:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.read_type(left) or self.read_type(right)
            case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
                return self.read_type(inner)
            case ast.Subscript(value=value):  # Application[Request]
                return self.read_type(value)
            case None:
                return ""
            case _:
                return _OBJECTS.get(self.read(node), "")

    def read_class(self, node: ast.ClassDef) -> str:
        """Tell what a class means: that of ours which it is derived from, or itself."""
        bases = [self.read(each) for each in node.bases]
        ours = [base for base in bases if base in _OBJECTS]
        return ours[0] if ours else self.place + node.name

    def read_object(self, kind: str) -> str:
        """Tell what an object of a class means."""
        return _OBJECTS.get(kind, f"{kind}()")

    def _follow(self, meaning: str, step: str) -> str:
        if not meaning:
            return ""
        full = _join(meaning, step)
        full = self.links.get(full, full)
        full = full.replace("FieldStorageParser().parse", "FieldStorageParser.parse")
        return name_home(full)


def _join(meaning: str, step: str) -> str:
    """Put what is taken from an object, or a module of the application, behind it."""
    return meaning + (step[1:] if meaning[-1:] == ":" else step)


def read_decorators(function: Function | None) -> list[ast.expr]:
    """Return what decorates a function."""
    return (
        []
        if function is None or isinstance(function, ast.Lambda)
        else function.decorator_list
    )


def is_static(node: Named) -> bool:
    """Tell whether a function in a class gets no object."""
    names = {each.id for each in node.decorator_list if isinstance(each, ast.Name)}
    return "staticmethod" in names


def build_scope(
    scope: Scope, nodes: Sequence[ast.AST], imports: Mapping[str, str]
) -> Scope:
    """Fill a scope with the names that are bound in a body.

    Args:
        scope: with the arguments of a function, if it is one's.
        nodes: those of the body.
        imports: meanings of what is imported there.
    """
    elsewhere = {
        name for each in nodes if isinstance(each, ast.Global) for name in each.names
    }
    bound = Counter([*scope.names, *imports, *_read_bindings(nodes), *elsewhere])
    scope.names.update(imports)
    for name, count in bound.items():
        if count > 1 or name not in scope.names:
            scope.names[name] = ""
    if scope.parent is not None:
        root = scope.find_root().place
        scope.names.update((name, root + name) for name in elsewhere)
    for node in nodes:
        match node:
            case ast.Assign(targets=[*targets], value=value):
                for target in targets:
                    if isinstance(target, ast.Name) and bound[target.id] == 1:
                        _bind(scope, target.id, value)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
                if bound[name] == 1:
                    meaning = scope.read(node.value) if node.value else ""
                    scope.names[name] = meaning or scope.read_type(kind)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if bound[name] == 1:
                    scope.names[name] = scope.place + name
            case ast.ClassDef(name=name):
                if bound[name] == 1:
                    scope.names[name] = scope.read_class(node)
            case _:
                pass
    return scope


def _bind(scope: Scope, name: str, value: ast.expr) -> None:
    """Give a name its only value; what a module begins with ``None`` comes later."""
    text = scope.read_text(value)
    if text is not None:
        scope.texts[name] = text
    later = scope.parent is None and is_none(value)
    scope.names[name] = scope.place + name if later else scope.read(value)


def is_none(node: ast.expr) -> bool:
    """Tell whether an expression is ``None`` itself."""
    return isinstance(node, ast.Constant) and node.value is None


def walk_scope(body: Sequence[ast.AST]) -> list[ast.AST]:
    """List the nodes of a body in order, without those of functions and classes."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [*reversed(body)]
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, Function | ast.ClassDef):
            waiting += reversed([*ast.iter_child_nodes(node)])
    return found


def _read_bindings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield each name once for each time that it is bound, imports aside."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.Nonlocal(names=names):
                yield from names
                yield from names
            case _:
                pass
