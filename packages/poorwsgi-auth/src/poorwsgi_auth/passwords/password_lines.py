r"""The lines of a password file: ``username:realm:hash``, as Apache has them.

The rules:

* A line is UTF-8 and ends with ``\n``; one that is blank or begins with ``#`` is
  kept as it is.  Blanks at the end of a line, and with them ``\r``, are dropped.
* No field is empty, and none has a colon or a control character in it.  A name
  doesn't begin with ``#`` or a blank, for Apache would not find it.
* Of two lines for one user the first counts, the second is not written again.
* The hash is 32 (MD5) or 64 (SHA-256, SHA-512-256) lower-case hexadecimal digits.
  Which algorithm it was is not recorded, and another text is not refused: it is
  only no hash that a password can have.

The module reads and writes no file.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

__all__ = ["PasswordLine", "check_fields", "is_hash", "parse_lines", "render_lines"]

_REFUSED = re.compile("[:\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HASH = re.compile(r"[0-9a-f]{32}(?:[0-9a-f]{32})?")


class PasswordLine(NamedTuple):
    """A line of the file; ``text`` alone when it is a comment or blank."""

    text: str
    username: str = ""
    realm: str = ""
    digest: str = ""


def is_hash(digest: str) -> bool:
    """Tell whether it is a hash that a password can have."""
    return _HASH.fullmatch(digest) is not None


def check_fields(realm: str, username: str, digest: str = "-") -> None:
    """Check that a line can be made of the fields.

    Raises:
        ValueError: it can't; the text says why.
    """
    fields = {"username": username, "realm": realm, "hash": digest}
    for name, value in fields.items():
        if not value:
            raise ValueError(f"the {name} is empty")
        if match := _REFUSED.search(value):
            raise ValueError(f"{match[0]!a} is not allowed in the {name} {value!a}")
    if username[0] == "#" or username[0].isspace():
        raise ValueError(f"the username {username!a} begins with # or a blank")


def parse_lines(data: bytes, name: str) -> list[PasswordLine]:
    """Parse a password file.

    Args:
        data: the whole file.
        name: its name, for errors.

    Raises:
        ValueError: there is a bad line; the text has its number.
    """
    raws = data.split(b"\n")
    if not raws[-1]:
        raws.pop()
    lines: list[PasswordLine] = []
    for number, raw in enumerate(raws, 1):
        try:
            lines.append(_parse_line(raw))
        except ValueError as error:
            raise ValueError(f"{name}, line {number}: {error}") from error
    return lines


def _parse_line(raw: bytes) -> PasswordLine:
    try:
        text = raw.decode().rstrip()
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8: {error.reason}") from error
    if not text or text[0] == "#":
        return PasswordLine(text)
    fields = text.split(":")
    if len(fields) != 3:
        raise ValueError("it is not username:realm:hash")
    username, realm, digest = fields
    check_fields(realm, username, digest)
    return PasswordLine(text, username, realm, digest)


def render_lines(
    lines: Iterable[PasswordLine], realms: Mapping[str, Mapping[str, str]]
) -> bytes:
    """Build the file that has these users, and the comments of the old one.

    Users that are in the old file stay in their places, new ones follow.

    Args:
        lines: of the old file.
        realms: realm to username to hash.

    Raises:
        ValueError: a line can't be made of a user.
    """
    digests = {
        (realm, username): digest
        for realm, users in [*realms.items()]
        for username, digest in [*users.items()]
    }
    for (realm, username), digest in digests.items():
        check_fields(realm, username, digest)
    texts: list[str] = []
    for line in lines:
        if not line.username:
            texts.append(line.text)
        elif digest := digests.pop((line.realm, line.username), ""):
            texts.append(f"{line.username}:{line.realm}:{digest}")
    texts += [f"{name}:{realm}:{value}" for (realm, name), value in digests.items()]
    return "".join([f"{text}\n" for text in texts]).encode()
