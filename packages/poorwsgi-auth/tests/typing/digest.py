"""Documented use of Digest, for mypy and pyright."""

from collections.abc import Callable
from typing import Any, assert_type

from poorwsgi_auth import Application, Request
from poorwsgi_auth.digest.digest import (
    PasswordMap,
    check_credentials,
    check_digest,
    check_response,
    hexdigest,
)
from poorwsgi_auth.digest.nonce_stores import NonceStore
from poorwsgi_auth.digest.nonce_stores.memory import MemoryNonces
from poorwsgi_auth.digest.nonce_stores.sqlite import SQLiteNonces
from poorwsgi_auth.serving import Serving
from poorwsgi_core import BaseResponse

app = Application("typing")
assert_type(app, Application[Request])
serving: Serving = app
assert_type(app.auth_nonces, NonceStore)
app.secret_key = b"k" * 32
app.auth_type = "Digest"
app.auth_algorithm = "SHA-256"
app.auth_map = PasswordMap("users.digest")
app.auth_maps = {"MD5": PasswordMap("old.digest")}
app.auth_nonces = SQLiteNonces("nonces.db")
store: NonceStore = MemoryNonces(size=100)
assert_type(app.auth_type, str | None)
assert_type(app.auth_timeout, int | None)
assert_type(app.auth_hash, Callable[..., Any])


@app.route("/user/<name>")
@check_digest("Zone")
def page(req: Request, name: str) -> str:
    """Return a page."""
    assert_type(req.app, Serving)
    assert_type(req.app.auth_qop, str | None)
    return name


def call(req: Request) -> None:
    """Call what is public."""
    assert_type(page(req, "name"), BaseResponse)
    assert_type(check_credentials(req, "Zone", "user"), bool)
    assert_type(check_response(req, "hash"), bool)
    assert_type(hexdigest("user", "Zone", "secret", app.auth_hash), str)
