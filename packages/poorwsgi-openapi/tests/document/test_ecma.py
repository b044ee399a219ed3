r"""Patterns are ECMA-262's, where Python reads them in another way."""

import re

import pytest

from poorwsgi_openapi.document.ecma import (
    compile_pattern,
    is_pattern,
    may_backtrack,
)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^a$", "a", True),
        ("^a$", "a\n", False),
        (r"^\d+$", "12", True),
        (r"^\d+$", "\u0663", False),
        (r"^\w$", "\xe9", False),
        (r"^\p{L}+$", "\u017elu\u0165", True),
        (r"^\p{L}+$", "a1", False),
        (r"^\p{Lowercase_Letter}$", "A", False),
        (r"^\p{gc=Lu}$", "A", True),
        (r"^[\p{L}\d]+$", "\u017ea1", True),
        (r"^\P{L}+$", "12", True),
        (r"^(?<y>\d{4})-\k<y>$", "2026-2026", True),
        (r"^[\w-.]+$", "a-b.c", True),
        (r"^[.-\w]+$", "a-.", True),
        (r"^[a-c]$", "b", True),
        (r"^[a\-z]$", "-", True),
        (r"^[\u{1F600}\u0041\x42]+$", "\U0001f600AB", True),
        (r"^.$", "\u2028", False),
        (r"^\s\S$", "\ufeffa", True),
        (r"^[\s]$", "\xa0", True),
        (r"^[\s\S]$", "\n", True),
        ("^[^]$", "\n", True),
        ("[]", "a", False),
        ("^[^[]$", "a", True),
        ("^[[&&~|]$", "&", True),
        ("^a{,2}$", "a{,2}", True),
        ("^a{1,2}$", "aa", True),
        ("(?<!a)b", "cb", True),
        (r"^\/\-\@$", "/-@", True),
        (r"^(a)\1$", "aa", True),
        (r"(?P<n>a)\Z", "a", True),
        ("(?i)A", "a", True),
    ],
)
def test_patterns_are_read_as_in_javascript(
    pattern: str, text: str, expected: bool
) -> None:
    """Ends, classes, properties, names, code points."""
    assert bool(compile_pattern(pattern).search(text)) is expected


@pytest.mark.parametrize("pattern", ["(", "[a", "a\\", r"\p{Script=Greek}", r"\p{Foo}"])
def test_patterns_that_can_not_be_done(pattern: str) -> None:
    """What isn't understood is an error, and never another pattern."""
    assert not is_pattern(pattern)
    with pytest.raises(re.error):
        compile_pattern(pattern)


def test_only_texts_are_patterns() -> None:
    """Another value is somebody else's fault."""
    assert is_pattern(1)
    assert is_pattern("^a$")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^([a-zA-Z0-9]+\.?)+@x$", True),
        ("(a+)+", True),
        ("((a+)b)*", True),
        ("(a{2,})*", True),
        ("(a|b+){3,}", True),
        ("^[a+]+$", False),
        (r"(\+a)+", False),
        ("a+b+", False),
        ("(a{2})*", False),
        ("(?:a+)?", False),
        ("((ab)c)+", False),
    ],
)
def test_repeats_in_repeats_are_found(pattern: str, expected: bool) -> None:
    """By these a short text may take for ever."""
    assert may_backtrack(pattern) is expected
