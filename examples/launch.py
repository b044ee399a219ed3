"""Run an example on the embedded server: what each one does when it is started."""

import logging
import sys
from typing import TYPE_CHECKING

from poorwsgi_core.server import run

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__all__ = ["launch"]


def launch(application: "WSGIApplication") -> None:
    """Serve on the address of the command line, or on 127.0.0.1:8080."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8080"
    host, _, port = address.rpartition(":")
    run(application, host or "127.0.0.1", int(port))
