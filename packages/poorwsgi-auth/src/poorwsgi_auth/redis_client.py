"""A client of Redis that fails soon, for stores that requests wait for.

The library's own default repeats a command up to ten times, with pauses between: a
Redis that is gone then holds each request for seconds, and a command whose answer
got lost runs twice.  The library is imported when a client is built.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import Redis

__all__ = ["build_redis"]


def build_redis(address: str, timeout: float = 0.5) -> "Redis":
    """Build a client that asks once, and waits but a moment.

    Args:
        address: as ``redis.Redis.from_url`` takes it, such as
            ``redis://localhost:6379/0``, ``rediss://`` for TLS or ``unix://``.
        timeout: seconds to wait for a connection, and for an answer.
    """
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    # The library gives no types to its keywords.
    library: Any = redis
    client: Redis = library.Redis.from_url(
        address,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
    )
    return client
