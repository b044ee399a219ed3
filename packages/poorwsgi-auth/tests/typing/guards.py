"""How guards and password files are used, as type checkers see it."""

from collections.abc import Iterator
from typing import assert_type

from poorwsgi_auth.application import Application
from poorwsgi_auth.guards.api_key import check_api_key, hash_key
from poorwsgi_auth.guards.basic import check_basic
from poorwsgi_auth.guards.bearer import check_bearer
from poorwsgi_auth.passwords.hashing import check_password, hash_password, needs_rehash
from poorwsgi_auth.passwords.password_map import PasswordMap
from poorwsgi_auth.request import Request

app = Application(__name__)
users = {"ann": hash_password("secret")}
tokens: dict[str, dict[str, str]] = {}
owners: dict[str, str] = {}


def verify(username: str, password: str) -> bool:
    """Verify a password."""
    return check_password(password, users.get(username))


@app.route("/note/<number:int>")
@check_basic("Notes", verify)
def note(req: Request, number: int) -> str:
    """Return a text."""
    return f"{req.user} {number}"


@app.route("/notes")
@check_bearer(tokens.get, scope="read", scopes_of=lambda claims: claims["scope"])
def notes(req: Request) -> Iterator[bytes]:
    """Yield bytes."""
    yield str(req.user).encode()


@app.route("/hook")
@check_api_key(lambda key: owners.get(hash_key(key)), header="My-Key")
def hook(_: Request) -> dict[str, int]:
    """Return JSON."""
    return {}


def call(req: Request) -> None:
    """Call the handlers: they have the types that they had."""
    assert_type(note(req, 7), str)
    assert_type(notes(req), Iterator[bytes])
    assert_type(hook(req), dict[str, int])


passwords = PasswordMap("users.digest")
assert_type(passwords.find("R", "u"), str | None)
assert_type(passwords["R"], dict[str, str])
assert_type(needs_rehash(users["ann"]), bool)
with passwords.edit(create=True) as edited:
    assert_type(edited, PasswordMap)
app.auth_map = passwords
