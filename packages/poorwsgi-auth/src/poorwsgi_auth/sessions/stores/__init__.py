"""Where ServerSession keeps its data.

MemorySessions   in ``memory``: one process, for development and tests
SQLiteSessions   in ``sqlite``: all processes of a host
RedisSessions    in ``redis``: many hosts

A store sees hashes of session ids, not the ids, so nobody can use what they read
in it.  It doesn't look into the data.
"""

from typing import Protocol

__all__ = ["SessionStore", "SessionStoreError"]


class SessionStoreError(RuntimeError):
    """The store can't be asked; its cause tells why."""


class SessionStore(Protocol):
    """What ServerSession takes; any number of threads may use it.

    Each method is one step that no other can come between.  An entry whose time
    is over counts as missing.  All raise SessionStoreError when the store can't be
    asked.
    """

    def get(self, key: str) -> bytes | None:
        """Return the data of a session, ``None`` when it is missing."""
        ...

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Keep a new session until some time, in seconds since the epoch."""
        ...

    def replace(self, key: str, data: bytes, ends: float) -> bool:
        """Replace the data of a session, unless it is missing."""
        ...

    def touch(self, key: str, ends: float) -> bool:
        """Set when a session ends, unless it is missing."""
        ...

    def delete(self, key: str) -> bool:
        """End a session; answers whether it was there."""
        ...
