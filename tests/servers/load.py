"""The long form of load: servers for minutes, then faults of Redis; a report, a plot.

Run it with ``nox -s load -- --minutes 10``: each server is loaded for so long, and what
its processes hold is measured each second.  It fails when a client could cause a status
of 5xx, when what the server holds while it rests has grown since the first rest, when
somebody gets in who shouldn't, and when the service doesn't return after a fault.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from faulting import find_wrong, load_faults
from loading import SERVERS, Load, run_loaded
from measuring import Processes, Sample, find_growth, watch
from redis_server import run_redis

from line_plot import Chart, Line, draw

__all__ = ["build_plot", "main"]

_REST = 2.0
_CHARTS = (
    ("kilobytes", 1024, "memory in MB"),
    ("descriptors", 1, "descriptors: files and sockets"),
    ("threads", 1, "threads"),
    ("files", 1, "temporary files"),
)
Found = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Load servers, and write what was found; returns the exit status."""
    parser = argparse.ArgumentParser(description="Load servers, with faults.")
    parser.add_argument("servers", nargs="*", help=", ".join(SERVERS))
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rests", type=int, default=6, help="in these minutes")
    parser.add_argument("--fault-seconds", type=float, default=5, help="each of Redis")
    parser.add_argument("--together", action="store_true", help="all at once")
    parser.add_argument("--json", type=Path, default=Path("build/load.json"))
    parser.add_argument("--plot", type=Path, default=Path("build/load.svg"))
    options = parser.parse_args(arguments)
    names = options.servers or SERVERS
    many, seconds = len(names), options.minutes * 60
    with ProcessPoolExecutor(many if options.together else 1) as pool:
        given = (names, [seconds] * many, [options.rests] * many)
        loaded = pool.map(_load, *given)
        found: dict[str, Found] = {**dict(zip(names, loaded, strict=True))}
    if shutil.which("redis-server"):
        for name in names:
            found[name]["redis"] = _spoil(name, options.fault_seconds)
    for name, each in found.items():
        _print(name, each)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found), "utf-8")
    options.plot.write_text(build_plot(found), "utf-8")
    return 1 if any(_has_failed(each) for each in found.values()) else 0


def _print(name: str, found: Found) -> None:
    print(f"\n{name}: {found['requests']} requests")  # noqa: T201
    for sample in found["at rest"]:
        print(" ", *(f"{key}={value}" for key, value in sample._asdict().items()))  # noqa: T201
    print("  faults:", found["faults"] or "none")  # noqa: T201
    print("  grows:", found["grows"] or "nothing")  # noqa: T201
    if "redis" in found:
        told = found["redis"]
        print("  Redis, wrong:", told["wrong"] or "nothing")  # noqa: T201
        print("  Redis, until it returned:", told["seconds until it returned"])  # noqa: T201


def _has_failed(found: Found) -> bool:
    wrong = found.get("redis", {}).get("wrong")
    return bool(found["faults"] or found["grows"] or wrong)


def _load(name: str, seconds: float, rests: int) -> Found:
    with tempfile.TemporaryDirectory(prefix="poorwsgi-") as folder:
        with run_loaded(name, Path(folder)) as server:
            load, processes = Load(server), Processes(server)
            samples: list[Sample] = []
            with watch(processes) as each_second:
                for _ in range(rests):
                    load.run(seconds / rests)
                    time.sleep(_REST)
                    samples.append(processes.measure())
        log = Path(folder, "server.log").read_text("utf-8", "replace")
    if load.faults:
        print(log[-5000:])  # noqa: T201
    return {
        "requests": sum(load.counts.values()),
        "outcomes": _name(load.counts),
        "faults": _name(load.faults),
        "grows": find_growth(samples[0], samples[-1]),
        "at rest": samples,
        "each second": each_second,
    }


def _name(counts: dict[tuple[str, int], int]) -> dict[str, int]:
    return {f"{who}: {status}": number for (who, status), number in counts.items()}


def _spoil(name: str, seconds: float) -> Found:
    with (
        tempfile.TemporaryDirectory(prefix="poorwsgi-") as folder,
        run_redis() as redis,
    ):
        visits = load_faults(name, Path(folder), redis, seconds)
    outcomes = {", ".join(key): number for key, number in visits.counts.items()}
    return {
        "outcomes": dict(sorted(outcomes.items())),
        "wrong": find_wrong(visits),
        "seconds until it returned": visits.returned,
    }


def build_plot(found: dict[str, Found]) -> str:
    """Draw what the servers held each second."""
    charts: list[Chart] = []
    for field, unit, title in _CHARTS:
        place = Sample._fields.index(field)
        lines = [
            Line(name, [(at[0], at[place] / unit) for at in each["each second"]])
            for name, each in found.items()
        ]
        charts.append(Chart(title, "seconds", lines))
    return draw("What servers hold under load, clients that misbehave included", charts)


if __name__ == "__main__":
    sys.exit(main())
