"""The requests of ``audit``: a stranger asks for each route, over https.

Only what changes nothing is asked for: GET, and by the other methods whether a guard
lets a stranger as far as its handler, which doesn't run.  A route with groups is asked
for with values that they match.  Bodies are read as far as a page goes, so that a
stream without an end is none here.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from poorwsgi_core.application import Application
from poorwsgi_core.application.handlers import Handler
from poorwsgi_core.command.audits.tripwire import find_inner_code, stop_before
from poorwsgi_core.command.rules.routes import build_path
from poorwsgi_core.http.paths import encode_path
from poorwsgi_core.response.bodies import close_body
from poorwsgi_core.testing import Answer, Client

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["STRANGER", "Knock", "Survey", "Visit"]

STRANGER = "203.0.113.7"
"""An address that nobody has (RFC 5737)."""

_MOST_PIECES = 100
_EVENTS = "text/event-stream"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Visit(NamedTuple):
    """A route, and what a stranger got there.

    Attributes:
        rule: the route as it was written.
        path: its path, encoded.
        handler: its handler.
        guarded: whether a guard stands before that.
        answer: to a GET without credentials.
    """

    rule: str
    path: str
    handler: Handler
    guarded: bool
    answer: Answer


class Knock(NamedTuple):
    """A guarded route of a method that may change something, and how far one gets.

    Attributes:
        method: name of the method.
        path: its path, encoded.
        handler: its handler.
        answer: to a request without credentials; ``None`` where that would have been
            up to the handler.
    """

    method: str
    path: str
    handler: Handler
    answer: Answer | None


class Survey:
    """Asks an application, and keeps what each route answers.

    Args:
        app: the application.

    Attributes:
        visits: one for each route that has GET and a path that can be built.
        knocks: one for each other method of each route that has a guard.
    """

    def __init__(self, app: Application[Any]) -> None:
        self.app = app
        self._client = Client(_bound(app), validate=False, REMOTE_ADDR=STRANGER)
        host = (app.trusted_hosts or ("localhost",))[0]
        self._base = f"https://{host}"
        rows = [(row, build_path(app, row.rule)) for row in app.route_table]
        found = [(row, encode_path(path)) for row, path in rows if path is not None]
        self.visits = [
            Visit(row.rule, path, row.handler, row.guarded, self.ask(path))
            for row, path in found
            if "GET" in row.methods
        ]
        self.knocks = [
            Knock(name, path, row.handler, self.knock(name, path, code))
            for row, path in found
            if row.guarded and (code := find_inner_code(row.handler)) is not None
            for name in row.methods
            if name not in _SAFE
        ]

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        host: str | None = None,
        method: str = "GET",
    ) -> Answer:
        """Send a request without cookies and body, and return the answer.

        Args:
            path: encoded.
            headers: further fields.
            host: the name that is asked; without it one that is served.
            method: another one has to be stopped before its handler.
        """
        self._client.cookies.clear()
        base = self._base if host is None else f"https://{host}"
        return self._client.request(method, base + path, headers=headers or {})

    def knock(
        self,
        method: str,
        path: str,
        code: CodeType,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | None:
        """Send a request that ends before its handler; ``None`` if it gets there.

        Args:
            method: name of the method.
            path: encoded.
            code: that of the handler.
            headers: credentials.
        """
        return stop_before(code, lambda: self.ask(path, headers, method=method))


def _bound(app: "WSGIApplication") -> "WSGIApplication":
    """Let bodies end after a while."""

    def bounded(
        environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        kinds: list[str] = []

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Callable[[bytes], object]:
            kinds.extend(text for name, text in headers if name == "Content-Type")
            return start_response(status, headers, exc_info)

        body = app(environ, start)
        try:
            is_endless = any(kind.startswith(_EVENTS) for kind in kinds)
            return [*islice(body, 0 if is_endless else _MOST_PIECES)]
        finally:
            close_body(body)

    return bounded
