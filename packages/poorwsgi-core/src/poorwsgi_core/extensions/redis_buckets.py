"""Buckets of ``RateLimit`` in Redis, which all processes and hosts share.

The client is that of the package ``redis`` (``poorwsgi-core[redis]``), or one with
``register_script`` like it.
"""

from typing import Any, Final, Self

from poorwsgi_core.extensions.rate_limit import Grant
from poorwsgi_core.extensions.redis_client import build_redis

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

    A bucket that nobody asks for is dropped when it is full again.

    Args:
        client: it needs a short timeout, for a request waits for the answer;
            ``from_url`` builds one that fails soon.
        prefix: of the names of its keys.
    """

    def __init__(self, client: Any, *, prefix: str = "poorwsgi:bucket:") -> None:
        self._prefix = prefix
        self._take: Any = client.register_script(_TAKE)

    @classmethod
    def from_url(
        cls, address: str, timeout: float = 0.5, *, prefix: str = "poorwsgi:bucket:"
    ) -> Self:
        """Build buckets with a client that asks once and waits but a moment.

        Args:
            address: see ``poorwsgi_core.extensions.redis_client.build_redis``.
            timeout: seconds to wait for Redis.
            prefix: of the names of its keys.
        """
        return cls(build_redis(address, timeout), prefix=prefix)

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
