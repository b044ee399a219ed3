"""Conditional requests (RFC 9110 section 13).

Compares the request's conditions with the validators of a representation.
Conditions that can't be understood are ignored, as the RFC asks.
"""

import re
from collections.abc import Mapping
from typing import Any

from poorwsgi_core.http.dates import http_to_time
from poorwsgi_core.state import HTTP_NOT_MODIFIED, HTTP_PRECONDITION_FAILED

__all__ = ["check_preconditions", "is_range_current", "weaken"]

# As text: it is compiled when a client asks so much.  An element of a list, so that
# what isn't quite a tag, such as w/"x", says nothing of the one inside of it.
_ETAG = r'(?<![^ \t,])(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'


def _is_later(modified: str | None, limit: str | None) -> bool | None:
    """Compare two dates; ``None`` when one is missing or malformed."""
    if modified is None or limit is None:
        return None
    try:
        return http_to_time(modified) > http_to_time(limit)
    except ValueError:
        return None


def _opaque(etag: str) -> str:
    return etag.removeprefix("W/")


def _matches(condition: str, etag: str | None, *, strong: bool) -> bool | None:
    """Compare entity tags; ``None`` when there is none in the condition."""
    if condition.strip(" \t") == "*":
        return True
    candidates = re.findall(_ETAG, condition)
    if not candidates:
        return None
    if etag is None or (strong and etag.startswith("W/")):
        return False
    if strong:
        return etag in candidates
    return _opaque(etag) in map(_opaque, candidates)


def weaken(etag: str) -> str:
    """Return the weak form of an entity tag: the same, but for its bytes."""
    return f"W/{_opaque(etag)}"


def check_preconditions(
    environ: Mapping[str, Any],
    method: str,
    etag: str | None,
    last_modified: str | None,
) -> int | None:
    """Evaluate the conditions in the order of RFC 9110 §13.2.2.

    Args:
        environ: WSGI environ, where the conditions are.
        method: request method.
        etag: entity tag of the representation, with quotes.
        last_modified: its modification date as HTTP date.

    Returns:
        304 or 412 when that is the answer, ``None`` to go on.
    """
    if_match = environ.get("HTTP_IF_MATCH")
    if if_match is not None:
        if _matches(if_match, etag, strong=True) is False:
            return HTTP_PRECONDITION_FAILED
    elif _is_later(last_modified, environ.get("HTTP_IF_UNMODIFIED_SINCE")):
        return HTTP_PRECONDITION_FAILED
    is_read = method in ("GET", "HEAD")
    if_none_match = environ.get("HTTP_IF_NONE_MATCH")
    if if_none_match is not None:
        if _matches(if_none_match, etag, strong=False):
            return HTTP_NOT_MODIFIED if is_read else HTTP_PRECONDITION_FAILED
    elif is_read:
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        if _is_later(last_modified, since) is False:
            return HTTP_NOT_MODIFIED
    return None


def is_range_current(
    if_range: str | None, etag: str | None, last_modified: str | None
) -> bool:
    """Tell whether a Range applies: If-Range is absent or an exact match."""
    if if_range is None:
        return True
    if if_range.lstrip(" \t").startswith(('"', "W/")):
        return etag is not None and not etag.startswith("W/") and if_range == etag
    return last_modified is not None and if_range == last_modified
