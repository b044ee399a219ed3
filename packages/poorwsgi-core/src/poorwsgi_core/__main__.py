"""Command line: ``python -m poorwsgi_core run module:app``."""

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from inspect import signature
from typing import Any, cast

from poorwsgi_core.application import Application
from poorwsgi_core.request.callables import describe_handler
from poorwsgi_core.results import escape_controls, handlers_view, human_methods_
from poorwsgi_core.server import run

__all__ = ["main"]


def _load(target: str) -> tuple[Any, str]:
    """Import ``module:attribute``; the attribute is ``app`` when left out.

    Returns:
        What stands there, and what to write when it is no application.
    """
    name, _, attribute = target.partition(":")
    sys.path.insert(0, "")
    remedy = "name a module and an application in it, such as example:app"
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise  # something that the module itself imports
        raise SystemExit(f"poorwsgi_core: no module {name!r}: {remedy}") from error
    found = [
        f"{name}:{key}"
        for key, value in vars(module).items()
        if isinstance(value, Application)
    ]
    if found:
        remedy = f"did you mean {' or '.join(found)}?"
    return getattr(module, attribute or "app", None), remedy


def _is_wsgi(app: Any) -> bool:
    """Tell by its signature whether PEP 3333 may call something."""
    if not callable(app):
        return False
    try:
        found = signature(app)
    except (TypeError, ValueError):
        return True  # it has none, as some that are written in C
    try:
        found.bind(None, None)
    except TypeError:
        return False
    return next(iter(found.parameters)) not in {"req", "request"}


def _print_routes(app: "Application[Any]") -> None:
    patterns = {
        next(iter(handlers.values())).rule or pattern.pattern: {
            bit: route.handler for bit, route in handlers.items()
        }
        for pattern, handlers in app.regular_routes.items()
    }
    found = [*handlers_view(app.routes), *handlers_view(patterns, sort=False)]
    # A route of somebody's document must not speak to the terminal.
    rows = [(escape_controls(rule), mask, handler) for rule, mask, handler in found]
    width = max((len(rule) for rule, _, _ in rows), default=0)
    for rule, mask, handler in rows:
        name = getattr(handler, "__qualname__", None) or describe_handler(handler).name
        sys.stdout.write(f"{rule:<{width}}  {human_methods_(mask):<12}  {name}\n")


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m poorwsgi_core",
        description="Serve a WSGI application, list the routes of one, or look at a "
        "server from outside.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("run", help="serve on the embedded server")
    serve.add_argument("target", help="module:application, such as example:app")
    serve.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    serve.add_argument("--port", default=8080, type=int, help="default: %(default)s")
    serve.add_argument("--debug", action="store_true", help="set app.debug")
    serve.set_defaults(call=_serve)
    routes = commands.add_parser("routes", help="list the routes in order")
    routes.add_argument("target", help="module:application, such as example:app")
    routes.set_defaults(call=_list_routes)
    look = commands.add_parser("probe", help="send odd requests to a server of yours")
    look.add_argument("url", help="such as https://www.example.com/")
    look.add_argument("--timeout", default=5.0, type=float, help="of each request")
    look.add_argument("--insecure", action="store_true", help="take any certificate")
    look.add_argument(
        "--strict", action="store_true", help="fail for what is no BAD too"
    )
    look.set_defaults(call=_probe)
    return parser


def _list_routes(options: argparse.Namespace) -> int:
    app, remedy = _load(options.target)
    if not isinstance(cast("object", app), Application):
        raise SystemExit(
            f"poorwsgi_core: {options.target} has no routes to list: {remedy}"
        )
    _print_routes(app)
    return 0


def _serve(options: argparse.Namespace) -> int:
    app, remedy = _load(options.target)
    if not _is_wsgi(app):
        raise SystemExit(
            f"poorwsgi_core: {options.target} is no application, which takes "
            f"(environ, start_response): {remedy}"
        )
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    if options.debug:
        app.debug = True
    try:
        run(app, options.host, options.port)
    except (OSError, OverflowError) as error:
        reason = str(error).rstrip(".")
        raise SystemExit(
            f"poorwsgi_core: can't serve on {options.host}:{options.port}: {reason}; "
            "choose another address by --port, where 0 takes a free one, and --host"
        ) from error
    return 0


def _probe(options: argparse.Namespace) -> int:
    # Imported here: who serves doesn't need it.
    from poorwsgi_core.server.probe import parse_target, print_report, probe
    from poorwsgi_core.server.probe_cases import Verdict

    try:
        target = parse_target(
            options.url, options.timeout, is_checked=not options.insecure
        )
        worst = print_report(probe(target), sys.stdout.write)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"poorwsgi_core: can't probe {options.url!r}: {error}\n")
        return 2
    failing = {Verdict.BAD, Verdict.CARE} if options.strict else {Verdict.BAD}
    return 1 if worst in failing else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status."""
    options = _build_parser().parse_args(arguments)
    status: int = options.call(options)
    return status


if __name__ == "__main__":
    sys.exit(main())
