"""The used counts of one nonce: the highest, and the window up to it.

Requests that a client sends at once may come in another order than that of their
counts, so a lower one counts as new while it is in the window (RFC 7616 §3.4).
"""

from poorwsgi_auth.digest.nonce_stores import WINDOW

__all__ = ["use_count"]

_BITS = (1 << WINDOW) - 1


def use_count(state: int, count: int) -> int | None:
    """Add a count to the used ones.

    Args:
        state: what this function returned before for the nonce, 0 at first.
        count: nonce count, at least 1.

    Returns:
        The new state; ``None`` for a count that was used, or lies too far back.
    """
    highest, used = state >> WINDOW, state & _BITS
    ahead = count - highest
    if ahead > 0:
        # The lowest bit is the highest count.
        used = (used << ahead | 1) & _BITS if ahead < WINDOW else 1
        return count << WINDOW | used
    if -ahead >= WINDOW or used >> -ahead & 1:
        return None
    return state | 1 << -ahead
