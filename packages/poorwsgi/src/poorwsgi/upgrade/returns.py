"""What hooks and exception handlers return, where 2.x didn't look.

==========================================  ==========================================
``before handler returns an answer``        text, a dict, a list, a tuple, a response
``before handler returns a value``          anything else that isn't ``None``
``after handler returns nothing``           a ``return`` is missing, or has no value
``error handler returns an empty value``    ``''`` or ``{}``
==========================================  ==========================================
"""

import ast
import re
from collections.abc import Iterator, Sequence

from poorwsgi.upgrade.files import Source
from poorwsgi.upgrade.program import Program, Use
from poorwsgi.upgrade.scopes import Function
from poorwsgi.upgrade.walker import Walker

__all__ = ["read_returns"]

_ANSWER = re.compile(r"poorwsgi\.response\.(\w*Response|make_response)\(\)")
_RAISING = {"poorwsgi.response.abort()", "poorwsgi.response.redirect()"}
_LITERALS = (
    ast.Dict,
    ast.DictComp,
    ast.JoinedStr,
    ast.List,
    ast.ListComp,
    ast.Tuple,
)


def read_returns(source: Source, program: Program) -> list[Use]:
    """Tell what handlers return that means something else now."""
    reader = _Reader(source, program)
    reader.visit(source.tree)
    return reader.uses


class _Reader(Walker):
    """Looks at each ``return``, and at functions that have none."""

    def __init__(self, source: Source, program: Program) -> None:
        super().__init__(source, program)
        self.uses: list[Use] = []
        self._kinds: set[str] = set()

    def enter(self, node: Function, body: list[ast.stmt]) -> None:
        """Look at a function; a generator returns something else."""
        outer = self._kinds
        self._kinds = self.program.kinds.get(node, set())
        if self.program.is_generator(node):
            self._kinds = set()
        if isinstance(node, ast.Lambda):
            self._note(node, node.body)
        elif "after" in self._kinds and _falls_through(body):
            self.uses.append(Use.build(node, "after handler returns nothing"))
        super().enter(node, body)
        self._kinds = outer

    def visit_Return(self, node: ast.Return) -> None:
        """Look at what is returned."""
        self._note(node, node.value)
        self.generic_visit(node)

    def _note(self, node: ast.stmt | ast.expr, value: ast.expr | None) -> None:
        given = value if value is not None else ast.Constant(None)
        self.uses += [Use.build(node, each) for each in self._judge(given)]

    def _judge(self, value: ast.expr) -> Iterator[str]:
        nothing = isinstance(value, ast.Constant) and value.value is None
        if "after" in self._kinds and nothing:
            yield "after handler returns nothing"
        if "error" in self._kinds and _is_empty(value):
            yield "error handler returns an empty value"
        if "before" in self._kinds and not nothing:
            meaning = self.scope.read(value)
            if _is_literal(value) or _ANSWER.fullmatch(meaning):
                yield "before handler returns an answer"
            elif meaning not in _RAISING:
                yield "before handler returns a value"


def _is_literal(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str | bytes)
    return isinstance(value, _LITERALS)


def _is_empty(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value="" | b"") | ast.Dict(keys=[]):
            return True
        case _:
            return False


def _falls_through(body: Sequence[ast.stmt]) -> bool:
    """Tell whether a body surely can be run to its end.

    A call at the end may raise, and a loop may have none, so of these it isn't sure.
    """
    match body[-1]:
        case ast.If(body=then, orelse=otherwise):
            return not otherwise or _falls_through(then) or _falls_through(otherwise)
        case ast.With(body=inner):
            return _falls_through(inner)
        case ast.Return() | ast.Raise() | ast.While() | ast.For() | ast.Try():
            return False
        case ast.Match() | ast.Expr(value=ast.Call()):
            return False
        case _:
            return True
