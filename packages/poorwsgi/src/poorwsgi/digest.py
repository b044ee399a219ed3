"""The documented path of ``poorwsgi_auth.digest``: that very module.

It is imported on first use, not by ``import poorwsgi``; as a program it is the
command line for password files.
"""

import sys
from typing import TYPE_CHECKING

import poorwsgi_auth.digest

if TYPE_CHECKING:
    from poorwsgi_auth.digest import *

if __name__ == "__main__":
    sys.exit(poorwsgi_auth.digest.main())

sys.modules[__name__] = poorwsgi_auth.digest
