"""What a request costs each program when there is one host, and when there are two.

Usage, on Linux::

    unshare --net --map-root-user python bench/two_hosts.py

The hosts are network namespaces behind nginx, as in tests/scale_out: two processes on
each, and one Redis, which each request asks for its session.  All share the processors
of this machine, so what counts is the processor time for an answer, not how many
answers there are in a second.
"""

import os
import tempfile
from collections import Counter
from pathlib import Path

import requests
from hosts import ADDRESS, run_balancer, run_network, run_processes, run_redis
from processor import read_children, read_processor_time
from wrk import ask, find_wrk

__all__ = ["main", "measure"]

_URL = f"http://{ADDRESS}:8080"
_PROGRAMS = ("gunicorn", "nginx", "redis-server")
_ROUNDS, _SECONDS = 3, 3
_NGINX = """upstream shared {{ random; {servers} }}
server {{
    listen {address}:8080;
    location / {{
        proxy_pass http://shared;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
    }}
}}"""
_SCRIPT = 'wrk.headers["Cookie"] = "{}"\n'


def main() -> None:
    """Print a table."""
    print("| µs of processor time |", " | ".join(_PROGRAMS), "|")
    print("|---" * (len(_PROGRAMS) + 1) + "|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with run_network(folder) as hosts, run_redis(folder):
            for count in range(1, len(hosts) + 1):
                costs = measure(hosts[:count], folder)
                cells = " | ".join(f"{costs[program]:.0f}" for program in _PROGRAMS)
                print(f"| hosts: {count} | {cells} |", flush=True)


def measure(hosts: list[list[str]], folder: Path) -> dict[str, float]:
    """Return the microseconds of an answer by program, the least of some rounds."""
    with run_processes(hosts, folder) as places:
        servers = " ".join(f"server {place};" for place in places)
        with run_balancer(folder, _NGINX.format(servers=servers, address=ADDRESS)):
            login = requests.get(f"{_URL}/login/server/ann", timeout=20)
            script = folder / "session.lua"
            script.write_text(_SCRIPT.format(f"SESSID={login.cookies['SESSID']}"))
            rounds = [_measure_round(script) for _ in range(_ROUNDS)]
    return {name: min(costs[name] for costs in rounds) for name in _PROGRAMS}


def _measure_round(script: Path) -> dict[str, float]:
    before = _read_programs()
    answers = ask([find_wrk()], f"{_URL}/who/server", _SECONDS, script)
    used = _read_programs()
    return {name: (used[name] - before[name]) * 1e6 / answers for name in _PROGRAMS}


def _read_programs() -> Counter[str]:
    """Return the seconds that the programs started here have used, by name."""
    found: Counter[str] = Counter()
    for process_id in read_children(os.getpid()):
        command = Path(f"/proc/{process_id}/cmdline").read_text()
        for name in _PROGRAMS:
            if name in command:
                found[name] += read_processor_time(process_id)
    return found


if __name__ == "__main__":
    main()
