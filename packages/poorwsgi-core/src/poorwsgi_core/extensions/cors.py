"""Cross-origin resource sharing: which pages of others may read answers.

The rules are those of the Fetch standard, 3.2.  A preflight is answered before the
other before handlers run: it has no credentials, so that a guard would refuse it.
"""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.arguments import (
    check_function,
    convert,
    count,
    find_installed,
)
from poorwsgi_core.http.headers import check_field_name
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.request.settings import names
from poorwsgi_core.request.variables import parse_flag
from poorwsgi_core.response import BaseResponse, NoContentResponse

__all__ = ["CORS"]

_ANY = "*"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d+)?")
_DEFAULT_PORT = re.compile(r"http:.*:80|https:.*:443")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

_Origins: TypeAlias = str | Collection[str] | Callable[[str], bool]


class CORS:
    """Let pages of other origins read the answers.

    Args:
        origins: such as ``https://shop.example``, one or several; ``*`` for all; or
            a function that gets an origin and tells whether it may.
        methods: what a preflight allows; the routes decide as always.
        headers: request fields that a page may set.
        credentials: whether cookies and other credentials may go along.
        max_age: seconds for which a browser remembers a preflight.
        expose: response fields that a page may read, beside the simple ones.

    Raises:
        TypeError: an argument has a wrong type.
        ValueError: no origin, or one that no browser sends; ``*`` with credentials.
    """

    def __init__(
        self,
        origins: _Origins,
        *,
        methods: Iterable[str] = _METHODS,
        headers: Iterable[str] = ("Content-Type",),
        credentials: bool = False,
        max_age: int = 600,
        expose: Iterable[str] = (),
    ) -> None:
        self._is_allowed = _build_check(origins)
        self._is_open = origins == _ANY
        self._methods = _join("methods", methods)
        self._headers = _join("headers", headers)
        self._expose = _join("expose", expose)
        for name in filter(None, f"{self._headers}, {self._expose}".split(", ")):
            check_field_name(name)
        if _TOKEN.fullmatch(self._methods.replace(", ", "")) is None:
            raise ValueError(f"No methods: {self._methods!r}; write ('GET', 'POST')")
        if self._methods != self._methods.upper():
            raise ValueError(
                f"Methods are written in capitals, not as in {self._methods!r}"
            )
        self._credentials = convert("credentials", parse_flag, credentials)
        given = (origins, self._methods, self._headers, self._expose)
        if self._credentials and any(value == _ANY for value in given):
            raise ValueError(
                "* allows everybody and everything, and browsers refuse it with "
                "credentials: name the origins, methods and fields"
            )
        self._max_age = str(convert("max_age", count, max_age))

    def install(self, app: Application[Any]) -> None:
        """Answer preflights, and add the fields to all answers.

        Raises:
            RuntimeError: the application has one already.
        """
        if find_installed(app, CORS):
            raise RuntimeError(
                "The application has a CORS already, which answers all preflights: "
                "name all origins in one, CORS(['https://a.example', ...])"
            )
        app.add_before_response(self._answer_preflight, first=True)
        app.add_after_response(self._add_fields)

    def _answer_preflight(self, req: Request) -> BaseResponse | None:
        if req.method != "OPTIONS" or "Origin" not in req.headers:
            return None
        if "Access-Control-Request-Method" not in req.headers:
            return None
        response = NoContentResponse()
        if self._is_allowed(req.headers["Origin"]):
            response.headers["Access-Control-Allow-Methods"] = self._methods
            response.headers["Access-Control-Max-Age"] = self._max_age
            if self._headers:
                response.headers["Access-Control-Allow-Headers"] = self._headers
        return response

    def _add_fields(self, req: SimpleRequest, response: BaseResponse) -> BaseResponse:
        if not self._is_open:
            # Also for who isn't allowed, and for who has no origin: a cache must not
            # hand that answer on to a page that is.
            req.vary = (*req.vary, "Origin")
        origin = req.environ.get("HTTP_ORIGIN", "")
        if not origin or not self._is_allowed(origin):
            return response
        fields = response.headers
        fields["Access-Control-Allow-Origin"] = _ANY if self._is_open else origin
        if self._credentials:
            fields["Access-Control-Allow-Credentials"] = "true"
        if self._expose:
            fields["Access-Control-Expose-Headers"] = self._expose
        return response


def _build_check(origins: _Origins) -> Callable[[str], bool]:
    if callable(origins):
        decide = origins
        check_function("origins", decide, "origin")
        # Any page gets this origin in a sandbox, so it stands for nobody.
        return lambda origin: origin != "null" and bool(decide(origin))
    if origins == _ANY:
        return lambda _: True
    given = (origins,) if isinstance(origins, str) else origins
    allowed = frozenset(convert("origins", names, given))
    for origin in allowed:
        _check_origin(origin)
    if not allowed:
        raise ValueError("CORS needs an origin: write CORS('https://shop.example')")
    return allowed.__contains__


def _check_origin(origin: str) -> None:
    if _ORIGIN.fullmatch(origin) is None or _DEFAULT_PORT.fullmatch(origin):
        raise ValueError(
            f"{origin!r} is no origin as browsers send it: write scheme and host in "
            "lower case, and a port that isn't the default, as in "
            "'https://shop.example' or 'http://localhost:5173'"
        )


def _join(name: str, values: Iterable[str]) -> str:
    if isinstance(values, str) and values != _ANY:
        raise TypeError(f"{name} is a list of names: write ({values!r},)")
    return ", ".join(convert(name, names, values if values != _ANY else (_ANY,)))
