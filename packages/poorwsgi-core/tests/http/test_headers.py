"""Facts about header fields."""

from collections.abc import Mapping
from typing import Any, assert_type

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http import headers as headers_module
from poorwsgi_core.http.headers import (
    Headers,
    HeadersList,
    check_field_name,
    check_field_value,
    log,
)

_PAIRS = [("X-One", "1"), ("Set-Cookie", "a=b"), ("set-cookie", "c=d")]
_CONTROLS = [chr(code) for code in (*range(9), *range(10, 32), 127)]
_VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    "source",
    [
        [("A", "1"), ("B", "2")],
        (("A", "1"), ("B", "2")),
        [["A", "1"], ["B", "2"]],
        {"A": "1", "B": "2"},
        {"A": 1, "B": 2},
        {"A": "1", "B": "2"}.items(),
        Headers([("A", "1"), ("B", "2")]),
    ],
)
def test_headers_are_made_of(source: Any) -> None:
    """Pairs of any kind, a mapping, or other headers will do."""
    assert list(Headers(source)) == [("A", "1"), ("B", "2")]


def test_headers_are_made_of_a_set() -> None:
    """The order of a set is its own."""
    assert sorted(Headers({("A", "1"), ("B", "2")})) == [("A", "1"), ("B", "2")]
    assert list(Headers(frozenset({("A", "1")}))) == [("A", "1")]


def test_headers_are_made_of_nothing() -> None:
    """Without an argument they are empty and false."""
    assert not Headers()
    assert len(Headers([])) == len(Headers(())) == len(Headers({})) == 0


def test_flat_pair_is_one_header() -> None:
    """A tuple of two str is a header, a list of two is an error (L15)."""
    assert list(Headers(("X-Attribute", "hello"))) == [("X-Attribute", "hello")]
    with pytest.raises(ValueError, match="pair"):
        Headers(["ab", "cd"])  # type: ignore[list-item] # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("source", ["A: 1", b"A", 5, iter([("A", "1")]), object()])
@pytest.mark.parametrize("strict", [True, False])
def test_other_types_are_refused(source: Any, *, strict: bool) -> None:
    """What has no pairs is a TypeError."""
    with pytest.raises(TypeError, match="can't be made of"):
        Headers(source, strict=strict)


@pytest.mark.parametrize(
    "source", [["ab"], [("A",)], [("A", "1", "2")], [5], ("A", "1", "2"), ("A", 5)]
)
def test_item_must_be_a_pair(source: Any) -> None:
    """An item that is no pair is a ValueError."""
    with pytest.raises(ValueError, match="pair"):
        Headers(source)


@pytest.mark.parametrize(
    "source",
    [
        {"None": None},
        {"A": b"1"},
        {"A": 1.5},
        {"A": ["1"]},
        {None: "1"},
        {b"A": "1"},
        [(["A"], "1")],
    ],
)
def test_names_and_values_must_be_text(source: Any) -> None:
    """Only str, and int for a value, are taken (H2)."""
    with pytest.raises(TypeError):
        Headers(source)


@pytest.mark.parametrize("control", _CONTROLS)
def test_control_characters_never_get_in(control: str) -> None:
    """Control characters are a ValueError at every setter (bar 10, H1)."""
    value = f"a{control}b"
    headers = Headers()
    with pytest.raises(ValueError, match="control character"):
        Headers({"X": value})
    with pytest.raises(ValueError, match="control character"):
        headers["X"] = value
    with pytest.raises(ValueError, match="control character"):
        headers.add("X", value)
    with pytest.raises(ValueError, match="control character"):
        headers.add_header("X", value)
    with pytest.raises(ValueError, match="control character"):
        headers.add_header("X", "a", filename=value)
    with pytest.raises(ValueError, match="control character"):
        headers.add_header("X", [(value, 1.0)])
    with pytest.raises(ValueError, match="control character"):
        headers.setdefault("X", value)
    assert headers.to_list() == []


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\nb", "č", 'a"b', "a\n"])
def test_name_must_be_a_token(name: str) -> None:
    """Names that are no tokens are a ValueError at every setter (bar 10)."""
    headers = Headers()
    with pytest.raises(ValueError, match="field name"):
        Headers([(name, "1")])
    with pytest.raises(ValueError, match="field name"):
        headers[name] = "1"
    with pytest.raises(ValueError, match="field name"):
        headers.add(name, "1")
    with pytest.raises(ValueError, match="field name"):
        headers.add_header(name, "1")
    with pytest.raises(ValueError, match="field name"):
        headers.setdefault(name, "1")
    with pytest.raises(ValueError, match="field name"):
        headers.add_header("X", "1", **{name: "1"})
    assert headers.to_list() == []


def test_tab_and_latin1_letters_are_allowed() -> None:
    """HTAB and characters above 127 are part of a value."""
    assert check_field_value("a\tb\xa0\x85é") == "a\tb\xa0\x85é"
    assert Headers({"X": "a\tb"})["X"] == "a\tb"


def test_checks_return_their_argument() -> None:
    """What is right is handed back."""
    assert check_field_name("X-One") == "X-One"
    assert check_field_value("one") == "one"


def test_refused_assignment_keeps_the_old_value() -> None:
    """A value is checked before the old one is removed."""
    headers = Headers({"X": "1"})
    with pytest.raises(ValueError):
        headers["X"] = "a\nb"
    assert headers["X"] == "1"


def test_strict_copy_is_checked() -> None:
    """What has come in unchecked can't be sent by copying."""
    received = Headers([("X", "a\nb")], strict=False)
    assert Headers(received, strict=False)["X"] == "a\nb"
    with pytest.raises(ValueError):
        Headers(received)


def test_without_strict_everything_is_stored_untouched() -> None:
    """Non-strict headers keep what they get."""
    pairs = [("č", "č"), ("a b", "c\nd")]
    assert list(Headers(pairs, strict=False)) == pairs


def test_values_are_converted_to_wire_text() -> None:
    """A value is UTF-8 with one character for each octet."""
    assert Headers({"a": "č"})["a"] == "Ä\x8d"
    assert Headers.utf8(Headers({"a": "č"})["a"]) == "č"


def test_copy_does_not_convert_again() -> None:
    """Copying keeps the text, and is independent (H6)."""
    headers = Headers({"a": "č"})
    copy = Headers(headers)
    assert copy["a"] == headers["a"]
    copy["a"] = "1"
    copy.add_header("b", "2")
    assert headers.items() == (("a", "Ä\x8d"),)


def test_conversion_checks_its_argument() -> None:
    """iso88591 takes text that UTF-8 can express."""
    assert Headers.iso88591("a") == "a"
    with pytest.raises(ValueError, match="iso-8859-1"):
        Headers.iso88591("\ud800")
    with pytest.raises(TypeError, match="bytes"):
        Headers.iso88591(b"a")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_utf8_leaves_other_text_alone() -> None:
    """Text that stands for no UTF-8 is returned as it is."""
    assert Headers.utf8("a") == "a"
    assert Headers.utf8("é") == "é"
    assert Headers.utf8("č") == "č"


@given(_VALUES)
def test_text_survives_the_round_trip(value: str) -> None:
    """utf8 undoes iso88591."""
    assert Headers.utf8(Headers.iso88591(value)) == value


def test_names_are_found_without_case() -> None:
    """Look-up ignores case and gives the first value."""
    headers = Headers(_PAIRS)
    assert headers["x-ONE"] == "1"
    assert headers.get("SET-COOKIE") == "a=b"
    assert headers.get("missing") is None
    assert headers.get("missing", 5) == 5
    assert "SET-cookie" in headers
    assert "missing" not in headers
    assert headers.get_all("Set-Cookie") == ("a=b", "c=d")
    assert headers.get_all("missing") == ()


def test_missing_name_is_a_key_error() -> None:
    """Subscription of a missing name raises KeyError."""
    with pytest.raises(KeyError, match="missing"):
        Headers()["missing"]


def test_what_is_no_text_is_not_in_headers() -> None:
    """Membership of another type is false, not an error (H7)."""
    assert 5 not in Headers(_PAIRS)
    assert None not in Headers(_PAIRS)


def test_views_are_tuples_in_order() -> None:
    """Names, values and items come with their repetitions."""
    headers = Headers(_PAIRS)
    assert headers.names() == headers.keys() == ("X-One", "Set-Cookie", "set-cookie")
    assert headers.values() == ("1", "a=b", "c=d")
    assert headers.items() == tuple(_PAIRS)
    assert list(headers) == _PAIRS
    assert len(headers) == 3


def test_to_list_is_a_copy() -> None:
    """The list for the server isn't the one inside."""
    headers = Headers(_PAIRS)
    headers.to_list().clear()
    assert headers.to_list() == _PAIRS


def test_headers_are_a_mapping() -> None:
    """They count as a Mapping, and dict() takes the first values (H8)."""
    headers = Headers([("A", "1"), ("B", "2"), ("A", "3")])
    assert issubclass(Headers, Mapping)
    assert dict(headers) == {**headers} == {"A": "1", "B": "2"}


def test_headers_compare_like_a_mapping() -> None:
    """Equality is that of dicts of the items."""
    headers = Headers([("A", "1"), ("B", "2")])
    assert headers == Headers([("B", "2"), ("A", "1")])
    assert headers == {"A": "1", "B": "2"}
    assert headers != {"A": "1"}
    assert headers != [("A", "1"), ("B", "2")]


def test_headers_are_not_hashable() -> None:
    """They are mutable, so they are no key."""
    with pytest.raises(TypeError, match="unhashable"):
        hash(Headers())


def test_repr_shows_names_and_values() -> None:
    """The representation has the pairs as a tuple."""
    assert repr(Headers({"A": "1"})) == "Headers(\"(('A', '1'),)\")"


def test_assignment_replaces_and_moves_to_the_end() -> None:
    """All fields of the name are replaced by one."""
    headers = Headers(_PAIRS)
    headers["SET-COOKIE"] = "e=f"
    headers["x-one"] = 2
    assert list(headers) == [("SET-COOKIE", "e=f"), ("x-one", "2")]


def test_deletion_removes_all_and_is_silent() -> None:
    """A name that isn't there is no error."""
    headers = Headers(_PAIRS)
    del headers["SET-cookie"]
    del headers["missing"]
    assert list(headers) == [("X-One", "1")]


def test_add_refuses_what_is_there() -> None:
    """A name is added once, Set-Cookie in any case as often as wanted (H5)."""
    headers = Headers()
    headers.add("X", 1)
    with pytest.raises(KeyError, match="there"):
        headers.add("x", "2")
    headers.add("Set-Cookie", "a=b")
    headers.add("set-cookie", "c=d")
    assert headers.values() == ("1", "a=b", "c=d")


def test_setdefault_adds_only_what_is_missing() -> None:
    """The given value comes back as it is, the present one as it is stored."""
    headers = Headers({"A": "1"})
    assert headers.setdefault("a", "2") == "1"
    assert headers.setdefault("b", 2) == 2
    assert headers.setdefault("c", "č") == "č"
    assert headers.values() == ("1", "2", "Ä\x8d")


@pytest.mark.parametrize(
    ("value", "parameters", "expected"),
    [
        ("1", {}, "1"),
        (5, {}, "5"),
        ("", {}, ""),
        ([("gzip", 1.0), ("*", 0)], {"ignored": "1"}, "gzip;q=1.0, *;q=0"),
        ((("gzip",),), {}, "gzip"),
        ("a", {"max_age": 5, "flag": None, "bare": ""}, 'a; max-age="5"; flag; bare'),
        (None, {"a": "b"}, 'a="b"'),
        ("", {"a": "b"}, '; a="b"'),
        ("a", {"b": 'c"d\\e'}, r'a; b="c\"d\\e"'),
    ],
)
def test_add_header_renders(
    value: Any, parameters: dict[str, Any], expected: str
) -> None:
    """Values and parameters are joined, and quoted where they must be."""
    headers = Headers()
    headers.add_header("X", value, **parameters)
    assert headers["X"] == expected


def test_add_header_appends() -> None:
    """It never replaces."""
    headers = Headers({"A": "1"})
    headers.add_header(name="a", value="2")
    assert headers.get_all("A") == ("1", "2")


def test_add_header_needs_something() -> None:
    """Neither value nor parameters is a ValueError."""
    with pytest.raises(ValueError, match="neither"):
        Headers().add_header("X")
    with pytest.raises(TypeError):
        Headers().add_header("X", b"1")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_file_name_is_quoted_utf8() -> None:
    """A file name can't break out, and isn't lost when not ASCII (bar 13)."""
    headers = Headers()
    headers.add_header("Content-Disposition", "attachment", filename='a"; b\\č.txt')
    value = headers["Content-Disposition"]
    assert Headers.utf8(value) == r'attachment; filename="a\"; b\\č.txt"'
    assert value.count("filename") == 1


def test_environ_gives_the_request_headers() -> None:
    """HTTP_ entries and the two of CGI are fields, in order, untouched."""
    environ = {
        "REQUEST_METHOD": "GET",
        "HTTP_X_FOO": "\x00č",
        "CONTENT_TYPE": "text/plain",
        "HTTP_ACCEPT": "*/*",
        "HTTP_X_3D_WORLD": "1",
        "CONTENT_LENGTH": "5",
        "wsgi.input": object(),
    }
    assert list(Headers.from_environ(environ)) == [
        ("X-Foo", "\x00č"),
        ("Content-Type", "text/plain"),
        ("Accept", "*/*"),
        ("X-3d-World", "1"),
        ("Content-Length", "5"),
    ]


def test_http_content_type_counts_when_alone() -> None:
    """Without the variable of CGI the HTTP_ one is taken."""
    headers = Headers.from_environ({"HTTP_CONTENT_TYPE": "text/plain"})
    assert list(headers) == [("Content-Type", "text/plain")]


def test_variable_of_cgi_wins() -> None:
    """A client can't replace what the server says about the body."""
    environ = {
        "HTTP_CONTENT_TYPE": "a",
        "HTTP_CONTENT_LENGTH": "1",
        "CONTENT_TYPE": "b",
        "CONTENT_LENGTH": "2",
    }
    headers = Headers.from_environ(environ)
    assert list(headers) == [("Content-Type", "b"), ("Content-Length", "2")]


def test_table_of_names_stops_growing() -> None:
    """Names that clients make up don't fill the memory."""
    table = headers_module._FieldNames()  # pyright: ignore[reportPrivateUsage]
    for number in range(2000):
        assert table[f"HTTP_X_{number}"] == f"X-{number}"
    assert len(table) == 1024
    assert table["HTTP_X_1999"] == "X-1999"


def test_table_of_names_keeps_no_long_ones() -> None:
    """A long name is converted each time."""
    table = headers_module._FieldNames()  # pyright: ignore[reportPrivateUsage]
    assert table["HTTP_" + "A" * 100] == "A" + "a" * 99
    assert len(table) == 0


@given(st.lists(st.tuples(_NAMES, _VALUES)))
def test_pairs_survive_in_order(pairs: list[tuple[str, str]]) -> None:
    """What is given is kept, converted and in order."""
    headers = Headers(pairs)
    assert [(name, Headers.utf8(value)) for name, value in headers] == pairs


@given(st.text(), st.text())
def test_any_text_is_stored_or_refused(name: str, value: str) -> None:
    """Whatever gets in has no line break (bar 10)."""
    try:
        headers = Headers([(name, value)])
    except ValueError:
        return
    assert not set("\r\n\0") & set(headers.names()[0] + headers.values()[0])


@given(st.text(min_size=1, alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_parameter_survives_the_round_trip(value: str) -> None:
    """parse_header reads what add_header has quoted."""
    headers = Headers()
    headers.add_header("X", "a", filename=value)
    _, parameters = headers_module.parse_header(Headers.utf8(headers["X"]))
    assert parameters == {"filename": value}


def test_everything_documented_is_exported() -> None:
    """The module hands on the parsers of header values."""
    assert set(headers_module.__all__) >= {
        *("HEADER_DATETIME_FORMAT", "RE_BYTES_RANGE", "RangeList", "HeadersList"),
        *("ContentRange", "Headers", "datetime_to_http", "http_to_datetime"),
        *("http_to_time", "parse_header", "parse_negotiation", "parse_range"),
        *("render_negotiation", "time_to_http"),
    }
    assert all(hasattr(headers_module, name) for name in headers_module.__all__)
    assert log.name == "poorwsgi"


def test_types_are_what_the_values_are() -> None:
    """Type checkers see text, and pairs when iterating."""
    source: HeadersList = {"A": 1, "B": "2"}
    headers = Headers(source)
    assert_type(headers["A"], str)
    assert_type(headers.get("A"), str | None)
    assert_type(headers.get("A", ""), str)
    assert_type(headers.get("A", 0), str | int)
    assert_type(list(headers), list[tuple[str, str]])
    assert_type(dict(headers), dict[str, str])
    assert headers == Headers([("A", "1"), ("B", "2")])


@pytest.mark.usefixtures("runaway_guard")
def test_long_value_is_checked_in_linear_time() -> None:
    """Hostile text takes no more than its length."""
    assert check_field_value("\t\xa0" * 500_000) is not None
