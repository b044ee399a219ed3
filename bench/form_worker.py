"""One parser of forms in a process of its own, driven through a pipe.

Each line of the input is a JSON object, and so is each line of the answer::

    {"check": "file"}       number of fields and of files that were found
    {"body": "file"}        seconds to parse it
    {"growth": 1024}        growth of the process by an upload of so many MB, in bytes
"""

import gc
import json
import sys
from importlib import import_module
from time import perf_counter
from typing import Any

from bodies import BODIES, FLOODS, Stream, build_environ, build_file
from worker import read_rss

__all__ = ["main"]

_ALL = {**BODIES, **FLOODS}


def main(arguments: list[str]) -> None:
    """Parse bodies until the input ends."""
    module = import_module(f"forms.with_{arguments[0]}")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(module, json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(module: Any, command: dict[str, Any]) -> Any:
    if "check" in command:
        form = module.parse_form(build_environ(_ALL[command["check"]]))
        return module.count_form(form)
    if "growth" in command:
        return _measure_growth(module, command["growth"])
    environ = build_environ(_ALL[command["body"]])
    gc.collect()
    start = perf_counter()
    form = module.parse_form(environ)
    seconds = perf_counter() - start
    del form
    return seconds


class _Watched(Stream):
    """Notes how large the process has become, whenever more is read."""

    largest = 0

    def read(self, size: int = -1) -> bytes:
        self.largest = max(self.largest, read_rss())
        return super().read(size)


def _measure_growth(module: Any, megabytes: int) -> int:
    """Return the growth by a large upload whose file nobody keeps."""
    module.sink_file(build_environ(build_file("", b"warm up", 1)))
    body = build_file("", bytes(range(256)), megabytes)
    environ = build_environ(body)
    environ["wsgi.input"] = watched = _Watched(body)
    before = read_rss()
    module.sink_file(environ)
    return max(watched.largest - before, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
