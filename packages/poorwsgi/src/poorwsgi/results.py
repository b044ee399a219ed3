"""The documented path of ``poorwsgi_core.results``: that very module."""

import sys
from typing import TYPE_CHECKING

import poorwsgi_core.results

if TYPE_CHECKING:
    from poorwsgi_core.results import *

sys.modules[__name__] = poorwsgi_core.results
