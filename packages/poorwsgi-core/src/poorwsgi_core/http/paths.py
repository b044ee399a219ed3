"""Paths and queries on their way out: percent-encoded (RFC 3986 §2.1, §3.3, §3.4).

What comes out can be a Location, and can stand in HTML between quotation marks.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["encode_path", "encode_query", "requote_query"]

# What a segment may have, but for quote and ampersand, which HTML reads its own way.
_PATH = "/:@!$()*+,;=~"
# What a query may have, and the sign of what is quoted already.
_QUERY = "!$&'()*+,;=:@/?-._~%"


def encode_path(path: str) -> str:
    """Encode a path; it never reads as the name of another host."""
    # Imported here: few requests need it.
    from urllib.parse import quote

    encoded = quote(path, safe=_PATH, errors="surrogateescape")
    if encoded.startswith("//"):
        return f"/%2F{encoded[2:]}"  # //name would be an authority (RFC 3986 §4.2)
    return encoded


def encode_query(values: Mapping[str, Any]) -> str:
    """Encode a query; several values of one name stand in a list or a tuple."""
    from urllib.parse import urlencode

    return urlencode(values, doseq=True)


def requote_query(query: str) -> str:
    """Encode what a query that has come must not have."""
    from urllib.parse import quote

    return quote(query, safe=_QUERY, encoding="iso-8859-1")
