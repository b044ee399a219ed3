"""Facts about host names and ports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.hosts import first_element, is_loopback, split_host


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("example.net", ("example.net", None)),
        ("Example.NET:8080", ("Example.NET", 8080)),
        ("example.net:", ("example.net", None)),
        ("example.net:0", ("example.net", 0)),
        ("example.net:65535", ("example.net", 65535)),
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("my_host", ("my_host", None)),
        ("caf%C3%A9.example", ("caf%C3%A9.example", None)),
        ("[::1]", ("[::1]", None)),
        ("[::1]:8080", ("[::1]", 8080)),
        ("[::ffff:192.0.2.1]:443", ("[::ffff:192.0.2.1]", 443)),
    ],
)
def test_host_is_split(value: str, expected: tuple[str, int | None]) -> None:
    """Brackets stay with the address, so that it fits into a URL (Q1)."""
    assert split_host(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        ":80",
        "example.net:65536",
        "example.net:123456",
        "example.net:8a",
        "example.net:-1",
        "example.net:٨٠",
        "example.net:80:80",
        "example.net\n",
        "example.net/path",
        "user@example.net",
        "a b",
        "a,b",  # two fields, joined by the server
        "a<script>",
        'a"b',
        "café.example",
        "100%",
        "%zz",
        "::1",
        "[",
        "[]",
        "[::1",
        "[::1]x",
        "[::1]:x",
        "[:::1]",
        "[12345::]",
        "[example.net]",
        "[::1%25eth0]",
        "a" * 256,
    ],
)
def test_malformed_host_is_none(value: str) -> None:
    """What is no host of RFC 3986 is None (bar 20)."""
    assert split_host(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", ""), ("a", "a"), (" a\t, b", "a"), (",b", ""), ("\xa0a,b", "\xa0a")],
)
def test_first_element_is_stripped(value: str, expected: str) -> None:
    """Of a list the first element counts (Q2)."""
    assert first_element(value) == expected


@given(st.from_regex(r"[a-z0-9.-]{1,40}", fullmatch=True), st.integers(0, 65535))
def test_host_and_port_survive_the_round_trip(host: str, port: int) -> None:
    """What is put together is split again."""
    assert split_host(f"{host}:{port}") == (host, port)


@given(st.text(alphabet="a1.:[]%٠@/\n -_") | st.text())
def test_any_text_is_split_or_refused(value: str) -> None:
    """Nothing raises, and a port is a port (bar 22)."""
    host, port = split_host(value) or ("", None)
    assert "/" not in host
    assert port is None or 0 <= port <= 65535


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize("piece", ["a", "%", "%41", ":", "[", "1:"])
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    """Hostile text takes no more than its length."""
    assert split_host(piece * 250_000) is None


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "app.localhost", "127.0.0.1", "127.1.2.3", "[::1]"],
)
def test_name_of_this_machine(host: str) -> None:
    """These mean the machine that asks, wherever one asks."""
    assert is_loopback(host)


FOREIGN = """
    localhost.example mylocalhost .localhost 127.example 128.0.0.1 127.0.0.1.example
    127.0.0 10.0.0.1 [::] [::2] ::1
"""


@pytest.mark.parametrize("host", ["", *FOREIGN.split()])
def test_name_of_others(host: str) -> None:
    """A name that somebody else can lead to this machine isn't its own."""
    assert not is_loopback(host)
