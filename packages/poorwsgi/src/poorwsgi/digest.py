"""The documented path of ``poorwsgi_auth.digest.digest``: that very module.

``python -m poorwsgi.digest`` runs its command line.
"""

import sys
from typing import TYPE_CHECKING

from poorwsgi._parts import hand_on, load_part

if TYPE_CHECKING:
    from poorwsgi_auth.digest.digest import *

_digest = load_part("poorwsgi_auth.digest.digest")

if __name__ == "__main__":
    from poorwsgi_core.command import end_quietly

    sys.exit(end_quietly(_digest.main))

hand_on(__name__, "poorwsgi_auth.digest.digest")
