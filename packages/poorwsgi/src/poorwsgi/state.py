"""The documented path of ``poorwsgi_core.state``: that very module."""

from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on

if TYPE_CHECKING:
    from poorwsgi_core.state import *

hand_on(__name__, "poorwsgi_core.state")
