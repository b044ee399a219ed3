"""Benchmarks: what the framework costs per request, beside its peers, in process.

Usage::

    python bench/run.py [--quick] [--rounds N] [--only NAME ...] [--json FILE]
                        [--no-forms] [--instructions] [--write]

Every contender runs in a process and an environment of its own. Its answers are
checked first; then all are measured in turns, round by round, so that what else the
machine does meets all of them. The least time of each is what counts.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from auth_digest import measure_digest
from auth_sessions import measure_sessions
from contenders import BARE, CONTENDERS, OURS, PUBLISHED, Contender, Worker
from figures import keep
from form_measures import measure_forms
from instructions import count_instructions
from measures import Measure, measure_imports, measure_memory, measure_scale
from rows import ROWS

__all__ = ["main"]

_ROUND = 0.015
"""Seconds that a round of one contender takes, about."""

_TARGET = 1.0
"""The cost that is good, in those of the best peer."""

Results = dict[str, dict[str, float]]


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks; returns the exit status."""
    options = _parse(arguments)
    chosen = [each for each in CONTENDERS if _is_chosen(each, options.only)]
    for contender in chosen:
        contender.prepare()
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(each)) for each in chosen]
        check_answers(workers)
        times = measure_rows(workers, options.rounds)
        ours = next(each for each in workers if each.contender is OURS)
        measures = [measure_scale(ours), measure_memory(ours)]
    if any(each.app == "bottle" for each in chosen):
        measures += measure_imports(max(options.rounds // 2, 3))
    if options.forms:
        measures += measure_forms(max(options.rounds // 4, 3))
    if any(each.app == "flask" for each in chosen):
        measures += measure_sessions(max(options.rounds // 8, 2))
    measures += measure_digest(max(options.rounds // 8, 2))
    versions = {each.name: each.read_version() for each in chosen}
    report: dict[str, Any] = {
        "rounds": options.rounds,
        "versions": versions,
        "microseconds": times,
        "measures": [vars(each) for each in measures],
    }
    _print_times(times, versions, options.rounds)
    _print_measures(measures)
    if options.instructions:
        report["instructions"] = _count_all(chosen)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    if options.write:
        keep("requests", report)
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure PoorWSGI beside its peers.")
    parser.add_argument("--rounds", type=int, default=40, help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="five rounds only")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="peers to measure")
    parser.add_argument("--json", metavar="FILE", help="write the numbers to a file")
    parser.add_argument(
        "--no-forms", action="store_false", dest="forms", help="no multipart forms"
    )
    parser.add_argument(
        "--instructions", action="store_true", help="count them too, by callgrind"
    )
    parser.add_argument(
        "--write", action="store_true", help="keep the numbers, and renew the pages"
    )
    options = parser.parse_args(arguments)
    if options.write and (options.only or not options.forms):
        parser.error("--write needs all peers and the forms")
    if options.quick:
        options.rounds = 5
    if options.instructions and shutil.which("valgrind") is None:
        parser.error("--instructions needs valgrind")
    return options


def _is_chosen(contender: Contender, only: list[str] | None) -> bool:
    names = {contender.name.lower(), contender.app}
    always = contender in (BARE, OURS)
    return only is None or always or not names.isdisjoint(map(str.lower, only))


def check_answers(workers: list[Worker]) -> None:
    """Make sure that all do the same work.

    Raises:
        SystemExit: one doesn't.
    """
    for worker in workers:
        for key, row in ROWS.items():
            fault = row.check(*worker.ask({"check": key}))
            if fault:
                raise SystemExit(f"{worker.contender.name}, {row.title}: {fault}")


def measure_rows(workers: list[Worker], rounds: int) -> Results:
    """Return the least microseconds by row and contender."""
    results: Results = {}
    for key, row in ROWS.items():
        numbers: dict[str, int] = {}
        for worker in workers:
            seconds = worker.ask({"row": key, "number": 200})
            numbers[worker.contender.name] = max(int(_ROUND / seconds), 50)
        best = dict.fromkeys(numbers, float("inf"))
        for round_ in range(rounds):
            start = round_ % len(workers)
            for worker in workers[start:] + workers[:start]:
                name = worker.contender.name
                seconds = worker.ask({"row": key, "number": numbers[name]})
                best[name] = min(best[name], seconds * 1e6)
        results[row.title] = best
    return results


def find_best_peer(times: Mapping[str, float]) -> str | None:
    """Return the name of the quickest peer, the published version among them."""
    peers = [name for name in times if name not in (BARE.name, OURS.name)]
    return min(peers, key=times.__getitem__, default=None)


def _verdict(ratio: float, target: float) -> str:
    return "met" if ratio <= target else "missed"


def _print_times(times: Results, versions: Mapping[str, str], rounds: int) -> None:
    names = list(versions)
    print("Cost of one request in us: the least of", rounds, "rounds, in turns.\n")
    lines = [["", *names, "ours / best peer"]]
    for title, row in times.items():
        peer = find_best_peer(row)
        cells = [f"{row[name]:.2f}" for name in names]
        verdict = ""
        if peer is not None:
            ratio = row[OURS.name] / row[peer]
            verdict = f"{ratio:.2f} {_verdict(ratio, _TARGET)} ({peer})"
        lines.append([title, *cells, verdict])
    _print_aligned(lines)
    if PUBLISHED.name in names:
        gains = [row[PUBLISHED.name] / row[OURS.name] for row in times.values()]
        print(f"\nBeside 2.8.1: {min(gains):.1f} to {max(gains):.1f} times quicker.")
    print("\nVersions:", "; ".join(f"{name} ({v})" for name, v in versions.items()))


def _print_measures(measures: list[Measure]) -> None:
    print()
    _print_aligned(
        [
            [
                each.title,
                f"{each.value:.2f} {each.unit}",
                f"<= {each.target:g} {each.unit}",
                f"{_verdict(each.value, each.target)} {each.note}",
            ]
            for each in measures
        ]
    )


def _print_aligned(lines: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others, last = line
        middle = [cell.rjust(w) for cell, w in zip(others, widths[1:-1], strict=True)]
        print("  ".join([first.ljust(widths[0]), *middle, last]).rstrip())


def _count_all(contenders: list[Contender]) -> Results:
    print("\nInstructions of one request, in thousands:\n")
    counted = {each.name: count_instructions(each, 0) for each in contenders}
    counts: Results = {}
    lines = [["", *(each.name for each in contenders), ""]]
    for key, row in ROWS.items():
        counts[row.title] = {name: each[key] for name, each in counted.items()}
        cells = [f"{value / 1000:.1f}" for value in counts[row.title].values()]
        lines.append([row.title, *cells, ""])
    _print_aligned(lines)
    return counts


if __name__ == "__main__":
    sys.exit(main())
