r"""Patterns are ECMA-262's, where Python reads them in another way."""

import re
from collections.abc import Iterator

import pytest

from poorwsgi_openapi.document import ecma
from poorwsgi_openapi.document.ecma import (
    compile_pattern,
    cost_of,
    has_equal_repeats,
    is_given_pattern,
    is_linear,
    is_pattern,
    is_simple,
    may_rescan,
)


@pytest.fixture(autouse=True, params=["re", "re2"])
def engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Let patterns be tried by one engine, or by the other."""
    name = str(request.param)
    found = pytest.importorskip("re2") if name == "re2" else None
    monkeypatch.setattr(ecma, "find_engine", lambda: found)
    compile_pattern.cache_clear()
    yield name
    compile_pattern.cache_clear()


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


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("^[a-z]+$", True),
        (r"(?<year>\d{4})\u{1F600}", True),
        (r"\p{L}+", True),
        ("a" * 4096, True),
        ("(", False),
        ("(" * 4000, False),
        (r"\w|" * 1_000_000, False),
        (r"\p{L}|" * 800, False),
        (7, True),
    ],
)
def test_patterns_of_clients(value: object, expected: bool) -> None:
    """They are those of documents, but no long ones, which take long to compile."""
    assert is_given_pattern(value) == expected


def test_only_texts_are_patterns() -> None:
    """Another value is somebody else's fault."""
    assert is_pattern(1)
    assert is_pattern("^a$")


@pytest.mark.parametrize(
    ("pattern", "is_plain"),
    [
        (r"^(\w+\.?)+@x$", True),
        (r"^\p{Lu}\s[^\d]\u{1F600}$", True),
        ("a(?=b)", False),
        (r"(a)\1", False),
        ("a{2000}", False),
    ],
)
def test_linear_time(engine: str, pattern: str, is_plain: bool) -> None:
    """RE2 takes it for all but look-around, back references and great counts."""
    assert is_linear(pattern) == (engine == "re2" and is_plain)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", True),
        ("^a$", True),
        (r"abc\.d", True),
        (r"^[a-z]\w+$", True),
        (r"^\d{4}-\d\d-\d{2}$", True),
        ("^[a-z]{3,255}[$]$", True),
        ("^a?b{2}", True),
        ("a+", False),
        (r"\d{4}", False),
        ("^a+b+$", False),
        ("^(a)$", False),
        ("^a|b", False),
        ("^a{1000}$", False),
        ("^a+(?=b)", False),
    ],
)
def test_simple_patterns(engine: str, pattern: str, expected: bool) -> None:
    """They have one count that varies at most, and stay with Python's engine."""
    assert is_simple(pattern) is expected
    is_kept = expected or engine == "re" or "(?=" in pattern
    assert isinstance(compile_pattern(pattern), re.Pattern) is is_kept
    assert cost_of(pattern, pattern) == (2 if is_kept else 6)


def test_repeat_in_a_repeat(engine: str) -> None:
    """RE2 ends where Python's engine would take for hours."""
    text = "a" * (40 if engine == "re2" else 4) + "!"
    assert compile_pattern(r"^([a-z0-9]+\.?)+@x$").search(text) is None


def test_engine_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package patterns are Python's."""

    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(ecma, "import_module", refuse)
    assert FIND_ENGINE.__wrapped__() is None


def test_engine_that_is_there() -> None:
    """With the package they are tried by it."""
    assert FIND_ENGINE.__wrapped__() is pytest.importorskip("re2")


FIND_ENGINE = ecma.find_engine


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\s+$", True),
        (r"[\w.]+@[\w.]+", True),
        ("a{2,}?b", True),
        (r"^\s+$", False),
        ("[a-z]+", False),
        ("a+|b", False),
        ("(a+)", False),
        (r"a\+b", False),
        ("a{2}b", False),
    ],
)
def test_patterns_that_are_looked_for_anew(pattern: str, expected: bool) -> None:
    """They have a repeat before something else, and no start."""
    assert may_rescan(pattern) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^a*a*b$", True),
        (r"^\s*,?\s*x$", True),
        ("^.*a.*b$", True),
        (r"^(\w+)(?:[a-f]{2,})$", True),
        (r"^(?<n>\p{L}+)\w{1,}-$", True),
        ("^a+[^b]?b?a+$", True),
        ("^a{0,2}[ab]+b*$", True),
        ("^[)a]*(a)[)]*$", False),
        (r"^\d+-\d+$", False),
        (r"^[\w.-]+@[\w-]+\.[\w.-]+$", False),
        ("^a+b+$", False),
        ("^a+|a+$", False),
        ("^a+(b|a)a?$", False),
        ("^a{3}a{3}$", False),
        (r"^\w+$", False),
        (r"^(?=.*\d)(?=.*[a-z]).{8,}$", False),
        (r"^(a+)\1a*?$", False),
        ("^a+?a*?b$", True),
    ],
)
def test_repeats_of_the_same_characters(pattern: str, expected: bool) -> None:
    """Two of them in turn are found, unless something is between."""
    assert has_equal_repeats(pattern) is expected
