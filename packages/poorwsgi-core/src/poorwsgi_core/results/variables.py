"""The variables of a frame: masked by name and look, and bounded.

A value is written as its ``repr``, that of a container piece by piece; what fails while
it is asked is shown by its type.
"""

from itertools import islice
from reprlib import Repr
from types import FrameType
from typing import Any

from poorwsgi_core.results.cells import MASKED, build_table
from poorwsgi_core.results.html import code_html
from poorwsgi_core.results.masking import HIDDEN, is_secret_name, mask_text

__all__ = ["render_variables", "write_value"]

_MAX_VARIABLES = 50
_MAX_ITEMS = 20
_MAX_DEPTH = 3
_MAX_TEXT = 400
_MAX_READ = 4000
_MAX_VALUE = 2000


def render_variables(frame: FrameType) -> str:
    """Build a table of the variables of a frame, "" where it has none."""
    names = [name for name in frame.f_locals if not name.startswith("__")]
    rows = [
        (code_html(name), _value(name, frame.f_locals[name]))
        for name in names[:_MAX_VARIABLES]
    ]
    return f"{build_table(('Variable', 'Value'), rows)}\n" if rows else ""


def _value(name: str, value: object) -> str:
    return MASKED if is_secret_name(name) else code_html(write_value(value))


def write_value(value: object) -> str:
    """Write a value as text in which no secret can be told."""
    try:
        text = _Masking().repr(value)
    except Exception:  # noqa: BLE001 - it changes meanwhile, or lies about its length
        return _name(value)
    return _cut(mask_text(text), _MAX_VALUE)


class _Masking(Repr):
    """Writes containers piece by piece; a secret is masked before it is cut."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = _MAX_DEPTH
        self.maxlist = self.maxtuple = self.maxdict = _MAX_ITEMS
        self.maxset = self.maxfrozenset = self.maxdeque = self.maxarray = _MAX_ITEMS

    def repr1(self, x: Any, level: int) -> str:
        value: object = x
        if isinstance(value, dict):
            return self.repr_dict(x, level)
        if isinstance(value, str):
            return repr(_cut(mask_text(x[:_MAX_READ]), _MAX_TEXT))
        if isinstance(value, bytes | bytearray):
            return _cut(mask_text(repr(x[:_MAX_READ])), _MAX_TEXT)
        return super().repr1(x, level)

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        if level <= 0 and x:
            return f"{{{HIDDEN}}}"
        items = [
            f"{self.repr1(key, level - 1)}: {self._member(key, value, level - 1)}"
            for key, value in islice(x.items(), self.maxdict)
        ]
        return f"{{{', '.join(items + [HIDDEN] * (len(x) > self.maxdict))}}}"

    def _member(self, key: object, value: object, level: int) -> str:
        is_secret = isinstance(key, str) and is_secret_name(key)
        return HIDDEN if is_secret else self.repr1(value, level)

    def repr_instance(self, x: Any, level: int) -> str:
        try:
            text = repr(x)
        except Exception:  # noqa: BLE001 - a page about an error must not fail
            return _name(x)
        return _cut(mask_text(text[:_MAX_READ]), _MAX_TEXT)


def _name(value: object) -> str:
    kind = type(value)
    return f"<{kind.__module__}.{kind.__qualname__}>"


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[:size]}{HIDDEN}"
