"""Health checks: whether the process lives, and whether it may have requests.

They are answered before the other before handlers, so that no guard refuses the probe
of an orchestrator.  What is wrong goes to the log, not to who asks.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, cast

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import check_function, convert, route_path, text
from poorwsgi_core.request import Request
from poorwsgi_core.response import JSONResponse
from poorwsgi_core.state import HTTP_OK, HTTP_SERVICE_UNAVAILABLE

__all__ = ["HealthChecks"]

log = logging.getLogger("poorwsgi")


class HealthChecks:
    """Routes that tell whether the process lives, and whether it is ready.

    Each check is called without arguments, in the request that asks; it fails when
    it raises or returns ``False``.  Let it give up by itself after a second or two.

    Args:
        checks: name of a check to the function, for instance one that asks the
            database.
        live: path of the route that answers 200 as long as anything is answered.
        ready: path of the route that answers 503 when a check fails.

    Raises:
        TypeError: a check can't be called without arguments.
        ValueError: the paths are none, or the same.
    """

    def __init__(
        self,
        checks: Mapping[str, Callable[[], object]] | None = None,
        *,
        live: str = "/livez",
        ready: str = "/readyz",
    ) -> None:
        if checks is not None and not isinstance(cast("object", checks), Mapping):
            raise TypeError(f"checks: takes {{'name': function}}, not {checks!r}")
        self._checks = dict(checks or {})
        for name, check in self._checks.items():
            convert("name of a check", text, name)
            if not callable(check):
                raise TypeError(
                    f"The check {name!r} is a function that raises or returns False "
                    f"when it fails, not {check!r}"
                )
            check_function(name, check)
        self._paths = (
            convert("live", route_path, live),
            convert("ready", route_path, ready),
        )
        if live == ready:
            raise ValueError(f"live and ready are two paths, and not both {live!r}")

    def install(self, app: Application[Any]) -> None:
        """Set the routes, and answer them before guards do."""
        live, ready = self._paths
        app.set_route(live, self._tell_live)
        app.set_route(ready, self._tell_ready)
        app.add_before_response(self._answer, first=True)

    def _answer(self, req: Request) -> JSONResponse | None:
        handler: object = req.uri_handler
        if handler == self._tell_live:
            return self._tell_live(req)
        return self._tell_ready(req) if handler == self._tell_ready else None

    def _tell_live(self, req: Request) -> JSONResponse:
        return _build({"status": "ok"}, HTTP_OK)

    def _tell_ready(self, req: Request) -> JSONResponse:
        states = {
            name: "ok" if _passes(name, check) else "failed"
            for name, check in self._checks.items()
        }
        is_ready = "failed" not in states.values()
        value = {"status": "ok" if is_ready else "failed", "checks": states}
        return _build(value, HTTP_OK if is_ready else HTTP_SERVICE_UNAVAILABLE)


def _build(value: dict[str, Any], status_code: int) -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(value, headers=headers, status_code=status_code)


def _passes(name: str, check: Callable[[], object]) -> bool:
    try:
        if check() is not False:
            return True
        log.error("Health check %r failed", name)
    except Exception:
        log.exception("Health check %r failed", name)
    return False
