"""The program for password files: ``python -m poorwsgi_auth.digest``."""

import sys

from poorwsgi_auth.digest.digest import main
from poorwsgi_core.command import end_quietly

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(end_quietly(main))
