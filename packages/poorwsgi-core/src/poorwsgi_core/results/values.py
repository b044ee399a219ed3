"""Values from outside on debug pages: masked, bounded, objects by their type."""

from collections.abc import Iterable
from typing import Any, cast

from poorwsgi_core.request.callables import probe
from poorwsgi_core.results.cells import MASKED, build_table
from poorwsgi_core.results.html import code_html
from poorwsgi_core.results.masking import HIDDEN, is_secret_name, mask_text

__all__ = ["read_headers", "value_html", "values_table"]

_MAX_VALUE = 2000
_MAX_READ = 2 * _MAX_VALUE


def values_table(columns: tuple[str, str], pairs: Iterable[tuple[str, Any]]) -> str:
    """Build a table of names with their values, the secret ones masked."""
    return build_table(
        columns,
        ((code_html(key), _value(key, value)) for key, value in pairs),
    )


def _value(key: str, value: object) -> str:
    return MASKED if is_secret_name(str(key)) else value_html(value)


def value_html(value: object) -> str:
    """Write a value; what looks secret in it is masked."""
    # Cut twice: what is masked gets shorter, and masking takes its time.
    plain = _plain(value)
    text = mask_text(plain[:_MAX_READ])
    if len(text) > _MAX_VALUE or len(plain) > _MAX_READ:
        text = text[:_MAX_VALUE] + HIDDEN
    return code_html(text)


def _plain(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    kind = type(value)
    if kind in (bool, int, float, bytes) or _is_version(value):
        return repr(value)
    # Not by its repr: that may fail, and tell what it holds.
    return f"<{kind.__module__}.{kind.__qualname__}>"


def _is_version(value: object) -> bool:
    return type(value) is tuple and all(
        type(item) is int for item in cast("tuple[object, ...]", value)
    )


def read_headers(req: Any) -> Iterable[tuple[str, Any]]:
    """Return the headers of a request; a SimpleRequest has none."""
    headers = probe(req, "headers")
    return () if headers is None else headers.items()
