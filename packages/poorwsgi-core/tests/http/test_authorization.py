"""Facts about the Authorization field."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.authorization import (
    _parse_any_parameters,  # pyright: ignore[reportPrivateUsage]
    _parse_parameters,  # pyright: ignore[reportPrivateUsage]
    parse_authorization,
)
from poorwsgi_core.http.headers import Headers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", {"type": ""}),
        ("digest", {"type": "Digest"}),
        ("  DIGEST   ", {"type": "Digest"}),
        ("Digest a=b", {"type": "Digest", "a": "b"}),
        (
            'Digest realm="Top, Secret" , NC=00000001,qop=auth-int, uri="/?a=b"',
            {
                "type": "Digest",
                "realm": "Top, Secret",
                "nc": "00000001",
                "qop": "auth-int",
                "uri": "/?a=b",
            },
        ),
        ('Digest a="", b=1', {"type": "Digest", "a": "", "b": "1"}),
        (r'Digest username="a\"b\\c\d"', {"type": "Digest", "username": r'a"b\cd'}),
        ('Digest username="\xc4\x8d"', {"type": "Digest", "username": "č"}),
        ('Digest username="\xe9"', {"type": "Digest", "username": "é"}),
        ("Digest a = b", {"type": "Digest", "a": "b"}),
        ('Digest type="Basic"', {"type": "Digest"}),
        ("Negotiate YII==", {"type": "Negotiate"}),
    ],
)
def test_authorization_is_parsed(value: str, expected: dict[str, str]) -> None:
    """The scheme and its parameters are found, unquoted (Q4)."""
    assert parse_authorization(value) == expected


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "",
            "b",
            "b=",
            "=c",
            "b c=d",
            "b=c d",
            'b="c"d',
            "č=d",
            "b=č",
            "b==",
            "b\\=c",
        ),
        *("\xa0b=c", "b\x85=c", "b=\x0bc"),
    ],
)
def test_malformed_parameter_is_skipped(piece: str) -> None:
    """The others survive (bar 86)."""
    assert parse_authorization(f"Digest a=1, {piece}, z=2") == {
        "type": "Digest",
        "a": "1",
        "z": "2",
    }


def test_open_quoted_string_takes_the_rest() -> None:
    """A quoted string without an end is no value, nor is what it holds."""
    assert parse_authorization('Digest a=1, b="c, d=e') == {"type": "Digest", "a": "1"}
    assert parse_authorization('Digest a=1, b=c", d=e') == {"type": "Digest", "a": "1"}
    assert parse_authorization('Digest b="c\\') == {"type": "Digest"}


def test_repeated_parameter_is_left_out() -> None:
    """A parameter given twice proves nothing (bar 86)."""
    value = 'Digest a=1, nonce="x", Nonce="y", b=2'
    assert parse_authorization(value) == {"type": "Digest", "a": "1", "b": "2"}


def test_extended_username_is_decoded() -> None:
    """username* gives a username besides."""
    value = "Digest username*=UTF-8''J%c3%a4s%C3%B8n%20Doe"
    assert parse_authorization(value) == {
        "type": "Digest",
        "username*": "UTF-8''J%c3%a4s%C3%B8n%20Doe",
        "username": "Jäsøn Doe",
    }


@pytest.mark.parametrize(
    "extended", ["UTF-8''%ff", "ISO-8859-1''%E9", "UTF-8'a", "plain"]
)
def test_malformed_extended_username_gives_none(extended: str) -> None:
    """Only UTF-8 in the form of RFC 8187 is decoded."""
    value = f"Digest username*={extended}"
    assert parse_authorization(value) == {"type": "Digest", "username*": extended}


def test_two_usernames_are_none() -> None:
    """With username* there must not be a username (RFC 7616 section 3.4)."""
    value = "Digest username=\"a\", username*=UTF-8''b"
    assert "username" not in parse_authorization(value)
    twice = "Digest username*=UTF-8''a, username*=UTF-8''b"
    assert parse_authorization(twice) == {"type": "Digest"}


def test_basic_is_decoded() -> None:
    """User and password are split at the first colon."""
    credentials = b64encode("Jäsøn:a:b".encode()).decode()
    assert parse_authorization(f"basic {credentials}") == {
        "type": "Basic",
        "username": "Jäsøn",
        "password": "a:b",
    }


@pytest.mark.parametrize(
    "credentials",
    ["", "!", "YQ", "YQ==", "č", "YT pi", "\xa0YTpi", "username=a, password=b"],
)
def test_malformed_basic_gives_the_scheme_only(credentials: str) -> None:
    """Bad base64 or no colon: no credentials."""
    assert parse_authorization(f"Basic {credentials}") == {"type": "Basic"}


def test_bearer_has_a_token() -> None:
    """The token is handed on as it is."""
    value = "Bearer aB1-._~+/=="
    assert parse_authorization(value) == {"type": "Bearer", "token": "aB1-._~+/=="}


@pytest.mark.parametrize("token", ["", "a b", "a=b", "a,b", "č", "\xa0a"])
def test_malformed_bearer_gives_the_scheme_only(token: str) -> None:
    """What is no token is none."""
    assert parse_authorization(f"Bearer {token}") == {"type": "Bearer"}


def test_too_long_authorization_is_refused() -> None:
    """8 KiB are read, more is a ValueError (bar 63)."""
    assert len(parse_authorization("Bearer " + "a" * 8185)["token"]) == 8185
    with pytest.raises(ValueError, match="8192"):
        parse_authorization("Bearer " + "a" * 8186)


@given(st.text(alphabet="Digest a=b,\"\\*'%ffč\x00:YTpi") | st.text())
def test_any_text_is_parsed(value: str) -> None:
    """Nothing raises, and there is always a type (bar 86)."""
    for prefix in ("", "Digest ", "Basic ", "Bearer ", "Digest username*=UTF-8''"):
        assert "type" in parse_authorization(prefix + value)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoted_value_survives_the_round_trip(username: str) -> None:
    """What a client has quoted is read back (bar 88)."""
    quoted = username.replace("\\", "\\\\").replace('"', '\\"')
    value = f'Digest username="{Headers.iso88591(quoted)}", a=1'
    assert parse_authorization(value)["username"] == username


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize(
    "piece", [",", '"', '\\"', '="', "=", " ", 'a="b",', "a=b,", '",="\\']
)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    """Hostile text takes no more than its length (bar 63)."""
    assert parse_authorization("Digest " + piece * (8_000 // len(piece))) is not None


_PARAMETERS = st.lists(
    st.tuples(
        st.sampled_from(["nc", "nonce", "qop", "NC", "username", "username*", "x", ""]),
        st.sampled_from(["=", "=", "=", " = ", "=="]),
        st.sampled_from(["b", '"b"', '""', '" b, nc=d "', r'"\""', '"', "é", ""]),
        st.sampled_from([",", ", ", " ,\t", ",,", "; "]),
    ).map("".join),
    max_size=5,
)


@given(_PARAMETERS.map(lambda pieces: "".join(pieces).rstrip(", \t")))
def test_quick_way_gives_what_the_long_way_gives(text: str) -> None:
    """Plain parameters are read by splitting, with the same result."""
    assert _parse_parameters(text) == _parse_any_parameters(text)


def test_basic_that_is_no_utf_8_is_latin_1() -> None:
    """Requests and old browsers send it so."""
    credentials = b64encode("josé:pä:ß".encode("latin-1")).decode()
    found = parse_authorization(f"Basic {credentials}")
    assert found == {"type": "Basic", "username": "josé", "password": "pä:ß"}
