"""The program for password files: ``python -m poorwsgi_auth.digest``."""

import sys

from poorwsgi_auth.digest.digest import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
