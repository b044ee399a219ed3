"""The documented path of ``poorwsgi_core.headers``: that very module."""

import sys
from typing import TYPE_CHECKING

import poorwsgi_core.headers

if TYPE_CHECKING:
    from poorwsgi_core.headers import *

sys.modules[__name__] = poorwsgi_core.headers
