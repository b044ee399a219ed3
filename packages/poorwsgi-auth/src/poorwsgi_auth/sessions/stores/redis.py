"""Sessions in Redis, for many hosts; needs ``poorwsgi-auth[redis]``."""

from collections.abc import Generator
from contextlib import contextmanager
from time import time
from typing import TYPE_CHECKING, Any

from poorwsgi_auth.sessions.stores import SessionStoreError

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisSessions"]


class RedisSessions:
    """A session store that many hosts share.

    Redis drops sessions when their time is over.  How much it keeps is its own
    ``maxmemory``; give it a volatile policy.

    Args:
        client: a client of the redis library that doesn't decode responses; it is
            safe between threads.
        prefix: of the names of its keys.
    """

    def __init__(self, client: "Redis", *, prefix: str = "poorwsgi:session:") -> None:
        # The library's types are those of its asynchronous client too.
        self._client: Any = client
        self._prefix = prefix

    def get(self, key: str) -> bytes | None:
        """Return the data of a session; see ``SessionStore.get``."""
        with _conversion():
            data: bytes | None = self._client.get(self._prefix + key)
        return data

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Keep a new session; see ``SessionStore.add``."""
        with _conversion():
            self._client.set(self._prefix + key, data, px=_milliseconds(ends))

    def replace(self, key: str, data: bytes, ends: float) -> bool:
        """Replace the data of a session; see ``SessionStore.replace``."""
        name, rest = self._prefix + key, _milliseconds(ends)
        with _conversion():
            return bool(self._client.set(name, data, px=rest, xx=True))

    def touch(self, key: str, ends: float) -> bool:
        """Set when a session ends; see ``SessionStore.touch``."""
        with _conversion():
            return bool(self._client.pexpire(self._prefix + key, _milliseconds(ends)))

    def delete(self, key: str) -> bool:
        """End a session; see ``SessionStore.delete``."""
        with _conversion():
            return bool(self._client.delete(self._prefix + key))


def _milliseconds(ends: float) -> int:
    # As a span: the clock of the Redis host may differ.
    return max(1, int((ends - time()) * 1000))


@contextmanager
def _conversion() -> Generator[None]:
    from redis import RedisError

    try:
        yield
    except RedisError as error:
        raise SessionStoreError(f"Redis can't be asked: {error}") from error
    except UnicodeDecodeError as error:
        raise SessionStoreError(
            "Sessions are bytes; build the client without decode_responses"
        ) from error
