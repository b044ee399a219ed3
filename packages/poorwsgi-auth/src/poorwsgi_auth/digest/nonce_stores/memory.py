"""Used nonce counts in the memory of one process."""

from collections import OrderedDict
from threading import Lock
from time import time

from poorwsgi_auth.digest.nonce_stores import DEFAULT_SIZE
from poorwsgi_auth.digest.nonce_stores.window import use_count
from poorwsgi_auth.digest.nonces import first_nonce_of

__all__ = ["MemoryNonces"]


class MemoryNonces:
    """A nonce store of one process.

    Other processes know nothing of it: a captured request can be replayed once in
    each of those that were there when its nonce was made, while that is valid.

    Args:
        size: nonces to remember; each takes about 230 bytes.
    """

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._size = size
        self._lock = Lock()
        # PERF: a dict finds its first entry behind the holes of all that were removed.
        self._used: OrderedDict[bytes, int] = OrderedDict()
        self._forgotten = first_nonce_of(time())

    def __len__(self) -> int:
        return len(self._used)

    def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
        """Record a use of a nonce; see ``NonceStore.use``."""
        with self._lock:
            state = self._used.get(nonce)
            if state is None:
                if nonce <= self._forgotten:
                    return False
                self._make_room(oldest)
            new_state = use_count(state or 0, count)
            if new_state is None:
                return False
            self._used[nonce] = new_state
            return True

    def _make_room(self, oldest: bytes) -> None:
        """Drop what has expired, and the first of the rest when that is full."""
        while self._used:
            first = next(iter(self._used))
            if first >= oldest and len(self._used) < self._size:
                return
            self._forgotten = max(self._forgotten, first)
            del self._used[first]
