"""Sessions in the memory of one process."""

from threading import Lock
from time import time

__all__ = ["MemorySessions"]


class MemorySessions:
    """A session store of one process.

    Other processes don't see its sessions, and they end with it: it is for
    development, for tests, and for a server with one process.

    Args:
        size: most sessions; when there are more, the one that was written least
            recently is dropped.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._lock = Lock()
        self._entries: dict[str, tuple[bytes, float]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> bytes | None:
        """Return the data of a session; see ``SessionStore.get``."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            data, ends = entry
            if ends > time():
                return data
            del self._entries[key]
            return None

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Keep a new session; see ``SessionStore.add``."""
        with self._lock:
            self._make_room()
            self._entries[key] = (data, ends)

    def replace(self, key: str, data: bytes, ends: float) -> bool:
        """Replace the data of a session; see ``SessionStore.replace``."""
        with self._lock:
            if self._take(key) is None:
                return False
            self._entries[key] = (data, ends)
            return True

    def touch(self, key: str, ends: float) -> bool:
        """Set when a session ends; see ``SessionStore.touch``."""
        with self._lock:
            data = self._take(key)
            if data is None:
                return False
            self._entries[key] = (data, ends)
            return True

    def delete(self, key: str) -> bool:
        """End a session; see ``SessionStore.delete``."""
        with self._lock:
            return self._take(key) is not None

    def _take(self, key: str) -> bytes | None:
        """Remove an entry, so that it goes to the end when it is put back."""
        data, ends = self._entries.pop(key, (None, 0.0))
        return data if ends > time() else None

    def _make_room(self) -> None:
        """Drop what has ended, and the first of the rest when that is full."""
        now = time()
        while self._entries:
            first = next(iter(self._entries))
            if self._entries[first][1] > now and len(self._entries) < self._size:
                return
            del self._entries[first]
