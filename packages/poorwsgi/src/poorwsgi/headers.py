"""The documented path of ``poorwsgi_core.http.headers``: that very module."""

from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on

if TYPE_CHECKING:
    from poorwsgi_core.http.headers import *

hand_on(__name__, "poorwsgi_core.http.headers")
