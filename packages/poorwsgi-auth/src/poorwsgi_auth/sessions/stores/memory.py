"""Sessions in the memory of one process."""

from collections import OrderedDict
from threading import Lock
from time import time
from typing import NamedTuple

__all__ = ["MemorySessions"]


class _Entry(NamedTuple):
    data: bytes
    ends: float


class MemorySessions:
    """A session store of one process.

    Other processes don't see its sessions, and they end with it: it is for
    development, for tests, and for a server with one process.

    Args:
        size: most sessions; when there are more, one that was never loaded is
            dropped, else the one that was written least recently.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._lock = Lock()
        # Whoever sends no cookie gets an entry; such ones make room for the others.
        # PERF: a dict finds its first entry behind the holes of all that were removed.
        self._unseen: OrderedDict[str, _Entry] = OrderedDict()
        self._seen: OrderedDict[str, _Entry] = OrderedDict()
        self._moved: OrderedDict[str, _Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._unseen) + len(self._seen)

    def get(self, key: str) -> bytes | None:
        """Return the data of a session; see ``SessionStore.get``."""
        with self._lock:
            if key in self._unseen:
                self._seen[key] = self._unseen.pop(key)
            entry = self._find(key) or self._moved.get(key)
            if entry is None or entry.ends <= time():
                return None
            return entry.data

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Keep a new session; see ``SessionStore.add``."""
        with self._lock:
            self._make_room()
            self._unseen[key] = _Entry(data, ends)

    def replace(self, key: str, data: bytes, ends: float) -> bool:
        """Replace the data of a session; see ``SessionStore.replace``."""
        with self._lock:
            return self._put(key, data, ends)

    def touch(self, key: str, ends: float) -> bool:
        """Set when a session ends; see ``SessionStore.touch``."""
        with self._lock:
            return self._put(key, None, ends)

    def delete(self, key: str) -> bool:
        """End a session; see ``SessionStore.delete``."""
        with self._lock:
            is_there = self._find(key) is not None
            self._seen.pop(key, None)
            self._unseen.pop(key, None)
            return is_there

    def move(
        self, old: str, new: str, data: bytes, ends: float, old_ends: float
    ) -> bool:
        """Give a session a new key; see ``MovingStore.move``."""
        with self._lock:
            if self._find(new) is not None:
                return True
            entry = self._find(old) or self._moved.get(old)
            if entry is None or entry.ends <= time():
                return False
            for entries in (self._seen, self._unseen, self._moved):
                entries.pop(old, None)
            self._make_room()
            self._moved[old] = _Entry(entry.data, min(entry.ends, old_ends))
            self._seen[new] = _Entry(data, ends)
            return True

    def _find(self, key: str) -> _Entry | None:
        entry = self._seen.get(key) or self._unseen.get(key)
        return None if entry is None or entry.ends <= time() else entry

    def _put(self, key: str, data: bytes | None, ends: float) -> bool:
        """Change an entry, which goes to the end of its kind."""
        entry = self._find(key)
        if entry is None:
            return False
        entries = self._seen if key in self._seen else self._unseen
        del entries[key]
        entries[key] = _Entry(entry.data if data is None else data, ends)
        return True

    def _make_room(self) -> None:
        """Drop what has ended, and the first of the rest when that is full."""
        _drop(self._moved, self._size - 1)
        _drop(self._unseen, self._size - len(self._seen) - 1)
        _drop(self._seen, self._size - len(self._unseen) - 1)


def _drop(entries: OrderedDict[str, _Entry], most: int) -> None:
    """Drop from the front what has ended, and what is too much."""
    now = time()
    while entries:
        first = next(iter(entries))
        if entries[first].ends > now and len(entries) <= most:
            return
        del entries[first]
