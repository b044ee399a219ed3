"""One contender of openapi.py in a process of its own, driven through a pipe.

Each line of the input names a request and how often it is to be sent; the answer
is the status and the microseconds of one.
"""

import gc
import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from importlib import import_module
from io import BytesIO
from time import perf_counter
from typing import Any

from openapi_document import REQUESTS, build_environ

__all__ = ["main"]

App = Callable[[dict[str, Any], Callable[..., object]], Iterable[bytes]]


def main(name: str, *options: str) -> None:
    """Serve rounds until the input ends."""
    logging.basicConfig(handlers=[logging.NullHandler()])
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    start = perf_counter()
    app: App = import_module(f"apps.openapi_{name}").build(*map(int, options))
    started = perf_counter() - start
    for line in sys.stdin:
        title, number = json.loads(line)
        answer = {**_measure(app, title, number), "start": started}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _measure(app: App, title: str, number: int) -> dict[str, Any]:
    method, path, query, body = REQUESTS[title]
    environ = {**build_environ(method, path, query, body), "wsgi.errors": sys.stderr}
    seen: list[str] = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        seen.append(status)
        return bytes

    gc.collect()
    start = perf_counter()
    for _ in range(number):
        request = environ.copy()
        request["wsgi.input"] = BytesIO(body)
        answer = app(request, start_response)
        for _chunk in answer:
            pass
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    seconds = (perf_counter() - start) / number
    return {"status": int(seen[-1][:3]), "microseconds": seconds * 1e6}


if __name__ == "__main__":
    main(*sys.argv[1:])
