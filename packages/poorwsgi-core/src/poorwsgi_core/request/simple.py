"""The request as far as it can be told without looking at its content.

SimpleRequest is what after and error handlers get when no Request could be
built, and the base of Request.  Everything is computed when it is asked for.
"""

import logging
import os
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NoReturn

from poorwsgi_core.http.hosts import (
    DEFAULT_PORTS,
    first_element,
    is_loopback,
    parse_port,
    split_host,
)
from poorwsgi_core.http.paths import encode_path
from poorwsgi_core.lazy import lazy
from poorwsgi_core.request.serving import Serving
from poorwsgi_core.request.target import FileTarget, Target
from poorwsgi_core.request.variables import read_flag, read_options, read_variable
from poorwsgi_core.response import HTTPException
from poorwsgi_core.state import HTTP_BAD_REQUEST, METHOD_GET, deprecated, methods

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from poorwsgi_core.http.forwarded import Address

__all__ = ["SimpleRequest"]

log = logging.getLogger("poorwsgi")


def _no_handler(request: object) -> NoReturn:
    raise RuntimeError(f"{request!r} has not been routed")


class SimpleRequest:
    """A request by its environ alone.

    You may set attributes of your own; names that start with ``app_`` are
    never used by the framework.

    Args:
        environ: WSGI environ with ``REQUEST_STARTTIME`` set by the application.
        app: the application that serves the request.

    Raises:
        KeyError: ``REQUEST_STARTTIME`` is missing.
    """

    user: Any = None
    """For the user who is logged in; ``check_digest`` sets it."""

    api: Any = None
    """For the API's view of the request."""

    db: Any = None
    """For the database connection of this request."""

    vary: tuple[str, ...] = ()
    """Names of request fields that the answer depends on, for its Vary header."""

    routed_to: Target = Target(None, None, _no_handler)
    """What the request is routed to; the application sets it."""

    path_values: tuple[Any, ...] = ()
    """Arguments in the path, converted, in order; the application sets it."""

    lenient: bool = False
    """Whether what the client sent wrong reads as empty instead of raising.

    The application sets it for error and after handlers, so that a request can't
    break them.
    """

    failed_handler: Callable[..., Any] | None = None
    """The handler or hook that failed, where that isn't the one of the route."""

    _error_handler: Callable[..., Any] | None = None
    _is_path_reported = False

    def __init__(self, environ: "WSGIEnvironment", app: Serving) -> None:
        self._environ = environ
        self._app = app
        self._start_time: float = environ["REQUEST_STARTTIME"]

    @property
    def app(self) -> Serving:
        """The application that serves the request."""
        return self._app

    @property
    def environ(self) -> "WSGIEnvironment":
        """A shallow copy of the WSGI environ, new at each access."""
        return self._environ.copy()

    @property
    def poor_environ(self) -> dict[str, Any]:
        """``os.environ`` with the WSGI environ over it, new at each access."""
        return {**os.environ, **self._environ}

    @lazy
    def debug(self) -> bool:
        """Whether ``poor_Debug``, else the application, says debug."""
        return read_flag(self._environ, "poor_Debug", self._app.debug)

    @lazy
    def shows_debug(self) -> bool:
        """Whether debug pages may be shown: debug is on, and the host is ours.

        A foreign page can make its own name lead to this machine, and read then
        what is answered; so without ``trusted_hosts`` only names that always mean
        this machine count, also where a proxy says by which it was asked.
        """
        if not self.debug:
            return False
        if self._app.trusted_hosts is not None:
            return True
        # Imported here: it is asked in debug alone.
        from poorwsgi_core.http.forwarded import list_hosts

        named = self._environ.get("HTTP_HOST", "")
        for host in filter(None, [named, *list_hosts(self._environ)]):
            parts = split_host(host)
            if parts is None or not is_loopback(parts[0]):
                log.warning(
                    "Debug pages aren't shown to the host %r: it is no name of this "
                    "machine alone, such as localhost; to show them name it in "
                    "trusted_hosts",
                    host,
                )
                return False
        return True

    @property
    def document_index(self) -> bool:
        """Whether directories are listed, by ``poor_DocumentIndex`` or setting."""
        return read_flag(self._environ, "poor_DocumentIndex", self._app.document_index)

    @property
    def document_root(self) -> str:
        """Directory of static files, by ``poor_DocumentRoot`` or setting."""
        value = read_variable(self._environ, "poor_DocumentRoot")
        return self._app.document_root if value is None else value

    @property
    def secret_key(self) -> Any:
        """``poor_SecretKey`` if present, else the application's key."""
        value = read_variable(self._environ, "poor_SecretKey")
        return self._app.secret_key if value is None else value

    @property
    def static_file(self) -> str | None:
        """Real path of the file below the document root that answers, if one does.

        For hooks that have nothing to do for files, such as one that loads a session.
        """
        target = self.routed_to
        return target.path if isinstance(target, FileTarget) else None

    @property
    def uri_rule(self) -> str | None:
        """The rule that matched; it can be set once."""
        return self.routed_to.rule

    @uri_rule.setter
    def uri_rule(self, value: str | None) -> None:
        target = self.routed_to
        if target.rule is None:
            self.routed_to = Target(
                value, target.handler, target.call, target.names, target.scope
            )

    @property
    def uri_handler(self) -> Callable[..., Any] | None:
        """The handler of that rule; it can be set once."""
        return self.routed_to.handler

    @uri_handler.setter
    def uri_handler(self, value: Callable[..., Any] | None) -> None:
        target = self.routed_to
        if target.handler is None:
            self.routed_to = Target(
                target.rule, value, target.call, target.names, target.scope
            )

    @property
    def error_handler(self) -> Callable[..., Any] | None:
        """The state or exception handler chosen first; it can be set once."""
        return self._error_handler

    @error_handler.setter
    def error_handler(self, value: Callable[..., Any] | None) -> None:
        if self._error_handler is None:
            self._error_handler = value

    @property
    def method(self) -> str | None:
        """The request method, as sent."""
        return self._environ.get("REQUEST_METHOD")

    @property
    def method_number(self) -> int:
        """Bit of the method; that of GET for methods unknown to ``state``."""
        return methods.get(self.method or "", METHOD_GET)

    @lazy
    def path(self) -> str:
        """PATH_INFO as text, ``/`` when it is missing or empty.

        Raises:
            HTTPException: 400, when it is not UTF-8; where the request is
                ``lenient``, the replacement character stands for what isn't.
        """
        path: str | None = self._environ.get("PATH_INFO")
        if not path:
            return "/"
        if path.isascii():
            return path
        try:
            return path.encode("iso-8859-1").decode()
        except UnicodeError as error:
            if not self._is_path_reported:
                self._is_path_reported = True
                log.warning("Invalid PATH_INFO encoding: %r", path)
            if self.lenient:
                return path.encode("iso-8859-1", "replace").decode(errors="replace")
            raise HTTPException(
                HTTP_BAD_REQUEST, error=f"Invalid PATH_INFO encoding: {path!r}"
            ) from error

    @property
    def uri(self) -> str:
        """The path, by its older name."""
        return self.path

    @property
    def query(self) -> str:
        """QUERY_STRING as sent, without blanks around it."""
        value: str = self._environ.get("QUERY_STRING", "")
        return value.strip()

    @property
    def full_path(self) -> str:
        """The path, with ``?`` and the query when there is one."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @lazy
    def _host(self) -> tuple[str | None, int | None]:
        """Name and port of the Host header, of SERVER_NAME when malformed."""
        name: str | None = self._environ.get("SERVER_NAME")
        value = self._environ.get("HTTP_HOST")
        return (value and split_host(value)) or (name, None)

    @property
    def hostname(self) -> str | None:
        """Host name of the Host header, else SERVER_NAME; IPv6 in brackets."""
        return self._host[0]

    @property
    def host_port(self) -> int:
        """Port of the Host header, else the default one of the scheme."""
        return self._host[1] or DEFAULT_PORTS.get(self.scheme, 80)

    @property
    def remote_host(self) -> str:
        """REMOTE_HOST, the client's name if the server looked it up."""
        value: str = self._environ.get("REMOTE_HOST", "")
        return value

    @property
    def remote_addr(self) -> str | None:
        """REMOTE_ADDR, the address of the client or of the last proxy."""
        return self._environ.get("REMOTE_ADDR")

    @lazy
    def client_addr(self) -> str | None:
        """Address of the client, as far as proxies are believed.

        That is ``remote_addr``, unless it is one of the application's
        ``trusted_proxies``, and that one tells another address by X-Forwarded-For, or
        Forwarded, as far as ``trusted_fields`` and ``trusted_hops`` go.
        """
        app, address = self._app, self.remote_addr
        if not app.trusted_proxies.has(address):
            return address
        # Imported here: only who has a proxy needs it.
        from poorwsgi_core.http.forwarded import read_client

        return (
            read_client(self._environ, app.trusted_fields, app.trusted_hops) or address
        )

    @property
    def referer(self) -> str | None:
        """The Referer header."""
        return self._environ.get("HTTP_REFERER")

    @property
    def user_agent(self) -> str | None:
        """The User-Agent header."""
        return self._environ.get("HTTP_USER_AGENT")

    @property
    def scheme(self) -> str:
        """What ``wsgi.url_scheme`` says, ``http`` or ``https``."""
        value: str = self._environ.get("wsgi.url_scheme", "http")
        return value

    @property
    def server_scheme(self) -> str:
        """The scheme, by its longer name."""
        return self.scheme

    @property
    def server_software(self) -> str:
        """SERVER_SOFTWARE, or what else tells the server."""
        unknown = "uWsgi" if "uwsgi.version" in self._environ else "Unknown"
        value: str = self._environ.get("SERVER_SOFTWARE") or unknown
        return value

    @property
    def server_admin(self) -> str:
        """SERVER_ADMIN, else ``webmaster@`` and the host name."""
        value: str | None = self._environ.get("SERVER_ADMIN")
        return value or f"webmaster@{self.hostname}"

    @property
    def server_hostname(self) -> str | None:
        """SERVER_NAME."""
        return self._environ.get("SERVER_NAME")

    @property
    def server_port(self) -> int | None:
        """SERVER_PORT as a number, ``None`` when missing or no number."""
        value = str(self._environ.get("SERVER_PORT", ""))
        return int(value) if value.isascii() and value.isdigit() else None

    @property
    def port(self) -> int | None:
        """The server's port, by its shorter name."""
        return self.server_port

    @property
    def protocol(self) -> str | None:
        """SERVER_PROTOCOL."""
        return self._environ.get("SERVER_PROTOCOL")

    @property
    def server_protocol(self) -> str | None:
        """The protocol, by its longer name."""
        return self.protocol

    @property
    def forwarded_for(self) -> str | None:
        """First element of X-Forwarded-For; any client can send it."""
        return self._forwarded("HTTP_X_FORWARDED_FOR")

    @property
    def forwarded_proto(self) -> str | None:
        """First element of X-Forwarded-Proto; any client can send it."""
        return self._forwarded("HTTP_X_FORWARDED_PROTO")

    @property
    def forwarded_host(self) -> str | None:
        """Host name in X-Forwarded-Host; any client can send it."""
        host = split_host(self._forwarded("HTTP_X_FORWARDED_HOST") or "")
        return host and host[0]

    @property
    def forwarded_port(self) -> int | None:
        """Port in X-Forwarded-Host, else X-Forwarded-Port, else of the scheme."""
        host = split_host(self._forwarded("HTTP_X_FORWARDED_HOST") or "")
        port = host and host[1]
        port = port or parse_port(self._forwarded("HTTP_X_FORWARDED_PORT") or "")
        return port or DEFAULT_PORTS.get(self.forwarded_proto or "")

    def _forwarded(self, name: str) -> str | None:
        value = self._environ.get(name)
        return None if value is None else first_element(value)

    @property
    def start_time(self) -> float:
        """When the application got the request, in seconds since the epoch."""
        return self._start_time

    @property
    def end_time(self) -> float:
        """When the request was ready for its handler, in seconds.

        Nothing is parsed before a handler asks for it, so that is at once.
        """
        return self._start_time

    def construct_url(self, uri: str) -> str:
        """Build an absolute URL of this host.

        What proxies say counts only when the request comes from one of the
        application's ``trusted_proxies``, and as far as ``trusted_fields`` and
        ``trusted_hops`` go.

        Args:
            uri: path with query, appended as it is; an absolute http or https
                URL is returned unchanged.
        """
        if uri.startswith(("http://", "https://")):
            return uri
        return self._read_address().build_url(uri)

    @lazy
    def outer_prefix(self) -> str:
        """What a trusted proxy has taken off the path, without a slash at its end.

        It stands in front of SCRIPT_NAME in what a browser has to ask for.
        """
        return self._read_address().prefix

    def check_host(self, served: Collection[str]) -> None:
        """Refuse a request for a host that isn't served.

        What a trusted proxy tells has to be served too: links would lead there.

        Args:
            served: names in lower case.

        Raises:
            HTTPException: 400.
        """
        environ = self._environ
        value = environ.get("HTTP_HOST", "")
        name, teller = (split_host(value) or (value,))[0], ""
        # PERF: a proxy that says the same name again needs no reading.
        told = environ.get("HTTP_X_FORWARDED_HOST", value)
        differs = told != value or "HTTP_FORWARDED" in environ
        if differs and self._app.trusted_proxies and name.lower() in served:
            name, teller = self._read_address().host or "", " of the proxy's fields"
        if name.lower() not in served:
            what = f"Host {name!r}{teller} not served here"
            reason = f"{what}: {self.method} {self.path}"
            raise HTTPException(HTTP_BAD_REQUEST, error=reason)

    def _read_address(self) -> "Address":
        """Read where the client has sent this, as far as proxies are believed."""
        # Imported here: most answers have no whole URL.
        from poorwsgi_core.http.forwarded import Address, read_address

        address, app = Address(self.scheme, *self._host), self._app
        if not app.trusted_proxies.has(self.remote_addr):
            return address
        fields, hops = app.trusted_fields, app.trusted_hops
        return read_address(address, self._environ, fields, hops)

    def url_for(
        self, name_or_handler: str | Callable[..., Any], /, **params: Any
    ) -> str:
        """Build the path of a route below the one the application is mounted at.

        The arguments are those of ``Application.url_for``; SCRIPT_NAME stands in
        front of what it gives.

        Raises:
            ValueError: there is no such path.
        """
        # SCRIPT_NAME is bytes in the guise of text (PEP 3333).
        base = self._environ.get("SCRIPT_NAME", "").encode("iso-8859-1", "replace")
        url = self._app.url_for(name_or_handler, **params)
        text = base.decode("utf-8", "surrogateescape").rstrip("/")
        return encode_path(text) + url

    @deprecated("Use Application.get_options since 2.6: options are not per request.")
    def get_options(self) -> dict[str, str]:
        """Collect ``app_*`` variables of the process and of this request."""
        return read_options(os.environ, self._environ)
