"""Facts about cookies."""

from datetime import UTC, datetime
from http.cookies import SimpleCookie
from inspect import signature
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.cookies import (
    check_attributes,
    list_values,
    load_cookies,
    parse_cookies,
    render_cookie,
)
from poorwsgi_core.http.headers import Headers

_SENDABLE = st.text(
    st.characters(
        exclude_categories=["Cs"],
        exclude_characters=[";", *map(chr, range(32)), "\x7f"],
    ),
    max_size=500,
)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=1; b=2;c=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=", {"a": ""}),
        ("a=b=c", {"a": "b=c"}),
        (" a = 1 ;", {"a": "1"}),
        ("a=1; a=2", {"a": "1"}),
        ('a="b c"', {"a": "b c"}),
        (r'a="b\"c\\d"', {"a": r'b"c\d'}),
        ('a="', {"a": '"'}),
        ('a=b"c', {"a": 'b"c'}),
        ("a=\xc4\x8d", {"a": "č"}),
        ("a=\xe9", {"a": "é"}),
        ("$Version=1; a=1", {"$Version": "1", "a": "1"}),
        ("path=1; a=1", {"path": "1", "a": "1"}),
    ],
)
def test_cookies_are_parsed(header: str, expected: dict[str, str]) -> None:
    """Names and values are found as RFC 6265 has them."""
    assert parse_cookies(header) == expected


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "bare",
            "=1",
            "a b=1",
            "a,b=1",
            "č=1",
            "b=\x00",
            "b=1\r\n2",
            "b=\x7f",
            "b=1\t2",
        ),
        # Blanks to Python, and none to HTTP; a browser takes b for another name.
        *("\xa0b=1", "b\x85=1", "\x0bb=1", "\x1cb=1"),
    ],
)
def test_malformed_cookie_is_skipped(piece: str) -> None:
    """The others survive (bar 64)."""
    assert parse_cookies(f"a=1; {piece}; c=3") == {"a": "1", "c": "3"}
    assert set(load_cookies(f"a=1; {piece}; c=3")) == {"a", "c"}


@pytest.mark.parametrize("value", ["a,b", "{}", "ä", "x\\054", 'say "a, b"', "\xa0"])
def test_what_the_standard_library_quotes(value: str) -> None:
    """Its octal escapes are octets, as in 2.x and in other frameworks."""
    octets = value.encode().decode("latin-1")
    quoted = SimpleCookie({"a": octets})["a"].coded_value
    assert parse_cookies(f"a={quoted}") == {"a": value}


def test_octal_escapes_of_what_no_cookie_may_hold() -> None:
    """They stay as they are, so that a value that was read can be set (bar 65, 66)."""
    assert parse_cookies(r'a="\073\101\n\012\400\05"') == {"a": r"\073A\n\012\400\05"}


def test_number_of_cookies_is_limited() -> None:
    """The first thousand pieces are looked at (bar 64)."""
    header = ";".join(f"c{number}={number}" for number in range(1001))
    assert len(parse_cookies(header)) == 1000
    assert "c1000" not in parse_cookies(header)


def test_simple_cookie_has_the_parsed_values() -> None:
    """The value of a morsel is the parsed one."""
    cookies = load_cookies('a="b c"; d=\xc4\x8d')
    assert isinstance(cookies, SimpleCookie)
    assert {name: cookies[name].value for name in cookies} == {"a": "b c", "d": "č"}


@pytest.mark.parametrize("header", [None, "", "junk"])
def test_no_cookies_are_an_empty_simple_cookie(header: str | None) -> None:
    """It is false, and can be iterated."""
    cookies = load_cookies(header)
    assert not cookies
    assert list(cookies) == []


def test_simple_cookie_leaves_out_names_of_attributes() -> None:
    """A name that SimpleCookie can't hold doesn't harm the others."""
    assert set(load_cookies("path=1; a=1; Domain=2")) == {"a"}


def test_cookie_has_safe_attributes_by_default() -> None:
    """Path, SameSite and HttpOnly are there (bar 76)."""
    assert render_cookie("sid", "1") == "sid=1; Path=/; SameSite=Lax; HttpOnly"


def test_cookie_has_every_attribute_that_is_asked_for() -> None:
    """Attributes are rendered in one order."""
    text = render_cookie(
        "sid",
        "1",
        max_age=0,
        expires=0,
        path="/a",
        domain="example.net",
        secure=True,
        httponly=True,
        same_site="none",
        partitioned=True,
    )
    assert text == (
        "sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; "
        "Domain=example.net; Path=/a; SameSite=None; Secure; HttpOnly; Partitioned"
    )


def test_cookie_has_no_attribute_that_is_not_wanted() -> None:
    """All attributes can be left out."""
    assert render_cookie("sid", path=None, httponly=False, same_site=None) == "sid="


def test_cookie_expires_at_a_datetime() -> None:
    """The end may be a datetime."""
    text = render_cookie("a", expires=datetime(1970, 1, 1, tzinfo=UTC))
    assert text.startswith("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT;")


@pytest.mark.parametrize("spelling", ["Strict", "strict", "STRICT"])
def test_same_site_is_known_in_any_case(spelling: str) -> None:
    """It is sent in the spelling of the standard."""
    assert "SameSite=Strict" in render_cookie("a", same_site=spelling)


@pytest.mark.parametrize(
    "arguments",
    [
        {"name": ""},
        {"name": "a b"},
        {"name": "a=b"},
        {"name": "a;b"},
        {"name": "č"},
        {"name": "a\n"},
        {"value": "a;b"},
        {"value": "a\r\nSet-Cookie: b=c"},
        {"value": "a\x00"},
        {"value": "a" * 4096},
        {"value": "č" * 2048},
        {"value": '"' * 2047},
        {"domain": "a;b"},
        {"domain": "a b"},
        {"domain": "a\n"},
        {"domain": "a_b"},
        {"domain": "a" * 1025},
        *({"domain": domain} for domain in (".", "a..b", "a.b.", "a:80")),
        *({"path": path} for path in ("a", "*", "http://a/", " /a")),
        {"path": "/a;b"},
        {"path": "/a\n"},
        {"path": "/" * 1025},
        {"same_site": "sometimes"},
        {"same_site": "Lax; Domain=evil"},
        {"same_site": "None"},
        {"partitioned": True},
        {"name": "__Secure-a"},
        {"name": "__secure-a"},
        {"name": "__Host-a"},
        {"name": "__HOST-a", "secure": True, "path": "/a"},
        {"name": "__host-a", "secure": True, "path": None},
        {"name": "__Host-a", "secure": True, "domain": "example.net"},
        {"name": "__Http-a"},
        {"name": "__HTTP-a", "secure": True, "httponly": False},
        {"name": "__Host-Http-a", "secure": True, "httponly": False},
        {"expires": float("inf")},
    ],
)
def test_cookie_that_browsers_refuse_is_not_made(arguments: dict[str, Any]) -> None:
    """Malformed and contradictory cookies are a ValueError (bar 12, 76)."""
    keywords: dict[str, Any] = {"name": "a", **arguments}
    with pytest.raises(ValueError):
        render_cookie(**keywords)


def test_cookie_with_prefix_is_made_when_its_rules_hold() -> None:
    """The prefixes have their attributes (bar 76)."""
    assert "Secure" in render_cookie("__Secure-a", secure=True, domain="example.net")
    assert "Path=/;" in render_cookie("__Host-a", secure=True)


def test_cookie_of_4096_octets_is_made() -> None:
    """Name and value together may be as long as browsers take."""
    assert render_cookie("a", "b" * 4095).startswith("a=" + "b" * 4095 + ";")


@given(_SENDABLE)
def test_value_survives_the_round_trip(value: str) -> None:
    """What is rendered is read back, over the wire (bar 66)."""
    field = Headers.iso88591(render_cookie("a", value))
    pair = field.partition(";")[0]
    assert parse_cookies(f"x=1; {pair}; y=2") == {"x": "1", "a": value, "y": "2"}


@given(st.text(alphabet='ab=;" \\,\t\x00é\x85č'))
def test_value_that_was_read_can_be_sent(header: str) -> None:
    """No value from a request splits a response (bar 66)."""
    parsed = parse_cookies(header)
    for name, value in parsed.items():
        pair, _, rest = render_cookie(name, value).partition(";")
        assert rest == " Path=/; SameSite=Lax; HttpOnly"
        assert parse_cookies(Headers.iso88591(pair)) == {name: value}
    cookies = load_cookies(header)
    assert {name: cookies[name].value for name in cookies} == parsed
    for name, morsel in cookies.items():
        text = Headers.iso88591(morsel.OutputString())
        assert parse_cookies(text) == {name: parsed[name]}


@given(st.text(st.characters(max_codepoint=255)))
def test_any_text_is_parsed(header: str) -> None:
    """Nothing raises, and no value has a control character (bar 64)."""
    for value in parse_cookies(header).values():
        assert not set(map(chr, range(32))) & set(value)
    load_cookies(header)


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize("piece", [";", "=", '"', "\\", 'a="', "a=b;", " ", ',="\\'])
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    """Hostile text takes no more than its length (bar 63)."""
    assert load_cookies("a=" + piece * (250_000 // len(piece))) is not None


def test_values_of_one_name_are_listed_as_they_were_sent() -> None:
    """Browsers send several when path or domain have changed."""
    cookies = load_cookies('a=1; b=2; a="x y"; a; a=\x01; a=1')
    assert cookies["a"].value == "1"
    assert list_values(cookies, "a") == ["1", "x y", "1"]
    assert list_values(cookies, "c") == []
    assert list_values(load_cookies(None), "a") == []


def test_cookies_of_another_making_have_no_list() -> None:
    """Only those of a request were sent."""
    assert list_values(SimpleCookie("a=1"), "a") == []


def test_no_more_values_are_listed_than_cookies_are_read() -> None:
    """A thousand (bar 64)."""
    assert len(list_values(load_cookies("a=1;" * 5000), "a")) == 1000


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"value": 5}, r"text, not 'a' and int; write str\(value\)"),
        ({"value": None}, "not 'a' and NoneType"),
        ({"value": b"x"}, "not 'a' and bytes"),
        ({"name": b"a"}, "not b'a' and str"),
        ({"max_age": "5"}, "max_age of cookie a is a whole number of seconds, not '5'"),
        ({"max_age": 1.5}, "whole number"),
        ({"expires": "tomorrow"}, "expires of cookie a is seconds .* not 'tomorrow'"),
        ({"same_site": True}, "same_site of cookie a is text or None, not True"),
        ({"path": b"/"}, "path of cookie a is text or None, not b'/'"),
        ({"domain": 5}, "domain of cookie a is text or None, not 5"),
        ({"secure": "no"}, "secure of cookie a is True or False, not 'no'"),
        ({"httponly": ""}, "httponly of cookie a is True or False, not ''"),
    ],
)
def test_wrong_type(arguments: dict[str, Any], reason: str) -> None:
    """It is a TypeError that says what is wrong, and what to write."""
    given_: dict[str, Any] = {"name": "a", "value": "b"} | arguments
    with pytest.raises(TypeError, match=reason):
        render_cookie(**given_)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("samesite", "write same_site"),
        ("http_only", "write httponly"),
        ("maxAge", "write max_age"),
        ("priority", "there are max_age, expires, path, domain, secure, httponly, "),
    ],
)
def test_attribute_that_is_none(name: str, hint: str) -> None:
    """The error says how it is spelt, or which there are."""
    with pytest.raises(TypeError, match=f"A cookie has no attribute '{name}': {hint}"):
        check_attributes(["secure", name])


def test_attributes_are_those_that_are_rendered() -> None:
    """None is refused that a cookie takes, and the error names all of them."""
    names = list(signature(render_cookie).parameters)[2:]
    check_attributes(names)
    with pytest.raises(TypeError) as caught:
        check_attributes([*names, "priority"])
    assert str(caught.value).endswith(f": there are {', '.join(names)}")
