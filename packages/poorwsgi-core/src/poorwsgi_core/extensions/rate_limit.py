"""So many requests in so much time, for each client (RFC 6585 section 4).

Each client has a bucket of tokens that fills steadily; a request takes one.  The fields
RateLimit and RateLimit-Policy are those of draft-ietf-httpapi-ratelimit-headers-10.
"""

import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any, NamedTuple, Protocol

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import (
    check_function,
    check_object,
    convert,
    count,
    find_installed,
    text,
)
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.request.settings import seconds
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response import BaseResponse, HTTPException
from poorwsgi_core.state import HTTP_SERVICE_UNAVAILABLE, HTTP_TOO_MANY_REQUESTS

__all__ = ["Buckets", "Grant", "MemoryBuckets", "RateLimit", "client_address"]

log = logging.getLogger("poorwsgi")

_ATTRIBUTE = "app_rate_limit"
_IPV6_NETWORK = 64

# Any request: that of the application, which may be a class of its own.
_Key = Callable[[Any], str | None]


class Grant(NamedTuple):
    """Answer of a bucket.

    Attributes:
        allowed: whether there was a token.
        remaining: tokens that are left.
        wait: seconds until there is one again, 0 when there is.
    """

    allowed: bool
    remaining: int
    wait: float


class Buckets(Protocol):
    """Keeps the buckets; ``RedisBuckets`` lets several processes share them."""

    def take(self, key: str, limit: int, period: float) -> Grant:
        """Take a token of the bucket of *key*.

        Args:
            key: whose bucket it is.
            limit: tokens in a full bucket.
            period: seconds in which an empty one becomes full.
        """
        ...


class MemoryBuckets:
    """Buckets of this process alone.

    Args:
        size: how many are kept; the one that is longest unused is dropped for a new
            one, and is full when it comes back.
        clock: tells seconds.
    """

    def __init__(
        self, size: int = 100_000, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._size = size
        self._clock = clock
        # PERF: a dict finds its first entry behind the holes of all that were removed.
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, limit: int, period: float) -> Grant:
        """Take a token of the bucket of *key*."""
        now = self._clock()
        with self._lock:
            tokens, since = self._buckets.pop(key, (float(limit), now))
            tokens = min(float(limit), tokens + (now - since) * limit / period)
            allowed = tokens >= 1
            tokens -= allowed
            self._buckets[key] = (tokens, now)
            if len(self._buckets) > self._size:
                self._buckets.popitem(last=False)
        wait = max(0.0, (1 - tokens) * period / limit)
        return Grant(allowed, int(tokens), wait)


def client_address(req: SimpleRequest) -> str:
    """Return whose bucket it is: the address, of IPv6 its network of 64 bits.

    Behind a proxy that is the proxy's, until ``trusted_proxies`` names it.
    """
    client = req.client_addr or ""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{int(address) >> _IPV6_NETWORK:x}"


class RateLimit:
    """Refuse who asks too often with 429 and Retry-After.

    Files below the document root aren't counted.  When the buckets fail, the log says
    so once, until they are well again.

    Args:
        limit: requests that may come at once.
        period: seconds in which as many more may come.
        key: tells whose bucket a request takes from; ``None`` for no limit.
        buckets: where they are kept; in this process without it.
        name: of the policy, in the fields.
        fail_open: whether requests pass when the buckets fail; else they get 503.

    Raises:
        TypeError: an argument has a wrong type.
        ValueError: a limit or a period that isn't positive, a name that can't be sent.
    """

    def __init__(
        self,
        limit: int,
        period: float = 60,
        *,
        key: _Key = client_address,
        buckets: Buckets | None = None,
        name: str = "default",
        fail_open: bool = True,
    ) -> None:
        limit = convert("limit", count, limit)
        period = convert("period", seconds, period)
        if limit < 1 or period <= 0:
            raise ValueError(
                f"{limit} requests in {period} seconds let nobody in: write numbers "
                "above 0"
            )
        convert("name", text, name)
        if not name.isascii() or not name.replace("-", "").isalnum():
            raise ValueError(f"A policy is named by letters and digits, not {name!r}")
        self._limit = limit
        self._period = period
        self._key = key
        check_function("key", key, "req")
        self._buckets: Buckets = MemoryBuckets() if buckets is None else buckets
        check_object("buckets", self._buckets, "take", "RedisBuckets(redis)")
        self.name = name
        self._fail_open = convert("fail_open", parse_flag, fail_open)
        self._has_failed = False
        self._policy = f'"{name}";q={limit};w={math.ceil(period)}'

    def install(self, app: Application[Any]) -> None:
        """Count before the other handlers run, and tell what is left.

        Raises:
            RuntimeError: the application has one of this name already.
        """
        if any(one.name == self.name for one in find_installed(app, RateLimit)):
            raise RuntimeError(
                f"The application has a RateLimit {self.name!r} already, and they "
                "would share buckets: give the other one a name, name='burst'"
            )
        app.add_before_response(self._take, guard=True)
        app.add_after_response(self._tell)

    def _take(self, req: Request) -> None:
        key = None if req.static_file else self._key(req)
        if key is None:
            return
        try:
            # By its policy, so that several limits can share the buckets.
            grant = self._buckets.take(f"{self.name}:{key}", self._limit, self._period)
        except Exception as error:  # noqa: BLE001 - whatever a store raises
            self._fail(error)
            return
        if self._has_failed:
            self._has_failed = False
            log.warning("The buckets of RateLimit %r are well again", self.name)
        vars(req)[self._attribute] = grant
        if not grant.allowed:
            reason = f"Wait {math.ceil(grant.wait)} seconds"
            raise HTTPException(HTTP_TOO_MANY_REQUESTS, error=reason)

    def _fail(self, error: Exception) -> None:
        """Let a request pass, or refuse it; who asked too much isn't known now."""
        if not self._has_failed:
            self._has_failed = True
            outcome = "pass" if self._fail_open else "get 503"
            log.error(
                "The buckets of RateLimit %r failed, so requests %s until they are "
                "well again: %r",
                *(self.name, outcome, error),
            )
        if not self._fail_open:
            raise HTTPException(HTTP_SERVICE_UNAVAILABLE) from error

    @property
    def _attribute(self) -> str:
        return f"{_ATTRIBUTE}_{self.name}"

    def _tell(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        grant: Grant | None = vars(req).get(self._attribute)
        if grant is None:
            return response
        response.add_header("RateLimit-Policy", self._policy)
        wait = math.ceil(grant.wait)
        left = f'"{self.name}";r={grant.remaining}'
        response.add_header("RateLimit", f"{left};t={wait}" if wait else left)
        if not grant.allowed:
            response.headers.setdefault("Retry-After", str(max(1, wait)))
        return response
