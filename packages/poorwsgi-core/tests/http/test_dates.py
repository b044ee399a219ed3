"""Facts about HTTP dates."""

import locale
import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.dates import (
    HEADER_DATETIME_FORMAT,
    datetime_to_http,
    http_to_datetime,
    http_to_time,
    time_to_http,
)

_EXAMPLE = 784_111_777
_LAST_SECOND = 253_402_300_799


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun Nov 06 08:49:37 1994",
    ],
)
def test_three_formats_are_parsed(text: str) -> None:
    """The examples of RFC 9110 section 5.6.7 are one moment (bar 56)."""
    assert http_to_time(text) == _EXAMPLE
    assert http_to_datetime(text) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


def test_parsed_datetime_is_aware() -> None:
    """http_to_datetime answers in UTC."""
    assert http_to_datetime("Thu, 01 Jan 1970 00:00:00 GMT").tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT\n",
        " Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Ned, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Lis 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Thu, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 1995 08:49:37 GMT",
        "Thu, 29 Feb 1900 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, ٠٦ Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov   08:49:37 1994",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """What is none of the formats, or no day, is a ValueError."""
    with pytest.raises(ValueError):
        http_to_time(text)
    with pytest.raises(ValueError):
        http_to_datetime(text)


@pytest.mark.parametrize("value", [None, 1, b"Sun, 06 Nov 1994 08:49:37 GMT"])
def test_parsing_needs_text(value: object) -> None:
    """What is not a str is a TypeError."""
    with pytest.raises(TypeError):
        http_to_time(value)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_leap_days_are_known() -> None:
    """The 29th of February exists in 2000 and 2024."""
    assert http_to_datetime("Tue, 29 Feb 2000 00:00:00 GMT").day == 29
    assert http_to_datetime("Thu, 29 Feb 2024 00:00:00 GMT").day == 29


def test_leap_second_counts_as_the_second_before() -> None:
    """23:59:60 is a valid time, and clocks don't know it."""
    assert http_to_time("Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_799


@pytest.mark.parametrize(
    ("now", "text", "year"),
    [
        (datetime(2026, 6, 15, tzinfo=UTC), "Monday, 15-Jun-26 00:00:00 GMT", 2026),
        (datetime(2026, 6, 15, tzinfo=UTC), "Monday, 15-Jun-76 00:00:00 GMT", 2076),
        (datetime(2026, 6, 15, tzinfo=UTC), "Monday, 15-Jun-76 00:00:01 GMT", 1976),
        (datetime(2026, 6, 15, tzinfo=UTC), "Monday, 15-Jun-94 00:00:00 GMT", 1994),
        (datetime(2080, 6, 15, tzinfo=UTC), "Monday, 15-Jun-10 00:00:00 GMT", 2110),
        (datetime(2080, 6, 15, tzinfo=UTC), "Monday, 15-Jun-31 00:00:00 GMT", 2031),
    ],
)
def test_two_digit_year_is_at_most_50_years_ahead(
    monkeypatch: pytest.MonkeyPatch, now: datetime, text: str, year: int
) -> None:
    """A two-digit year is the latest one up to 50 years from now."""
    moment = now.utctimetuple()
    monkeypatch.setattr(time, "gmtime", lambda: moment)
    assert http_to_datetime(text).year == year


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (_EXAMPLE, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (_EXAMPLE + 0.99, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (_LAST_SECOND, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ],
)
def test_time_is_formatted(seconds: float, text: str) -> None:
    """Seconds become IMF-fixdate, fractions are cut off."""
    assert time_to_http(seconds) == text


def test_time_is_now_by_default() -> None:
    """Without an argument it is the present second."""
    before = int(time.time())
    assert before <= http_to_time(time_to_http()) <= before + 5


@pytest.mark.parametrize(
    "seconds", [_LAST_SECOND + 1, -62_200_000_000, 10**20, *map(float, ("nan", "inf"))]
)
def test_time_without_four_digit_year_is_refused(seconds: float) -> None:
    """IMF-fixdate has four digits for the year."""
    with pytest.raises(ValueError):
        time_to_http(seconds)


def test_naive_datetime_is_utc() -> None:
    """A datetime without zone is taken for UTC."""
    moment = datetime(1994, 11, 6, 8, 49, 37)  # noqa: DTZ001 - the case at hand
    assert datetime_to_http(moment) == "Sun, 06 Nov 1994 08:49:37 GMT"


def test_aware_datetime_is_converted() -> None:
    """A datetime with a zone is converted to UTC."""
    prague = timezone(timedelta(hours=1))
    moment = datetime(1994, 11, 6, 9, 49, 37, tzinfo=prague)
    assert datetime_to_http(moment) == "Sun, 06 Nov 1994 08:49:37 GMT"


def test_datetime_beyond_the_calendar_is_refused() -> None:
    """A datetime whose UTC is in the year 10000 is a ValueError."""
    moment = datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))
    with pytest.raises(ValueError, match="nearer"):
        datetime_to_http(moment)


def test_format_constant_gives_the_same() -> None:
    """HEADER_DATETIME_FORMAT is the pattern of what is rendered."""
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    assert moment.strftime(HEADER_DATETIME_FORMAT) == datetime_to_http(moment)


def test_locale_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """No function asks the locale (bar 56)."""

    def refuse(*_: object) -> None:
        raise AssertionError("the locale was asked")

    monkeypatch.setattr(locale, "getlocale", refuse)
    monkeypatch.setattr(time, "strftime", refuse)
    monkeypatch.setattr(time, "strptime", refuse)
    assert http_to_time(time_to_http(_EXAMPLE)) == _EXAMPLE


@given(st.integers(-62_135_596_800, _LAST_SECOND))
def test_time_survives_the_round_trip(seconds: int) -> None:
    """Each second of the years 1 to 9999 is rendered and parsed back."""
    assert http_to_time(time_to_http(seconds)) == seconds


@given(st.integers(0, _LAST_SECOND))
def test_time_agrees_with_the_standard_library(seconds: int) -> None:
    """The text is that of email.utils."""
    assert time_to_http(seconds) == formatdate(seconds, usegmt=True)


@given(st.datetimes(timezones=st.just(UTC)))
def test_datetime_survives_the_round_trip(moment: datetime) -> None:
    """A datetime without microseconds is rendered and parsed back."""
    moment = moment.replace(microsecond=0)
    assert http_to_datetime(datetime_to_http(moment)) == moment


@given(st.text())
def test_text_gives_a_time_or_value_error(text: str) -> None:
    """Nothing but ValueError is raised for text."""
    try:
        assert isinstance(http_to_time(text), int)
    except ValueError:
        assert text != time_to_http(0)
