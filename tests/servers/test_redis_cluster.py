"""Sessions, nonces and buckets in a Redis Cluster of three nodes."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import RedisClusterException
from redis.retry import Retry
from serving import find_port

from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces
from poorwsgi_auth.sessions.stores import SessionStoreError
from poorwsgi_auth.sessions.stores.redis import RedisSessions
from poorwsgi_core.extensions.redis_buckets import RedisBuckets

SLOTS = ((0, 5460), (5461, 10922), (10923, 16383))
OLD, NONCE = b"\0" * 20, b"\xff" * 20


def start_node(stack: ExitStack, folder: Path) -> int:
    """Start a node that knows no other one; gives its port."""
    port = find_port()
    own = folder / str(port)
    own.mkdir()
    options = {
        "--port": str(port),
        "--bind": "127.0.0.1",
        "--save": "",
        "--dir": str(own),
        "--cluster-enabled": "yes",
        "--cluster-port": str(find_port()),
    }
    words = [word for pair in options.items() for word in pair]
    command = ["redis-server", *words]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - the caller has found it
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return port


def wait_for(check: Callable[[], Any]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(redis.RedisError, RedisClusterException):
            if check():
                return
        time.sleep(0.05)
    raise RuntimeError("The cluster isn't ready")


def knows_all(node: Any) -> bool:
    """Tell whether a node can say who has each slot."""
    info = node.cluster("info")
    return bool(info["cluster_state"] == "ok" and info["cluster_known_nodes"] == "3")


@pytest.fixture
def cluster(need: Callable[[str, object], None], tmp_path: Path) -> Iterator[Any]:
    """Run three nodes; gives a client."""
    need("redis", shutil.which("redis-server"))
    with ExitStack() as stack:
        ports = [start_node(stack, tmp_path) for _ in SLOTS]
        nodes: list[Any] = [redis.Redis(port=port) for port in ports]
        for node, (first, last) in zip(nodes, SLOTS, strict=True):
            stack.callback(node.close)
            wait_for(node.ping)
            node.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
        for node in nodes[1:]:
            bus = node.config_get("cluster-port")["cluster-port"]
            port = node.config_get("port")["port"]
            nodes[0].execute_command("CLUSTER MEET", "127.0.0.1", port, bus)
        for node in nodes:
            wait_for(partial(knows_all, node))
        client: Any = RedisCluster(
            host="127.0.0.1",
            port=ports[0],
            socket_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )
        stack.callback(client.close)
        yield client


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
