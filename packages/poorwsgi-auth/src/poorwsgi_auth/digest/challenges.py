"""What a server sends of Digest: its challenges, and its own proof (RFC 7616).

Text goes in and text comes out; where nonces and proofs are from, this module does
not know.  The other schemes quote their challenges here too.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from poorwsgi_auth.digest.algorithms import ALGORITHMS

__all__ = ["build_challenge", "build_info", "build_opaque", "order_challenges", "quote"]

_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SPECIAL = re.compile(r'(["\\])')


def quote(text: str) -> str:
    """Quote text for a header field.

    Raises:
        ValueError: it has a control character.
    """
    # PERF: most text needs no closer look.
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    if _CONTROL.search(text):
        raise ValueError(f"{text!r} has control characters; remove them")
    return '"' + _SPECIAL.sub(r"\\\1", text) + '"'


@lru_cache(maxsize=64)
def build_opaque(hostname: str | None) -> str:
    """Return the opaque value of a server name."""
    return hashlib.sha256((hostname or "").encode()).hexdigest()


def order_challenges(names: Iterable[str]) -> list[str]:
    """Put the names of offered algorithms in the order of their challenges."""
    offered = frozenset(names)
    ordered = [name for name in ALGORITHMS if name in offered]
    if ordered[0] == "SHA-512-256":
        ordered[:2] = reversed(ordered[:2])
    return ordered


def build_challenge(
    algorithm: str,
    realm: str,
    nonce: str,
    opaque: str,
    *,
    qop: str | None,
    userhash: bool,
    stale: bool,
) -> str:
    """Build a WWW-Authenticate value (RFC 7616 §3.3)."""
    parts = [
        f"Digest realm={quote(realm)}",
        f'qop="{qop}"' if qop else "",
        f'algorithm="{algorithm}"',
        f'nonce="{nonce}"',
        f'opaque="{opaque}"',
        "charset=UTF-8",
        "userhash=true" if userhash else "",
        "stale=true" if stale else "",
    ]
    return ",".join(filter(None, parts))


def build_info(fields: Mapping[str, str], rspauth: str, nextnonce: str | None) -> str:
    """Build an Authentication-Info value (RFC 7616 §3.5).

    Args:
        fields: parameters of the Authorization header.
        rspauth: proof that the server knows the secret too.
        nextnonce: nonce for the next request, if the client should change it.
    """
    end = f',nextnonce="{nextnonce}"' if nextnonce else ""
    qop = fields.get("qop")
    if not qop:
        return f'rspauth="{rspauth}"{end}'
    cnonce, count = quote(fields["cnonce"]), fields["nc"]
    return f'rspauth="{rspauth}",qop={qop},cnonce={cnonce},nc={count}{end}'
