"""A Redis Cluster of three masters for the tests, each with a replica if need be."""

import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import RedisClusterException
from redis.retry import Retry
from serving import find_port

__all__ = ["Cluster", "run_cluster"]

_SLOTS = ((0, 5460), (5461, 10922), (10923, 16383))
_PATIENCE = 20.0


class Cluster:
    """A cluster that forgets everything when it stops.

    Attributes:
        ports: where the nodes are, masters first.
        client: for all of it.
    """

    def __init__(self, stack: ExitStack, folder: Path, replicas: int) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._killed = 0
        count = len(_SLOTS) * (1 + replicas)
        self.ports = [self._start_node(stack, folder) for _ in range(count)]
        self._nodes: list[Any] = [redis.Redis(port=port) for port in self.ports]
        for node in self._nodes:
            stack.callback(node.close)
            _wait_for(node.ping)
        self._join()
        self.client: Any = RedisCluster(
            host="127.0.0.1",
            port=self.ports[0],
            socket_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )
        stack.callback(self.client.close)

    def _start_node(self, stack: ExitStack, folder: Path) -> int:
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
            "--cluster-node-timeout": "1000",
        }
        words = [word for pair in options.items() for word in pair]
        command = ["redis-server", *words]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - the caller has found it
        stack.callback(process.wait)
        stack.callback(process.terminate)
        self._processes.append(process)
        return port

    def _join(self) -> None:
        masters = self._nodes[: len(_SLOTS)]
        for node, (first, last) in zip(masters, _SLOTS, strict=True):
            node.execute_command("CLUSTER ADDSLOTSRANGE", first, last)
        for node, port in zip(self._nodes[1:], self.ports[1:], strict=True):
            bus = node.config_get("cluster-port")["cluster-port"]
            masters[0].execute_command("CLUSTER MEET", "127.0.0.1", port, bus)
        for node in self._nodes:
            _wait_for(partial(self._knows_all, node))
        for number, node in enumerate(self._nodes[len(_SLOTS) :]):
            master = masters[number % len(_SLOTS)].execute_command("CLUSTER MYID")
            node.execute_command("CLUSTER REPLICATE", master)
            _wait_for(partial(_follows, node))

    def _knows_all(self, node: Any) -> bool:
        """Tell whether a node can say who has each slot."""
        info = node.cluster("info")
        known = int(info["cluster_known_nodes"]) == len(self._nodes)
        return bool(info["cluster_state"] == "ok" and known)

    def kill_master(self, key: str) -> None:
        """Kill the master that has a key."""
        self._killed = self.ports.index(self.client.get_node_from_key(key).port)
        self._processes[self._killed].kill()

    def wait_for_replica(self) -> None:
        """Wait until the replica of that one has its place."""
        replica = self._nodes[self._killed + len(_SLOTS)]
        _wait_for(lambda: replica.info("replication")["role"] == "master")
        _wait_for(lambda: replica.cluster("info")["cluster_state"] == "ok")


def _follows(node: Any) -> bool:
    return bool(node.info("replication").get("master_link_status") == "up")


def _wait_for(check: Callable[[], Any]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(redis.RedisError, RedisClusterException):
            if check():
                return
        time.sleep(0.05)
    raise RuntimeError("The cluster isn't ready")


@contextmanager
def run_cluster(folder: Path, replicas: int = 0) -> Generator[Cluster]:
    """Run one until the end of the block; each master has so many replicas."""
    with ExitStack() as stack:
        yield Cluster(stack, folder, replicas)
