"""Types whose JSON is text: each is read and written."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID

import pytest

from poorwsgi_openapi.code.texts import TEXTS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, tzinfo=UTC), "2024-02-29T00:00:00+00:00"),
        (time(12, 30), "12:30:00"),
        (timedelta(days=1, hours=2), "P1DT7200S"),
        (timedelta(milliseconds=500), "PT0.5S"),
        (timedelta(seconds=100), "PT100S"),
        (timedelta(), "P0D"),
        (-timedelta(days=1), "-P1D"),
        (UUID(int=0), "00000000-0000-0000-0000-000000000000"),
        (IPv4Address("192.0.2.1"), "192.0.2.1"),
        (IPv6Address("2001:db8::1"), "2001:db8::1"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (b"a", "YQ=="),
    ],
)
def test_what_is_written_is_read_again(value: Any, text: str) -> None:
    """The text fits the pattern of its type, and means the same value."""
    kind = TEXTS[type(value)]
    assert kind.write(value) == text
    assert kind.read(text) == value
    assert re.search(str(kind.schema.get("pattern", "")), text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("P2W", timedelta(weeks=2)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("-PT1H", -timedelta(hours=1)),
    ],
)
def test_durations_are_those_of_iso_8601(text: str, span: timedelta) -> None:
    """Years and months, which have no length, are left out of the pattern."""
    assert TEXTS[timedelta].read(text) == span
    pattern = str(TEXTS[timedelta].schema["pattern"])
    assert re.search(pattern, text)
    assert not re.search(pattern, "P1Y2M")


def test_a_duration_has_a_part() -> None:
    """The pattern would let it through."""
    with pytest.raises(ValueError, match="PT"):
        TEXTS[timedelta].read("PT")
