"""The request of this package: core's, and what authentication keeps on it."""

from typing import TYPE_CHECKING, Any

import poorwsgi_core
from poorwsgi_auth.serving import Serving
from poorwsgi_core.lazy import lazy

if TYPE_CHECKING:
    from http.cookies import SimpleCookie

__all__ = ["Request"]


class Request(poorwsgi_core.Request):
    """A request of an application that knows its users."""

    digest_user: tuple[str, str, Any] | None = None
    """Name, password hash and its algorithm; ``check_credentials`` sets it."""

    digest_nonce: bytes | None = None
    """Nonce whose use this request has recorded; ``check_credentials`` sets it."""

    digest_is_stale: bool = False
    """Whether only the nonce was refused; ``check_credentials`` sets it."""

    session: Any = None
    """For the session of the request; the application sets it."""

    @lazy
    def cookies(self) -> "SimpleCookie":
        """Cookies of the request; who reads them gets ``Vary: Cookie`` sent."""
        self.vary = (*self.vary, "Cookie")
        return super().cookies

    @property
    def digest_target(self) -> tuple[str, str]:
        """Path with SCRIPT_NAME, and query, both as WSGI has them."""
        environ = self._environ
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return path or "/", environ.get("QUERY_STRING", "")

    if TYPE_CHECKING:

        @property
        def app(self) -> Serving:
            """The application that serves the request."""
            ...
