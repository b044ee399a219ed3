"""The lazy attribute: computed on first access, then a plain attribute.

It differs from ``functools.cached_property`` in one thing that matters to a
server with threads: up to Python 3.11 that one holds a lock shared by all
instances *while it computes*, so that one slow upload would stall the form of
every other request.  A request belongs to one thread, so no lock is needed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

__all__ = ["lazy"]

_T = TypeVar("_T")


class lazy(Generic[_T]):  # noqa: N801 - used as a decorator, like property
    """Compute an attribute once, on its first access.

    A non-data descriptor: the value it stores in the instance ``__dict__``
    under its own name is found before the descriptor from then on.  Assigning
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
        value = instance.__dict__[self._name] = self._compute(instance)
        return value

    if TYPE_CHECKING:  # without it, Python sets the instance's attribute itself

        def __set__(self, instance: object, value: _T) -> None: ...
