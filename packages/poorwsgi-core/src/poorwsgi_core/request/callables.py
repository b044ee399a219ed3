"""What can be told about a handler by looking at it.

A handler is anything that can be called: a function, a method, a class, a
``functools.partial``, an object, a builtin.  Nothing here calls it, and
nothing raises because it lacks what functions have.
"""

from functools import partial
from types import CodeType
from typing import Any, NamedTuple, cast

__all__ = ["HandlerInfo", "describe_handler", "list_decorated", "probe"]

_VAR_ARGUMENTS = 0x04
_VAR_KEYWORDS = 0x08
_MAX_WRAPPERS = 50


class HandlerInfo(NamedTuple):
    """What is known of a handler; empty texts and 0 where nothing is.

    Attributes:
        name: ``module.name``, inside ``partial()`` for a partial.
        arguments: names of its parameters.
        path: source file.
        line: line in it where the definition starts.
        summary: first line of its docstring.
    """

    name: str
    arguments: tuple[str, ...] = ()
    path: str = ""
    line: int = 0
    summary: str = ""

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.arguments)})"

    @property
    def place(self) -> str:
        """Name, and where it is defined, as far as that is known."""
        return f"{self.name} ({self.path}:{self.line})" if self.path else self.name


def probe(obj: Any, name: str, default: Any = None) -> Any:
    """Read an attribute of anything; *default* also when reading raises."""
    try:
        return getattr(obj, name, default)
    except Exception:  # noqa: BLE001 - a page about an error must not fail
        return default


def describe_handler(handler: Any) -> HandlerInfo:
    """Describe anything that can be called."""
    inner = handler
    while isinstance(inner, partial):
        inner = inner.func
    name = _name(inner)
    if inner is not handler:
        name = f"partial({name})"
    doc = probe(inner, "__doc__")
    summary = doc.strip().partition("\n")[0].strip() if isinstance(doc, str) else ""
    code = _code(inner)
    if code is None:
        return HandlerInfo(name, summary=summary)
    return HandlerInfo(
        name, _arguments(code), code.co_filename, code.co_firstlineno, summary
    )


def list_decorated(handler: Any) -> list[Any]:
    """List what a function may decorate: what is in its closure and can be called."""
    found: list[Any] = []
    for cell in probe(handler, "__closure__") or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:
            continue  # it isn't filled yet
    return [each for each in found if callable(each)]


def _name(handler: Any) -> str:
    name = probe(handler, "__qualname__")
    if not isinstance(name, str):
        name = probe(handler, "__name__")
    if not isinstance(name, str):
        return _name(cast("Any", type(handler)))
    module = probe(handler, "__module__")
    name = name.rpartition("<locals>.")[2]
    return f"{module}.{name}" if isinstance(module, str) else name


def _code(handler: Any) -> CodeType | None:
    for _ in range(_MAX_WRAPPERS):
        wrapped = probe(handler, "__wrapped__")
        if wrapped is None:
            break
        handler = wrapped
    method = "__init__" if isinstance(handler, type) else "__call__"
    for candidate in (handler, probe(handler, method)):
        code = probe(candidate, "__code__")
        if isinstance(code, CodeType):
            return code
    return None


def _arguments(code: CodeType) -> tuple[str, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & _VAR_ARGUMENTS) + bool(code.co_flags & _VAR_KEYWORDS)
    return code.co_varnames[:count]
