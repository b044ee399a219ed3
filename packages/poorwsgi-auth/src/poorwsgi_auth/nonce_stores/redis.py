"""Used nonce counts in Redis, for many hosts; needs ``poorwsgi-auth[redis]``."""

from typing import TYPE_CHECKING, Any, Final

from poorwsgi_auth.nonce_stores import DEFAULT_SIZE, WINDOW, NonceStoreError

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["RedisNonces"]

_BATCH: Final = 100
"""Expired nonces that one new nonce removes at most."""

# Redis runs a script as one step.  Numbers of Lua have 53 bits, so the window is
# text: "1" for a used count, the highest count first.
_USE: Final = """
local used, order, forgotten = KEYS[1], KEYS[2], KEYS[3]
local nonce, count = ARGV[1], tonumber(ARGV[2])
local oldest, size = ARGV[3], tonumber(ARGV[4])
local window, batch = tonumber(ARGV[5]), tonumber(ARGV[6])

local highest, marks = 0, ''
local state = redis.call('HGET', used, nonce)
if state then
    local colon = string.find(state, ':', 1, true)
    highest = tonumber(string.sub(state, 1, colon - 1))
    marks = string.sub(state, colon + 1)
elseif nonce <= (redis.call('GET', forgotten) or '') then
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
    if #gone > 0 then
        redis.call('HDEL', used, unpack(gone))
        redis.call('ZREM', order, unpack(gone))
    end
    if redis.call('ZCARD', order) >= size then
        local first = redis.call('ZRANGE', order, 0, 0)[1]
        redis.call('HDEL', used, first)
        redis.call('ZREM', order, first)
        if first > (redis.call('GET', forgotten) or '') then
            redis.call('SET', forgotten, first)
        end
    end
    redis.call('ZADD', order, 0, nonce)
end
redis.call('HSET', used, nonce, highest .. ':' .. marks)
return 1
"""


class RedisNonces:
    """A nonce store that many hosts share.

    Redis must not evict its keys: give it the policy ``noeviction``, or a
    volatile one.

    Args:
        client: a client of the redis library; it is safe between threads.
        size: nonces to remember.
        prefix: of the names of its three keys, which are in one hash slot.
    """

    def __init__(
        self,
        client: "Redis",
        size: int = DEFAULT_SIZE,
        *,
        prefix: str = "poorwsgi:nonces",
    ) -> None:
        self._size = size
        self._keys = [f"{{{prefix}}}:{name}" for name in ("used", "order", "forgotten")]
        script: Any = client.register_script(_USE)
        self._script = script

    def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
        """Record a use of a nonce; see ``NonceStore.use``."""
        from redis import RedisError

        numbers = (self._size, WINDOW, _BATCH)
        arguments = (nonce.hex(), count, oldest.hex(), *numbers)
        try:
            return bool(self._script(keys=self._keys, args=arguments))
        except RedisError as error:
            raise NonceStoreError(f"Redis can't be asked: {error}") from error
