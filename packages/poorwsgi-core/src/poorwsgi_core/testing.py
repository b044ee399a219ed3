"""A client for tests: requests to an application in process.

Each request goes through ``wsgiref.validate``, so that a test also fails when
application or server break PEP 3333.

    client = Client(app)
    answer = client.get("/user/7?full=1")
    assert answer.status_code == 200
"""

import json
import wsgiref.validate
from collections.abc import Iterable, Mapping
from io import BytesIO, StringIO
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import unquote_to_bytes, urlencode, urlsplit

from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response.bodies import close_body

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

__all__ = ["Answer", "Client", "build_environ"]

_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


def build_environ(
    path: str = "/",
    method: str = "GET",
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    **variables: Any,
) -> "WSGIEnvironment":
    """Build the WSGI environ of a request.

    Args:
        path: percent-encoded path with an optional query; an absolute URL also
            gives scheme and host.
        method: request method.
        headers: request headers; several with one name are joined by commas.
        body: sets ``wsgi.input`` and, when not empty, Content-Length.
        **variables: further environ entries; ``None`` removes one.
    """
    # With a host before it, a path that starts with // stays one.
    url = urlsplit(f"http://localhost{path}" if path.startswith("/") else path)
    scheme = url.scheme or "http"
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("iso-8859-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or (443 if scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc or "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    _add_headers(environ, headers)
    for name, value in variables.items():
        environ[name] = value
        if value is None:
            del environ[name]
    return environ


def _add_headers(
    environ: "WSGIEnvironment",
    headers: Mapping[str, str] | Iterable[tuple[str, str]],
) -> None:
    seen: set[str] = set()
    if isinstance(headers, Mapping):
        headers = cast("Mapping[str, str]", headers).items()
    for name, value in headers:
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        environ[key] = f"{environ[key]}, {value}" if key in seen else value
        seen.add(key)


class Answer:
    """What the application sent.

    Attributes:
        status: status line, such as ``"200 OK"``.
        headers: response headers.
        data: the whole body.
        exc_info: exception that the application told the server, or ``None``.
    """

    def __init__(
        self,
        status: str,
        headers: list[tuple[str, str]],
        data: bytes,
        exc_info: _ExcInfo | None = None,
    ) -> None:
        self.status = status
        self.headers = Headers(headers, strict=False)
        self.data = data
        self.exc_info = exc_info

    def __repr__(self) -> str:
        return f"<Answer {self.status}, {len(self.data)} bytes>"

    @property
    def status_code(self) -> int:
        """Status code of the status line."""
        return int(self.status[:3])

    @property
    def text(self) -> str:
        """The body as UTF-8 text."""
        return self.data.decode()

    def json(self) -> Any:
        """Decode the body as JSON."""
        return json.loads(self.data)


class Client:
    """Sends requests to a WSGI application and keeps its cookies.

    Args:
        app: any WSGI application.
        validate: check both sides by ``wsgiref.validate``.
        **variables: environ entries of every request.
    """

    def __init__(
        self, app: "WSGIApplication", *, validate: bool = True, **variables: Any
    ) -> None:
        self._app = wsgiref.validate.validator(app) if validate else app
        self._variables = variables
        self.cookies: dict[str, str] = {}

    def request(
        self,
        method: str,
        path: str = "/",
        *,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        **variables: Any,
    ) -> Answer:
        """Send a request and read the whole answer.

        Args:
            method: request method.
            path: see ``build_environ``.
            headers: request headers.
            body: request body.
            json: value to send as JSON body instead.
            form: fields to send as urlencoded body instead.
            **variables: environ entries of this request, see ``build_environ``.
        """
        environ = build_environ(
            path,
            method,
            headers=headers,
            body=_encode(body, json, form),
            **(self._variables | variables),
        )
        if json is not None:
            environ.setdefault("CONTENT_TYPE", "application/json")
        if form is not None:
            environ.setdefault("CONTENT_TYPE", "application/x-www-form-urlencoded")
        if self.cookies:
            pairs = [f"{name}={value}" for name, value in self.cookies.items()]
            environ.setdefault("HTTP_COOKIE", "; ".join(pairs))
        return self._send(environ)

    def _send(self, environ: "WSGIEnvironment") -> Answer:
        head: tuple[str, list[tuple[str, str]], Any] = ("000 Nothing sent", [], None)

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Any:
            nonlocal head
            head = (status, headers, exc_info)
            return written.append

        written: list[bytes] = []
        body = self._app(environ, start_response)
        try:
            data = b"".join([*body])
        finally:
            close_body(body)
        answer = Answer(head[0], head[1], b"".join(written) + data, head[2])
        self._keep_cookies(answer)
        return answer

    def _keep_cookies(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie"):
            # Not by SimpleCookie: it drops a cookie with a newer attribute.
            pair, *attributes = line.split(";")
            name, _, value = pair.strip().partition("=")
            if not value or "max-age=0" in (x.strip().lower() for x in attributes):
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def get(self, path: str = "/", **options: Any) -> Answer:
        """Send a GET request; options are those of ``request``."""
        return self.request("GET", path, **options)

    def head(self, path: str = "/", **options: Any) -> Answer:
        """Send a HEAD request; options are those of ``request``."""
        return self.request("HEAD", path, **options)

    def post(self, path: str = "/", **options: Any) -> Answer:
        """Send a POST request; options are those of ``request``."""
        return self.request("POST", path, **options)

    def put(self, path: str = "/", **options: Any) -> Answer:
        """Send a PUT request; options are those of ``request``."""
        return self.request("PUT", path, **options)

    def patch(self, path: str = "/", **options: Any) -> Answer:
        """Send a PATCH request; options are those of ``request``."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str = "/", **options: Any) -> Answer:
        """Send a DELETE request; options are those of ``request``."""
        return self.request("DELETE", path, **options)

    def options(self, path: str = "/", **options: Any) -> Answer:
        """Send an OPTIONS request; options are those of ``request``."""
        return self.request("OPTIONS", path, **options)


def _encode(body: bytes, value: Any, form: Mapping[str, Any] | None) -> bytes:
    if value is not None:
        return json.dumps(value).encode()
    if form is not None:
        return urlencode(form, doseq=True).encode()
    return body
