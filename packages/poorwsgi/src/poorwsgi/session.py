"""The documented path of ``poorwsgi_auth.sessions.session``: that very module."""

from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on

if TYPE_CHECKING:
    from poorwsgi_auth.sessions.session import *

hand_on(__name__, "poorwsgi_auth.sessions.session")
