"""A client of Redis that fails soon, for what requests wait for.

The library's own default repeats a command up to ten times, with pauses between: a
Redis that is gone then holds each request for seconds, and a command whose answer
got lost runs twice.  The library is imported when a client is built.
"""

from importlib import import_module
from typing import Any

__all__ = ["build_redis"]


def build_redis(address: str, timeout: float = 0.5) -> Any:
    """Build a client that asks once, and waits but a moment.

    Args:
        address: as ``redis.Redis.from_url`` takes it, such as
            ``redis://localhost:6379/0``, ``rediss://`` for TLS or ``unix://``.
        timeout: seconds to wait for a connection, and for an answer.

    Raises:
        RuntimeError: the library isn't installed.
    """
    try:
        no_backoff = import_module("redis.backoff").NoBackoff()
    except ImportError as error:
        # The address isn't told: it may have a password.
        raise RuntimeError("Redis needs its library: pip install redis") from error
    return import_module("redis").Redis.from_url(
        address,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=import_module("redis.retry").Retry(no_backoff, 0),
    )
