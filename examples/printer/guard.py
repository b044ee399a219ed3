"""Who may use the API: programs with the key, and users by HTTP Digest.

``check_digest`` guards the pages.  The API checks by hand, as applications of
PoorWSGI 2 do that let in somebody else as well.
"""

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import Any

from poorwsgi import abort, state
from poorwsgi.digest import check_credentials
from poorwsgi.request import Request
from poorwsgi.session import check_token
from printer.settings import REALM, Settings

__all__ = ["Guard"]

Handler = Callable[..., Any]


class Guard:
    """Decorates the handlers of the API.

    Args:
        settings: with the key.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, handler: Handler) -> Handler:
        """Let nobody to the handler but who may use it."""

        @wraps(handler)
        def guarded(req: Request, *args: Any) -> Any:
            key = req.headers.get("X-Api-Key")
            if key is None:
                _check_digest(req)
            elif not compare_digest(key.encode(), self._settings.api_key.encode()):
                abort(state.HTTP_FORBIDDEN, error="The key is wrong.")
            return handler(req, *args)

        return guarded


def _check_digest(req: Request) -> None:
    """Check nonce and credentials, and note who it is."""
    if req.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(state.HTTP_FORBIDDEN, error="Another site made your browser ask.")
    fields = req.authorization
    if fields["type"] != "Digest":
        abort(state.HTTP_UNAUTHORIZED, realm=REALM)
    nonce, timeout = fields.get("nonce"), req.app.auth_timeout
    if not check_token(nonce, req.secret_key, req.user_agent, timeout=timeout):
        abort(state.HTTP_UNAUTHORIZED, realm=REALM, stale=True)
    if not check_credentials(req, REALM):
        abort(state.HTTP_UNAUTHORIZED, realm=REALM)
    req.user = fields["username"]
