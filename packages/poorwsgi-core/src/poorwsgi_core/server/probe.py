"""What a proxy and a server do with odd requests, looked at from outside.

One connection for each case, one after another, with time limits, to the one address
that a URL names.  Only statuses are printed, and nothing of what a server sends.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from poorwsgi_core.http.hosts import DEFAULT_PORTS
from poorwsgi_core.server.probe_cases import (
    CASES,
    PLAIN,
    Case,
    Reply,
    Verdict,
    parse_reply,
)

__all__ = ["ProbeTarget", "parse_target", "print_report", "probe"]

_MAX_REPLY = 256 * 1024
_IDLE = 1.0
# Where a plain request ends so, others do too.
_TELLING_NOTHING = frozenset({400, 421, 502, 503, 504, 0, -1})
_ANSWERS = {0: "closed", -1: "silence"}


class ProbeTarget(NamedTuple):
    """What to look at.

    Attributes:
        is_secure: whether TLS is spoken.
        host: name or address, without brackets.
        port: port.
        authority: host, and port when it isn't the default one, as in a Host field.
        path: path with query, as it is sent.
        timeout: seconds for each connection.
        is_checked: whether the certificate has to be right.
    """

    is_secure: bool
    host: str
    port: int
    authority: str
    path: str
    timeout: float = 5.0
    is_checked: bool = True


def parse_target(
    url: str, timeout: float = 5.0, *, is_checked: bool = True
) -> ProbeTarget:
    """Read a URL.

    Raises:
        ValueError: it is no http or https URL of a host.
    """
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError(f"write a URL such as https://www.example.com/, not {url!r}")
    if not (url.isascii() and url.isprintable()) or " " in url:
        raise ValueError(f"escape what isn't printable ASCII in the URL {url!r}")
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return ProbeTarget(
        parts.scheme == "https",
        parts.hostname,
        port,
        parts.netloc,
        path,
        timeout,
        is_checked,
    )


def probe(target: ProbeTarget) -> Iterator[tuple[Case, Reply, Verdict]]:
    """Send all cases, one after another.

    Raises:
        OSError: the server can't be reached, or refuses a plain request.
    """
    plain = _send(target, PLAIN.build(target.authority, target.path))
    if plain.status in _TELLING_NOTHING:
        answer = _ANSWERS.get(plain.status, plain.status)
        raise ConnectionError(f"a plain request is answered by {answer}")
    if not plain.head:
        raise ConnectionError("what answers doesn't speak HTTP/1")
    for case in CASES:
        request = case.build(target.authority, target.path)
        reply = _send(target, request)
        yield case, reply, case.judge(reply, plain)


def print_report(
    results: Iterator[tuple[Case, Reply, Verdict]], write: Callable[[str], object]
) -> Verdict:
    """Print a table while the answers come, then the advice.

    Args:
        results: what ``probe`` gives.
        write: takes text.

    Returns:
        The worst verdict.
    """
    advice: dict[str, list[str]] = {}
    count = dict.fromkeys(Verdict, 0)
    group = ""
    for case, reply, verdict in results:
        if case.group != group:
            group = case.group
            write(f"{group}\n")
        answer = str(_ANSWERS.get(reply.status, reply.status))
        write(f"  {case.name:<26}{answer:<9}{verdict.value}\n")
        count[verdict] += 1
        if verdict is not Verdict.FINE:
            advice.setdefault(case.advice, []).append(case.name)
    for text, names in advice.items():
        write(f"\n{', '.join(names)}:\n  {text}\n")
    write(f"\n{', '.join(f'{n} {verdict.value}' for verdict, n in count.items())}\n")
    for verdict in (Verdict.BAD, Verdict.CARE):
        if count[verdict]:
            return verdict
    return Verdict.FINE


def _send(target: ProbeTarget, request: bytes) -> Reply:
    """Send a request and read until the server closes, or says no more.

    Raises:
        OSError: there is no connection.
    """
    deadline = monotonic() + target.timeout
    data = bytearray()
    with _connect(target) as connection:
        # A server may answer and close while much is still to be sent.
        with suppress(OSError):
            connection.sendall(request)
        try:
            while len(data) < _MAX_REPLY and (piece := connection.recv(65536)):
                data += piece
                left = deadline - monotonic()
                connection.settimeout(max(0.01, min(_IDLE, left)))
        except TimeoutError:
            if not data:
                return Reply(-1)
        except OSError:
            pass  # reset: what came is the answer
    return parse_reply(bytes(data))


def _connect(target: ProbeTarget) -> socket.socket:
    connection = socket.create_connection((target.host, target.port), target.timeout)
    if not target.is_secure:
        return connection
    import ssl

    context = ssl.create_default_context()
    if not target.is_checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        return context.wrap_socket(connection, server_hostname=target.host)
    except OSError:
        connection.close()
        raise
