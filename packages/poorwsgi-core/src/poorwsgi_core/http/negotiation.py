"""Content negotiation values: ``text/html, text/*;q=0.5``.

An item is a value with a quality (RFC 9110 section 12.4.2).  Parameters before
``q`` belong to the value; those after it are extensions nobody uses, and are
dropped.  The order of the header is kept; ``best`` chooses by it.
"""

import re
from collections.abc import Iterable, Sequence

from poorwsgi_core.http.parameters import split_outside_quotes

__all__ = ["best", "parse_negotiation", "render_negotiation"]

# More lenient than the qvalue of RFC 9110 in the number of decimals only.
_QVALUE = r"[01]\.?|[01]?\.[0-9]{1,16}"
_WEIGHTED = re.compile(rf'([^;"]*+); ?[qQ]=({_QVALUE})')


def parse_negotiation(value: str) -> list[tuple[str, float]]:
    """Parse an Accept-like value to pairs of value and quality.

    A quality that is missing, malformed or greater than 1 counts as 1.0.  An
    empty item is kept as ``("", 1.0)``.
    """
    return [
        _parse_item(item) if ";" in item else (item.strip(" \t"), 1.0)
        for item in split_outside_quotes(value, ",")
    ]


def render_negotiation(negotation: Iterable[tuple[object, ...]]) -> str:
    """Join values with their qualities to an Accept-like value.

    Args:
        negotation: tuples of a value and, maybe, its quality.
    """
    return ", ".join(";q=".join(map(str, item)) for item in negotation)


def best(accepted: Iterable[tuple[str, float]], offers: Sequence[str]) -> str | None:
    """Choose the offer that the client likes best (RFC 9110 section 12.5).

    Each offer has the quality of the most specific range that matches it:
    ``text/html`` before ``text/*`` before ``*/*``; for languages ``en-US`` before
    ``en``, and ``en`` is good for who asks for ``en-US`` alone (RFC 4647).

    Args:
        accepted: ``req.accept`` or one of its kin; with nothing in it anything is
            fine.
        offers: what there is, the best first.

    Returns:
        One of the offers, the first of those that are liked the same, or ``None``
        when none is acceptable.
    """
    ranges = [(value.lower(), quality) for value, quality in accepted if value]
    if not ranges:
        return offers[0] if offers else None
    chosen, liked = None, 0.0
    for offer in offers:
        matches = [(_match(value, offer.lower()), q) for value, q in ranges]
        quality = max(matches)[1] if max(matches)[0] else 0.0
        if quality > liked:
            chosen, liked = offer, quality
    return chosen


def _match(value: str, offer: str) -> int:
    """Tell how specifically a range means an offer, 0 when it doesn't."""
    if value == offer:
        return 1000
    if value in ("*", "*/*"):
        return 1
    kind = offer.partition(";")[0].rstrip(" \t")
    if "/" in value:
        if value == kind:
            return 900
        return 2 if value.endswith("/*") and kind.startswith(value[:-1]) else 0
    if offer.startswith(f"{value}-"):
        return 2 + len(value)
    return 2 if value.startswith(f"{offer}-") else 0


def _parse_item(item: str) -> tuple[str, float]:
    # PERF: what browsers send has this form, and is read twice as fast so.
    if match := _WEIGHTED.fullmatch(item):
        return match[1].strip(" \t"), min(float(match[2]), 1.0)
    pieces = split_outside_quotes(item, ";")
    for index in range(1, len(pieces)):
        name, equals, quality = pieces[index].partition("=")
        if equals and name.strip(" \t") in ("q", "Q"):
            return ";".join(pieces[:index]).strip(" \t"), _parse_quality(
                quality.strip(" \t")
            )
    return item.strip(" \t"), 1.0


def _parse_quality(text: str) -> float:
    if re.fullmatch(_QVALUE, text) is None:
        return 1.0
    return min(float(text), 1.0)
