"""Sessions in Redis, for many hosts; needs ``poorwsgi-auth[redis]``."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from time import time
from typing import TYPE_CHECKING, Any, Final, Self

from poorwsgi_auth.redis_client import build_redis, find_redis_errors
from poorwsgi_auth.sessions.stores import SessionStoreError

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisSessions"]

# Names with one text in braces are in one slot of a cluster.
_TAGGED: Final = re.compile(r"^[^{]*\{[^}]+\}")

# Redis runs a script as one step.  What could fail for want of memory comes first,
# so a script is done as a whole or not at all.
_MOVE: Final = """
local old, new, moved = KEYS[1], KEYS[2], KEYS[3]
local data, rest, old_rest = ARGV[1], ARGV[2], tonumber(ARGV[3])

if redis.call('EXISTS', new) == 1 then
    return 1
end
if redis.call('EXISTS', old) == 1 then
    redis.call('SET', new, data, 'PX', rest)
    redis.call('RENAME', old, moved)
    if redis.call('PTTL', moved) > old_rest then
        redis.call('PEXPIRE', moved, old_rest)
    end
    return 1
end
if redis.call('EXISTS', moved) == 1 then
    redis.call('SET', new, data, 'PX', rest)
    return 1
end
return 0
"""


class RedisSessions:
    """A session store that many hosts share.

    Redis drops sessions when their time is over.  How much it keeps is its own
    ``maxmemory``; give it a volatile policy.

    Args:
        client: a client of the redis library that doesn't decode responses; it is
            safe between threads.  ``from_url`` builds one that fails soon.
        prefix: of the names of its keys.  For a Redis Cluster it needs a hash tag,
            as ``{session}:`` has, because ``move`` takes several keys.

    Raises:
        ValueError: the client is of a cluster, and the prefix has no hash tag.
    """

    def __init__(self, client: "Redis", *, prefix: str = "poorwsgi:session:") -> None:
        # Only a cluster asks which slot a key is in.
        if hasattr(client, "keyslot") and not _TAGGED.search(prefix):
            raise ValueError(
                f"prefix {prefix!r}: a Redis Cluster keeps the keys of a script in one "
                "slot if they share a hash tag; write one, as in '{session}:'"
            )
        # The library's types are those of its asynchronous client too.
        self._client: Any = client
        self._prefix = prefix
        self._move: Any = self._client.register_script(_MOVE)

    @classmethod
    def from_url(
        cls, address: str, timeout: float = 0.5, *, prefix: str = "poorwsgi:session:"
    ) -> Self:
        """Build a store with a client that asks once and waits but a moment.

        Args:
            address: see ``poorwsgi_auth.redis_client.build_redis``.
            timeout: seconds to wait for Redis.
            prefix: of the names of its keys.
        """
        return cls(build_redis(address, timeout), prefix=prefix)

    def get(self, key: str) -> bytes | None:
        """Return the data of a session; see ``SessionStore.get``."""
        with _conversion():
            data: bytes | None = self._client.get(self._prefix + key)
            if data is None:
                data = self._client.get(self._name_moved(key))
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

    def move(
        self, old: str, new: str, data: bytes, ends: float, old_ends: float
    ) -> bool:
        """Give a session a new key; see ``MovingStore.move``."""
        names = (self._prefix + old, self._prefix + new, self._name_moved(old))
        rests = (_milliseconds(ends), _milliseconds(old_ends))
        with _conversion():
            return bool(self._move(keys=names, args=(data, *rests)))

    def _name_moved(self, key: str) -> str:
        return f"{self._prefix}{key}:moved"


def _milliseconds(ends: float) -> int:
    # As a span: the clock of the Redis host may differ.
    return max(1, int((ends - time()) * 1000))


@contextmanager
def _conversion() -> Generator[None]:
    try:
        yield
    except find_redis_errors() as error:
        raise SessionStoreError(f"Redis can't be asked: {error}") from error
    except UnicodeDecodeError as error:
        raise SessionStoreError(
            "Sessions are bytes; build the client without decode_responses"
        ) from error
