"""The documented path of ``poorwsgi_openapi.openapi_wrapper``: that very module."""

import sys
from typing import TYPE_CHECKING

from poorwsgi._parts import load_part

if TYPE_CHECKING:
    from poorwsgi_openapi.openapi_wrapper import *

sys.modules[__name__] = load_part("poorwsgi_openapi.openapi_wrapper")
