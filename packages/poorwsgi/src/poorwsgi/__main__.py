"""Command line: ``python -m poorwsgi run module:app``."""

import sys

from poorwsgi_core.command import main

if __name__ == "__main__":
    sys.exit(main(name="poorwsgi"))
