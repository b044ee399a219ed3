"""Types whose JSON is text: the schema of each, and how it is read and written.

A text that has passed its schema may be none of its type yet, such as a 30th of
February; that is told without the value, which is shown in debug only.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple
from uuid import UUID

__all__ = ["TEXTS", "Text"]

_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_DURATION = r"^-?P([0-9]+W|([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?)$"
_UNITS = {
    "W": "weeks",
    "D": "days",
    "H": "hours",
    "M": "minutes",
    "S": "seconds",
}
_PARTS = re.compile(r"([0-9.]+)([WDHMS])")


class Text(NamedTuple):
    """A type whose JSON is text.

    Attributes:
        name: what a text is told not to be.
        schema: its schema.
        read: makes a value of a text.
        write: makes a text of a value.
    """

    name: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _of_format(
    kind: Any,
    format_: str,
    name: str,
    read: Callable[[str], Any] | None = None,
    write: Callable[[Any], str] = str,
) -> Text:
    return Text(name, {"type": "string", "format": format_}, read or kind, write)


def _read_base64(text: str) -> bytes:
    return b64decode(text, validate=True)


def _write_base64(value: bytes) -> str:
    return b64encode(value).decode()


def _read_duration(text: str) -> timedelta:
    parts = _PARTS.findall(text)
    if not parts:
        raise ValueError(text)
    span = timedelta(**{_UNITS[unit]: float(number) for number, unit in parts})
    return -span if text.startswith("-") else span


def _write_duration(value: timedelta) -> str:
    """Write a span of time as ISO 8601 has it: ``P1DT2H``."""
    sign, span = ("-", -value) if value.days < 0 else ("", value)
    seconds = Decimal(span.seconds) + Decimal(span.microseconds).scaleb(-6)
    clock = f"T{seconds.normalize():f}S" if seconds else ""
    days = f"{span.days}D" if span.days or not clock else ""
    return f"{sign}P{days}{clock}"


TEXTS: Mapping[Any, Text] = {
    datetime: _of_format(
        datetime,
        "date-time",
        "date and time",
        datetime.fromisoformat,
        datetime.isoformat,
    ),
    date: _of_format(date, "date", "date", date.fromisoformat, date.isoformat),
    time: _of_format(time, "time", "time", time.fromisoformat, time.isoformat),
    timedelta: Text(
        "duration",
        {"type": "string", "format": "duration", "pattern": _DURATION},
        _read_duration,
        _write_duration,
    ),
    UUID: _of_format(UUID, "uuid", "UUID"),
    IPv4Address: _of_format(IPv4Address, "ipv4", "IPv4 address"),
    IPv6Address: _of_format(IPv6Address, "ipv6", "IPv6 address"),
    Decimal: Text(
        "decimal number",
        {"type": "string", "pattern": _NUMBER},
        Decimal,
        "{:f}".format,
    ),
    bytes: Text(
        "base64",
        {"type": "string", "contentEncoding": "base64"},
        _read_base64,
        _write_base64,
    ),
}
"""By type; a datetime, which is a date too, comes first."""
