"""The request that handlers get: headers, arguments, cookies and the body.

Nothing is parsed before it is asked for, and then once.  What is malformed
raises HTTPException at that moment, so a handler that never looks at the body
can't fail because of it.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from poorwsgi_core.http.headers import (
    Headers,
    HeadersList,
    parse_header,
    parse_negotiation,
)
from poorwsgi_core.http.urlencoded import TooManyFields
from poorwsgi_core.lazy import lazy
from poorwsgi_core.request.absent import REQUEST_NAMES, refuse_names
from poorwsgi_core.request.arguments import Args, EmptyForm, MissingField
from poorwsgi_core.request.content import RequestContent
from poorwsgi_core.request.serving import Serving
from poorwsgi_core.request.target import Target
from poorwsgi_core.request.variables import build_check, read_flag
from poorwsgi_core.response import HTTPException
from poorwsgi_core.state import HTTP_BAD_REQUEST, HTTP_REQUEST_ENTITY_TOO_LARGE

if TYPE_CHECKING:
    from http.cookies import SimpleCookie

    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["Request"]

_has_variables = build_check(
    "poor_AutoArgs", "poor_KeepBlankValues", "poor_StrictParsing"
)
_XHTML = ("application/xhtml+xml", "text/xhtml")


# PERF: clients send few types, over and over.
_parse_content_type = lru_cache(maxsize=64)(parse_header)


@refuse_names(REQUEST_NAMES)
class Request(RequestContent):
    """A request with its headers and its content, all of it lazy.

    Raises:
        ConnectionError: ``PATH_INFO`` is ``None``.
    """

    _args: Args | EmptyForm | None = None

    def __init__(self, environ: "WSGIEnvironment", app: Serving) -> None:
        # PERF: the three lines of SimpleRequest, without calling it.
        self._environ = environ
        self._app = app
        self._start_time = environ["REQUEST_STARTTIME"]
        if environ.get("PATH_INFO", "/") is None:
            raise ConnectionError("The server gave no PATH_INFO")

    @lazy
    def headers(self) -> Headers:
        """The request headers, by the names of RFC 9110."""
        return _Fields.from_environ(self._environ)

    @lazy
    def headers_in(self) -> Headers:
        """The headers, by their older name."""
        return self.headers

    # PERF: mostly asked for once, and then a lazy attribute costs more.
    @property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        return _parse_content_type(self._environ.get("CONTENT_TYPE") or "")

    @property
    def mime_type(self) -> str:
        """Content-Type without parameters, empty when missing."""
        return self._content_type[0]

    @property
    def charset(self) -> str:
        """Charset parameter of Content-Type, ``utf-8`` when missing."""
        return self._content_type[1].get("charset", "utf-8")

    def early_hints(self, headers: HeadersList | Headers) -> bool:
        """Send fields before the answer, by 103 (RFC 8297), where the server can.

        Args:
            headers: such as ``[("Link", "</style.css>; rel=preload; as=style")]``.

        Returns:
            Whether the server can; where it can't, nothing happens.

        Raises:
            TypeError: fields that are none.
            ValueError: fields that can't be sent.
        """
        fields = Headers(headers).to_list()
        send = self._environ.get("wsgi.early_hints")
        if send is None:
            return False
        send(fields)
        return True

    def _negotiation(self, name: str) -> tuple[tuple[str, float], ...]:
        return tuple(parse_negotiation(self._environ.get(name, "")))

    @lazy
    def accept(self) -> tuple[tuple[str, float], ...]:
        """Media types and qualities of the Accept header, in its order."""
        return self._negotiation("HTTP_ACCEPT")

    @lazy
    def accept_charset(self) -> tuple[tuple[str, float], ...]:
        """Charsets and qualities of the Accept-Charset header."""
        return self._negotiation("HTTP_ACCEPT_CHARSET")

    @lazy
    def accept_encoding(self) -> tuple[tuple[str, float], ...]:
        """Codings and qualities of the Accept-Encoding header."""
        return self._negotiation("HTTP_ACCEPT_ENCODING")

    @lazy
    def accept_language(self) -> tuple[tuple[str, float], ...]:
        """Languages and qualities of the Accept-Language header."""
        return self._negotiation("HTTP_ACCEPT_LANGUAGE")

    def _accepts(self, *types: str) -> bool:
        return any(q > 0 and value.lower() in types for value, q in self.accept)

    @property
    def accept_html(self) -> bool:
        """Whether ``text/html`` is among the accepted types by name."""
        return self._accepts("text/html")

    @property
    def accept_xhtml(self) -> bool:
        """Whether ``application/xhtml+xml`` or ``text/xhtml`` is."""
        return self._accepts(*_XHTML)

    @property
    def accept_json(self) -> bool:
        """Whether ``application/json`` is."""
        return self._accepts("application/json")

    @lazy
    def _authorization(self) -> dict[str, str]:
        parse = _find_credentials_parser()
        try:
            return parse(self._environ.get("HTTP_AUTHORIZATION", ""))
        except ValueError as error:
            if self.lenient:
                return parse("")
            raise HTTPException(HTTP_BAD_REQUEST, error=str(error)) from error

    @property
    def authorization(self) -> dict[str, str]:
        """The Authorization header as a new dict; ``type`` is its scheme.

        Raises:
            HTTPException: 400, when it is larger than 8 KiB.
        """
        return dict(self._authorization)

    @property
    def is_xhr(self) -> bool:
        """Whether a script says that it sent the request."""
        return self._environ.get("HTTP_X_REQUESTED_WITH") == "XMLHttpRequest"

    @property
    def path_args(self) -> dict[str, Any]:
        """A copy of the arguments in the path by name; it can be set once."""
        pairs = zip(self.routed_to.names, self.path_values, strict=True)
        return {name: value for name, value in pairs if name is not None}

    @path_args.setter
    def path_args(self, value: Mapping[str, Any]) -> None:
        if not self.path_values:
            target = self.routed_to
            self.routed_to = Target(
                target.rule, target.handler, target.call, (*value,), target.scope
            )
            self.path_values = tuple(value.values())

    @lazy
    def groups(self) -> dict[str, Any]:
        """The path arguments, by their older name."""
        return self.path_args

    @property
    def args(self) -> Args | EmptyForm:
        """Query arguments; it can be set while it is an EmptyForm.

        Raises:
            HTTPException: 400 for a malformed query with ``strict_parsing``,
                413 for more than ``max_form_parts`` arguments.
        """
        if self._args is None:
            self._args = self._parse_args()
        return self._args

    @args.setter
    def args(self, value: Args | EmptyForm) -> None:
        if isinstance(self.args, EmptyForm):
            self._args = value

    def _parse_args(self) -> Args | EmptyForm:
        environ, app = self._environ, self._app
        enabled = app.auto_args
        keep, strict = app.keep_blank_values, app.strict_parsing
        # PERF: asking for each costs more than asking whether any is set.
        if _has_variables(environ):
            enabled = read_flag(environ, "poor_AutoArgs", enabled)
            keep = read_flag(environ, "poor_KeepBlankValues", bool(keep))
            strict = read_flag(environ, "poor_StrictParsing", bool(strict))
        if not enabled:
            return EmptyForm()
        try:
            # PERF: by position, or else Python makes a dict of the keyword.
            return Args(self, keep, strict, app.max_form_parts)
        except ValueError as error:
            if self.lenient:
                return EmptyForm()
            raise _refuse_query(error, app.max_form_parts) from error

    @lazy
    def cookies(self) -> "SimpleCookie":
        """Cookies of the request; empty when there are none.

        Names and values that RFC 6265 doesn't allow are left out.
        """
        enabled = self._app.auto_cookies
        header = self._environ.get("HTTP_COOKIE") if enabled else None
        return _find_cookie_reader()(header)


class _Fields(Headers):
    """Fields of a request; one that is asked for and wasn't sent is 400."""

    __slots__ = ()

    def _build_missing(self, name: str) -> KeyError:
        return MissingField(name, f"The field {name} is missing")


@cache
def _find_credentials_parser() -> Callable[[str], dict[str, str]]:
    # Imported here: not every application has users, and this is slow to import.
    from poorwsgi_core.http.authorization import parse_authorization

    return parse_authorization


@cache
def _find_cookie_reader() -> "Callable[[str | None], SimpleCookie]":
    # Imported here: not every application has cookies, and this is slow to import.
    from poorwsgi_core.request.cookies import read_cookies

    return read_cookies


def _refuse_query(error: ValueError, limit: int | None) -> HTTPException:
    if isinstance(error, TooManyFields):
        reason = f"The query exceeds max_form_parts = {limit}"
        return HTTPException(HTTP_REQUEST_ENTITY_TOO_LARGE, error=reason)
    return HTTPException(HTTP_BAD_REQUEST, error=f"Bad query: {error}")
