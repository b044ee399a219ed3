"""Facts about content negotiation values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.negotiation import (
    best,
    parse_negotiation,
    render_negotiation,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", [("", 1.0)]),
        ("gzip", [("gzip", 1.0)]),
        ("gzip;q=1.0, *;q=0", [("gzip", 1.0), ("*", 0.0)]),
        ("a,,b", [("a", 1.0), ("", 1.0), ("b", 1.0)]),
        ("a; q=0.5", [("a", 0.5)]),
        (
            "\xa0a, b\x85;q=0.5, c;\xa0q=0",
            [("\xa0a", 1), ("b\x85", 0.5), ("c;\xa0q=0", 1)],
        ),
        ("a ;Q=0.5", [("a", 0.5)]),
        ("a;q = 0.5 ", [("a", 0.5)]),
        ("text/html;level=1", [("text/html;level=1", 1.0)]),
        ("text/html;level=1;q=0.4", [("text/html;level=1", 0.4)]),
        ("text/html;q=0.4;ext=1", [("text/html", 0.4)]),
        ('a;b="x,y;q=0";q=0.5, c', [('a;b="x,y;q=0"', 0.5), ("c", 1.0)]),
        ("a;q", [("a;q", 1.0)]),
    ],
)
def test_negotiation_is_parsed(value: str, expected: list[tuple[str, float]]) -> None:
    """Values keep their order and the parameters before the quality."""
    assert parse_negotiation(value) == expected


@pytest.mark.parametrize(
    ("quality", "expected"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("0.", 0.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("0.123", 0.123),
        ("1.000", 1.0),
        ("", 1.0),
        (".", 1.0),
        ("1.5", 1.0),
        ("2", 1.0),
        ("-0.5", 1.0),
        ("+0.5", 1.0),
        ("nan", 1.0),
        ("inf", 1.0),
        ("1e-1", 1.0),
        ("0_1", 1.0),
        ("٠.٥", 1.0),
        ('"0.5"', 1.0),
        ("0." + "1" * 17, 1.0),
    ],
)
def test_quality_is_between_0_and_1(quality: str, expected: float) -> None:
    """What is malformed or out of range counts as 1.0 (bar 62)."""
    assert parse_negotiation(f"a;q={quality}") == [("a", expected)]


def test_negotiation_is_rendered() -> None:
    """Tuples are joined as they are, without a quality too."""
    assert render_negotiation([("gzip", 1.0), ("*", 0)]) == "gzip;q=1.0, *;q=0"
    assert render_negotiation(negotation=[("gzip",)]) == "gzip"
    assert render_negotiation([]) == ""


_VALUES = st.text(alphabet="abc/*-+", min_size=1)
_QUALITIES = st.integers(0, 1000).map(lambda thousandth: thousandth / 1000)


@given(st.lists(st.tuples(_VALUES, _QUALITIES), min_size=1))
def test_negotiation_survives_the_round_trip(items: list[tuple[str, float]]) -> None:
    """What is rendered is parsed back."""
    assert parse_negotiation(render_negotiation(items)) == items


@given(st.text(alphabet='a,;qQ=01. "\\nx'))
def test_any_text_is_parsed(value: str) -> None:
    """Nothing raises, and qualities are between 0 and 1."""
    assert all(0 <= quality <= 1 for _, quality in parse_negotiation(value))


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize(
    "piece", [",", ";", ";q", ";q=0,", '"', '\\"', ' ;q="', "=", " ", "a;b;q=1,"]
)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    """Hostile text takes no more than its length (bar 63)."""
    assert parse_negotiation(piece * (250_000 // len(piece))) is not None


@pytest.mark.usefixtures("runaway_guard")
def test_long_quality_is_read_in_linear_time() -> None:
    """A quality of a million digits is no number."""
    assert parse_negotiation("a;q=0." + "1" * 1_000_000) == [("a", 1.0)]


HTML, JSON, PROBLEM = "text/html", "application/json", "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "offers", "expected"),
    [
        ("", [HTML, JSON], HTML),
        ("*/*", [JSON, HTML], JSON),
        ("application/json", [HTML, JSON], JSON),
        ("APPLICATION/JSON", [HTML, JSON], JSON),
        ("text/*, application/json;q=0.9", [JSON, HTML], HTML),
        ("text/*;q=0.5, text/html;q=0.1, */*;q=0.2", [HTML, JSON], JSON),
        ("text/html;q=0, */*", [HTML, JSON], JSON),
        ("text/html;q=0, */*;q=0", [HTML, JSON], None),
        ("image/png", [HTML, JSON], None),
        ("text/html;level=1, */*;q=0.1", [HTML], HTML),
        ("text/html;level=1", [HTML], None),
        ("text/html", ["text/html; charset=utf-8"], "text/html; charset=utf-8"),
        ("application/*+json", [PROBLEM], None),
        ("textile/x", ["text/x"], None),
        ("text/*", ["textile/x"], None),
        ("en-US, cs;q=0.9", ["cs", "en"], "en"),
        ("en, cs;q=0.9", ["cs", "en-GB"], "en-GB"),
        ("en;q=0.2, en-GB;q=0.8, cs;q=0.5", ["en-US", "cs", "en-GB"], "en-GB"),
        ("en;q=0.2, en-GB;q=0.8, cs;q=0.5", ["en-US", "cs"], "cs"),
        ("english", ["en"], None),
        ("gzip;q=0.5, br;q=0.7", ["gzip", "br"], "br"),
        ("gzip, *;q=0.2", ["br", "gzip"], "gzip"),
        ("*", ["br"], "br"),
        ("x;q=0.3, ,y", ["x", "y"], "y"),
        ("", [], None),
        ("*", [], None),
    ],
)
def test_best_offer(accept: str, offers: list[str], expected: str | None) -> None:
    """The client's qualities choose, then our order; the nearest range counts."""
    assert best(parse_negotiation(accept), offers) == expected
