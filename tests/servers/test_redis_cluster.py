"""Sessions, nonces and buckets in a Redis Cluster of three masters."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests
from faulting import Fault, Visits, find_wrong
from redis_cluster import run_cluster
from serving import KINDS, is_there, run_server

from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces
from poorwsgi_auth.sessions.stores import SessionStoreError
from poorwsgi_auth.sessions.stores.redis import RedisSessions
from poorwsgi_core.extensions.redis_buckets import RedisBuckets

OLD, NONCE = b"\0" * 20, b"\xff" * 20
SERVER = "gunicorn-threads"


@pytest.fixture
def cluster(need: Callable[[str, object], None], tmp_path: Path) -> Iterator[Any]:
    """Run three nodes; gives a client."""
    need("redis", shutil.which("redis-server"))
    with run_cluster(tmp_path) as running:
        yield running.client


def test_cluster(cluster: Any) -> None:
    """All three are served by it; what is lost with a node is told."""
    ends = time.time() + 60
    sessions = RedisSessions(cluster, prefix="{session}:")
    sessions.add("old", b"1", ends)
    assert sessions.replace("old", b"2", ends)
    assert sessions.move("old", "new", b"3", ends, ends)
    assert (sessions.get("old"), sessions.get("new")) == (b"2", b"3")
    nonces = RedisNonces(cluster)
    assert [nonces.use(NONCE, count, OLD) for count in (1, 1, 2)] == [True, False, True]
    buckets = RedisBuckets(cluster)
    keys = [f"address {number}" for number in range(20)]
    assert {buckets.take(key, 1, 60).allowed for key in keys} == {True}
    assert {buckets.take(key, 1, 60).allowed for key in keys} == {False}
    assert (
        len({cluster.get_node_from_key(f"poorwsgi:bucket:{key}") for key in keys}) == 3
    )
    gone = cluster.get_redis_connection(cluster.get_node_from_key("{session}:new"))
    gone.shutdown(nosave=True)
    with pytest.raises(SessionStoreError, match="Redis can't be asked"):
        sessions.get("new")


def find_limited(client: Any) -> str:
    """Return a path whose bucket is where the sessions are."""
    master = client.get_node_from_key("{session}:")
    paths = (f"/limited/{number}" for number in range(1000))
    return next(
        path
        for path in paths
        if client.get_node_from_key(f"poorwsgi:bucket:{path}") == master
    )


@pytest.mark.skipif(
    "POORWSGI_FAILOVER" not in os.environ, reason="nox -s scale_out asks for it"
)
def test_failover(need: Callable[[str, object], None], tmp_path: Path) -> None:
    """While a replica takes over there is 503, nobody gets in, and all goes on."""
    need("servers", is_there(KINDS[SERVER]))
    need("redis", shutil.which("redis-server"))
    with ExitStack() as stack:
        cluster = stack.enter_context(run_cluster(tmp_path, replicas=1))
        variables = {
            "app_cluster": f"127.0.0.1:{cluster.ports[0]}",
            "app_secret": "k" * 40,
            "app_timeout": "0.5",
        }
        running = run_server(SERVER, tmp_path, "shared:app", KINDS, **variables)
        base = f"http://127.0.0.1:{stack.enter_context(running).port}"
        own = requests.get(f"{base}/login/server/ann", timeout=20).cookies
        full = f"{base}{find_limited(cluster.client)}"
        asked = {requests.get(full, timeout=20).status_code for _ in range(9)}
        assert asked == {200, 429}
        visits = Visits(base)
        kill = partial(cluster.kill_master, "{session}:")
        failover = Fault(kill, cluster.wait_for_replica)
        visits.run({"failover": failover}, 0, 2)
        # Both are of the master that was killed, and the replica has them.
        who = requests.get(f"{base}/who/server", cookies=own, timeout=20)
        assert who.json() == {"user": "ann"}
        assert requests.get(full, timeout=20).status_code == 429
    told = {phase for phase, _, outcome in visits.counts if outcome == "503"}
    print(visits.returned, *sorted(visits.counts.items()), sep="\n")  # noqa: T201 - how long it took
    assert find_wrong(visits) == {}
    assert told == {"failover"}
