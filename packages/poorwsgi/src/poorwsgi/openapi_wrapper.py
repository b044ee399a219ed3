"""The documented path of ``poorwsgi_openapi.openapi_wrapper``: that very module."""

from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on

if TYPE_CHECKING:
    from poorwsgi_openapi.openapi_wrapper import *

hand_on(__name__, "poorwsgi_openapi.openapi_wrapper")
