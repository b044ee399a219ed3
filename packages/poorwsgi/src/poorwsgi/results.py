"""The documented path of ``poorwsgi_core.results``: that very module."""

from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on

if TYPE_CHECKING:
    from poorwsgi_core.results import *

hand_on(__name__, "poorwsgi_core.results")
