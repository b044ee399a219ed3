"""Handlers by a key and by method: the shape of all tables of an application."""

from typing import Any, Generic, TypeVar, cast

from poorwsgi_core.state import METHOD_ALL, sorted_methods

__all__ = ["MethodTable", "method_bits"]

_K = TypeVar("_K")
_V = TypeVar("_V")


def method_bits(mask: int) -> list[int]:
    """Take a mask of METHOD_* constants apart.

    Raises:
        TypeError: it is no number.
        ValueError: it has no method, or an unknown one.
    """
    if not isinstance(cast("object", mask), int) or isinstance(mask, bool):
        raise TypeError(
            f"A method is a mask of METHOD_* constants of state, not {mask!r}: "
            "write @app.post, or state.METHOD_POST, which comes by from poorwsgi_core "
            "import state; state.METHOD_GET | state.METHOD_POST for several"
        )
    bits = [bit for _, bit in sorted_methods if mask & bit]
    if not bits or mask & ~METHOD_ALL:
        raise ValueError(
            f"Bad method mask {mask!r}: combine METHOD_* constants of state, "
            "such as METHOD_GET | METHOD_POST"
        )
    return bits


class MethodTable(dict[_K, dict[int, _V]], Generic[_K, _V]):
    """Key to handlers by method bit, in order of the first registration."""

    def put(self, key: _K, method: int, value: _V) -> _V | None:
        """Set the value of a key for each method of a mask.

        Returns:
            One that it takes the place of, ``None`` when there is none.
        """
        replaced = None
        for bit in method_bits(method):
            values = self.setdefault(key, {})
            replaced = values.get(bit, replaced)
            values[bit] = value
        return replaced

    def take(self, key: _K, method: int) -> _V:
        """Remove the value of a key for one method and return it.

        Raises:
            KeyError: there is none.
        """
        values = self[key]
        value = values.pop(method)
        if not values:
            del self[key]
        return value

    def snapshot(self) -> dict[_K, dict[int, Any]]:
        """Copy the table, two levels deep."""
        return {key: dict(values) for key, values in self.items()}

    def copy_aside(self) -> "MethodTable[_K, _V]":
        """Copy the table as deep, for a change while others read this one."""
        return MethodTable(self.snapshot())
