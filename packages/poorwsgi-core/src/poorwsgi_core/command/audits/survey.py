"""The requests of ``audit``: a stranger asks for each route, over https.

Only what changes nothing is asked for: GET.  A route with groups is asked for with
values that they match.  Bodies are read as far as a page goes, so that a stream without
an end is none here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from poorwsgi_core.application import Application
from poorwsgi_core.application.handlers import Handler
from poorwsgi_core.command.rules.routes import build_path
from poorwsgi_core.http.paths import encode_path
from poorwsgi_core.response.bodies import close_body
from poorwsgi_core.testing import Answer, Client

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["STRANGER", "Survey", "Visit"]

STRANGER = "203.0.113.7"
"""An address that nobody has (RFC 5737)."""

_MOST_PIECES = 100
_EVENTS = "text/event-stream"


class Visit(NamedTuple):
    """A route, and what a stranger got there.

    Attributes:
        rule: the route as it was written.
        path: its path, encoded.
        handler: its handler.
        answer: to a GET without credentials.
    """

    rule: str
    path: str
    handler: Handler
    answer: Answer


class Survey:
    """Asks an application, and keeps what each route answers.

    Args:
        app: the application.

    Attributes:
        visits: one for each route that has GET and a path that can be built.
    """

    def __init__(self, app: Application[Any]) -> None:
        self.app = app
        self._client = Client(_bound(app), validate=False, REMOTE_ADDR=STRANGER)
        host = (app.trusted_hosts or ("localhost",))[0]
        self._base = f"https://{host}"
        self.visits = [*self._visit()]

    def _visit(self) -> Iterator[Visit]:
        for row in self.app.route_table:
            path = build_path(self.app, row.rule) if "GET" in row.methods else None
            if path is not None:
                path = encode_path(path)
                yield Visit(row.rule, path, row.handler, self.ask(path))

    def ask(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        *,
        host: str | None = None,
    ) -> Answer:
        """Send a GET without cookies, and return the answer.

        Args:
            path: encoded.
            headers: further fields.
            host: the name that is asked; without it one that is served.
        """
        self._client.cookies.clear()
        base = self._base if host is None else f"https://{host}"
        return self._client.get(base + path, headers=headers or {})


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
