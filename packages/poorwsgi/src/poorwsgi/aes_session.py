"""The documented path of ``poorwsgi_auth.sessions.aes_session``: that very module."""

from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on

if TYPE_CHECKING:
    from poorwsgi_auth.sessions.aes_session import *

hand_on(__name__, "poorwsgi_auth.sessions.aes_session")
