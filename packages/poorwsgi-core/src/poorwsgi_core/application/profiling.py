"""Profiling: each request in a profile file of its own."""

import logging
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["Profiler"]

log = logging.getLogger("poorwsgi")

_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]")
_LONGEST_PATH = 120


class Profiler:
    """Runs requests under a function with the signature of cProfile.runctx.

    Args:
        runctx: called with command, globals, locals and ``filename``.
        dump: path prefix of the profile files.

    Attributes:
        dump: the same.
    """

    def __init__(self, runctx: Callable[..., object], dump: str) -> None:
        self._runctx = runctx
        self.dump = dump

    def file_name(self, environ: "WSGIEnvironment") -> str:
        """Build the file name: prefix, method, path, time stamp."""
        path = _UNSAFE.sub("_", environ.get("PATH_INFO") or "/")[:_LONGEST_PATH]
        method = _UNSAFE.sub("_", environ.get("REQUEST_METHOD", ""))[:_LONGEST_PATH]
        return f"{self.dump}_{method}{path}.{time()}.profile"

    def run(
        self,
        application: "WSGIApplication",
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        """Run one request, without the iteration of its body."""
        name = self.file_name(environ)
        log.info("Generate %s", name)
        names: dict[str, Any] = {
            "application": application,
            "environ": environ,
            "start_response": start_response,
        }
        command = "begun = True; body = application(environ, start_response)"
        try:
            self._runctx(command, names, names, filename=name)
        except ValueError as error:
            if "begun" in names:
                raise
            # From Python 3.12 on, a process has one profiler, whatever the thread.
            log.warning("Not profiled: %s: %s", name, error)
            Path(name).unlink(missing_ok=True)  # cProfile has written an empty one
            return application(environ, start_response)
        body: Iterable[bytes] = names["body"]
        return body
