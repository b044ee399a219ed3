"""The documented path of ``poorwsgi_core.results``: that very module."""

import sys
from typing import TYPE_CHECKING

from poorwsgi._parts import load_part

if TYPE_CHECKING:
    from poorwsgi_core.results import *

sys.modules[__name__] = load_part("poorwsgi_core.results")
