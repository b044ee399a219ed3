"""Show that the installed distributions work, away from the checkout.

Run with ``python -I`` in an empty folder of an environment that has the wheels:
everything must come from there, and an application must answer.
"""

import importlib
import io
import sys
from wsgiref.util import setup_testing_defaults

__all__ = ["main"]

_PACKAGES = (
    "poorwsgi",
    "poorwsgi_auth",
    "poorwsgi_core",
    "poorwsgi_forms",
    "poorwsgi_openapi",
)


def main() -> None:
    """Import every package and ask an application of each kind one thing."""
    for name in _PACKAGES:
        path = importlib.import_module(name).__file__ or ""
        if not path.startswith(sys.prefix):
            raise SystemExit(f"{name} comes from {path}, not from {sys.prefix}")
    for name in ("poorwsgi_core", "poorwsgi"):
        _check_answer(name)
    print(f"{len(_PACKAGES)} packages of {sys.prefix} work.")


def _check_answer(name: str) -> None:
    app = importlib.import_module(name).Application(f"smoke of {name}")
    app.set_route("/hello/<who>", _hello)
    environ: dict[str, object] = {"PATH_INFO": "/hello/world"}
    setup_testing_defaults(environ)
    environ["wsgi.errors"] = io.StringIO()
    statuses: list[str] = []

    def start_response(status: str, *_: object) -> None:
        statuses.append(status)

    body = b"".join(app(environ, start_response))
    if (statuses, body) != (["200 OK"], b"Hello world!"):
        raise SystemExit(f"{name} answered {statuses} {body!r}")


def _hello(_req: object, who: str) -> str:
    return f"Hello {who}!"


if __name__ == "__main__":
    main()
