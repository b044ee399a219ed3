"""What workers of a server hold and do, one to eight of them.

Usage::

    python bench/workers.py

The application is that of the load test, with a bit of everything.  wrk asks it on the
same processors.  Of some rounds, the most answers a second and the least processor time
count.  A page of memory that some processes share counts in each by its part (the
proportional set size of Linux).
"""

import json
import shlex
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from processor import read_children, read_processor_time
from serving import Kind, Place, run_server
from wrk import ask, find_wrk

__all__ = ["Figures", "main", "measure"]

_COUNTS = (1, 2, 4, 8)
_PATHS = ("/text", "/session", "/v1/pets?limit=3")
_ROUNDS, _SECONDS = 3, 3
_VISITS = 200
_GUNICORN = """-m gunicorn --bind 127.0.0.1:{place.port} --workers {count} --threads 2
--no-control-socket"""
_UWSGI = """-c "import pyuwsgi; pyuwsgi.run()" --http11-socket 127.0.0.1:{place.port}
--master --need-app --die-on-term --disable-logging --processes {count} --threads 2"""
_SERVERS = {
    "gunicorn": f"{_GUNICORN} {{place.application}}",
    "gunicorn --preload": f"{_GUNICORN} --preload {{place.application}}",
    "uWSGI": f"{_UWSGI} --module {{place.application}}",
}
_SCRIPT = """local paths, number = {{{paths}}}, 0
function request()
  number = number % #paths + 1
  return wrk.format("GET", paths[number])
end
"""


class Figures(NamedTuple):
    """What was measured of some workers.

    Attributes:
        megabytes: of memory, of all and their master, after requests.
        answers: in a second.
        cost: microseconds of processor time for an answer.
    """

    megabytes: float
    answers: float
    cost: float


def main() -> None:
    """Print a table."""
    print("| server | workers | MB | answers a second | µs of processor time |")
    print("|---|---|---|---|---|")
    for name in _SERVERS:
        for count in _COUNTS:
            found = measure(name, count)
            figures = f"{found.megabytes:.0f} | {found.answers:,.0f} | {found.cost:.0f}"
            print(f"| {name} | {count} | {figures} |", flush=True)


def measure(name: str, count: int) -> Figures:
    """Measure a server with so many workers."""

    def build(place: Place) -> list[str]:
        line = _SERVERS[name].format(place=place, count=count)
        return [sys.executable, *shlex.split(line)]

    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "www").mkdir()
        script = folder / "mix.lua"
        script.write_text(_SCRIPT.format(paths=", ".join(map(json.dumps, _PATHS))))
        with run_server("own", folder, "loaded:app", {"own": Kind(build)}) as server:
            master = int(json.loads(server.request("/process").body)["parent"])
            url = f"http://127.0.0.1:{server.port}"
            rounds = [_measure_round(master, url, script) for _ in range(_ROUNDS)]
            for _ in range(_VISITS):  # each of its own, so that all workers have some
                for path in _PATHS:
                    server.request(path)
            return Figures(_read_memory(master), *_take_best(rounds))


def _measure_round(master: int, url: str, script: Path) -> tuple[float, float]:
    before = read_processor_time(master)
    answers = ask([find_wrk()], url, _SECONDS, script)
    used = read_processor_time(master) - before
    return answers / _SECONDS, used * 1e6 / answers


def _take_best(rounds: list[tuple[float, float]]) -> tuple[float, float]:
    answers, costs = zip(*rounds, strict=True)
    return max(answers), min(costs)


def _read_memory(master: int) -> float:
    processes = [Path(f"/proc/{each}") for each in [master, *read_children(master)]]
    texts = [(process / "smaps_rollup").read_text() for process in processes]
    return sum(int(text.partition("\nPss:")[2].split()[0]) for text in texts) / 1024


if __name__ == "__main__":
    main()
