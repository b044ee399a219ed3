"""Places in JSON, as pointers (RFC 6901) that exist in the document that was sent.

msgspec and pydantic say in their own ways where data don't fit.  Both name what is not
in the document as well: a field that is missing, or the member of a union that was
tried.
"""

from collections.abc import Iterable, Sized
from typing import Any, cast

__all__ = ["follow_path", "follow_steps"]


def follow_steps(document: Any, steps: Iterable[str | int]) -> str:
    """Return the pointer to a place; steps that don't exist are left out.

    Args:
        document: the JSON value.
        steps: as pydantic names them.
    """
    pointer = ""
    for step in steps:
        found = _find(document, step)
        if found is not None:
            document = document[found]
            pointer += _token(found)
    return pointer


def follow_path(document: Any, path: str) -> str:
    """Return the pointer to a place, or to what it is in.

    Args:
        document: the JSON value.
        path: as msgspec writes it: ``.items[0].id``, and ``[...]`` for a member whose
            name it doesn't tell.
    """
    pointer = ""
    while path and not path.startswith("[...]"):
        step: str | int
        if path.startswith("["):
            text, _, rest = path[1:].partition("]")
            step = int(text)
        else:
            step = _longest_name(document, path[1:])
            rest = path[1 + len(step) :]
        if _find(document, step) is None:
            break
        document, path = document[step], rest
        pointer += _token(step)
    return pointer


def _find(document: Any, step: str | int) -> str | int | None:
    """Return the key or index of a step, ``None`` if there is no such thing."""
    if isinstance(document, dict):
        return str(step) if str(step) in document else None
    if isinstance(document, list) and isinstance(step, int):
        return step if step < len(cast("Sized", document)) else None
    return None


def _longest_name(document: Any, path: str) -> str:
    """Return which member a path goes on with; names may have dots and brackets."""
    names = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    ends = ("", ".", "[")
    fitting = [
        name
        for name in names
        if path.startswith(name) and path[len(name) : len(name) + 1] in ends
    ]
    return max(fitting, key=len, default="")


def _token(step: str | int) -> str:
    return "/" + str(step).replace("~", "~0").replace("/", "~1")
