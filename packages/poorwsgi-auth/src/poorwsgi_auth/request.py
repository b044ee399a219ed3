"""The request of this package: core's, and what authentication keeps on it."""

from typing import TYPE_CHECKING, Any

import poorwsgi_core

if TYPE_CHECKING:
    from poorwsgi_auth.application import Application

__all__ = ["Request"]


class Request(poorwsgi_core.Request):
    """A request of an application that knows its users."""

    digest_nonce: bytes | None = None
    """Nonce whose use this request has recorded; ``check_digest`` sets it."""

    if TYPE_CHECKING:

        @property
        def app(self) -> "Application[Any]":
            """The application that serves the request."""
            ...
