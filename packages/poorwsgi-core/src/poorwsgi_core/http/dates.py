"""HTTP dates: the three formats of RFC 9110 section 5.6.7 in, one out.

The rules:

* Everything is Coordinated Universal Time; a naive ``datetime`` counts as UTC,
  an aware one is converted.
* Names of days and months are English whatever the locale is, so neither
  ``strftime`` nor ``strptime`` is used.
* What is not exactly one of the three formats is a ``ValueError``.

The name of the day is not compared with the date: senders get it wrong, and
nothing depends on it.
"""

import functools
import re
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "HEADER_DATETIME_FORMAT",
    "datetime_to_http",
    "http_to_datetime",
    "http_to_time",
    "modified_to_http",
    "time_to_http",
]

HEADER_DATETIME_FORMAT: Final = "%a, %d %b %Y %H:%M:%S GMT"
"""Pattern of IMF-fixdate for ``strftime``; right in an English locale only."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_DAY = f"(?:{'|'.join(_DAYS)})"
_LONG_DAY = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_CLOCK = "(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"

_SECONDS_PER_DAY = 86_400


def datetime_to_http(value: "datetime") -> str:
    """Format a datetime as IMF-fixdate.

    Args:
        value: an aware datetime is converted to UTC, a naive one is UTC.

    Raises:
        ValueError: the time in UTC lies outside the years 1 to 9999.
    """
    try:
        return _format_time(value.utctimetuple())
    except OverflowError as error:
        raise ValueError(
            f"{value!r} in UTC is outside the years 1 to 9999; use a nearer date"
        ) from error


def time_to_http(value: float | None = None) -> str:
    """Format seconds since the epoch as IMF-fixdate.

    Args:
        value: a fraction is cut off; ``None`` is now.

    Raises:
        ValueError: the time lies outside the years 0 to 9999.
    """
    try:
        return _format_second(int(time.time() if value is None else value))
    except OverflowError as error:
        raise ValueError(f"{value!r} is no date; use a nearer one") from error


def modified_to_http(value: float) -> str:
    """Format a modification time for Last-Modified, which is never in the future.

    Args:
        value: seconds since the epoch; now is taken for what is later
            (RFC 9110 §8.8.2.1).

    Raises:
        ValueError: the time lies before the year 0.
    """
    return time_to_http(min(value, time.time()))


def http_to_datetime(value: str) -> "datetime":
    """Parse an HTTP date to an aware datetime in UTC.

    Raises:
        TypeError: value is not a str.
        ValueError: value is in none of the three formats or no such day exists.
    """
    from datetime import UTC, datetime, timedelta

    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + timedelta(seconds=http_to_time(value))


def http_to_time(value: str) -> int:
    """Parse an HTTP date to whole seconds since the epoch.

    Raises:
        TypeError: value is not a str.
        ValueError: value is in none of the three formats or no such day exists.
    """
    for pattern in _formats():
        if match := pattern.fullmatch(value):
            return _to_seconds(match.groupdict())
    raise ValueError(
        f"not an HTTP date: {value[:50]!r}; it should look like "
        "'Thu, 01 Jan 1970 00:00:00 GMT'"
    )


def _format_time(moment: time.struct_time) -> str:
    year, month, day, hour, minute, second, weekday = moment[:7]
    return (
        f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year:04} "
        f"{hour:02}:{minute:02}:{second:02} GMT"
    )


# PERF: responses repeat a few seconds: now (Date) and mtimes (Last-Modified).
@functools.lru_cache(maxsize=256)
def _format_second(second: int) -> str:
    try:
        moment = time.gmtime(second)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{second} seconds is no date: {error}") from error
    if not 0 <= moment.tm_year <= 9999:
        raise ValueError(f"year {moment.tm_year} has no HTTP date; use 0 to 9999")
    return _format_time(moment)


# PERF: compiling takes a millisecond, and few programs parse dates at once.
@functools.cache
def _formats() -> tuple[re.Pattern[str], ...]:
    return (
        re.compile(
            f"{_DAY}, (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_CLOCK} GMT"
        ),
        re.compile(
            f"{_LONG_DAY}, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) "
            f"{_CLOCK} GMT"
        ),
        re.compile(
            f"{_DAY} {_MONTH} (?P<day>[ 0-9][0-9]) {_CLOCK} (?P<year>[0-9]{{4}})"
        ),
    )


def _to_seconds(fields: dict[str, str]) -> int:
    month = _MONTHS.index(fields["month"]) + 1
    day, hour, minute, second = (
        int(fields[name]) for name in ("day", "hour", "minute", "second")
    )
    year = int(fields["year"])
    if len(fields["year"]) == 2:
        year = _full_year((year, month, day, hour, minute, second))
    if not (
        year
        and 1 <= day <= _days_in_month(year, month)
        and hour < 24
        and minute < 60
        and second <= 60
    ):
        raise ValueError(f"no such date: {year}-{month}-{day} {hour}:{minute}:{second}")
    # Neither time_t nor datetime knows leap seconds: 60 counts as 59.
    clock = hour * 3600 + minute * 60 + min(second, 59)
    return _days_since_epoch(year, month, day) * _SECONDS_PER_DAY + clock


def _full_year(moment: tuple[int, ...]) -> int:
    # The latest year with these two digits that is not more than 50 years ahead.
    now = time.gmtime()
    year = now.tm_year // 100 * 100 + 100 + moment[0]
    while (year - 50, *moment[1:]) > now[:6]:
        year -= 100
    return year


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _days_in_month(year: int, month: int) -> int:
    return _MONTH_LENGTHS[month - 1] - (month == 2 and not _is_leap(year))


def _days_since_epoch(year: int, month: int, day: int) -> int:
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400
    days += sum(_days_in_month(year, earlier) for earlier in range(1, month))
    return days + day - 719_163  # the number of 1970-01-01, counted from 0001-01-01
