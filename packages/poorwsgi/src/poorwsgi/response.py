"""The documented path of ``poorwsgi_core.response``: that very module."""

import sys
from typing import TYPE_CHECKING

from poorwsgi._parts import load_part

if TYPE_CHECKING:
    from poorwsgi_core.response import *

sys.modules[__name__] = load_part("poorwsgi_core.response")
