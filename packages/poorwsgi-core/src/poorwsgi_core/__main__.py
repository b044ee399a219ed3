"""Command line: ``python -m poorwsgi_core run module:app``."""

import sys

from poorwsgi_core.command import end_quietly, main

if __name__ == "__main__":
    sys.exit(end_quietly(main))
