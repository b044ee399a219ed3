"""Facts about conditional requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.conditional import (
    check_preconditions,
    is_range_current,
    weaken,
)

_BEFORE = "Thu, 01 Jan 2026 11:59:59 GMT"
_DATE = "Thu, 01 Jan 2026 12:00:00 GMT"
_AFTER = "Thu, 01 Jan 2026 12:00:01 GMT"
_JUNK = ["", "junk", "-1", "Thu, 99 Jan 2026 12:00:00 GMT", "\x00", '"', "W/", "(" * 9]


def _check(method: str = "GET", **conditions: str) -> int | None:
    environ = {f"HTTP_IF_{name.upper()}": value for name, value in conditions.items()}
    return check_preconditions(environ, method, '"tag"', _DATE)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_without_a_condition(method: str) -> None:
    """Nothing stands against the answer."""
    assert _check(method) is None


@pytest.mark.parametrize(
    "value",
    ['"tag"', 'W/"tag"', '"x", "tag"', '"x",W/"tag" , "y"', "*", " * "],
)
def test_etag_is_known(value: str) -> None:
    """If-None-Match compares weakly: the copy is good (RFC 9110 §13.1.2)."""
    assert _check(none_match=value) == 304
    assert _check("HEAD", none_match=value) == 304
    assert _check("PUT", none_match=value) == 412


@pytest.mark.parametrize(
    "value", ['"x"', 'W/"x"', '"TAG"', '"ta g"', '"tag', "tag", 'w/"tag"']
)
def test_etag_is_not_known(value: str) -> None:
    """Another entity tag doesn't match, and one without quotes is none."""
    assert _check(none_match=value) is None


def test_comma_inside_of_an_etag() -> None:
    """A comma separates nothing inside of quotes."""
    environ = {"HTTP_IF_NONE_MATCH": '"x", "a,b"'}
    assert check_preconditions(environ, "GET", '"a,b"', None) == 304
    assert check_preconditions(environ, "GET", '"b"', None) is None


@pytest.mark.parametrize(
    ("since", "expected"), [(_BEFORE, None), (_DATE, 304), (_AFTER, 304)]
)
def test_if_modified_since(since: str, expected: int | None) -> None:
    """The copy is good unless the file is newer; for GET and HEAD alone."""
    assert _check(modified_since=since) == expected
    assert _check("HEAD", modified_since=since) == expected
    assert _check("POST", modified_since=since) is None


def test_if_modified_since_in_the_older_formats() -> None:
    """Dates of RFC 850 and asctime are understood (bar 56)."""
    assert _check(modified_since="Thursday, 01-Jan-26 12:00:00 GMT") == 304
    assert _check(modified_since="Thu Jan  1 12:00:00 2026") == 304


def test_if_none_match_hides_if_modified_since() -> None:
    """The entity tag decides where both are sent (RFC 9110 §13.2.2)."""
    assert _check(none_match='"x"', modified_since=_AFTER) is None
    assert _check(none_match='"tag"', modified_since=_BEFORE) == 304


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"tag"', None),
        ('"x", "tag"', None),
        ("*", None),
        ("\xa0*", None),
        ('"x"', 412),
        ('W/"tag"', 412),
        ('w/"tag"', None),
        ('"x", w/"tag"', 412),
    ],
)
def test_if_match(value: str, expected: int | None) -> None:
    """If-Match compares strongly (RFC 9110 §13.1.1)."""
    assert _check(match=value) == expected
    assert _check("PUT", match=value) == expected


def test_weak_etag_never_matches_strongly() -> None:
    """A weak entity tag of our own fails If-Match."""
    environ = {"HTTP_IF_MATCH": 'W/"tag"'}
    assert check_preconditions(environ, "GET", 'W/"tag"', None) == 412


@pytest.mark.parametrize(
    ("since", "expected"), [(_BEFORE, 412), (_DATE, None), (_AFTER, None)]
)
def test_if_unmodified_since(since: str, expected: int | None) -> None:
    """A file that is newer isn't what the client expects."""
    assert _check(unmodified_since=since) == expected
    assert _check("PUT", unmodified_since=since) == expected


def test_if_match_hides_if_unmodified_since() -> None:
    """The entity tag decides where both are sent."""
    assert _check(match='"tag"', unmodified_since=_BEFORE) is None


def test_if_match_comes_first() -> None:
    """A failed precondition is told before a good copy."""
    assert _check(match='"x"', none_match='"tag"') == 412
    assert _check(unmodified_since=_BEFORE, none_match='"tag"') == 412
    assert _check(match='"tag"', none_match='"tag"') == 304


def test_without_validators() -> None:
    """What has neither tag nor date matches just the star."""
    environ = {
        "HTTP_IF_MODIFIED_SINCE": _AFTER,
        "HTTP_IF_UNMODIFIED_SINCE": _BEFORE,
    }
    assert check_preconditions(environ, "GET", None, None) is None
    assert check_preconditions({"HTTP_IF_MATCH": '"x"'}, "GET", None, None) == 412
    assert check_preconditions({"HTTP_IF_MATCH": "*"}, "GET", None, None) is None
    assert check_preconditions({"HTTP_IF_NONE_MATCH": '"x"'}, "GET", None, None) is None


def test_own_date_that_is_no_date() -> None:
    """A Last-Modified that can't be read counts as none."""
    environ = {"HTTP_IF_MODIFIED_SINCE": _AFTER}
    assert check_preconditions(environ, "GET", None, "yesterday") is None


@pytest.mark.parametrize("junk", _JUNK)
@pytest.mark.parametrize(
    "name", ["match", "none_match", "modified_since", "unmodified_since"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_junk_is_ignored(method: str, name: str, junk: str) -> None:
    """What can't be understood is no condition (bar 8)."""
    assert _check(method, **{name: junk}) is None


@pytest.mark.parametrize(
    ("if_range", "expected"),
    [
        (None, True),
        ('"tag"', True),
        (_DATE, True),
        ('"x"', False),
        ('W/"tag"', False),
        (_BEFORE, False),
        (_AFTER, False),
        ("Thursday, 01-Jan-26 12:00:00 GMT", False),
        *((junk, False) for junk in _JUNK),
    ],
)
def test_if_range(if_range: str | None, expected: bool) -> None:
    """A range applies on an exact match alone (RFC 9110 §13.1.5)."""
    assert is_range_current(if_range, '"tag"', _DATE) is expected


def test_if_range_without_validators() -> None:
    """Nothing matches what isn't there, nor a weak tag."""
    assert not is_range_current('"tag"', None, None)
    assert not is_range_current(_DATE, None, None)
    assert not is_range_current('W/"tag"', 'W/"tag"', None)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "HTTP_IF_MATCH",
                "HTTP_IF_NONE_MATCH",
                "HTTP_IF_MODIFIED_SINCE",
                "HTTP_IF_UNMODIFIED_SINCE",
            ]
        ),
        st.text() | st.text(',"*W/ a'),
    ),
    st.sampled_from(["GET", "HEAD", "PUT"]),
)
def test_any_text_is_a_condition(environ: dict[str, str], method: str) -> None:
    """Nothing that a client sends raises."""
    assert check_preconditions(environ, method, '"a"', _DATE) in (None, 304, 412)


@pytest.mark.parametrize("etag", ['"1"', 'W/"1"'])
def test_weak_etags(etag: str) -> None:
    """The weak form of a weak tag is itself."""
    assert weaken(etag) == 'W/"1"'
