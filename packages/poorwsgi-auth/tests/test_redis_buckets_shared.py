"""Facts about rate limits in a Redis that several applications share."""

import time
from typing import Any

import pytest
import redis

from poorwsgi_auth.redis_client import build_redis
from poorwsgi_core import Application
from poorwsgi_core.extensions.rate_limit import RateLimit
from poorwsgi_core.extensions.redis_buckets import RedisBuckets
from poorwsgi_core.testing import Client


def build(client: Any, limit: int, period: float, **options: Any) -> Client:
    """Build one of the processes, with its client."""
    app = Application("shop")
    app.install(RateLimit(limit, period, buckets=RedisBuckets(client), **options))
    app.set_route("/", lambda _: "served")
    return Client(app)


def test_limit_is_that_of_all(redis_client: redis.Redis) -> None:
    """Two processes have one bucket, and another address has its own."""
    one, two = build(redis_client, 3, 60), build(redis_client, 3, 60)
    statuses = [each.get("/").status_code for each in (one, two, one, two)]
    assert statuses == [200, 200, 200, 429]
    refused = one.get("/")
    assert refused.headers["Retry-After"] == "20"
    assert refused.headers["RateLimit"] == '"default";r=0;t=20'
    assert one.get("/", REMOTE_ADDR="192.0.2.1").status_code == 200


def test_bucket_fills_and_goes(redis_client: redis.Redis) -> None:
    """Tokens come back in their time, and a full bucket isn't kept."""
    buckets = RedisBuckets(redis_client)
    assert buckets.take("user", 2, 1.0).remaining == 1
    buckets.take("user", 2, 1.0)
    refused = buckets.take("user", 2, 1.0)
    assert not refused.allowed
    assert 0 < refused.wait <= 0.5
    time.sleep(refused.wait + 0.05)
    assert buckets.take("user", 2, 1.0).allowed
    rest: Any = redis_client.pttl("poorwsgi:bucket:user")
    assert 0 < rest <= 1000


@pytest.mark.parametrize(
    ("options", "status"), [({}, 200), ({"fail_open": False}, 503)]
)
def test_redis_that_is_gone(
    options: dict[str, bool], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Requests pass, or are refused, and one line of the log says so."""
    client = build(build_redis("redis://127.0.0.1:1/", 0.2), 1, 60, **options)
    assert [client.get("/").status_code for _ in range(3)] == [status] * 3
    failures = [each for each in caplog.records if "RateLimit" in each.getMessage()]
    assert [each.levelname for each in failures] == ["ERROR"]
