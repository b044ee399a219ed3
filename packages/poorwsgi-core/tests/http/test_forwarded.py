"""Facts about what proxies say of a request (RFC 7239, and the older fields)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.forwarded import (
    Address,
    read_address,
    read_client,
)
from poorwsgi_core.http.hosts import parse_port

ALL = (
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
)
INNER = Address("http", "inside", 9000)


def read(
    fields: dict[str, str], hops: int = 1, believed: tuple[str, ...] = ALL
) -> Address:
    """Read an address; names of fields lack their common start."""
    names = {
        name if name == "HTTP_FORWARDED" else f"HTTP_X_FORWARDED_{name}": value
        for name, value in fields.items()
    }
    return read_address(INNER, names, believed, hops)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "http://inside:9000/x"),
        ({"HOST": "ex.org"}, "http://ex.org/x"),
        ({"HOST": "ex.org:81"}, "http://ex.org:81/x"),
        ({"HOST": "[::1]:81"}, "http://[::1]:81/x"),
        ({"PROTO": "https"}, "https://inside/x"),
        ({"PROTO": "HTTPS", "HOST": "ex.org"}, "https://ex.org/x"),
        ({"PROTO": "https", "HOST": "ex.org", "PORT": "8443"}, "https://ex.org:8443/x"),
        ({"PROTO": "https", "HOST": "ex.org", "PORT": "443"}, "https://ex.org/x"),
        ({"PROTO": "https", "HOST": "ex.org:444", "PORT": "1"}, "https://ex.org:444/x"),
        ({"PORT": "81"}, "http://inside:81/x"),
        ({"HOST": "ex.org", "PREFIX": "/app"}, "http://ex.org/app/x"),
        ({"HOST": "ex.org", "PREFIX": "/a/b/"}, "http://ex.org/a/b/x"),
        ({"HOST": "ex.org", "PREFIX": "/"}, "http://ex.org/x"),
    ],
)
def test_one_proxy(fields: dict[str, str], expected: str) -> None:
    """What a proxy says replaces what the server knows."""
    assert read(fields).build_url("/x") == expected


@pytest.mark.parametrize(
    "value", ["a b", "a/b", "", "u@a", "a:x", "[a]", 'a;b"', "\xe9"]
)
def test_bad_host(value: str) -> None:
    """A host that is none says nothing."""
    assert read({"HOST": value}) == INNER


@pytest.mark.parametrize("value", ["", "0", "65536", "-1", "+1", "1 1", "x", "\xb2"])
def test_bad_port(value: str) -> None:
    """Neither does a port."""
    assert (read({"PORT": value}), parse_port(value)) == (INNER, None)


@pytest.mark.parametrize(
    "value",
    [
        *("app", "//evil", "/a//b", "/..", "/a/../b", "/./a", "/a b", "/a?b", "/a#"),
        *("\\", "/%2e%2E", "/a/%2e./b", "/.%2e/", "/%", "/%zz", "/%2"),
    ],
)
def test_bad_prefix(value: str) -> None:
    """A prefix can't lead to another host, nor upward."""
    assert read({"PREFIX": value}) == INNER


@pytest.mark.parametrize("value", ["", "ftp", "javascript", "https:", "https http"])
def test_bad_scheme(value: str) -> None:
    """There are two schemes."""
    assert read({"PROTO": value}) == INNER


@pytest.mark.parametrize(
    ("hops", "expected"), [(1, "c"), (2, "b"), (3, "a"), (4, "a"), (9, "a")]
)
def test_hops(hops: int, expected: str) -> None:
    """Elements are counted from the right, where the trusted ones are."""
    fields = {"HOST": "a, b ,c", "HTTP_FORWARDED": "host=a, host=b,host=c"}
    assert read(fields, hops).host == expected
    assert read(fields, hops, ("forwarded",)).host == expected


def test_fields_that_are_not_set_by_proxies() -> None:
    """They are the client's, so they don't count."""
    fields = dict.fromkeys(["HOST", "PORT", "PREFIX", "PROTO", "HTTP_FORWARDED"], "443")
    assert read(fields, believed=()) == INNER
    assert read(fields, believed=("x-forwarded-port",)) == INNER._replace(port=443)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("for=1.2.3.4;host=ex.org;proto=https", "https://ex.org/x"),
        ('Host="ex.org:8443";Proto=https', "https://ex.org:8443/x"),
        ('for="[::1]:4711" ; host=ex.org', "http://ex.org/x"),
        ('host="[::1]"', "http://[::1]/x"),
        ('for="a,b;c=d\\"";host=ex.org', "http://ex.org/x"),
        ("host=evil, for=1.2.3.4;proto=https", "https://inside/x"),
        ("for=1.2.3.4", "http://inside:9000/x"),
        # What a client puts in front must not swallow what the proxy appends.
        ('for="', "http://inside:9000/x"),
        ('host=evil;for=", for="_a";host=ex.org', "http://inside:9000/x"),
        ("host=evil;host=ex.org", "http://inside:9000/x"),
        ("host=evil;for=\xa01.2.3.4", "http://inside:9000/x"),
        ("host = ex.org", "http://inside:9000/x"),
        ("host", "http://inside:9000/x"),
        # Empty pairs and elements are allowed.
        (";host=ex.org; ;proto=https;", "https://ex.org/x"),
        ("host=evil,, host=ex.org", "http://ex.org/x"),
        ("host=evil,", "http://inside:9000/x"),
        ("", "http://inside:9000/x"),
    ],
)
def test_forwarded(value: str, expected: str) -> None:
    """The field of RFC 7239 counts whole, or not at all."""
    fields = {"HTTP_FORWARDED": value}
    assert read(fields, believed=("forwarded",)).build_url("/x") == expected


def test_forwarded_beside_the_older_fields() -> None:
    """Scheme and host are those of Forwarded, where there is one."""
    fields = {"HTTP_FORWARDED": "host=a", "HOST": "b", "PROTO": "https", "PREFIX": "/p"}
    believed = ("forwarded", *ALL)
    assert read(fields, believed=believed).build_url("/x") == "http://a/p/x"
    fields["HTTP_FORWARDED"] = "malformed"
    assert read(fields, believed=believed) == INNER._replace(prefix="/p")


HIDDEN_PORTS = [
    ("198.51.100.4:_client.7-x", "198.51.100.4"),
    ("[2001:db8::1]:_0", "2001:db8::1"),
    *((text, None) for text in ("198.51.100.4:_", "2001:db8::1:_0", "_gazonk:_0")),
]
CLIENTS = [
    *HIDDEN_PORTS,
    ("198.51.100.4", "198.51.100.4"),
    ("198.51.100.4:4711", "198.51.100.4"),
    ("2001:DB8::1", "2001:db8::1"),
    ("[2001:db8::1]", "2001:db8::1"),
    ("[2001:db8::1]:4711", "2001:db8::1"),
    ("::ffff:198.51.100.4", "198.51.100.4"),
    *((text, None) for text in ("", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "::g")),
    *((text, None) for text in ("host.example", "1.2.3.4/8", "fe80::1%eth0", "[1.2.3")),
    *((text, None) for text in ("\u0661.2.3.4", "1.2.3.4:", "1.2.3.4:x", "1.2.3.04")),
]


@pytest.mark.parametrize(("value", "expected"), CLIENTS)
def test_client(value: str, expected: str | None) -> None:
    """It is an address, with or without a port; anything else is nobody."""
    environ = {"HTTP_X_FORWARDED_FOR": value}
    assert read_client(environ, ["x-forwarded-for"], 1) == expected
    environ = {"HTTP_FORWARDED": f'for="{value}";proto=https'}
    assert read_client(environ, ["forwarded"], 1) == expected


@pytest.mark.parametrize(
    ("hops", "expected"),
    [(1, "3.3.3.3"), (2, "2.2.2.2"), (3, "1.1.1.1"), (9, "1.1.1.1")],
)
@pytest.mark.parametrize("field", ["forwarded", "x-forwarded-for"])
def test_client_behind_several_proxies(field: str, hops: int, expected: str) -> None:
    """What stands in front of what a trusted proxy wrote is the client's word."""
    environ = {
        "HTTP_X_FORWARDED_FOR": "1.1.1.1, 2.2.2.2,3.3.3.3",
        "HTTP_FORWARDED": "for=1.1.1.1, for=2.2.2.2;host=a,for=3.3.3.3",
    }
    assert read_client(environ, [field], hops) == expected
    assert read_client(environ, [], hops) is None


def test_client_of_the_newer_field() -> None:
    """Where there is a Forwarded, it says who it is, or that it doesn't."""
    environ = {"HTTP_X_FORWARDED_FOR": "1.1.1.1", "HTTP_FORWARDED": "proto=https"}
    fields = ["forwarded", "x-forwarded-for"]
    assert read_client(environ, fields, 1) is None
    del environ["HTTP_FORWARDED"]
    assert read_client(environ, fields, 1) == "1.1.1.1"


@given(st.text(), st.text(), st.integers(1, 3))
def test_any_text(value: str, other: str, hops: int) -> None:
    """Nothing raises, and what comes out is an address (bar 22)."""
    names = ["HOST", "PORT", "PREFIX", "PROTO"]
    fields = {"HTTP_FORWARDED": other, **dict.fromkeys(names, value)}
    found = read(fields, hops, ("forwarded", *ALL))
    assert found.scheme in {"http", "https"}
    assert found.build_url("/x").count("//") == 1


@pytest.mark.parametrize("piece", ["a,", 'a="', '"', "a=b;", "/a", " ", 'a="\\'])
@pytest.mark.usefixtures("runaway_guard")
def test_long_values(piece: str) -> None:
    """The time is in proportion to the length."""
    value = piece * (250_000 // len(piece))
    fields = {"HTTP_FORWARDED": value, "HOST": value, "PREFIX": value}
    assert read(fields, believed=("forwarded", *ALL)).scheme == "http"
