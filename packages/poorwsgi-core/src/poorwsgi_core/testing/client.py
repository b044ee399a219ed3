"""A client for tests: requests to an application in process.

Each request goes through ``wsgiref.validate``, so that a test also fails when
application or server break PEP 3333.

    client = Client(app)
    answer = client.get("/user/7?full=1")
    assert answer.status_code == 200
"""

import json
import wsgiref.validate
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from io import BytesIO, StringIO
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import unquote_to_bytes, urlencode, urljoin, urlsplit

from poorwsgi_core.http.headers import Headers
from poorwsgi_core.response.bodies import close_body
from poorwsgi_core.testing.html import Element, parse_html
from poorwsgi_core.testing.quirks import SERVERS, check_fields, merge, play

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

__all__ = ["Answer", "Client", "File", "build_environ"]

File: TypeAlias = tuple[str, bytes | str, str]
"""A file to send: its name, its content, its media type."""

Fields: TypeAlias = Mapping[str, Any] | Sequence[tuple[str, Any]]
"""Fields of a form, with a list for several values of a name."""

Files: TypeAlias = (
    Mapping[str, File | list[File]] | Sequence[tuple[str, File | list[File]]]
)
"""Files to send, by the names of their fields."""

_MAX_REDIRECTS = 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEEPING = frozenset({307, 308})
_ENVIRON_OPTIONS = ("path", "method", "headers", "body")
_OPTIONS = (
    *_ENVIRON_OPTIONS,
    "json",
    "form",
    "data",
    "files",
    "follow_redirects",
)
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

    Raises:
        TypeError: an option is unknown.
    """
    _check_variables(variables, _ENVIRON_OPTIONS)
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


_QUERY = "write the query behind the path, as in '/?page=2'"
_ELSEWHERE = {
    "base_url": "write the whole URL for the path",
    "cookies": "set them in client.cookies",
    **dict.fromkeys(("args", "params", "query", "query_string"), _QUERY),
}
"""What clients of others take."""


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

    @property
    def html(self) -> Element:
        """The body as HTML, for ``select()`` and ``one()`` by CSS selector.

        Raises:
            ImportError: neither selectolax nor lxml with cssselect is installed.
            ValueError: there is no body.
        """
        return parse_html(self.text)

    def json(self) -> Any:
        """Decode the body as JSON."""
        return json.loads(self.data)


class Client:
    """Sends requests to a WSGI application and keeps its cookies.

    Args:
        app: any WSGI application.
        validate: check both sides by ``wsgiref.validate``.
        server: one to play, of ``poorwsgi_core.testing.quirks.SERVERS``: its file
            wrapper, how it ends bodies, how it hands on fields, what it can't take.
        **variables: environ entries of every request.

    Raises:
        TypeError: an option is unknown.
        ValueError: the server is.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        validate: bool = True,
        server: str | None = None,
        **variables: Any,
    ) -> None:
        _check_variables(variables, ("validate", "server"))
        if not callable(app):
            raise TypeError(f"A client asks a WSGI application, not {app!r}")
        if server is not None and server not in SERVERS:
            raise ValueError(f"No server {server!r} to play: there are {[*SERVERS]}")
        self._server = server
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
        form: Fields | None = None,
        data: Fields | bytes | str | None = None,
        files: Files | None = None,
        follow_redirects: bool = False,
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
            data: the same as *form*, or as *body* where it is bytes or text.
            files: name to ``(filename, content, type)``, or to a list of these, to
                send as multipart body, with the fields of *form*; or pairs of them.
            follow_redirects: go on to where a redirect leads within the application,
                20 times at most.
            **variables: environ entries of this request, see ``build_environ``.

        Raises:
            TypeError: an option is unknown.
            RuntimeError: there are too many redirects.
        """
        _check_variables(variables, _OPTIONS)
        if isinstance(data, bytes | str):
            body, data = data.encode() if isinstance(data, str) else data, None
        content, kind = _encode(body, json, form if data is None else data, files)
        environ = build_environ(
            path,
            method,
            headers=_pass(headers, self._server),
            body=content,
            **(self._variables | variables),
        )
        if kind:
            environ.setdefault("CONTENT_TYPE", kind)
        if self.cookies:
            pairs = [f"{name}={value}" for name, value in self.cookies.items()]
            environ.setdefault("HTTP_COOKIE", "; ".join(pairs))
        if self._server is not None:
            play(self._server, environ)
        answer = self._send(environ)
        if follow_redirects:
            again = {**variables, "headers": headers, "body": content}
            again["CONTENT_TYPE"] = environ.get("CONTENT_TYPE")
            return self._follow(answer, method, path, again)
        return answer

    def _follow(
        self, answer: Answer, method: str, path: str, options: dict[str, Any]
    ) -> Answer:
        url = urljoin("http://localhost", path)
        host = urlsplit(url).netloc
        for _ in range(_MAX_REDIRECTS):
            location = answer.headers.get("Location")
            if answer.status_code not in _REDIRECTS or location is None:
                return answer
            url = urljoin(url, location)
            if urlsplit(url).netloc != host:
                return answer  # it leads to somebody else
            if answer.status_code not in _KEEPING and method != "HEAD":
                method, options = "GET", {**options, "body": b"", "CONTENT_TYPE": None}
            answer = self.request(method, url, **options)
        raise RuntimeError(f"more than {_MAX_REDIRECTS} redirects, the last to {url}")

    def _send(self, environ: "WSGIEnvironment") -> Answer:
        head: tuple[str, list[tuple[str, str]], Any] = ("000 Nothing sent", [], None)

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
        ) -> Any:
            nonlocal head
            if self._server:
                check_fields(self._server, headers)
                if exc_info and not SERVERS[self._server].takes_exc_info:
                    raise AssertionError(f"{self._server} takes exc_info for a failure")
            head = (status, headers, exc_info)
            return written.append

        written: list[bytes] = []
        body = self._app(environ, start_response)
        try:
            data = b"".join([*body])
        finally:
            close_body(body)
        answer = Answer(head[0], head[1], b"".join(written) + data, head[2])
        if self._server is not None:
            _check_length(environ["REQUEST_METHOD"], answer)
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


def _pass(
    headers: Mapping[str, str] | Iterable[tuple[str, str]], server: str | None
) -> list[tuple[str, str]]:
    """Return the fields as a server hands them on."""
    if isinstance(headers, Mapping):
        headers = cast("Mapping[str, str]", headers).items()
    return [*headers] if server is None else merge(server, headers)


def _check_length(method: str, answer: Answer) -> None:
    length = answer.headers.get("Content-Length")
    if length is not None and method != "HEAD" and int(length) != len(answer.data):
        raise AssertionError(
            f"{len(answer.data)} bytes for a Content-Length of {length}: the next "
            "answer on the connection would be broken"
        )


def _encode(
    body: bytes,
    value: Any,
    fields: Fields | None,
    files: Files | None,
) -> tuple[bytes, str]:
    """Return a body with its content type, "" where there is none."""
    if bool(body) + (value is not None) + (fields is not None or files is not None) > 1:
        raise TypeError("A request has one body: json, or form and files, or body")
    if value is not None:
        return json.dumps(value).encode(), "application/json"
    if files is not None:
        return _encode_multipart(fields or {}, files)
    if fields is not None:
        encoded = urlencode(fields, doseq=True).encode()
        return encoded, "application/x-www-form-urlencoded"
    return body, ""


def _encode_multipart(fields: Fields, files: Files) -> tuple[bytes, str]:
    """Build a body by RFC 7578, names escaped as browsers do."""
    boundary = f"boundary-{token_hex(16)}"
    parts: list[bytes] = []

    def add(name: str, content: bytes | str, more: str = "") -> None:
        head = f'Content-Disposition: form-data; name="{_quote(name)}"{more}'
        data = content.encode() if isinstance(content, str) else content
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + data + b"\r\n")

    for name, value in _list_pairs(fields):
        is_list = isinstance(cast("object", value), list)
        values: list[Any] = value if is_list else [value]
        for each in values:
            add(name, str(each))
    for name, (filename, content, kind) in _list_files(files):
        file = f'; filename="{_quote(filename)}"\r\nContent-Type: {kind}'
        add(name, content, file)
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def _list_files(files: Files) -> Iterator[tuple[str, File]]:
    for pair in _list_pairs(files):
        match pair:
            case (str(name), given):
                pass
            case _:
                name, given = "", pair
        is_list = isinstance(cast("object", given), list)
        listed: list[Any] = given if is_list else [given]
        for file in listed:
            match file:
                case (str(), str() | bytes() | bytearray(), str()) if name:
                    yield name, cast("File", file)
                case _:
                    raise TypeError(
                        f"files: {pair!r:.80} is no file; write {{'name': "
                        "('file.txt', b'content', 'text/plain')}, or pairs of them"
                    )


def _list_pairs(given: Any) -> Iterable[Any]:
    """Return pairs of a mapping, or of what is pairs already."""
    is_mapping = isinstance(given, Mapping)
    return cast("Mapping[str, Any]", given).items() if is_mapping else given


def _quote(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _check_variables(variables: Iterable[str], options: Sequence[str]) -> None:
    """Tell a misspelt option from a variable of the environ.

    Raises:
        TypeError: it can't be a variable.
    """
    for name in variables:
        if name.isupper() or "." in name or name.startswith(("poor_", "app_")):
            continue
        close = get_close_matches(name, options, 1, 0.5)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {options}"
        hint = _ELSEWHERE.get(name, hint)
        raise TypeError(
            f"no option {name!r}: {hint}; a variable of the environ is written in "
            "capitals, has a dot, or begins with poor_ or app_"
        )
