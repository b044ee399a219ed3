"""Buckets of ``RateLimit`` in Redis, which all processes and hosts share.

The client is that of the package ``redis``, or one with ``register_script`` like it.
"""

from typing import Any, Final

from poorwsgi_core.extensions.rate_limit import Grant

__all__ = ["RedisBuckets"]

# Redis runs a script as one step, and has one clock for all hosts.  Numbers go back as
# text, for Redis cuts off what is behind the point.
_TAKE: Final = """
local limit, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000

local state = redis.call('HMGET', KEYS[1], 'tokens', 'since')
local tokens = tonumber(state[1]) or limit
local since = tonumber(state[2]) or now
tokens = math.min(limit, tokens + math.max(0, now - since) * limit / period)
local allowed = 0
if tokens >= 1 then
    tokens, allowed = tokens - 1, 1
end

redis.call('HSET', KEYS[1], 'tokens', tostring(tokens),
           'since', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(period * 1000))
return {allowed, tostring(tokens)}
"""


class RedisBuckets:
    """Buckets that many processes and hosts share.

    A bucket that nobody asks for is dropped when it is full again.  Give the client a
    short timeout: a request waits for the answer.

    Args:
        client: such as ``redis.Redis.from_url(address, socket_timeout=0.2)``.
        prefix: of the names of its keys.
    """

    def __init__(self, client: Any, *, prefix: str = "poorwsgi:bucket:") -> None:
        self._prefix = prefix
        self._take: Any = client.register_script(_TAKE)

    def take(self, key: str, limit: int, period: float) -> Grant:
        """Take a token of the bucket of *key*; see ``Buckets.take``.

        Raises:
            Exception: whatever the client raises.
        """
        name = self._prefix + key
        allowed, rest = self._take(keys=[name], args=[limit, period])
        tokens = float(rest)
        wait = max(0.0, (1 - tokens) * period / limit)
        return Grant(bool(allowed), int(tokens), wait)
