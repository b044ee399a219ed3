"""The documented path of ``poorwsgi_core.http.headers``: that very module."""

import sys
from typing import TYPE_CHECKING

from poorwsgi._parts import load_part

if TYPE_CHECKING:
    from poorwsgi_core.http.headers import *

sys.modules[__name__] = load_part("poorwsgi_core.http.headers")
