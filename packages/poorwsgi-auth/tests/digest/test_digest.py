"""Facts about check_digest and its functions."""

import hashlib
import logging
import re
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time
from typing import Any, TypeAlias

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest import __main__ as command
from poorwsgi_auth.digest import digest
from poorwsgi_auth.digest.digest import (
    PasswordMap,
    check_credentials,
    check_digest,
    check_response,
    hexdigest,
)
from poorwsgi_auth.digest.nonce_stores import NonceStoreError
from poorwsgi_auth.request import Request
from poorwsgi_core import BaseResponse, HTTPException, Response, redirect
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Answer, Client, build_environ

Sign: TypeAlias = Callable[..., str]

REALM = "User Zone"
ALGORITHMS = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"]
TEXT = "text/plain; charset=utf-8"


def hello(req: Request) -> tuple[str, str]:
    """Greet the user."""
    return f"Hello {req.user}", TEXT


def add_users(app: Application, **passwords: str) -> None:
    """Let users in to the realm."""
    app.auth_map = {
        REALM: {
            name: hexdigest(name, REALM, password, app.auth_hash)
            for name, password in passwords.items()
        }
    }


@pytest.fixture
def app(app: Application) -> Application:
    """Build an application with one user and a few pages for him."""
    app.secret_key = b"k" * 32
    app.auth_type = "Digest"
    app.auth_algorithm = "SHA-256"
    add_users(app, user="secret", admin="secret")
    app.set_route("/", check_digest(REALM)(hello))
    app.set_route("/admin", check_digest(REALM, "admin")(hello))
    return app


@pytest.fixture
def get(client: Client, sign: Sign) -> Callable[..., Answer]:
    """Return a function that gets a path as a user would: 401 first."""

    def get(path: str = "/", **changes: Any) -> Answer:
        header = sign(client.get(path), path, **changes)
        return client.get(path, headers={"Authorization": header})

    return get


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("qop", ["auth", None])
def test_user_is_let_in(
    app: Application, get: Callable[..., Answer], algorithm: str, qop: str | None
) -> None:
    """By each algorithm, with and without quality of protection (bar 80)."""
    app.auth_algorithm, app.auth_qop = algorithm, qop
    add_users(app, user="secret")
    answer = get()
    assert (answer.status_code, answer.text) == (200, "Hello user")


def test_further_algorithms_have_their_own_users(
    app: Application, get: Callable[..., Answer]
) -> None:
    """The client chooses; the hash is that of the chosen one (bar 80)."""
    hashed = hexdigest("user", REALM, "secret")
    text = f"user:{REALM}:secret".encode()
    long = hashlib.new("sha512_256", text).hexdigest()
    app.auth_maps = {"MD5": {REALM: {"user": hashed}}, "SHA-512-256": {}}
    assert [get(number=number).status_code for number in (0, 1, 2)] == [200, 401, 200]
    app.auth_maps["SHA-512-256"] = {REALM: {"user": long}}
    assert get(number=1).status_code == 200


def test_nobody_is_let_in_without_credentials(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so as information."""
    caplog.set_level(logging.INFO, "poorwsgi")
    answer = client.get("/")
    assert answer.status_code == 401
    assert "stale" not in answer.headers["WWW-Authenticate"]
    assert ("INFO", "Digest: no Authorization header") in [
        (record.levelname, record.message) for record in caplog.records
    ]


def test_another_scheme_is_not_digest(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever it says."""
    answer = client.get("/", headers={"Authorization": "Basic dXNlcjpzZWNyZXQ="})
    assert answer.status_code == 401
    assert "of type 'Basic'" in caplog.text


def test_only_the_named_user_is_let_in(get: Callable[..., Answer]) -> None:
    """Others of the realm get the same answer as strangers."""
    assert get("/admin", username="admin").text == "Hello admin"
    assert get("/admin").status_code == 401


def test_handler_keeps_its_metadata() -> None:
    """The decorator is transparent."""
    checked: Any = check_digest(REALM)(hello)
    assert checked.__name__ == "hello"
    assert checked.__doc__ == "Greet the user."
    assert checked.__wrapped__ is hello


def test_path_arguments_are_passed_on(
    app: Application, get: Callable[..., Answer]
) -> None:
    """As without the decorator (A10)."""

    @app.route("/user/<name>/<age:int>")
    @check_digest(REALM)
    def page(req: Request, name: str, age: int) -> tuple[str, str]:
        return f"{req.user} {name} {age + 1}", TEXT

    assert get("/user/jana/21").text == "user jana 22"


def test_generator_handler_is_checked_first(
    app: Application, client: Client, get: Callable[..., Answer]
) -> None:
    """Its first step is taken when the user is known."""
    steps: list[str] = []

    @app.route("/stream")
    @check_digest(REALM)
    def stream(req: Request) -> Iterator[bytes]:
        steps.append(req.user)
        yield b"one "
        yield b"two"

    assert client.get("/stream").status_code == 401
    assert steps == []
    answer = get("/stream")
    assert (answer.text, steps) == ("one two", ["user"])
    assert "rspauth" in answer.headers["Authentication-Info"]


@pytest.mark.parametrize("value", [None, {"a": 1}, b"bytes", ("text", 201), [1, 2]])
def test_any_value_of_a_handler_becomes_a_response(
    app: Application, get: Callable[..., Answer], value: Any
) -> None:
    """It is what it would be without the decorator, with one header more."""
    app.set_route("/plain", lambda _: value)
    app.set_route("/value", check_digest(REALM)(lambda _: value))
    plain, answer = Client(app).get("/plain"), get("/value")
    assert (answer.status, answer.data) == (plain.status, plain.data)
    assert set(answer.headers.names()) - set(plain.headers.names()) == {
        "Authentication-Info"
    }


def test_redirect_of_a_handler_passes(
    app: Application, get: Callable[..., Answer]
) -> None:
    """What a handler raises is left alone."""

    @app.route("/away")
    @check_digest(REALM)
    def away(_: Request) -> None:
        redirect("/")

    assert get("/away").status_code == 302


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_server_proves_itself(
    app: Application, get: Callable[..., Answer], algorithm: str
) -> None:
    """``rspauth`` is the response without a method (RFC 7616 §3.5)."""
    app.auth_algorithm = algorithm
    add_users(app, user="secret")
    nonce = ""

    def remember(req: Request) -> None:
        nonlocal nonce
        nonce = req.authorization.get("nonce", "")

    app.add_before_response(remember)
    info = get(cnonce='a"b').headers["Authentication-Info"]

    def compute(*parts: str) -> str:
        return str(app.auth_hash(":".join(parts).encode()).hexdigest())

    secret = app.auth_map[REALM]["user"]
    if algorithm.endswith("-sess"):
        secret = compute(secret, nonce, 'a"b')
    rspauth = compute(secret, nonce, "00000001", 'a"b', "auth", compute("", "/"))
    expected = f'rspauth="{rspauth}",qop=auth,cnonce="a\\"b",nc=00000001'
    assert info == expected


def test_next_nonce_comes_in_the_second_half(
    app: Application,
    client: Client,
    sign: Sign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is good for the next request, and there is none for a fresh nonce."""
    refused = client.get("/")
    infos: list[str] = []
    start = time()
    for nc, age in ((1, 100), (2, 200)):
        monkeypatch.setattr(digest, "time", lambda age=age: start + age)
        header = sign(refused, nc=nc)
        answer = client.get("/", headers={"Authorization": header})
        infos.append(answer.headers["Authentication-Info"])
    assert "nextnonce" not in infos[0]
    match = re.search(r',nextnonce="(.*)"$', infos[1])
    assert match is not None
    value = refused.headers["WWW-Authenticate"]
    refused.headers["WWW-Authenticate"] = re.sub(
        'nonce="[^"]*"', f'nonce="{match[1]}"', value
    )
    monkeypatch.setattr(digest, "time", lambda: start + 400)
    header = sign(refused)
    assert client.get("/", headers={"Authorization": header}).status_code == 200
    app.auth_timeout = None
    monkeypatch.setattr(digest, "time", lambda: start + 10_000)
    answer = client.get("/", headers={"Authorization": sign(refused, nc=2)})
    assert "nextnonce" not in answer.headers["Authentication-Info"]


def test_next_nonce_comes_always_without_qop(
    app: Application, get: Callable[..., Answer]
) -> None:
    """There each nonce serves once."""
    app.auth_qop = None
    info = get().headers["Authentication-Info"]
    assert re.fullmatch(r'rspauth="[0-9a-f]{64}",nextnonce="[0-9a-f.]+"', info)


def test_no_next_nonce_for_a_session(
    app: Application, get: Callable[..., Answer]
) -> None:
    """Its secret is that of the first nonce (RFC 7616 §3.4.2)."""
    app.auth_qop, app.auth_algorithm = None, "SHA-256-sess"
    assert "nextnonce" not in get().headers["Authentication-Info"]


def test_request_may_be_checked_twice(
    app: Application, get: Callable[..., Answer]
) -> None:
    """A check in a before handler and one of the page use one count."""
    guard = check_digest(REALM)(hello)

    def check(req: Request) -> None:
        guard(req)

    app.add_before_response(check)
    assert get("/admin", username="admin").text == "Hello admin"


def test_check_credentials_is_found_by_its_name(
    app: Application,
    client: Client,
    sign: Sign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who replaces it decides; it gets exactly three arguments."""
    calls: list[tuple[Any, ...]] = []

    def accept(*arguments: Any) -> bool:
        calls.append(arguments[1:])
        return True

    monkeypatch.setattr(digest, "check_credentials", accept)
    headers = {
        "Authorization": sign(client.get("/"), username="nobody", sent={"qop": None})
    }
    answer = client.get("/", headers=headers)
    assert answer.text == "Hello nobody"
    assert "Authentication-Info" not in answer.headers
    client.get("/admin", headers=headers)
    assert calls == [(REALM, None), (REALM, "admin")]
    assert app.name


def test_check_credentials_and_response_answer_yes_or_no(
    app: Application, client: Client, sign: Sign
) -> None:
    """They can be called with any request."""

    def build(**changes: str | None) -> Request:
        header = sign(client.get("/"), sent=changes)
        environ = build_environ(
            headers={"Authorization": header}, REQUEST_STARTTIME=0.0
        )
        return Request(environ, app)

    secret = app.auth_map[REALM]["user"]
    assert check_credentials(build(), REALM)
    assert check_credentials(build(), REALM, "user")
    assert not check_credentials(build(), REALM, "admin")
    assert not check_credentials(build(), "Other")
    assert check_response(build(), secret)
    assert not check_response(build(), secret[::-1])
    assert check_response(build(algorithm=None), secret)
    for name in ("algorithm", "nonce", "uri", "nc", "cnonce", "qop", "response"):
        assert not check_response(build(**{name: "x"}), secret)
    for name in ("nonce", "uri", "nc", "cnonce", "qop", "response"):
        assert not check_response(build(**{name: None}), secret)


def test_hash_of_another_algorithm_is_named_in_the_log(
    app: Application, get: Callable[..., Answer], caplog: pytest.LogCaptureFixture
) -> None:
    """A password file doesn't say what its hashes are of (A16)."""
    app.auth_map = {REALM: {"user": hexdigest("user", REALM, "secret")}}
    assert get().status_code == 401
    assert "hash of user 'user' is not one of SHA-256" in caplog.text


@pytest.mark.parametrize(
    ("path", "changes", "said"),
    [
        ("/", {"password": "guess"}, "wrong password of user 'user' in realm"),
        ("/", {"username": "nobody"}, f"no user 'nobody' in realm '{REALM}'"),
        ("/", {"username": "a\u2028\x85b"}, r"no user 'a\u2028\x85b' in realm"),
        ("/admin", {}, "user 'user' is not let in, only 'admin'"),
        ("/", {"nc": 0}, "nc '00000000' can't be accepted"),
    ],
)
def test_mistake_of_a_client_is_a_warning(
    get: Callable[..., Answer],
    caplog: pytest.LogCaptureFixture,
    path: str,
    changes: dict[str, Any],
    said: str,
) -> None:
    """What it was is in the log, without secrets, and the answer is one for all."""
    caplog.set_level(logging.WARNING, "poorwsgi")
    answer = get(path, **changes)
    challenge = re.sub('nonce="[^"]*"', "", answer.headers["WWW-Authenticate"])
    expected = re.sub(
        'nonce="[^"]*"', "", get("/", password="x").headers["WWW-Authenticate"]
    )
    assert (answer.status_code, challenge) == (401, expected)
    record = caplog.records[0]
    assert record.levelname == "WARNING"
    assert said in record.message
    assert re.search("[0-9a-f]{32}", caplog.text) is None


def test_password_file_that_was_never_loaded_is_named_in_the_log(
    app: Application,
    get: Callable[..., Answer],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    """Nobody could sign in, and it would look like a wrong name."""
    path = tmp_path / "users"
    path.write_text(
        f"user:{REALM}:{hexdigest('user', REALM, 'secret', app.auth_hash)}\n"
    )
    app.auth_map = users = PasswordMap(path)
    assert get().status_code == 401
    assert f"No user of {path} is known: call load() first" in caplog.text
    users.load()
    assert get().status_code == 200


def test_failing_store_lets_nobody_in(
    app: Application, get: Callable[..., Answer], caplog: pytest.LogCaptureFixture
) -> None:
    """503, and the cause is in the log alone."""

    class Broken:
        def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
            """Fail."""
            raise NonceStoreError("no such host as db7")

    app.auth_nonces = Broken()
    answer = get()
    assert answer.status_code == 503
    assert "db7" in caplog.text
    assert "db7" not in answer.text


def test_decorator_without_its_realm_says_how_it_is_written() -> None:
    """Without parentheses it gets the handler."""
    realm: Any = len
    with pytest.raises(TypeError, match=r"@check_digest\('Realm'\)"):
        check_digest(realm)


def test_application_without_auth_type_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Without a challenge nobody can sign in, so the log names the setting."""
    app = Application("no type")

    @app.route("/")
    @check_digest("Realm")
    def page(_: Request) -> str:
        return "page"

    assert Client(app).get("/").status_code == 401
    assert "set app.auth_type = 'Digest'" in caplog.text


def test_realm_with_controls_is_refused_at_wiring_time() -> None:
    """It couldn't be sent."""
    with pytest.raises(ValueError, match="control characters"):
        check_digest("Zone\r\nX: y")


def test_handler_of_401_gets_realm_and_stale(
    app: Application, client: Client, sign: Sign
) -> None:
    """It can ask the application for the challenge."""
    seen: list[tuple[str, Any]] = []

    @app.http_state(401)
    def page(req: Request, realm: str, stale: bool = False) -> BaseResponse:
        seen.append((realm, stale))
        response = Response(status_code=401)
        for value in app.challenge(req, realm, stale):
            response.add_header("WWW-Authenticate", value)
        return response

    headers = {"Authorization": sign(client.get("/"))}
    codes = [client.get("/", headers=headers).status_code for _ in range(2)]
    assert codes == [200, 401]
    assert seen == [(REALM, False), (REALM, True)]


def test_password_may_be_changed_by_its_owner(
    app: Application, client: Client, sign: Sign
) -> None:
    """The documented way: a hash of ``app.auth_hash`` in the map."""

    @app.route("/password", METHOD_POST)
    @check_digest(REALM)
    def change(req: Request) -> None:
        password = str(req.args.getfirst("password"))
        hashed = hexdigest(req.user, REALM, password, app.auth_hash)
        app.auth_map[REALM][req.user] = hashed
        redirect("/")

    path = "/password?password=n%C3%A9w"
    headers = {"Authorization": sign(client.post(path), path, method="POST")}
    assert client.post(path, headers=headers).status_code == 302
    header = sign(client.get("/"), password="néw")
    assert client.get("/", headers={"Authorization": header}).status_code == 200


@pytest.mark.parametrize("algorithm", [hashlib.md5, hashlib.sha256, hashlib.sha1])
def test_hexdigest_is_that_of_user_realm_and_password(algorithm: Any) -> None:
    """As UTF-8, by any constructor of ``hashlib``."""
    expected = algorithm("Ondřej:Zóna:tajné".encode()).hexdigest()
    assert hexdigest("Ondřej", "Zóna", "tajné", algorithm) == expected
    assert hexdigest("a", "b", "c") == hashlib.md5(b"a:b:c").hexdigest()  # noqa: S324


def test_module_is_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m poorwsgi_auth.digest`` runs the command for password files."""
    monkeypatch.setattr(sys, "argv", ["digest", "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(command.__file__, run_name="__main__")
    assert caught.value.code == 0
    assert "PoorWSGI" in capsys.readouterr().out


def test_unexpected_exceptions_pass(
    app: Application, get: Callable[..., Answer]
) -> None:
    """A handler's own exception is its own."""

    @app.route("/teapot")
    @check_digest(REALM)
    def teapot(_: Request) -> None:
        raise HTTPException(418)

    assert get("/teapot").status_code == 418
