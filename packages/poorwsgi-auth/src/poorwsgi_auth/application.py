"""The application of this package: core's, with the settings of Digest."""

from typing import TYPE_CHECKING, TypeVar, cast

import poorwsgi_core
from poorwsgi_auth.request import Request

if TYPE_CHECKING:
    # Type checkers carry it with them, so that it is no dependency.
    from typing_extensions import TypeVar as TypeVarWithDefault

    RequestT = TypeVarWithDefault("RequestT", bound=Request, default=Request)
else:
    RequestT = TypeVar("RequestT")

__all__ = ["Application"]


class Application(poorwsgi_core.Application[RequestT]):
    """A WSGI application that knows its users."""

    request_class: type[RequestT] = cast("type[RequestT]", Request)
