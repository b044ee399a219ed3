"""When two JSON values are the same: numbers by value, booleans apart from them.

Both ways are bounded: ``is_same`` by the size of the first value, which is the
document's; ``canonical_text`` is linear, and its texts have hashes that a client
can't foresee, which is not so for numbers.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from json.encoder import encode_basestring_ascii
from typing import Any

from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["Choices", "canonical_text", "has_same_items", "is_same"]


def is_same(wanted: Any, value: Any) -> bool:
    """Tell whether a value is the one that a document names."""
    if is_map(wanted):
        return (
            is_map(value)
            and len(wanted) == len(value)
            and all(
                name in value and is_same(wanted[name], value[name]) for name in wanted
            )
        )
    if is_list(wanted):
        return (
            is_list(value)
            and len(wanted) == len(value)
            and all(map(is_same, wanted, value))
        )
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    return bool(wanted == value)


class Choices:
    """Values that a document names; they may be thousands, so they are looked up.

    Args:
        values: the values.
    """

    def __init__(self, values: Sequence[Any]) -> None:
        self._plain = frozenset(each for each in values if each.__class__ in _PLAIN)
        self._others = [each for each in values if each.__class__ not in _PLAIN]
        self._texts = frozenset(map(_write, self._others))

    def __contains__(self, value: Any) -> bool:
        """Tell whether a value is one of them."""
        if value.__class__ in _PLAIN:
            return value in self._plain
        text = _write(value)
        if text is None:
            return any(is_same(each, value) for each in self._others)
        return text in self._texts


def _write(value: Any) -> str | None:
    try:
        return canonical_text(value)
    except TypeError:
        return None


def canonical_text(value: Any) -> str:
    """Write a value so that the same values have the same text.

    Raises:
        TypeError: it is no JSON value.
    """
    # PERF: most are numbers or texts, and an encoder is made but once.
    write = _WRITERS.get(value.__class__)
    return _ENCODER.encode(_normalised(value)) if write is None else write(value)


def has_same_items(values: list[Any]) -> bool:
    """Tell whether two items of a list are the same."""
    if all(value.__class__ is str for value in values):
        return len(set(values)) < len(values)
    try:
        return len({canonical_text(value) for value in values}) < len(values)
    except TypeError:
        return any(
            is_same(value, other)
            for index, value in enumerate(values)
            for other in values[:index]
        )


_PLAIN = frozenset({str, int, float})
"""Classes of which equal values are the same."""
_ENCODER = json.JSONEncoder(sort_keys=True)
_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: encode_basestring_ascii,
    int: int.__repr__,
}


def _normalised(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if is_map(value):
        return {name: _normalised(item) for name, item in value.items()}
    if is_list(value):
        return [_normalised(item) for item in value]
    return value
