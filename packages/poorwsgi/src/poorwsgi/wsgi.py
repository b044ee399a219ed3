"""The application of the bundle: that of the forms and of authentication in one."""

from typing import TYPE_CHECKING, TypeVar, cast

import poorwsgi_auth
import poorwsgi_core
import poorwsgi_forms
from poorwsgi.request import Request, Serving
from poorwsgi_auth.digest.algorithms import AUTH_DIGEST_ALGORITHMS
from poorwsgi_core.application import (
    Extension,
    log,
    re_filter,
    re_invalid_filter,
    to_response,
)
from poorwsgi_core.application.rows import RouteRow, Trial

if TYPE_CHECKING:
    # Type checkers carry it with them, so that it is no dependency.
    from typing_extensions import TypeVar as TypeVarWithDefault

    RequestT = TypeVarWithDefault("RequestT", bound=Request, default=Request)
else:
    RequestT = TypeVar("RequestT")

__all__ = [
    "AUTH_DIGEST_ALGORITHMS",
    "Application",
    "Extension",
    "RouteRow",
    "Routes",
    "Trial",
    "log",
    "re_filter",
    "re_invalid_filter",
    "to_response",
]


class Application(
    poorwsgi_forms.Application[RequestT], poorwsgi_auth.Application[RequestT], Serving
):
    """A WSGI application with everything: routes, forms, JSON bodies, users."""

    request_class: type[RequestT] = cast("type[RequestT]", Request)


class Routes(poorwsgi_core.Routes[RequestT]):
    """A group of routes with a prefix, whose handlers get the bundle's Request."""
