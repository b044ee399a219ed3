"""What the head of an answer may have: statuses and fields that fit together."""

import logging
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, cast

from poorwsgi_core.http.headers import Headers, check_field_value
from poorwsgi_core.state import (
    HTTP_NO_CONTENT,
    HTTP_NOT_MODIFIED,
    HTTP_OK,
    HTTP_RESET_CONTENT,
    phrases,
)

__all__ = [
    "BODILESS",
    "FRAMING",
    "NOT_MODIFIED_DENY",
    "NOT_MODIFIED_ONE_OF_REQUIRED",
    "UNSENT",
    "add_names",
    "check_content_type",
    "check_status",
    "drop_misframing",
    "strip_content",
]

log = logging.getLogger("poorwsgi")

NOT_MODIFIED_DENY: Final = frozenset(
    {
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-MD5",
        "Content-Range",
        "Content-Type",
    }
)
"""Headers of a representation, which a 304 answer must not carry."""

NOT_MODIFIED_ONE_OF_REQUIRED: Final = frozenset(
    {"Content-Location", "Date", "ETag", "Vary"}
)
"""Headers of which a 304 answer needs at least one (RFC 9110 §15.4.5)."""

BODILESS = frozenset({HTTP_NO_CONTENT, HTTP_NOT_MODIFIED})
"""Statuses of answers without content."""

UNSENT = BODILESS | {HTTP_RESET_CONTENT}
"""Those, and 205, which has a length of 0 (RFC 9110 §15.3.6)."""

_CODING = "Transfer-Encoding"
_LENGTH = "Content-Length"

FRAMING = frozenset({_CODING.lower(), _LENGTH.lower()})
"""Fields that say where the body ends."""

_OF_CONTENT = frozenset({"content-length", "content-type"})
_DENY = frozenset(name.lower() for name in NOT_MODIFIED_DENY)
_REQUIRED = frozenset(name.lower() for name in NOT_MODIFIED_ONE_OF_REQUIRED)


# As text: it is compiled for the first type that an application names.
_STATUS = r"[1-5]\d\d(?: |\Z)"


# PERF: an application sends few types, over and over.
@lru_cache(maxsize=256)
def check_content_type(value: str) -> str:
    """Return a content type as it is sent.

    Raises:
        TypeError: it is not a str.
        ValueError: it has control characters, or is a status.
    """
    if not isinstance(cast("object", value), str):
        raise TypeError(
            f"A content type is text, not {value!r}: a status is given by its name, as "
            "status_code=404"
        )
    checked = check_field_value(Headers.iso88591(value))
    if re.match(_STATUS, value):
        raise ValueError(
            f"{value!r} is a status and no content type: a status is a number, as in "
            "(body, 404)"
        )
    if value and "/" not in value:
        log.warning("%r is no content type: write one such as 'text/plain'", value)
    return checked


def add_names(value: str, names: Sequence[str]) -> str:
    """Add the names that a list such as Vary lacks; ``*`` lacks none."""
    known = {name.strip().lower() for name in value.split(",")}
    named = {name.lower(): name for name in names}
    missing = [name for key, name in named.items() if key not in known]
    if not missing or "*" in known:
        return value
    return ", ".join([value, *missing]).removeprefix(", ")


def check_status(status_code: int) -> int:
    """Return a status code that a response may carry.

    Raises:
        ValueError: the code is none of ``state``, or announces another answer.
    """
    if status_code in phrases and status_code < HTTP_OK:
        raise ValueError(
            f"Status {status_code} announces an answer and is none: a client would "
            "go on waiting"
        )
    if status_code not in phrases:
        raise ValueError(
            f"Bad response status {status_code!r}: use a code of poorwsgi.state"
        )
    return status_code


def drop_misframing(
    headers: Headers, length: int | None, *, sends_body: bool = False
) -> set[str]:
    """Drop what the fields say of the body and isn't true, with a WARNING.

    That is a Transfer-Encoding, which is the server's, and a Content-Length other
    than a length that is known: a client would take a part of the next answer for
    this one.  One that is a number stays where the body is empty, unless *sends_body*,
    for the answer may be that to HEAD.

    Args:
        headers: of the answer.
        length: of its body in bytes, ``None`` when unknown.
        sends_body: whether it is known that the body is sent.

    Returns:
        The names of what was dropped, in lower case.
    """
    found = [_CODING] if _CODING in headers else []
    said = headers.get_all(_LENGTH)
    if length or (sends_body and length is not None):
        is_true = said == (str(length),)
    else:
        is_true = len(said) == 1 and re.fullmatch("[0-9]+", said[0]) is not None
    if said and not is_true:
        found.append(_LENGTH)
    for name in found:
        value = ", ".join(headers.get_all(name))
        log.warning("%s: %s dropped, it isn't true of the body", name, value)
        del headers[name]
    return {name.lower() for name in found}


def strip_content(
    status_code: int, headers: Iterable[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Leave out the fields about content, for an answer that has none.

    What a 304 answer has that it must not, or lacks, is a WARNING.
    """
    pairs = [(name, value) for name, value in headers]
    if status_code != HTTP_NOT_MODIFIED:
        return [pair for pair in pairs if pair[0].lower() not in _OF_CONTENT]
    names = {name.lower() for name, _ in pairs}
    if names & _DENY:
        log.warning("A 304 response must not have representation headers")
        pairs = [pair for pair in pairs if pair[0].lower() not in _DENY]
    if not names & _REQUIRED:
        log.warning(
            "Missing header: a 304 response has one of %s as required",
            ", ".join(sorted(NOT_MODIFIED_ONE_OF_REQUIRED)),
        )
    return pairs
