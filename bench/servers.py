"""Measure requests through real servers, beside the bare callable and the peers.

One worker serves on a loopback port; wrk asks from the other processor.  What counts is
the processor time of the server's processes for an answer, as Linux tells it: answers a
second depend on what else the machine does, which time on the processor hardly does.
Rounds are interleaved, and the least of each counts.  Run it with
``nox -s bench_servers``; arguments are names of servers, and ``--write`` keeps the
numbers for the page about performance.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from contenders import BARE, CONTENDERS, OURS, PUBLISHED, Contender
from figures import keep
from processor import read_processor_time
from rows import ROWS, Row
from wrk import ask, find_wrk

__all__ = ["main"]

_BENCH = Path(__file__).resolve().parent
_PEERS = {BARE.name, OURS.name, "Falcon", "Bottle", "Flask", PUBLISHED.name}
_FILE = Row("file of 1 MB", "/file", content_type="")
_ROWS = [*(ROWS[key] for key in ("text", "json", "path", "form")), _FILE]
_GRANIAN = """-m granian --interface wsgi --workers 1 --blocking-threads 1 --no-ws
--host 127.0.0.1 --port {port} serve:application"""
_UWSGI = """-c "import pyuwsgi; pyuwsgi.run()" --http11-socket 127.0.0.1:{port} --master
--need-app --die-on-term --module serve:application --disable-logging"""
_GUNICORN = """-m gunicorn --bind 127.0.0.1:{port} --worker-class gthread --threads 2
--no-control-socket serve:application"""
_CHEROOT = "-m cheroot --bind 127.0.0.1:{port} serve:application"
_SERVERS = {
    "granian": ("granian", _GRANIAN),
    "uWSGI": ("pyuwsgi", _UWSGI),
    "gunicorn": ("gunicorn", _GUNICORN),
    "cheroot": ("cheroot", _CHEROOT),
}
"""Name to the package that pip installs and the arguments of Python."""

_POST = """wrk.method = "POST"
wrk.body = "{body}"
wrk.headers["Content-Type"] = "{type}"
"""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print one table for each server."""
    parser = argparse.ArgumentParser(description="Measure through real servers.")
    parser.add_argument("servers", nargs="*", help=", ".join(_SERVERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="renew the page")
    options = parser.parse_args(arguments)
    if options.write and options.servers:
        parser.error("--write needs all servers")
    wrk = find_wrk()
    peers = [contender for contender in CONTENDERS if contender.name in _PEERS]
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "file.bin").write_bytes(bytes(range(256)) * 4096)
        for server in options.servers or _SERVERS:
            for contender in peers:
                contender.prepare()
                _install(contender, _SERVERS[server][0])
            best = _measure(server, peers, folder, options.rounds, options.seconds, wrk)
            _print_table(server, peers, best)
            version = OURS.read_version_of(_SERVERS[server][0])
            found[server] = {"version": version, "microseconds": best}
    if options.write:
        versions = {each.name: each.read_version() for each in peers}
        report = {"rounds": options.rounds, "seconds": options.seconds}
        keep("servers", {**report, "versions": versions, "servers": found})
    return 0


def _install(contender: Contender, package: str) -> None:
    code = (
        f"import importlib.util as u, sys; sys.exit(u.find_spec({package!r}) is None)"
    )
    command = [contender.python, "-c", code]
    if subprocess.run(command, check=False).returncode:  # noqa: S603
        pip = [contender.python, "-m", "pip", "install", "-q", package]
        subprocess.run(pip, check=True)  # noqa: S603


def _measure(
    server: str,
    peers: list[Contender],
    folder: Path,
    rounds: int,
    seconds: int,
    wrk: str,
) -> dict[str, dict[str, float]]:
    """Return the least microseconds by row and contender."""
    best: dict[str, dict[str, float]] = {row.title: {} for row in _ROWS}
    for _ in range(rounds):
        for contender in peers:
            with _serving(server, contender, folder) as (port, server_id):
                for row in _ROWS:
                    ask = partial(_ask, wrk, port, row, folder)
                    cost, costs = _cost(server_id, ask, seconds), best[row.title]
                    costs[contender.name] = min(costs.get(contender.name, cost), cost)
    return best


def _cost(server_id: int, ask: Callable[[int], int], seconds: int) -> float:
    """Return the microseconds of an answer; who has none in time gets more of it."""
    for longer in (seconds, seconds * 10):
        before = read_processor_time(server_id)
        if answers := ask(longer):
            return (read_processor_time(server_id) - before) * 1e6 / answers
    raise RuntimeError(f"No answer in {seconds * 10} s")


@contextmanager
def _serving(
    server: str, contender: Contender, folder: Path
) -> Iterator[tuple[int, int]]:
    """Serve an application; yield the port and the number of the process."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    line = _SERVERS[server][1].format(port=port)
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]
    environment = {
        **contender.environment,
        "BENCH_APP": contender.app,
        "BENCH_FILE": str(folder / "file.bin"),
    }
    paths = [str(_BENCH), str(_BENCH / "apps"), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    command = ["taskset", "-c", "0", contender.python, *words]
    with subprocess.Popen(  # noqa: S603 - a table of ours
        command,
        cwd=_BENCH,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait(port)
            yield port, process.pid
        finally:
            process.terminate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/hello", timeout=2) as answer:
                if answer.read() == b"Hello, world!":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"Nothing serves on port {port}")


def _ask(wrk: str, port: int, row: Row, folder: Path, seconds: int) -> int:
    """Ask as often as it goes; return the number of answers."""
    script = None
    if row.sent:
        script = folder / "post.lua"
        script.write_text(_POST.format(body=row.sent.decode(), type=row.sent_type))
    url = f"http://127.0.0.1:{port}{row.path}"
    return ask(["taskset", "-c", "1", wrk], url, seconds, script)


def _print_table(
    server: str, peers: list[Contender], best: Mapping[str, Mapping[str, float]]
) -> None:
    names = [contender.name for contender in peers]
    others = [name for name in names if name not in {BARE.name, OURS.name}]
    print(f"\n## {server}: processor time of the server, µs an answer\n")
    print("| row |", " | ".join(names), "| ours / bare | ours / best peer |")
    print("|---" * (len(names) + 3) + "|")
    for title, costs in best.items():
        ours, bare = costs[OURS.name], costs[BARE.name]
        peer = min(costs[name] for name in others)
        cells = " | ".join(f"{costs[name]:,.1f}" for name in names)
        print(f"| {title} | {cells} | {ours / bare:.2f} | {ours / peer:.2f} |")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
