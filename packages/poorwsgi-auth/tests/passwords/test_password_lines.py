"""Facts about the lines of a password file."""

import pytest

from poorwsgi_auth.passwords.password_lines import (
    PasswordLine,
    check_fields,
    is_hash,
    parse_lines,
    render_lines,
)

MD5 = "0123456789abcdef" * 2
SHA = MD5 * 2


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        (MD5, True),
        (SHA, True),
        ("", False),
        (MD5.upper(), False),
        (MD5[1:], False),
        (MD5 + SHA, False),
        (f"{MD5}\n", False),
        ("secret", False),
    ],
)
def test_is_hash(digest: str, expected: bool) -> None:
    """A hash is 32 or 64 lower-case hexadecimal digits."""
    assert is_hash(digest) == expected


def test_check_fields_takes_any_script() -> None:
    """Names are text, with blanks and in any script, as 2.x has them."""
    user, realm = "žluťoučký kůň 🐎", "Zóna uživatelů"
    check_fields(realm, user, MD5)
    line = PasswordLine(f"{user}:{realm}:{MD5}", user, realm, MD5)
    assert parse_lines(f"{line.text}\n".encode(), "file") == [line]


@pytest.mark.parametrize("bad", ["a:b", "a\n", "a\0", "\x7f", "\x85", "\udc80", ""])
@pytest.mark.parametrize("field", ["realm", "username", "digest"])
def test_check_fields_refuses(field: str, bad: str) -> None:
    """No field is empty or has a colon, a control or half a character (bar 89)."""
    fields = {"realm": "R", "username": "u", "digest": MD5, field: bad}
    name = field.replace("digest", "hash")
    with pytest.raises(ValueError, match=f"the {name}"):
        check_fields(**fields)


@pytest.mark.parametrize("bad", ["#u", " u", "\u3000u"])
def test_check_fields_refuses_what_the_file_would_not_give_back(bad: str) -> None:
    """A user whose line were a comment, or found by nobody, can't be written."""
    with pytest.raises(ValueError, match="begins with # or a blank"):
        check_fields("R", bad)


def test_parse_lines() -> None:
    """Comments and blank lines have no user; ends of lines may be DOS's."""
    text = f"# users\n\nu:R:{MD5}\r\n  \n\u017e v:R 2:{SHA}"
    assert parse_lines(text.encode(), "f") == [
        PasswordLine("# users"),
        PasswordLine(""),
        PasswordLine(f"u:R:{MD5}", "u", "R", MD5),
        PasswordLine(""),
        PasswordLine(f"\u017e v:R 2:{SHA}", "\u017e v", "R 2", SHA),
    ]


def test_parse_lines_of_nothing() -> None:
    """An empty file has no lines."""
    assert parse_lines(b"", "f") == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"u", "it is not username:realm:hash"),
        (b"u:R", "it is not username:realm:hash"),
        (b"u:R:0:0", "it is not username:realm:hash"),
        (b":R:0", "the username is empty"),
        (b"u::0", "the realm is empty"),
        (b"u:R:", "the hash is empty"),
        (b"u:R:\x000", "not allowed in the hash"),
        (b"\xff:R:0", "it is not UTF-8"),
        (b" u:R:0", "begins with # or a blank"),
    ],
)
def test_bad_line_has_its_number(bad: bytes, reason: str) -> None:
    """The error tells file, line and what is wrong with it (bar 89, A12)."""
    data = b"# users\nu:R:0\n" + bad + b"\nv:R:0\n"
    with pytest.raises(ValueError, match=f"^f, line 3: .*{reason}"):
        parse_lines(data, "f")


def test_render_lines_by_realm() -> None:
    """Realms and users are in the order in which they were added (12.5)."""
    realms = {"A": {"u": "1", "v": "2"}, "B": {"u": "3"}, "C": {}}
    assert render_lines((), realms) == b"u:A:1\nv:A:2\nu:B:3\n"


def test_render_lines_keeps_places_and_comments() -> None:
    """What is in the old file stays where it is; who is new comes last."""
    old = parse_lines(b"# a\nu:R:1\n\ngone:R:2\nv:S:3\n# z", "f")
    new = render_lines(old, {"R": {"new": "4", "u": "5"}, "S": {"v": "3"}})
    assert new == b"# a\nu:R:5\n\nv:S:3\n# z\nnew:R:4\n"


def test_render_lines_drops_a_second_line_of_a_user() -> None:
    """A line that never counted is not kept."""
    old = parse_lines(b"u:R:1\nu:R:2\n", "f")
    assert render_lines(old, {"R": {"u": "1"}}) == b"u:R:1\n"


def test_render_lines_refuses_what_was_not_set_by_set() -> None:
    """Names that were put into the map directly are checked as well."""
    with pytest.raises(ValueError, match="username 'a:b'"):
        render_lines((), {"R": {"a:b": "1"}})
