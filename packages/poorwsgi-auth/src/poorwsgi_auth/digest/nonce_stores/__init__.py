"""Which nonce counts have been used: the memory of Digest, and its replay guard.

MemoryNonces   in ``memory``: one process; the default
SQLiteNonces   in ``sqlite``: all processes of a host
RedisNonces    in ``redis``: many hosts

A store sees a nonce after its first verified response only, so traffic of those
who have no password never fills it.  It remembers the highest count of a nonce
and which of the 64 up to that one were used.

It forgets nonces that have expired and, when it is full, an old one; from then on
it refuses what it doesn't know and is not newer.  What is older than the store
itself counts as forgotten.  So nothing can be used again, whichever of several
clocks is wrong and whatever has been lost with the store before.
"""

from typing import Final, Protocol

__all__ = ["DEFAULT_SIZE", "WINDOW", "NonceStore", "NonceStoreError"]

WINDOW: Final = 64
"""Counts up to the highest of a nonce that can still be told apart."""

DEFAULT_SIZE: Final = 10_000
"""Nonces that a store remembers at most, if not told otherwise."""


class NonceStoreError(RuntimeError):
    """The store can't be asked, so nobody is let in; its cause tells why."""


class NonceStore(Protocol):
    """What ``Application.auth_nonces`` takes."""

    def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
        """Record a use of a nonce, in one step that no other can come between.

        Args:
            nonce: its identity.
            count: nonce count of the request, at least 1.
            oldest: identities that sort before it have expired.

        Returns:
            Whether it is the first use of this count.

        Raises:
            NonceStoreError: the store can't be asked.
        """
        ...
