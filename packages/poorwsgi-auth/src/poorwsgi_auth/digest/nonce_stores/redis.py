"""Used nonce counts in Redis, for many hosts; needs ``poorwsgi-auth[redis]``."""

from contextlib import suppress
from time import time
from typing import TYPE_CHECKING, Any, Final, Self

from poorwsgi_auth.digest.nonce_stores import DEFAULT_SIZE, WINDOW, NonceStoreError
from poorwsgi_auth.digest.nonces import OLDEST, first_nonce_of
from poorwsgi_auth.redis_client import build_redis, find_redis_errors

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisNonces"]

_BATCH: Final = 100
"""Expired nonces that one new nonce removes at most."""

# Redis runs a script as one step.  Numbers of Lua have 53 bits, so the window is
# text: "1" for a used count, the highest count first.  What is forgotten is in one
# key with what is used: Redis can't lose the one and keep the other.
_USE: Final = """
local used, order = KEYS[1], KEYS[2]
local nonce, count = ARGV[1], tonumber(ARGV[2])
local oldest, now = ARGV[3], ARGV[4]
local size, window, batch = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])

redis.call('HSETNX', used, 'forgotten', now)
local forgotten = redis.call('HGET', used, 'forgotten')
local highest, marks = 0, ''
local state = redis.call('HGET', used, nonce)
if state then
    local colon = string.find(state, ':', 1, true)
    highest = tonumber(string.sub(state, 1, colon - 1))
    marks = string.sub(state, colon + 1)
elseif nonce <= forgotten then
    return 0
end

local ahead = count - highest
if ahead > 0 then
    local gap = string.rep('0', math.min(ahead, window) - 1)
    marks = string.sub('1' .. gap .. marks, 1, window)
    highest = count
else
    local at = 1 - ahead
    if at > window or string.sub(marks, at, at) == '1' then
        return 0
    end
    marks = marks .. string.rep('0', at - #marks)
    marks = string.sub(marks, 1, at - 1) .. '1' .. string.sub(marks, at + 1)
end

if not state then
    local gone = redis.call('ZRANGE', order, '-', '(' .. oldest,
                            'BYLEX', 'LIMIT', 0, batch)
    if #gone == 0 and redis.call('ZCARD', order) >= size then
        gone = redis.call('ZRANGE', order, 0, 0)
    end
    if #gone > 0 then
        redis.call('HDEL', used, unpack(gone))
        redis.call('ZREM', order, unpack(gone))
        if gone[#gone] > forgotten then
            redis.call('HSET', used, 'forgotten', gone[#gone])
        end
    end
    redis.call('ZADD', order, 0, nonce)
end
redis.call('HSET', used, nonce, highest .. ':' .. marks)
return 1
"""


class RedisNonces:
    """A nonce store that many hosts share.

    When Redis evicts its keys or starts with none, nothing can be replayed, but
    all clients need a new nonce: give it the policy ``noeviction``, or a volatile
    one.  A replica that takes over may lack the last writes, and so let in a
    replay of these.

    Args:
        client: a client of the redis library; it is safe between threads.
            ``from_url`` builds one that fails soon.
        size: nonces to remember.
        prefix: of the names of its two keys, which are in one hash slot.
    """

    def __init__(
        self,
        client: "Redis",
        size: int = DEFAULT_SIZE,
        *,
        prefix: str = "poorwsgi:nonces",
    ) -> None:
        self._size = size
        self._keys = [f"{{{prefix}}}:{name}" for name in ("used", "order")]
        script: Any = client.register_script(_USE)
        self._script = script
        # Or else a new Redis would refuse the first nonce that it is asked for.
        with suppress(NonceStoreError):
            self.use(OLDEST, 1, OLDEST)

    @classmethod
    def from_url(
        cls,
        address: str,
        timeout: float = 0.5,
        size: int = DEFAULT_SIZE,
        *,
        prefix: str = "poorwsgi:nonces",
    ) -> Self:
        """Build a store with a client that asks once and waits but a moment.

        Args:
            address: see ``poorwsgi_auth.redis_client.build_redis``.
            timeout: seconds to wait for Redis.
            size: nonces to remember.
            prefix: of the names of its two keys.
        """
        return cls(build_redis(address, timeout), size, prefix=prefix)

    def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
        """Record a use of a nonce; see ``NonceStore.use``."""
        now = first_nonce_of(time())
        numbers = (self._size, WINDOW, _BATCH)
        arguments = (nonce.hex(), count, oldest.hex(), now.hex(), *numbers)
        try:
            return bool(self._script(keys=self._keys, args=arguments))
        except find_redis_errors() as error:
            raise NonceStoreError(f"Redis can't be asked: {error}") from error
