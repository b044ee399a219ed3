"""Facts about JSON bodies: from bytes to values."""

import json
import logging
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core import HTTPException
from poorwsgi_core.request.arguments import MissingField
from poorwsgi_forms import FormError, JsonDict, JsonList, UnsupportedBody
from poorwsgi_forms.json.values import BOM, decode_json, parse_json_request

Values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**30), max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
BAD = {
    "nothing": b"",
    "cut": b'{"a": ',
    "more": b"1 2",
    "comma": b"[1,]",
    "quotes": b"{'a': 1}",
    "NaN": b"NaN",
    "Infinity": b"[Infinity]",
    "minus infinity": b'{"a": -Infinity}',
    "no UTF-8": b'"\xff"',
    "a million of brackets": b"[" * 1_000_000,
    "a million of objects": b'{"a":' * 1_000_000,
    "100 000 digits": b"9" * 100_000,
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "control": b'"\n"',
}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"a": [1]}', JsonDict(a=[1])),
        (b"[1, {}]", JsonList([1, {}])),
        (b'"text"', "text"),
        (b"7", 7),
        (b"1.5", 1.5),
        (b"true", True),
        (b"null", None),
        (b' \r\n{"a": "\xc4\x8d"}\t', JsonDict(a="č")),
    ],
)
def test_value_and_its_type(raw: bytes, expected: object) -> None:
    """Objects and arrays get their class, the rest is as Python has it."""
    value = decode_json(raw)
    assert (value, type(value)) == (expected, type(expected))


def test_only_the_outermost_gets_a_class() -> None:
    """What is inside of an object is plain."""
    assert type(decode_json(b'{"a": {"b": []}}')["a"]) is dict


@given(Values, st.sampled_from(["", " ", "\n\t\r "]))
def test_same_as_the_standard_library(value: Any, blanks: str) -> None:
    """Whatever the standard library writes is read back, blanks or not."""
    raw = f"{blanks}{json.dumps(value)}{blanks}".encode()
    assert decode_json(raw) == value


@pytest.mark.parametrize("charset", ["", "utf-8", "UTF-8", "utf8", "us-ascii", "ASCII"])
def test_charsets_that_are_allowed(charset: str) -> None:
    """UTF-8 by any name, and ASCII, which is a part of it."""
    assert decode_json(b'"a"', charset) == "a"


@pytest.mark.parametrize(
    "charset", ["latin-1", "utf-16", "utf-7", "rot13", " ", "no\n"]
)
def test_other_charsets_are_refused(charset: str) -> None:
    """RFC 8259 knows UTF-8 only, so nothing else is decoded: 415."""
    with pytest.raises(UnsupportedBody, match="UTF-8"):
        decode_json(b'"a"', charset)


@pytest.mark.parametrize("raw", BAD.values(), ids=BAD.keys())
def test_what_is_no_json_is_400(raw: bytes) -> None:
    """Broken text is a FormError with the cause behind it (bar 54)."""
    with pytest.raises(FormError, match="Invalid JSON") as caught:
        decode_json(raw)
    assert caught.value.status_code == 400
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    ("raw", "charset"),
    [*((raw, "utf-8") for raw in BAD.values()), (b"{}", "none"), ("{}", "utf-8")],
    ids=[*BAD, "unknown charset", "text"],
)
def test_parse_json_request_stops_the_handler(
    raw: Any, charset: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Any failure is an ERROR without traceback, and HTTPException 400."""
    with pytest.raises(HTTPException) as caught:
        parse_json_request(raw, charset)
    status, keywords = caught.value.args
    assert (status, list(keywords)) == (400, ["error"])
    assert [(r.levelno, r.exc_info) for r in caplog.records] == [(logging.ERROR, None)]


def test_parse_json_request_returns_the_value() -> None:
    """A good body is decoded as for a request."""
    value = parse_json_request(b'{"a": 1}')
    assert (value, type(value)) == ({"a": 1}, JsonDict)


def test_log_keeps_to_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """What the client sends can't begin a line in the log."""
    with pytest.raises(HTTPException):
        parse_json_request(b"1", "a\r\nFAKE")
    assert "\n" not in caplog.records[0].getMessage()


@pytest.mark.parametrize(
    ("key", "value", "first", "every"),
    [
        ("one", 1, "1", ["1"]),
        ("more", [1, 2], "1", ["1", "2"]),
        ("none", [], "default", []),
        ("missing", "default", "default", "default"),
    ],
)
def test_access_to_an_object(key: str, value: Any, first: str, every: Any) -> None:
    """An object gives the value whole, its first item, or all of them."""
    data = JsonDict(one=1, more=[1, 2], none=[])
    assert data.getvalue(key, "default") == value
    assert data.getfirst(key, "default", str) == first
    assert data.getlist(key, "default", str) == every


def test_access_to_an_array() -> None:
    """An array gives its first item or all of them; the key is ignored."""
    data = JsonList([1, 2])
    assert (data.getvalue("a"), data.getvalue(), data.getvalue("a", None, str)) == (
        1,
        1,
        "1",
    )
    assert (data.getfirst("a", 0, str), data.getfirst()) == ("1", 1)
    assert (data.getlist("a", None, str), data.getlist()) == (["1", "2"], [1, 2])


def test_access_to_an_empty_array() -> None:
    """An empty array gives the defaults, as they are."""
    data = JsonList()
    assert (data.getvalue("a", 1, str), data.getfirst("a", 2, str)) == (1, 2)
    assert (data.getlist("a", (3,), str), data.getlist("a")) == ((3,), [])


def test_older_name_of_func() -> None:
    """The old argument fce works on both, and warns."""
    with pytest.warns(DeprecationWarning, match="func"):
        assert JsonList([1]).getfirst("a", fce=str) == "1"
    with pytest.warns(DeprecationWarning, match="func"):
        assert JsonDict(a=1).getlist("a", fce=str) == ["1"]


def test_constructors_are_those_of_dict_and_list() -> None:
    """Both are built as their bases are."""
    assert JsonDict([("a", 1)], b=2) == {"a": 1, "b": 2}
    assert JsonList(range(2)) == [0, 1]


@pytest.mark.parametrize(
    "loads",
    [json.loads, orjson.loads, msgspec.json.decode, None],
    ids=["json", "orjson", "msgspec", "ours"],
)
def test_byte_order_mark_is_skipped(loads: Any) -> None:
    """PowerShell and .NET send one (RFC 8259 §8.1), whatever decodes."""
    options = {} if loads is None else {"loads": loads}
    assert decode_json(BOM + b'{"a": 1}', **options) == {"a": 1}


@pytest.mark.parametrize("raw", [BOM, BOM + BOM + b"1", b"1" + BOM, BOM[:2] + b"1"])
def test_byte_order_mark_elsewhere(raw: bytes) -> None:
    """One at the start is skipped, no other."""
    with pytest.raises(FormError, match="Invalid JSON"):
        decode_json(raw)


@pytest.mark.parametrize(
    "number", ["1e999", "-1E+309", "[1e400]", '{"a": 123456789e301}', f"{'9' * 310}.0"]
)
@pytest.mark.parametrize("loads", [orjson.loads, msgspec.json.decode, None])
def test_numbers_that_overflow(number: str, loads: Any) -> None:
    """Infinity is no JSON, so nothing is read as it."""
    options = {} if loads is None else {"loads": loads}
    with pytest.raises(FormError, match="Invalid JSON"):
        decode_json(number.encode(), **options)


def test_large_numbers_and_words() -> None:
    """What fits is read, and so is any text."""
    raw = b'{"e999": "1e999", "a": 1.7e308, "b": 1e-999, "c": -0.5}'
    assert decode_json(raw) == {"e999": "1e999", "a": 1.7e308, "b": 0.0, "c": -0.5}


@pytest.mark.parametrize(
    "text",
    [
        r"\ud800",
        r"\uD83D",
        r"\uDE00\uD83D",
        r"\ud83d\ud83d\ude00",
        r"\\\ud800",
        r"\ud83dx\ude00",
        r"\ud83d\n",
    ],
)
@pytest.mark.parametrize("place", ['"%s"', '{"%s": 1}', '["\\n%s\\t"]'])
def test_half_of_a_surrogate_pair(text: str, place: str) -> None:
    """It is no text: it can't be encoded, and so not be stored or sent."""
    with pytest.raises(FormError, match="surrogate"):
        decode_json((place % text).encode())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\uD83D\uDE00\ud83d\ude00", "\U0001f600" * 2),
        (r"\\ud800", r"\ud800"),
        (r"\\\\uD800", r"\\uD800"),
        (r"\u017e\n\"\ud83d\ude00\/", 'ž\n"\U0001f600/'),
        (r"\ud7ff\ue000", "\ud7ff\ue000"),
    ],
)
def test_whole_surrogate_pairs(text: str, expected: str) -> None:
    """A pair is a character, and a backslash may stand before anything."""
    assert decode_json(f'"{text}"'.encode()) == expected


def test_members_that_are_missing() -> None:
    """Who asks by key gets 400 with the name, which is a KeyError; others don't."""
    value = decode_json(b'{"a": 1}')
    with pytest.raises(MissingField, match="'b' is missing") as caught:
        value["b"]
    assert (caught.value.status_code, isinstance(caught.value, KeyError)) == (400, True)
    assert ("b" in value, value.get("b"), value.getfirst("b", 2)) == (False, None, 2)
    assert [*value] == ["a"]


def test_array_where_an_object_was_expected() -> None:
    """An array has no members: 400, not a TypeError."""
    value = decode_json(b"[1, 2, 3]")
    with pytest.raises(MissingField, match="is an array"):
        value["a"]
    assert (value[0], value[-2:]) == (1, [2, 3])
    with pytest.raises(IndexError):
        value[3]
