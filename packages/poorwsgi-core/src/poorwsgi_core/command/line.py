"""The arguments of each command."""

import argparse
import sys
from collections.abc import Callable, Sequence

from poorwsgi_core import state
from poorwsgi_core.command.findings import FORMS
from poorwsgi_core.command.requesting import open_shell, send_request
from poorwsgi_core.command.routing import print_routes
from poorwsgi_core.command.serving import Service, print_failure, serve
from poorwsgi_core.command.target import (
    CommandError,
    UserFailure,
    find_application,
    find_routed,
)

__all__ = ["main"]

_TARGET = (
    "module:application, module:create_app(), or a file in place of the module; "
    "without a name app, application or create_app is meant"
)


def main(arguments: Sequence[str] | None = None, name: str = "poorwsgi_core") -> int:
    """Run the command line and return the exit status.

    Args:
        arguments: those of the process when left out.
        name: package that is run, as ``python -m NAME``.

    Raises:
        SystemExit: the arguments are wrong, or name what isn't there.
    """
    options = _build_parser(name).parse_args(arguments)
    try:
        status: int = options.call(options)
    except UserFailure as error:
        print_failure(error)
        raise SystemExit(f"{name}: {error}") from error
    except CommandError as error:
        raise SystemExit(f"{name}: {error}") from error
    return status


def _build_parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {name}",
        description="Serve a WSGI application, look at one without a server, or look "
        "at a server from outside.",
    )
    version = f"{name} {state.__version__}, Python {sys.version.split()[0]}"
    parser.add_argument("--version", action="version", version=version)
    parser.set_defaults(name=name)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(
        command: str, call: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(command, help=text, description=f"{text}.")
        added.set_defaults(call=call)
        if command != "probe":
            added.add_argument("target", help=_TARGET)
        return added

    _add_run(add("run", _serve, "serve on the embedded server"))
    _add_check(add("check", _check, "tell all mistakes of the wiring at once"))
    _add_audit(add("audit", _audit, "ask an application what a reviewer would"))
    add("routes", _list_routes, "list the routes in the order they are tried")
    _add_request(add("request", _request, "send one request without a server"))
    add("shell", _open_shell, "open Python with app and client")
    _add_probe(add("probe", _probe, "send odd requests to a server of yours"))
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", default=8080, type=int, help="default: %(default)s")
    parser.add_argument("--debug", action="store_true", help="set app.debug")
    parser.add_argument(
        "--reload", action="store_true", help="start anew when a module changes"
    )
    parser.add_argument(
        "--reload-dir",
        action="append",
        default=[],
        metavar="DIR",
        help="and when a file in here does, such as a template",
    )


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", choices=[*FORMS], default="text", help="default: %(default)s"
    )
    parser.add_argument("--strict", action="store_true", help="fail for warnings too")
    parser.epilog = (
        "The exit status is 0 for an application without errors, 1 for one with some, "
        "2 where there is no such application."
    )


def _add_audit(parser: argparse.ArgumentParser) -> None:
    _add_check(parser)
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="RULE", help="don't tell it"
    )


def _add_request(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("method", help="such as GET")
    parser.add_argument("path", help="such as /user/7?full=1")
    parser.add_argument("-X", type=_refuse_method, help=argparse.SUPPRESS)
    parser.add_argument(
        *("-H", "--header"),
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="a header of the request",
    )
    parser.add_argument(*("-d", "--body"), default="", help="body of the request")


def _refuse_method(method: str) -> str:
    raise argparse.ArgumentTypeError(f"write the method before the path: {method} /")


def _add_probe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="such as https://www.example.com/")
    parser.add_argument("--timeout", default=5.0, type=float, help="of each request")
    parser.add_argument("--insecure", action="store_true", help="take any certificate")
    parser.add_argument(
        "--strict", action="store_true", help="fail for what is no BAD too"
    )


def _serve(options: argparse.Namespace) -> int:
    return serve(
        Service(
            options.target,
            options.host,
            options.port,
            debug=options.debug,
            reload=options.reload or bool(options.reload_dir),
            reload_folders=options.reload_dir,
        )
    )


def _check(options: argparse.Namespace) -> int:
    # Imported here, as below: who serves doesn't need it.
    from poorwsgi_core.command.checking import run_check

    target, form, strict = options.target, options.format, options.strict
    return _report(options, lambda: run_check(target, form, strict=strict))


def _audit(options: argparse.Namespace) -> int:
    from poorwsgi_core.command.auditing import run_audit

    target, form, strict = options.target, options.format, options.strict
    ignored = options.ignore
    return _report(
        options, lambda: run_audit(target, form, strict=strict, ignored=ignored)
    )


def _report(options: argparse.Namespace, run: Callable[[], tuple[str, int]]) -> int:
    try:
        text, status = run()
    except CommandError as error:
        return _refuse(options, str(error))
    sys.stdout.write(text)
    return status


def _refuse(options: argparse.Namespace, reason: str) -> int:
    sys.stderr.write(f"{options.name}: {reason}\n")
    return 2


def _list_routes(options: argparse.Namespace) -> int:
    print_routes(find_routed(options.target), sys.stdout.write)
    return 0


def _request(options: argparse.Namespace) -> int:
    app = find_application(options.target)
    return send_request(app, options.method, options.path, options.header, options.body)


def _open_shell(options: argparse.Namespace) -> int:
    open_shell(find_application(options.target), options.target)
    return 0


def _probe(options: argparse.Namespace) -> int:
    from poorwsgi_core.server.probe import parse_target, print_report, probe
    from poorwsgi_core.server.probe_cases import Verdict

    try:
        target = parse_target(
            options.url, options.timeout, is_checked=not options.insecure
        )
        worst = print_report(probe(target), sys.stdout.write)
    except (OSError, ValueError) as error:
        return _refuse(options, f"can't probe {options.url!r}: {error}")
    failing = {Verdict.BAD, Verdict.CARE} if options.strict else {Verdict.BAD}
    return 1 if worst in failing else 0
