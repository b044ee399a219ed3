"""Two hosts, made by network namespaces, with a balancer and Redis on a third one.

The whole runs in a namespace of its own, which ``nox -s scale_out`` makes: nothing
here touches the network of the machine, and all is gone when the processes are.
Disk, kernel and clock are those of the machine.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import redis
import requests

__all__ = [
    "ADDRESS",
    "Master",
    "find_obstacle",
    "run_balancer",
    "run_network",
    "run_processes",
    "run_redis",
]

ADDRESS = "10.77.0.1"
_NETWORK = "10.77.0.{}"
_SERVERS = Path(__file__).parents[1] / "servers"
_PATIENCE = 20.0
_NGINX = """
user root;
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    {configuration}
}}
"""
_SENTINEL = """
port {port}
bind {address}
protected-mode no
dir {folder}
sentinel monitor shared {address} {master} 2
sentinel down-after-milliseconds shared 1000
sentinel failover-timeout shared 5000
"""
_MASTER, _REPLICA, _SENTINELS = 7001, 7002, (7101, 7102, 7103)


def find_obstacle() -> str:
    """Return why hosts can't be made here, nothing if they can."""
    for program in ("ip", "nsenter", "unshare", "nginx", "redis-server"):
        if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
            return f"{program} is missing"
    if [name for _, name in socket.if_nameindex()] != ["lo"]:
        return "this isn't a network of its own; use nox -s scale_out"
    return ""


def _run(command: str) -> None:
    subprocess.run(command.split(), check=True)  # noqa: S603 - of this module


def _wait_for(what: str, check: Callable[[], Any]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not check():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} isn't ready")
        time.sleep(0.05)


@contextmanager
def _process(
    command: list[str], log: Path, environment: Mapping[str, str] | None = None
) -> Generator[subprocess.Popen[bytes]]:
    with (
        log.open("ab") as output,
        subprocess.Popen(  # noqa: S603 - of this module
            command, cwd=_SERVERS, env=environment, stdout=output, stderr=output
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()


# --- the network -------------------------------------------------------------------


@contextmanager
def run_network(folder: Path) -> Generator[list[list[str]]]:
    """Make a bridge and two hosts on it; gives what begins a command on each."""
    _run("ip link set lo up")
    _run("ip link add bridge0 type bridge")
    _run(f"ip addr add {ADDRESS}/24 dev bridge0")
    _run("ip link set bridge0 up")
    with ExitStack() as stack:
        log = folder / "network.log"
        yield [_add_host(stack, number, log) for number in range(2)]


def _add_host(stack: ExitStack, number: int, log: Path) -> list[str]:
    holder = stack.enter_context(_process(["unshare", "--net", "sleep", "900"], log))
    ours, theirs = Path("/proc/self/ns/net"), Path(f"/proc/{holder.pid}/ns/net")
    _wait_for("A host", lambda: theirs.readlink() != ours.readlink())
    enter = ["nsenter", f"--net={theirs}"]
    _run(f"ip link add host{number} type veth peer name eth0 netns {holder.pid}")
    _run(f"ip link set host{number} master bridge0 up")
    inside = " ".join(enter)
    _run(f"{inside} ip link set lo up")
    _run(f"{inside} ip addr add {_NETWORK.format(11 + number)}/24 dev eth0")
    _run(f"{inside} ip link set eth0 up")
    return enter


@contextmanager
def run_processes(hosts: list[list[str]], folder: Path) -> Generator[list[str]]:
    """Run two processes on each host; gives their addresses with ports."""
    variables = {
        **os.environ,
        "app_sentinels": " ".join(f"{ADDRESS}:{port}" for port in _SENTINELS),
        "app_secret": "k" * 40,
        "app_timeout": "0.5",
        "app_upload": str(folder / "uploads"),
    }
    log = folder / "hosts.log"
    with ExitStack() as stack:
        places: list[str] = []
        for number, enter in enumerate(hosts):
            for port in (8001, 8002):
                place = f"{_NETWORK.format(11 + number)}:{port}"
                options = f"--bind {place} --threads 4 --no-control-socket shared:app"
                gunicorn = [sys.executable, "-m", "gunicorn", *options.split()]
                stack.enter_context(_process([*enter, *gunicorn], log, variables))
                places.append(place)
        for place in places:
            _wait_for(place, partial(_answers, f"http://{place}/who/cookie"))
        yield places
    print(log.read_text("utf-8")[-20000:])  # noqa: T201 - if a test fails


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


@contextmanager
def run_balancer(folder: Path, configuration: str) -> Generator[None]:
    """Run nginx in front of them."""
    file = folder / "nginx.conf"
    file.write_text(_NGINX.format(folder=folder, configuration=configuration))
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    command = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(file)]
    with _process(command, folder / "nginx.log"):
        _wait_for("nginx", partial(_answers, f"http://{ADDRESS}:8080/who/cookie"))
        yield


# --- Redis -------------------------------------------------------------------------


class Master:
    """A Redis with a replica, which three sentinels look after."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._sentinel: Any = redis.Redis(ADDRESS, _SENTINELS[0])

    def ask(self) -> dict[str, Any]:
        """Return what a sentinel knows of the master."""
        state: dict[str, Any] = self._sentinel.sentinel_master("shared")
        return state

    def kill(self) -> None:
        """Kill the master, whichever that is at the begin."""
        self._process.send_signal(signal.SIGKILL)

    def wait_for_another(self) -> None:
        """Wait until the sentinels say that the replica is the master."""
        _wait_for("Another master", lambda: self.ask()["port"] == _REPLICA)

    def is_looked_after(self) -> bool:
        """Tell whether all sentinels know one another and the replica."""
        state = self.ask()
        return (state["num-slaves"], state["num-other-sentinels"]) == (1, 2)


@contextmanager
def run_redis(folder: Path) -> Generator[Master]:
    """Run a Redis with a replica, and three sentinels."""
    log = folder / "redis.log"
    common = f"redis-server --bind {ADDRESS} --protected-mode no --save  --dir {folder}"
    replica = f"--port {_REPLICA} --replicaof {ADDRESS} {_MASTER}"
    with ExitStack() as stack:
        command = [*common.split(" "), "--port", str(_MASTER)]
        process = stack.enter_context(_process(command, log))
        stack.enter_context(_process([*common.split(" "), *replica.split()], log))
        for port in (_MASTER, _REPLICA):
            _wait_for_redis(port)
        for port in _SENTINELS:
            file = folder / f"sentinel{port}.conf"
            file.write_text(
                _SENTINEL.format(
                    port=port, address=ADDRESS, folder=folder, master=_MASTER
                )
            )
            stack.enter_context(
                _process(["redis-server", str(file), "--sentinel"], log)
            )
            _wait_for_redis(port)
        master = Master(process)
        _wait_for("The guard of sentinels", master.is_looked_after)
        yield master


def _wait_for_redis(port: int) -> None:
    client: Any
    with redis.Redis(ADDRESS, port) as client:

        def answers() -> bool:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

        _wait_for(f"Redis at {port}", answers)
