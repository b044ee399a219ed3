"""What is made when it is asked for: attributes of instances, names of packages.

The attribute is computed on first access and is a plain one from then on.  It
differs from ``functools.cached_property`` in one thing that matters to a
server with threads: up to Python 3.11 that one holds a lock shared by all
instances *while it computes*, so that one slow upload would stall the form of
every other request.  A request belongs to one thread, so no lock is needed.

No package imports modules of its own while it is imported itself.  Python locks a
module before it imports the package, so that a thread that begins with the module and
one that begins with the package would wait for each other.
"""

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

__all__ = ["import_name", "lazy", "lazy_names"]

_T = TypeVar("_T")


class lazy(Generic[_T]):  # noqa: N801 - used as a decorator, like property
    """Compute an attribute once, on its first access.

    A non-data descriptor: the value it stores in the instance under its own
    name is found before the descriptor from then on.  Assigning
    sets the value; deleting makes the next access compute it again.  When the
    function raises, nothing is stored.
    """

    def __init__(self, compute: Callable[[Any], _T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "lazy[_T]": ...

    @overload
    def __get__(self, instance: object, owner: type) -> _T: ...

    def __get__(self, instance: object | None, owner: type) -> "lazy[_T] | _T":
        if instance is None:
            return self
        value = self._compute(instance)
        # PERF: asking for ``__dict__`` would make the dictionary first.
        setattr(instance, self._name, value)
        return value

    if TYPE_CHECKING:  # without it, Python sets the instance's attribute itself

        def __set__(self, instance: object, value: _T) -> None: ...


def import_name(package: str, modules: Mapping[str, str], name: str) -> object:
    """Return what a package hands on, which has the name from then on.

    Args:
        package: its name.
        modules: the names that each module has, in one text.  Modules are named as
            from within the package: ``.base``, ``..http.headers``.
        name: one of these names, or a module of the package itself.

    Raises:
        AttributeError: the package has no such name.
    """
    from importlib import import_module

    if f".{name}" in modules:
        return import_module(f".{name}", package)
    for module, names in modules.items():
        if name in names.split():
            value = getattr(import_module(module, package), name)
            setattr(sys.modules[package], name, value)
            return value
    raise AttributeError(f"module {package!r} has no attribute {name!r}")


def lazy_names(
    package: str, modules: Mapping[str, str], distribution: str = ""
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Make ``__getattr__`` and ``__dir__`` of a package (PEP 562).

    Args:
        package: its name.
        modules: the names that each module has, as ``import_name`` takes them.
        distribution: whose version is ``__version__``.
    """

    def find(name: str) -> object:
        if not distribution or name != "__version__":
            return import_name(package, modules, name)
        # importlib.metadata is slow to import, and the version is seldom asked for.
        from importlib.metadata import version

        value = version(distribution)
        setattr(sys.modules[package], name, value)
        return value

    def list_names() -> list[str]:
        names = vars(sys.modules[package])
        return sorted({*names, *names["__all__"]})

    return find, list_names
