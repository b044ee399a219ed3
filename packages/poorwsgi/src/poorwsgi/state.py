"""The documented path of ``poorwsgi_core.state``: that very module."""

import sys
from typing import TYPE_CHECKING

import poorwsgi_core.state

if TYPE_CHECKING:
    from poorwsgi_core.state import *

sys.modules[__name__] = poorwsgi_core.state
