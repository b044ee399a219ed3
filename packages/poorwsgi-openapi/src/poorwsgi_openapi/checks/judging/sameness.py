"""When two JSON values are the same: numbers by value, booleans apart from them.

Both ways are bounded: ``is_same`` by the size of the first value, which is the
document's; ``canonical_text`` is linear, and its texts have hashes that a client
can't foresee, which is not so for numbers.
"""

import json
from typing import Any

from poorwsgi_openapi.document.pointers import is_list, is_map

__all__ = ["canonical_text", "has_same_items", "is_same"]


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


def canonical_text(value: Any) -> str:
    """Write a value so that the same values have the same text.

    Raises:
        TypeError: it is no JSON value.
    """
    return json.dumps(_normalised(value), sort_keys=True)


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


def _normalised(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if is_map(value):
        return {name: _normalised(item) for name, item in value.items()}
    if is_list(value):
        return [_normalised(item) for item in value]
    return value
