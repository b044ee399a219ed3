"""A client of Redis that fails soon, for stores that requests wait for.

It is that of core, which doesn't know the types of the library.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.extensions.redis_client import build_redis as build

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["build_redis", "find_redis_errors"]


def build_redis(address: str, timeout: float = 0.5) -> "Redis":
    """Build a client that asks once, and waits but a moment.

    Args:
        address: as ``redis.Redis.from_url`` takes it, such as
            ``redis://localhost:6379/0``, ``rediss://`` for TLS or ``unix://``.
        timeout: seconds to wait for a connection, and for an answer.

    Raises:
        RuntimeError: the library isn't installed.
    """
    client: Redis = build(address, timeout)
    return client


def find_redis_errors() -> tuple[type[Exception], ...]:
    """Return what the library raises; a cluster has errors of its own."""
    from redis.exceptions import RedisClusterException, RedisError

    return RedisError, RedisClusterException
