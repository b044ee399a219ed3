"""``run``: an application on the embedded server, and what is said of it."""

import os
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from poorwsgi_core.application import Application
from poorwsgi_core.command.findings import write_text
from poorwsgi_core.command.reloading import Watch, start_again
from poorwsgi_core.command.target import CommandError, UserFailure, find_application
from poorwsgi_core.command.telling import set_up_log
from poorwsgi_core.server import ThreadingServer, build_server

__all__ = ["Service", "print_failure", "serve"]

_ANY = {"", "0.0.0.0"}  # noqa: S104 - compared, not bound


@dataclass(frozen=True)
class Service:
    """What ``run`` was asked for.

    Attributes:
        target: see ``find_application``.
        host: address to listen on.
        port: port to listen on, 0 for a free one.
        debug: whether to set ``app.debug``.
        reload: whether to start anew when a file changes.
        reload_folders: folders whose files count too.
    """

    target: str
    host: str = "127.0.0.1"
    port: int = 8080
    debug: bool = False
    reload: bool = False
    reload_folders: Sequence[str] = ()


def serve(service: Service) -> int:
    """Serve until interrupted, and return the exit status.

    Raises:
        CommandError: there is no such application, or it can't be served there.
    """
    for folder in service.reload_folders:
        if not os.path.isdir(folder):
            raise CommandError(f"no folder {folder!r} to watch for --reload-dir")
    watch = Watch(service.reload_folders) if service.reload else None
    try:
        is_changed = _serve(service, watch)
    except UserFailure as error:
        if watch is None:
            raise
        _wait_for_repair(service, error)
        is_changed = True
    if is_changed:
        start_again()
    return 0


def _wait_for_repair(service: Service, error: UserFailure) -> None:
    """Show what failed, and wait until one of the files changes."""
    print_failure(error)
    files = [] if error.error is None else _list_files(error.error)
    watch = Watch(service.reload_folders, files)
    sys.stderr.write(f"{error}; waiting for a change ...\n")
    watch.wait()


def _list_files(error: Exception) -> list[str]:
    """List the files that an exception is about."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        files.append(error.filename)
    return files


def print_failure(error: UserFailure) -> None:
    """Write the traceback of the user's code to standard error."""
    if error.error is not None:
        traceback.print_exception(error.error)


def _serve(service: Service, watch: Watch | None) -> bool:
    """Serve, and tell whether it ended because a file changed."""
    app = _load(service)
    set_up_log(sys.stderr)
    with _bind(app, service) as server:
        if watch is not None:
            watch.find_change()  # takes in what was imported
            _stop_on_change(server, watch)
        _say(_describe(service, server, app))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            _say("Stopped.")
            return False
    return True


def _load(service: Service) -> Any:
    """Import the application; with debug all its mistakes are told at once."""
    target = service.target
    if not service.debug:
        return find_application(target)
    # Imported here: few need it.
    from poorwsgi_core.command.checking import check

    checked = check(target)
    findings = [each for each in checked.findings if each.rule != "import"]
    if findings:
        sys.stderr.write(write_text(findings, {}))
    if checked.failure is not None:
        raise checked.failure
    if checked.refused:
        raise UserFailure(f"{target} can't be served with these mistakes", None)
    _set_debug(checked.app, target)
    return checked.app


def _set_debug(app: Any, target: str) -> None:
    if not isinstance(app, Application):
        raise CommandError(
            f"--debug sets debug of an Application of PoorWSGI, and {target} is a "
            f"{type(app).__name__}: set it in your module"
        )
    app.debug = True


def _bind(app: Any, service: Service) -> ThreadingServer:
    host, port = service.host, service.port
    try:
        return build_server(app, host, port)
    except (OSError, OverflowError) as error:
        reason = str(error).rstrip(".")
        raise CommandError(
            f"can't serve on {host}:{port}: {reason}; "
            "choose another address by --port, where 0 takes a free one, and --host"
        ) from error


def _describe(service: Service, server: ThreadingServer, app: Any) -> str:
    host, port = service.host, server.server_port
    lines = [
        f"Serving on http://{host}:{port}/ (stop: Ctrl+C)",
        "This is the development server: people are served by another one.",
    ]
    if getattr(app, "debug", False) is True:
        mine = "127.0.0.1" if host in _ANY else host
        lines.append(f"Debug is on: see http://{mine}:{port}/debug-info")
    if service.reload:
        lines.append("Changed files are loaded again.")
    return "\n".join(lines)


def _stop_on_change(server: ThreadingServer, watch: Watch) -> None:
    def stop() -> None:
        _say(f"Changed: {watch.wait()}")
        server.shutdown()

    threading.Thread(target=stop, daemon=True).start()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
