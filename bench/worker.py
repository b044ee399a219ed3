"""One contender in a process of its own, driven through a pipe.

Each line of the input is a JSON object, and so is each line of the answer::

    {"check": "text"}                  status, content type and body of one request
    {"row": "text", "number": 1000}    seconds per request of a round
    {"memory": 3000}                   growth of the process in bytes
    {"scale": [10, 10000]}             seconds per request by number of routes

``worker.py CONTENDER count`` serves all rows under callgrind instead; each call of
``os.getloadavg`` is a mark between what is counted apart.
"""

import gc
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from rows import ROWS, Row, build_environ

__all__ = ["COUNTED", "main", "measure", "read_rss"]

COUNTED = (100, 300)
"""Requests of a row between two marks; their difference has no overhead in it."""

App = Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]


def main(arguments: list[str]) -> None:
    """Serve rounds until the input ends."""
    # What one logs is not to be paid as output to a terminal.
    logging.basicConfig(handlers=[logging.NullHandler()])
    module = import_module(f"apps.with_{arguments[0]}")
    app: App = module.build()
    if arguments[1:] == ["count"]:
        _serve_counted(app)
        return
    answers = _take_stdout()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(app, module, json.loads(line))) + "\n")
        answers.flush()


def _serve_counted(app: App) -> None:
    for row in ROWS.values():
        measure(app, row, COUNTED[0])
    # PERF: imports and warm-up run without being counted, three times as fast.
    switch = ("callgrind_control", "-i", "on", str(os.getpid()))
    subprocess.run(switch, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - above
    os.getloadavg()
    for row in ROWS.values():
        for number in COUNTED:
            measure(app, row, number)
            os.getloadavg()


def _take_stdout() -> TextIO:
    """Keep the pipe for answers; what the contender prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _answer(app: App, module: Any, command: dict[str, Any]) -> Any:
    if "check" in command:
        return _ask(app, ROWS[command["check"]])
    if "memory" in command:
        return _measure_growth(app, command["memory"])
    if "scale" in command:
        return _measure_scale(module.build_patterns, *command["scale"])
    return measure(app, ROWS[command["row"]], command["number"])


def _with_streams(row: Row) -> dict[str, Any]:
    streams = {"wsgi.input": BytesIO(row.sent), "wsgi.errors": sys.stderr}
    return {**build_environ(row), **streams}


def _ask(app: App, row: Row) -> tuple[int, str, str]:
    started: list[Any] = []
    body = app(_with_streams(row), lambda *head: started.append(head))
    text = b"".join(body).decode()
    headers = {name.lower(): value for name, value in started[0][1]}
    return int(started[0][0][:3]), headers.get("content-type", ""), text


def _start_response(*_: object) -> None:
    pass


def measure(app: App, row: Row, number: int) -> float:
    """Return seconds per request; each has an environ of its own."""
    template, start_response, sent = _with_streams(row), _start_response, row.sent
    gc.collect()
    start = perf_counter()
    for _ in range(number):
        environ = template.copy()
        if sent:
            environ["wsgi.input"] = BytesIO(sent)
        body = app(environ, start_response)
        for _chunk in body:
            pass
        if hasattr(body, "close"):
            body.close()
    return (perf_counter() - start) / number


def _measure_growth(app: App, number: int) -> int:
    """Return the growth by some thousand mixed requests, after a warm-up."""
    rows = list(ROWS.values())
    for row in rows:
        measure(app, row, 50)
    before = read_rss()
    for count in range(number):
        measure(app, rows[count % len(rows)], 1)
    return read_rss() - before


def read_rss() -> int:
    """Return the memory of this process in bytes, 0 where the system doesn't tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _measure_scale(
    build: Callable[[int], App], few: int, many: int
) -> tuple[float, float]:
    """Return the least times among few and among many routes, interleaved."""
    apps = {count: build(count) for count in (few, many)}
    best = dict.fromkeys(apps, 1.0)
    for round_ in range(30):
        for count, app in apps.items():
            route = round_ * count // 30
            row = Row("", f"/prefix{route}/item/jana", body="jana")
            fault = row.check(*_ask(app, row))
            if fault:
                raise RuntimeError(f"{row.path}: {fault}")
            best[count] = min(best[count], measure(app, row, 1000))
    return best[few], best[many]


if __name__ == "__main__":
    main(sys.argv[1:])
