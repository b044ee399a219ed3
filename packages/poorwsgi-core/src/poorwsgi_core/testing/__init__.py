"""A client for tests: requests to an application in process.

client   Client: sends requests, keeps cookies, checks PEP 3333
html     its pages, asked by CSS selector
quirks   what real servers do differently, for ``Client(app, server=...)``

    client = Client(app)
    answer = client.get("/user/7?full=1")
    assert answer.status_code == 200
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_core.testing.client import Answer, Client, File, build_environ
    from poorwsgi_core.testing.html import Element

__all__ = ["Answer", "Client", "Element", "File", "build_environ"]

_MODULES = {
    ".client": "Answer Client File build_environ",
    ".html": "Element",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES)
