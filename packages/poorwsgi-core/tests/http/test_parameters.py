"""Facts about values with parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_core.http.parameters import parse_header, split_outside_quotes

_CASES: list[tuple[str, tuple[str, dict[str, str]]]] = [
    ("", ("", {})),
    ("text/html", ("text/html", {})),
    (" Text/HTML ", ("Text/HTML", {})),
    ("text/html; charset=utf-8", ("text/html", {"charset": "utf-8"})),
    ("text/html;Charset = UTF-8 ", ("text/html", {"charset": "UTF-8"})),
    ("a; b", ("a", {})),
    ("a; b=", ("a", {"b": ""})),
    ("\ta ;\tb\t=\t1", ("a", {"b": "1"})),
    # Blanks to Python, and none to HTTP.
    ("\xa0a;\x85b=\x0b1", ("\xa0a", {"\x85b": "\x0b1"})),
    ("a; b=1; b=2", ("a", {"b": "2"})),
    ("; x=1", ("", {"x": "1"})),
    ("a; b=c=d", ("a", {"b": "c=d"})),
    ('a; b="c"', ("a", {"b": "c"})),
    ('a; b=""', ("a", {"b": ""})),
    ('a; b="', ("a", {"b": '"'})),
    ('a; b="c;d"; e=f', ("a", {"b": "c;d", "e": "f"})),
    (r'a; b="c\"d\\e"', ("a", {"b": r'c"d\e'})),
    (r'a; b="c\";d"; e=f', ("a", {"b": 'c";d', "e": "f"})),
    (r'a; b="C:\dir"', ("a", {"b": r"C:\dir"})),
    (r'a; b="\\\\"', ("a", {"b": "\\\\"})),
    ('a; b="open; c=d', ("a", {"b": '"open; c=d'})),
    ('a; b="open\\', ("a", {"b": '"open\\'})),
    ("a; b*=UTF-8''%C5%BE", ("a", {"b*": "UTF-8''%C5%BE"})),
]


@pytest.mark.parametrize(("line", "expected"), _CASES)
def test_header_is_parsed(line: str, expected: tuple[str, dict[str, str]]) -> None:
    """Main text and parameters are found as RFC 9110 section 5.6.6 has them."""
    assert parse_header(line) == expected


@pytest.mark.parametrize("line", [None, 5, b"text/html", b'a; b="c"', []])
def test_header_needs_text(line: object) -> None:
    """What is not a str is a TypeError."""
    with pytest.raises(TypeError):
        parse_header(line)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_separator_splits_outside_of_quotes_only() -> None:
    """Each separator leaves the other one and quoted strings alone."""
    text = 'a;b,"c;d,e",f'
    assert split_outside_quotes(text, ";") == ["a", 'b,"c;d,e",f']
    assert split_outside_quotes(text, ",") == ["a;b", '"c;d,e"', "f"]


@given(st.text(alphabet='a;,"\\ =\n'), st.sampled_from(",;"))
def test_pieces_make_up_the_text(text: str, separator: str) -> None:
    """Splitting loses and invents nothing."""
    assert separator.join(split_outside_quotes(text, separator)) == text


@given(st.text(alphabet=st.characters(exclude_characters='"')), st.sampled_from(",;"))
def test_text_without_quotes_is_split_as_str_does(text: str, separator: str) -> None:
    """Without quotes it is plain splitting."""
    assert split_outside_quotes(text, separator) == text.split(separator)


@given(st.text())
def test_quoted_text_survives_the_round_trip(value: str) -> None:
    """A quoted and escaped value is read back as it was."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    assert parse_header(f'a; b="{escaped}"; c=d') == ("a", {"b": value, "c": "d"})


@given(st.text(alphabet='ab;=*" \\\x00é'))
def test_any_text_is_parsed(line: str) -> None:
    """Nothing raises, and names are in lower case."""
    _, parameters = parse_header(line)
    assert all(name == name.lower() for name in parameters)


@pytest.mark.usefixtures("runaway_guard")
@pytest.mark.parametrize(
    "piece", [";", '"', '\\"', '"\\', '";', "a=b;", ' ;="', "=", " ", ';"\\"']
)
def test_hostile_text_is_read_in_linear_time(piece: str) -> None:
    """Hostile text takes no more than its length (bar 63)."""
    assert parse_header("x;" + piece * (250_000 // len(piece))) is not None
