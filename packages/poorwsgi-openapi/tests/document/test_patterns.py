"""Facts about text that is made to match a pattern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_openapi.document.ecma import compile_pattern
from poorwsgi_openapi.document.patterns import match_pattern


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", ""),
        ("^[A-Z]{3}$", "ABC"),
        (r"^\d{5}(-\d{4})?$", "01234"),
        ("^(foo|bar)+$", "foo"),
        ("^(?:a|b)c$", "ac"),
        ("^(?P<year>[0-9]{2,4})$", "01"),
        ("^[^a-z]+$", "A"),
        (r"^\+\w+\.\s$", "+a. "),
        ("^.{3}$", "abc"),
        ("^a+?b*c?$", "a"),
        (r"^[\w.-]{2,}$", "ab"),
        ("^[a-]$", "a"),
        (r"\bx\b", "x"),
        (r"^\n\t$", "\n\t"),
        ("^x{0}$", ""),
        ("[]-a]", None),
    ],
)
def test_match(pattern: str, expected: str | None) -> None:
    """The text is the shortest, of the first that is allowed."""
    assert match_pattern(pattern) == expected


def test_length() -> None:
    """Repeats go on up to the length that is wanted, as far as they may."""
    assert match_pattern("^[ab]*$", 5) == "ababa"
    assert match_pattern("^[ab]{1,3}$", 5) == "aba"
    assert match_pattern("^x[ab]+$", 3) == "xab"


@pytest.mark.parametrize(
    "pattern",
    [
        "^(?=a)b$",
        "^(?!x)$",
        "(",
        ")",
        "[",
        "[a",
        "\\",
        r"\p{L}",
        r"^[^\d\w\s.~!-]$",
        "a{9999}b{9999}",
        "^a$b",
        "(a",
        r"[\b-x]",
        r"[\d-x]",
        r"[\b]",
        "^[^ -~]$",
    ],
)
def test_pattern_that_is_not_understood(pattern: str) -> None:
    """There is no text rather than a wrong one."""
    assert match_pattern(pattern) is None


@given(st.text("ab01()[]{}|*+?.^$\\dw-,", max_size=12))
def test_text_matches_whatever_the_pattern(pattern: str) -> None:
    """Whatever is returned is found by the pattern itself."""
    found = match_pattern(pattern)
    assert found is None or compile_pattern(pattern).search(found) is not None
