"""What a request costs when something grows: routes, sessions, nonces, parts, paths.

Usage::

    python bench/growth.py                print all, and write figures
    python bench/growth.py routes parts   only what begins so
    python bench/growth.py --page FILE... make the page of figures that were written

Each figure is from a process of its own: the time of one request or one call, the least
of some rounds, the time to make it all, and what memory that takes.  Where another
program disturbs, several runs are better: the page has the least of all its files.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from timeit import Timer
from typing import Any, NamedTuple

from growing import ROWS, Place
from redis_server import run_redis

from line_plot import Chart, Line, draw

__all__ = ["Figures", "main", "measure"]

_SIZES = (10, 1_000, 100_000)
_ROUNDS = 30
_SECONDS = 0.02
_PAGE = Path(__file__).parents[1] / "docs" / "guide" / "growth.md"
_PICTURE = _PAGE.parents[1] / "images" / "growth.svg"
_BEGIN, _END = "<!-- growth: begin -->", "<!-- growth: end -->"
_CHARTS = {
    "routes": "a request to the last of so many routes, in µs",
    "parts": "one of so many parts of a form, in µs",
    "sessions": "a session read and written among so many, in µs",
    "nonces": "a new nonce used, with so many kept, in µs",
}


class Figures(NamedTuple):
    """What was measured.

    Attributes:
        size: how many there are.
        cost: microseconds of one request.
        build: seconds until they are there.
        megabytes: that they take in the process.
    """

    size: int
    cost: float
    build: float
    megabytes: float


Found = dict[str, list[Figures]]


def measure(name: str, size: int, redis: str) -> Figures:
    """Measure one row at one size, in this process."""
    with tempfile.TemporaryDirectory() as folder:
        before, start = _read_memory(), perf_counter()
        work = ROWS[name].build(size, Place(folder, redis))
        work()
        took, grown = perf_counter() - start, _read_memory() - before
        timer = Timer(work)
        number = max(1, int(_SECONDS / (timer.timeit(3) / 3)))
        cost = min(timer.repeat(_ROUNDS, number)) / number / ROWS[name].parts(size)
    return Figures(size, round(cost * 1e6, 2), round(took, 3), round(grown, 1))


def _read_memory() -> float:
    text = Path("/proc/self/status").read_text("utf-8")
    return int(text.partition("VmRSS:")[2].split(None, 1)[0]) / 1024


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Measure what growth costs.")
    parser.add_argument("rows", nargs="*", help=", ".join(ROWS))
    parser.add_argument("--json", type=Path, default=Path("build/growth.json"))
    parser.add_argument("--page", type=Path, nargs="+", help="files of figures")
    options = parser.parse_args(arguments)
    if options.page:
        _write_page([json.loads(path.read_text("utf-8")) for path in options.page])
        return
    chosen = tuple(options.rows or ROWS)
    found: Found = {}
    with ExitStack() as stack:
        redis = ""
        if shutil.which("redis-server"):
            redis = stack.enter_context(run_redis()).url
        for name, figures in _measure_all(chosen, redis):
            found.setdefault(name, []).append(figures)
            print(f"{name:28}", *figures._asdict().items())
        commands = _ask_commands(redis) if redis else {}
    print("Redis, µs of a command:", commands)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(found, indent=1), "utf-8")


def _measure_all(chosen: tuple[str, ...], redis: str) -> Iterator[tuple[str, Figures]]:
    names = [name for name in ROWS if name.startswith(chosen)]
    one = {"max_workers": 1, "max_tasks_per_child": 1}
    with ProcessPoolExecutor(**one, mp_context=get_context("spawn")) as pool:  # type: ignore[arg-type]
        for name in names:
            if "Redis" in name and not redis:
                continue
            for size in _SIZES:
                yield name, pool.submit(measure, name, size, redis).result()


def _ask_commands(url: str) -> dict[str, float]:
    """Return what the commands cost Redis itself."""
    import redis

    library: Any = redis
    with library.Redis.from_url(url) as client:
        told = client.info("commandstats")
    names = ("cmdstat_get", "cmdstat_set", "cmdstat_evalsha")
    return {name[8:]: told[name]["usec_per_call"] for name in names if name in told}


def _write_page(runs: list[Found]) -> None:
    """Write the least figures of some runs into the page, and its plot."""
    least: Found = {}
    for name in ROWS:
        rows = [run[name] for run in runs if name in run]
        least[name] = [
            Figures(*map(min, zip(*at, strict=True))) for at in zip(*rows, strict=True)
        ]
    text = _PAGE.read_text("utf-8")
    before, _, rest = text.partition(_BEGIN)
    table = "\n".join(_build_table(least))
    page = f"{before}{_BEGIN}\n{table}\n{_END}{rest.partition(_END)[2]}"
    _PAGE.write_text(page, "utf-8")
    _PICTURE.write_text(_build_plot(least), "utf-8")


def _build_table(found: Found) -> Iterator[str]:
    sizes = " | ".join(f"{size:,}" for size in _SIZES)
    last = f"{_SIZES[-1]:,}"
    yield f"| µs, with so many | {sizes} | seconds to make {last} | MB of {last} |"
    yield "|---|" + "---|" * (len(_SIZES) + 2)
    for name, figures in found.items():
        costs = " | ".join(f"{at.cost:.3g}" for at in figures)
        *_, most = figures
        yield f"| {name} | {costs} | {most.build:.1f} | {most.megabytes:.0f} |"


def _build_plot(found: Found) -> str:
    charts = []
    for chart, title in _CHARTS.items():
        lines = [
            Line(name.partition(": ")[2], [(at.size, at.cost) for at in figures])
            for name, figures in found.items()
            if name.startswith(chart)
        ]
        if lines:
            charts.append(Chart(title, chart, lines, powers=True))
    return draw("What one more costs, from 10 to 100,000", charts)


if __name__ == "__main__":
    main()
