"""The documented path of ``poorwsgi_auth.sessions.aes_session``: that very module."""

import sys
from typing import TYPE_CHECKING

from poorwsgi._parts import load_part

if TYPE_CHECKING:
    from poorwsgi_auth.sessions.aes_session import *

sys.modules[__name__] = load_part("poorwsgi_auth.sessions.aes_session")
