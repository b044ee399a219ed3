"""Facts about urlencoded pairs."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poorwsgi_core.http.urlencoded import TooManyFields, parse_pairs

_HARD = st.text(alphabet="a=&+%4fFC3bB9\n\r;é\x00č\ud800 ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a=1&b=two", [("a", "1"), ("b", "two")]),
        ("name=John+Doe&city=Br%C3%BCnn", [("name", "John Doe"), ("city", "Brünn")]),
        ("a=1&a=2", [("a", "1"), ("a", "2")]),
        ("a=b=c", [("a", "b=c")]),
        ("a=b=%63", [("a", "b=c")]),
        ("%C4%8D=%2B%26%3D", [("č", "+&=")]),
        ("a=%ff", [("a", "\ufffd")]),
        ("a=100%&b=%zz%4", [("a", "100%"), ("b", "%zz%4")]),
        ("a=%0d%0a", [("a", "\r\n")]),
        ("a=č%C4%8D", [("a", "čč")]),
        ("a=1;b=2", [("a", "1;b=2")]),
        ("a&b=&=c&&", [("", "c")]),
    ],
)
def test_pairs_are_parsed(text: str, expected: list[tuple[str, str]]) -> None:
    """Names and values are decoded, blank ones left out (bar 50)."""
    assert parse_pairs(text) == expected


def test_blank_values_are_kept_on_demand() -> None:
    """A field without a value has an empty one then."""
    pairs = parse_pairs("a&b=&=c&&", keep_blank_values=True)
    assert pairs == [("a", ""), ("b", ""), ("", "c")]


@pytest.mark.parametrize("text", ["a", "a=1&b", "a=1&", "&"])
def test_strict_parsing_refuses_fields_without_equals_sign(text: str) -> None:
    """A field that is no pair is a ValueError then."""
    with pytest.raises(ValueError, match="without"):
        parse_pairs(text, strict_parsing=True)


@pytest.mark.parametrize("keep_blank_values", [False, True])
@pytest.mark.parametrize(
    ("encoding", "errors"),
    [
        ("utf-8", "replace"),
        ("utf-8", "ignore"),
        ("latin-1", "strict"),
        ("utf-16", "replace"),
        ("shift_jis", "replace"),
    ],
)
def test_result_is_that_of_parse_qsl(
    *, keep_blank_values: bool, encoding: str, errors: str
) -> None:
    """For any text and setting both give the same pairs (bar 50)."""

    @given(_HARD | st.text())
    @example("a=%")
    @example("a=%%41")
    @example("a=%\n41")
    @example("a=%3D%3d")
    @example("a=%C3&b=%A9")
    def agrees(text: str) -> None:
        expected = parse_qsl(text, keep_blank_values, encoding=encoding, errors=errors)
        assert expected == parse_pairs(
            text, keep_blank_values=keep_blank_values, encoding=encoding, errors=errors
        )

    agrees()


@given(_HARD, st.booleans())
def test_strict_result_is_that_of_parse_qsl(text: str, keep: bool) -> None:
    """Strict parsing refuses and gives the same as parse_qsl."""
    try:
        expected = parse_qsl(text, keep, strict_parsing=True)
    except ValueError:
        with pytest.raises(ValueError):
            parse_pairs(text, keep_blank_values=keep, strict_parsing=True)
    else:
        assert expected == parse_pairs(
            text, keep_blank_values=keep, strict_parsing=True
        )


@given(_HARD, st.sampled_from([";", "|", "&&"]))
def test_separator_is_that_of_parse_qsl(text: str, separator: str) -> None:
    """Another separator works as with parse_qsl."""
    expected = parse_qsl(text, separator=separator)
    assert parse_pairs(text, separator=separator) == expected


def test_empty_separator_is_refused() -> None:
    """There must be something between fields."""
    with pytest.raises(ValueError, match="empty separator"):
        parse_pairs("a=1", separator="")


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(_TEXTS, _TEXTS)))
def test_pairs_survive_the_round_trip(pairs: list[tuple[str, str]]) -> None:
    """What urlencode makes is parsed back."""
    assert parse_pairs(urlencode(pairs), keep_blank_values=True) == pairs


def test_number_of_fields_is_limited() -> None:
    """More fields than allowed are refused, before any is split (bar 40)."""
    assert len(parse_pairs("a=1&b=2", max_fields=2)) == 2
    assert parse_pairs("", max_fields=0) == []
    with pytest.raises(TooManyFields, match="more than 2") as caught:
        parse_pairs("a=1&b=2&c=3", max_fields=2)
    assert caught.value.limit == 2
    with pytest.raises(TooManyFields):
        parse_pairs("&&", max_fields=2)
    with pytest.raises(TooManyFields):
        parse_pairs("a", max_fields=0)


def test_separators_short_of_the_limit_are_fine() -> None:
    """A long text with few fields isn't refused."""
    assert parse_pairs("a=1&b=" + "2" * 100, max_fields=2)[0] == ("a", "1")


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize(
    "piece", ["&", "=", "%", "+", "a", "&=", "&a", "%zz", "%C3é", "a%41&", "%41"]
)
@pytest.mark.parametrize("keep_blank_values", [False, True])
def test_hostile_text_is_read_in_linear_time(
    piece: str, *, keep_blank_values: bool
) -> None:
    """Hostile text takes no more than its length (bar 40)."""
    text = "a=" + piece * (250_000 // len(piece))
    assert parse_pairs(text, keep_blank_values=keep_blank_values) is not None
