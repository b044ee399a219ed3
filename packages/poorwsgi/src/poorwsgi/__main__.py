"""Command line: ``python -m poorwsgi run module:app``."""

import sys

from poorwsgi_core.command import end_quietly, main

if __name__ == "__main__":
    sys.exit(end_quietly(lambda: main(name="poorwsgi")))
