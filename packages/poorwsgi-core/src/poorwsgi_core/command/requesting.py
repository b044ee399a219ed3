"""``request`` and ``shell``: an application without a server."""

import sys
from collections.abc import Iterable
from typing import Any

from poorwsgi_core.command.target import CommandError
from poorwsgi_core.http.headers import check_field_name, check_field_value
from poorwsgi_core.testing import Client

__all__ = ["open_shell", "send_request"]


def send_request(
    app: Any, method: str, path: str, headers: Iterable[str], body: str
) -> int:
    """Send one request and print the whole answer.

    Returns:
        The exit status: 1 when the application failed, by a status of 5xx.

    Raises:
        CommandError: the request can't be sent so.
    """
    pairs = [_read_header(line) for line in headers]
    if not method.isalpha() or not path.startswith(("/", "http:", "https:", "*")):
        raise CommandError(
            f"{method} {path} is no request: write a method and a path, as in GET /"
        )
    try:
        client = Client(app, validate=False)
        answer = client.request(method.upper(), path, headers=pairs, body=body.encode())
    except ValueError as error:
        raise CommandError(f"can't request {path!r}: {error}") from error
    head = [answer.status, *(f"{x}: {y}" for x, y in answer.headers.items())]
    sys.stdout.write("\n".join(head) + "\n\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(answer.data)
    sys.stdout.buffer.flush()
    return int(answer.status_code >= 500)


def _read_header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise CommandError(f"{line!r} is no header: write it as 'Name: value'")
    try:
        return check_field_name(name.strip()), check_field_value(value.strip())
    except ValueError as error:
        raise CommandError(f"{line!r} is no header: {error}") from error


def open_shell(app: Any, target: str) -> None:
    """Open Python with ``app`` and a client of the tests for it, ``client``."""
    import code

    banner = (
        f"Python {sys.version.split()[0]}; app is {target}, and client asks it: "
        'client.get("/").text'
    )
    names = {"app": app, "client": Client(app)}
    code.interact(banner, local=names, exitmsg="")
