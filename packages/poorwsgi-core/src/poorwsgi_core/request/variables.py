"""Variables of the server: ``poor_*`` configures, ``app_*`` is yours.

Each is looked up in the WSGI environ first, where Apache and granian put them,
then in ``os.environ``, where gunicorn, uWSGI and waitress do.
"""

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

__all__ = ["build_check", "parse_flag", "read_flag", "read_options", "read_variable"]

_PREFIX = "app_"
_WORDS = {
    "": False,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
    "1": True,
    "on": True,
    "true": True,
    "yes": True,
}

# PERF: os.environ raises two exceptions inside to say that a name is missing
# (1.2 us); the table below it says so in 0.03 us, and is as current.
_process_table: Mapping[Any, Any] = getattr(os.environ, "_data", os.environ)
_process_key = lru_cache(maxsize=64)(getattr(os.environ, "encodekey", str))


def read_variable(environ: Mapping[str, Any], name: str) -> str | None:
    """Look a variable up in the WSGI environ, then in the process's."""
    value: str | None = environ.get(name)
    if value is None and _process_key(name) in _process_table:
        return os.environ.get(name)
    return value


def build_check(
    first: str, second: str, third: str
) -> Callable[[Mapping[str, Any]], bool]:
    """Build what tells whether the WSGI environ or the process has any of three.

    PERF: look-ups that are written out cost a third of what the methods of sets do.
    """
    keys = _process_key(first), _process_key(second), _process_key(third)
    first_key, second_key, third_key = keys

    def are_set(environ: Mapping[str, Any]) -> bool:
        return (
            first in environ
            or second in environ
            or third in environ
            or first_key in _process_table
            or second_key in _process_table
            or third_key in _process_table
        )

    return are_set


def read_flag(environ: Mapping[str, Any], name: str, default: bool) -> bool:
    """Read an On/Off variable; unset or empty gives the default.

    ``on`` in any case is on, every other value off.
    """
    value = read_variable(environ, name)
    return value.strip().lower() == "on" if value else default


def parse_flag(value: object) -> bool:
    """Convert a setting to bool; text is ``On`` or ``Off`` in any case.

    Raises:
        ValueError: it is other text.
        TypeError: it is a function, which nobody has called.
    """
    if callable(value):
        raise TypeError(f"takes True, False, 'On' or 'Off', not {value!r}: call it")
    if not isinstance(value, str):
        return bool(value)
    text = value.strip().lower()
    if text not in _WORDS:
        raise ValueError(f"takes True, False, 'On' or 'Off', not {value!r}")
    return _WORDS[text]


def read_options(*environs: Mapping[str, Any]) -> dict[str, str]:
    """Collect ``app_*`` variables, without the prefix and in lower case.

    Later environs win over earlier ones; without any it is ``os.environ``.
    """
    return {
        key[len(_PREFIX) :]: str(value).strip()
        for environ in environs or (os.environ,)
        for name, value in environ.items()
        if (key := name.strip().lower()).startswith(_PREFIX)
    }
