"""Facts about guards of handlers."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest.digest import check_digest
from poorwsgi_auth.guards.api_key import check_api_key
from poorwsgi_auth.guards.basic import check_basic
from poorwsgi_auth.guards.bearer import check_bearer
from poorwsgi_auth.guards.guard import build_guard, refuse
from poorwsgi_auth.request import Request
from poorwsgi_core.application.guarding import find_guarding
from poorwsgi_core.testing import Client

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]


def let_in(_: Any) -> str:
    """Authenticate everyone as ann."""
    return "ann"


def let_both_in(_: str, __: str) -> bool:
    """Take any password."""
    return True


def refuse_all(_: Any) -> None:
    """Let nobody in."""
    raise refuse('Test realm="R"', "R", "a reason")


@pytest.mark.parametrize(
    "guard", [partial(check_basic, "R"), check_api_key, check_bearer]
)
@pytest.mark.parametrize("verify", ["secret", lambda: True])
def test_what_verifies_nothing(guard: Any, verify: Any) -> None:
    """It is told where the guard is made, not when somebody sends a key."""
    with pytest.raises(TypeError, match=r"takes a function|is called with"):
        guard(verify)


def test_handler_with_path_arguments(app: Application, client: Client) -> None:
    """Arguments of the path are handed on."""

    @app.route("/<first>/<second:int>")
    @build_guard(let_in)
    def handler(req: Request, first: str, second: int) -> list[Any]:
        return [req.user, first, second]

    assert client.get("/a/7").json() == ["ann", "a", 7]


@pytest.mark.parametrize("guard", [build_guard(let_in), check_digest("Realm")])
def test_guard_above_the_route_is_refused(app: Application, guard: Decorator) -> None:
    """The route leads past it, so that the page would be open to all."""
    with pytest.raises(RuntimeError, match=r"first .* stands above its route"):

        @guard
        @app.route("/a")
        def first(_: Request) -> str:
            return ""

    @app.route("/b")
    @guard
    def second(_: Request) -> str:
        return ""

    app.set_route("/c", guard(partial(second)))


def test_generator(app: Application, client: Client) -> None:
    """A generator is guarded before it starts."""

    @app.route("/in")
    @build_guard(let_in)
    def inside(req: Request) -> Iterator[bytes]:
        yield req.user.encode()

    @app.route("/out")
    @build_guard(refuse_all)
    def outside(_: Request) -> Iterator[bytes]:
        yield b"secret"

    assert client.get("/in").data == b"ann"
    answer = client.get("/out")
    assert (answer.status_code, b"secret" in answer.data) == (401, False)


def test_handler_keeps_its_name() -> None:
    """Pages and messages name the handler, not the guard."""

    def handler(_: Request) -> None:
        """Do it."""

    guarded = build_guard(let_in)(handler)
    assert (guarded.__name__, guarded.__doc__) == ("handler", "Do it.")


def test_any_callable(app: Application, client: Client) -> None:
    """What has no name is guarded as well."""

    def handler(req: Request, word: str) -> str:
        return f"{word} {req.user}"

    app.set_route("/", build_guard(let_in)(partial(handler, word="hello")))
    assert client.get().text == "hello ann"


def test_refusal(app: Application, client: Client) -> None:
    """The answer has the challenge, and not the reason."""
    app.set_route("/", build_guard(refuse_all)(lambda _: "secret"))
    answer = client.get()
    assert (answer.status_code, "a reason" in answer.text) == (401, False)
    assert answer.headers.get_all("WWW-Authenticate") == ('Test realm="R"',)


def test_refusal_with_a_state_handler(app: Application, client: Client) -> None:
    """A 401 handler of the user gets the realm, and the challenge is added."""
    app.set_route("/", build_guard(refuse_all)(lambda _: "secret"))

    @app.http_state(401)
    def unauthorized(_: Request, realm: str) -> tuple[dict[str, str], str, None, int]:
        return {"realm": realm}, "", None, 401

    answer = client.get()
    assert (answer.status_code, answer.json()) == (401, {"realm": "R"})
    assert answer.headers["WWW-Authenticate"] == 'Test realm="R"'


def scopes_of(_: object) -> str:
    """Allow to read and write."""
    return "read write"


SCOPED = check_bearer(let_in, scope="write read", scopes_of=scopes_of)


@pytest.mark.parametrize(
    ("guard", "name", "scheme", "scopes"),
    [
        (check_basic("R", let_both_in), "basic", "basic", ()),
        (check_bearer(let_in), "bearer", "bearer", ()),
        (SCOPED, "bearer", "bearer", ("read", "write")),
        (check_digest("R"), "digest", "digest", ()),
    ],
)
def test_guards_say_what_they_ask_for(
    guard: Decorator, name: str, scheme: str, scopes: tuple[str, ...]
) -> None:
    """So a document of the application can tell it."""
    guarding = find_guarding(guard(let_in))
    assert guarding is not None
    assert guarding.name == name
    assert guarding.scheme == {"type": "http", "scheme": scheme}
    assert guarding.scopes == scopes
    again = find_guarding(guarding.guard(let_in))
    assert again == guarding


def test_keys_are_named_by_their_field() -> None:
    """A guard that says nothing of its credentials isn't described."""
    guarding = find_guarding(check_api_key(let_in, header="X-Mine")(let_in))
    assert guarding is not None
    scheme = {"type": "apiKey", "in": "header", "name": "X-Mine"}
    assert (guarding.name, guarding.scheme) == ("X-Mine", scheme)
    assert find_guarding(build_guard(let_in)(let_in)) is None
