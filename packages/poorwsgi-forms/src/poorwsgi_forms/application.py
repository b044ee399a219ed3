"""The application of this package: core's, with the settings of bodies."""

from typing import TYPE_CHECKING, TypeVar, cast

import poorwsgi_core
from poorwsgi_forms.request import Request
from poorwsgi_forms.serving import Serving

if TYPE_CHECKING:
    # Type checkers carry it with them, so that it is no dependency.
    from typing_extensions import TypeVar as TypeVarWithDefault

    RequestT = TypeVarWithDefault("RequestT", bound=Request, default=Request)
else:
    RequestT = TypeVar("RequestT")

__all__ = ["Application"]


class Application(poorwsgi_core.Application[RequestT], Serving):
    """A WSGI application whose requests have forms and JSON bodies."""

    request_class: type[RequestT] = cast("type[RequestT]", Request)
