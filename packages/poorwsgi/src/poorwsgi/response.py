"""The documented path of ``poorwsgi_core.response``: that very module."""

import sys
from typing import TYPE_CHECKING

import poorwsgi_core.response

if TYPE_CHECKING:
    from poorwsgi_core.response import *

sys.modules[__name__] = poorwsgi_core.response
