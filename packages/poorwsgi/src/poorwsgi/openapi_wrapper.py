"""The documented path of ``poorwsgi_openapi.openapi_wrapper``: that very module."""

import sys
from typing import TYPE_CHECKING

import poorwsgi_openapi.openapi_wrapper

if TYPE_CHECKING:
    from poorwsgi_openapi.openapi_wrapper import *

sys.modules[__name__] = poorwsgi_openapi.openapi_wrapper
