"""Facts about paths and queries on their way out."""

import pytest

from poorwsgi_core.http.paths import encode_path, encode_query, requote_query


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("/a/b", "/a/b"),
        ("/kůň 1", "/k%C5%AF%C5%88%201"),
        ("/\udcff", "/%FF"),
        ("/a?b#c%\\", "/a%3Fb%23c%25%5C"),
        ("/~a(b)=c;d,e:f@g!*+$", "/~a(b)=c;d,e:f@g!*+$"),
        ("/\"'<>&", "/%22%27%3C%3E%26"),
        ("//evil.example", "/%2Fevil.example"),
        ("///evil", "/%2F/evil"),
        ("", ""),
    ],
)
def test_encode_path(path: str, encoded: str) -> None:
    """A path stays a path: of this host, and in HTML as it is."""
    assert encode_path(path) == encoded


def test_encode_query() -> None:
    """Values are encoded, and a list gives several of one name."""
    assert encode_query({"a": "x&y", "b": [1, 2]}) == "a=x%26y&b=1&b=2"


def test_requote_query() -> None:
    """What is quoted stays as it is, and what a query can't have is quoted."""
    assert requote_query("a=%20&b=\r\n\xff") == "a=%20&b=%0D%0A%FF"
