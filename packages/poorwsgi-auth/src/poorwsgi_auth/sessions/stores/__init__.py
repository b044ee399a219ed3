"""Where ServerSession keeps its data.

MemorySessions   in ``memory``: one process, for development and tests
SQLiteSessions   in ``sqlite``: all processes of a host
RedisSessions    in ``redis``: many hosts

A store sees hashes of session ids, not the ids, so nobody can use what they read
in it.  It doesn't look into the data.
"""

from typing import Protocol, runtime_checkable

from poorwsgi_core import HTTPException
from poorwsgi_core.state import HTTP_SERVICE_UNAVAILABLE

__all__ = ["MovingStore", "SessionStore", "SessionStoreError"]


class SessionStoreError(HTTPException, RuntimeError):
    """The store can't be asked; its cause tells why (503)."""

    def __init__(self, reason: str) -> None:
        # The client isn't told: the reason may have names of files and hosts.
        super().__init__(HTTP_SERVICE_UNAVAILABLE)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


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


@runtime_checkable
class MovingStore(SessionStore, Protocol):
    """A store that can give a session another key, for ``ServerSession.rotate``.

    A store without ``move`` is asked to add the new key and then to delete the old
    one: no session is lost, but requests in flight that have the old id are.
    """

    def move(
        self, old: str, new: str, data: bytes, ends: float, old_ends: float
    ) -> bool:
        """Give a session a new key; asked again, it changes nothing.

        The old key keeps its data for a moment: ``get`` returns them, ``move`` may
        move them once more, and to all other methods the key is missing.

        Args:
            old: key that the session had.
            new: key that it gets.
            data: what to keep under the new key.
            ends: when that ends.
            old_ends: when the old key is forgotten.

        Returns:
            Whether the session is there now, under the new key.
        """
        ...
