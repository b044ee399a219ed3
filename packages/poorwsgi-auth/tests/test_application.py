"""Facts about the settings of the application, and its challenges."""

import hashlib
import re
import secrets
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest.nonce_stores.memory import MemoryNonces
from poorwsgi_auth.guards.csrf import check_csrf
from poorwsgi_auth.passwords.password_map import PasswordMap
from poorwsgi_auth.request import Request
from poorwsgi_auth.sessions.aes_session import AESSession
from poorwsgi_core import HTTPException, SimpleRequest
from poorwsgi_core.extensions.templates import TemplateResponse, Templates
from poorwsgi_core.results import unauthorized
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client, build_environ

KEY = b"k" * 32
SPELLINGS = [
    ("MD5", "MD5"),
    ("md5-sess", "MD5-sess"),
    ("SHA-256", "SHA-256"),
    ("SHA256", "SHA-256"),
    ("sha256-sess", "SHA-256-sess"),
]


def refuse(req: Request) -> None:
    """Refuse everybody."""
    raise HTTPException(401, realm="Zone", stale=bool(req.args))


@pytest.fixture
def digest(app: Application) -> Application:
    """Build an application with Digest whose root refuses everybody."""
    app.secret_key = KEY
    app.auth_type = "Digest"
    app.set_route("/", refuse)
    return app


def read_challenges(
    app: Application, path: str = "/", **environ: Any
) -> tuple[str, ...]:
    """Return the challenges of an answer, without what differs each time."""
    answer = Client(app, **environ).get(path)
    assert answer.status_code == 401
    values = answer.headers.get_all("WWW-Authenticate")
    return tuple(re.sub(r'nonce="[0-9a-f.]+"', 'nonce="N"', value) for value in values)


def test_defaults(app: Application) -> None:
    """They are the documented ones."""
    assert app.auth_type is None
    assert app.auth_algorithm == "MD5-sess"
    assert app.auth_hash is hashlib.md5
    assert app.auth_qop == "auth"
    assert app.auth_timeout == 300
    assert app.auth_map == {}
    assert app.auth_maps == {}
    assert isinstance(app.auth_nonces, MemoryNonces)


def test_maps_are_not_shared(name: str) -> None:
    """Each application has users of its own."""
    one, two = Application(f"{name} 1"), Application(f"{name} 2")
    one.auth_map["Zone"] = {"user": "0" * 32}
    assert two.auth_map == {}
    read_only = MappingProxyType({"Zone": {"user": "0" * 32}})
    two.auth_map = read_only
    assert two.auth_map is read_only
    assert one.auth_nonces is not two.auth_nonces


def test_auth_type_is_digest_in_any_case(app: Application) -> None:
    """Nothing else is known."""
    app.secret_key = KEY
    app.auth_type = "dIGEST"
    assert app.auth_type == "Digest"
    with pytest.raises(ValueError, match="not 'Basic'"):
        app.auth_type = "Basic"
    with pytest.raises(ValueError, match="not None"):
        app.auth_type = None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("name", "value", "kind", "reason"),
    [
        ("auth_algorithm", True, ValueError, "True is none of MD5"),
        ("auth_map", "users.txt", TypeError, "a PasswordMap, .* not str"),
        ("auth_map", {"ann": "0" * 32}, TypeError, "hash of 'ann' without its realm"),
        ("auth_maps", ["SHA-256"], TypeError, "{algorithm: map of users}"),
        ("auth_nonces", "nonces.db", TypeError, "a store such as SQLiteNonces"),
        ("auth_timeout", True, ValueError, "not True"),
    ],
)
def test_settings_refuse_what_is_no_value(
    app: Application, name: str, value: object, kind: type[Exception], reason: str
) -> None:
    """What can't be meant is told when it is set, not when somebody logs in."""
    with pytest.raises(kind, match=f"^{name}: .*{reason}"):
        setattr(app, name, value)


def test_misspelt_auth_type(app: Application) -> None:
    """A property counts as a setting."""
    with pytest.raises(AttributeError, match="did you mean 'auth_type'"):
        app.auth_typ = "Digest"  # type: ignore[attr-defined]


@pytest.mark.parametrize("secret", [None, "", [], [b""]])
def test_auth_type_needs_a_key_before(app: Application, secret: object) -> None:
    """The message says what to do."""
    app.secret_key = secret
    with pytest.raises(ValueError, match="set secret_key before"):
        app.auth_type = "Digest"
    assert app.auth_type is None


def test_auth_type_warns_of_a_short_key(
    app: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """One who guesses it can make nonces (bar 75)."""
    app.secret_key = ["k" * 16, "guessable"]
    app.auth_type = "Digest"
    assert caplog.messages == [
        "A secret_key has 9 bytes and can be guessed; use secrets.token_bytes(32)"
    ]


def test_auth_type_refuses_a_key_of_a_few_bytes(app: Application) -> None:
    """It is as good as none."""
    app.secret_key = ["k" * 16, "guess"]
    with pytest.raises(ValueError, match="a secret_key of 5 bytes is no secret"):
        app.auth_type = "Digest"


@pytest.mark.parametrize(("value", "expected"), SPELLINGS)
def test_algorithm_in_any_spelling(app: Application, value: str, expected: str) -> None:
    """The documentation of 2.x calls SHA-256 SHA256 (R8)."""
    app.auth_algorithm = value
    assert app.auth_algorithm == expected
    hash_ = hashlib.md5 if expected.startswith("MD5") else hashlib.sha256
    assert app.auth_hash is hash_


@pytest.mark.parametrize("value", ["", "SHA-1", "MD5_sess", "SHA-512-256"])
def test_other_algorithms_are_refused(app: Application, value: str) -> None:
    """The setting stays as it was (R8); SHA-512-256 can't be the only one (bar 80)."""
    with pytest.raises(ValueError, match=r"auth_algorithm: .* is none of MD5, "):
        app.auth_algorithm = value
    assert app.auth_algorithm == "MD5-sess"


def test_hash_is_read_only(app: Application) -> None:
    """It follows from the algorithm."""
    with pytest.raises(AttributeError):
        app.auth_hash = hashlib.md5  # type: ignore[misc]


@pytest.mark.parametrize("value", ["", "auth", None])
def test_qop_is_auth_or_none(app: Application, value: str | None) -> None:
    """Both are offered."""
    app.auth_qop = value
    assert app.auth_qop == value


def test_other_qop_is_refused(app: Application) -> None:
    """Bodies are not protected."""
    with pytest.raises(ValueError, match=r"auth_qop: .* not 'auth-int'"):
        app.auth_qop = "auth-int"


@pytest.mark.parametrize("value", [None, 0, 1, 3600])
def test_timeout_is_seconds(app: Application, value: int | None) -> None:
    """Without one, nonces are valid for ever (A5)."""
    app.auth_timeout = value
    assert app.auth_timeout == value


@pytest.mark.parametrize("value", ["300", 1.5, -1])
def test_other_timeouts_are_refused(app: Application, value: Any) -> None:
    """They would fail at a request."""
    with pytest.raises(ValueError, match="auth_timeout: "):
        app.auth_timeout = value


def test_unknown_further_algorithm_is_refused(app: Application) -> None:
    """At wiring time."""
    with pytest.raises(ValueError, match="auth_maps: 'SHA-1' is no algorithm"):
        app.auth_maps = {"SHA-1": {}}


def test_challenge_has_the_documented_form(digest: Application) -> None:
    """In this order, without blanks (contract 12.4), and with a charset (bar 88)."""
    digest.auth_algorithm = "MD5-sess"
    opaque = hashlib.sha256(b"localhost").hexdigest()
    assert read_challenges(digest) == (
        (
            'Digest realm="Zone",qop="auth",algorithm="MD5-sess",nonce="N",'
            f'opaque="{opaque}",charset=UTF-8'
        ),
    )


def read_algorithms(digest: Application) -> list[str]:
    """Return what is offered, in its order."""
    return [
        re.sub('.*algorithm="([^"]+)".*', r"\1", value)
        for value in read_challenges(digest)
    ]


def test_md5_is_offered_before_md5_sess_by_default(digest: Application) -> None:
    """Both have the same hashes, and many clients know the first one only."""
    assert digest.auth_algorithm == "MD5-sess"
    assert read_algorithms(digest) == ["MD5", "MD5-sess"]
    users = PasswordMap()
    digest.auth_map, digest.auth_maps = users, {"SHA-256": {}}
    assert digest.auth_offers == {"MD5": users, "MD5-sess": users, "SHA-256": {}}
    assert digest.auth_offers["MD5"] is users


def test_what_was_chosen_is_offered_alone(digest: Application) -> None:
    """Also when it is the default."""
    digest.auth_algorithm = digest.auth_algorithm
    assert read_algorithms(digest) == ["MD5-sess"]
    digest.auth_algorithm = "sha256"
    assert read_algorithms(digest) == ["SHA-256"]


def test_challenge_without_qop(digest: Application) -> None:
    """For clients that know only RFC 2069."""
    digest.auth_qop = None
    assert "qop" not in read_challenges(digest)[0]


def test_challenge_offers_userhash_when_told(digest: Application) -> None:
    """It is off by default, because most clients ignore it."""
    digest.auth_userhash = True
    assert read_challenges(digest)[0].endswith(",charset=UTF-8,userhash=true")


def test_stale_is_at_the_end(digest: Application) -> None:
    """And only where it is true."""
    assert read_challenges(digest, "/?stale=1")[0].endswith(",stale=true")


def test_challenges_are_lines_of_their_own_strongest_first(digest: Application) -> None:
    """So a client that knows one of them finds it (bar 80)."""
    digest.auth_maps = {"sha256": {}, "SHA-512-256": {}, "MD5": {}, "SHA-256-sess": {}}
    order = ["SHA-256", "SHA-256-sess", "SHA-512-256", "MD5", "MD5-sess"]
    assert read_algorithms(digest) == order


def test_sha_512_256_is_never_first(digest: Application) -> None:
    """Old curl would take it, and compute a wrong value (bar 80)."""
    digest.auth_algorithm = "MD5-sess"
    digest.auth_maps = {"SHA-512-256": {}}
    first, second = read_challenges(digest)
    assert 'algorithm="MD5-sess"' in first
    assert 'algorithm="SHA-512-256"' in second


def test_realm_is_quoted(digest: Application) -> None:
    """Quotes and backslashes are escaped, other text is UTF-8 (A16, bar 88)."""

    def refuse_here(_: Request) -> None:
        raise HTTPException(401, realm='Zóna "7\\8"')

    digest.set_route("/zone", refuse_here)
    value = read_challenges(digest, "/zone")[0].encode("latin-1").decode()
    assert value.startswith(r'Digest realm="Zóna \"7\\8\"",qop="auth",')


def test_401_without_auth_type_has_no_challenge(app: Application) -> None:
    """Nobody said which."""
    app.set_route("/", refuse)
    assert read_challenges(app) == ()


def test_401_without_realm_is_a_mistake(
    digest: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """The page says 500, the log why; calling the page raises (A15)."""

    def refuse_nowhere(_: Request) -> None:
        raise HTTPException(401)

    digest.set_route("/nowhere", refuse_nowhere)
    assert Client(digest).get("/nowhere").status_code == 500
    assert "Digest needs a realm" in caplog.text
    request = SimpleRequest(build_environ(REQUEST_STARTTIME=0.0), digest)
    with pytest.raises(RuntimeError, match="Digest needs a realm"):
        unauthorized(request)


def test_empty_key_of_the_server_is_a_mistake(
    digest: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """The variable wins over the setting, and nothing can be signed with it."""
    assert Client(digest, poor_SecretKey="").get("/").status_code == 500
    assert "poor_SecretKey is empty" in caplog.text


def test_request_is_the_one_of_the_package(digest: Application) -> None:
    """Handlers get it."""
    digest.set_route("/type", lambda req: type(req).__module__)
    assert Client(digest).get("/type").text == "poorwsgi_auth.request"


# --- templates ---------------------------------------------------------------------


def test_token_in_templates(app: Application, tmp_path: Path) -> None:
    """Templates find csrf_token, which is of the session of the request."""
    (tmp_path / "form.html").write_text("{{ csrf_token() }}", "utf-8")
    templates = Templates(tmp_path)
    session = AESSession(secrets.token_bytes(32))

    def show(req: Request) -> TemplateResponse:
        req.session = session
        return templates.render(req, "form.html")

    app.set_route("/", show)
    token = Client(app).get("/").text
    app.set_route("/save", lambda req: check_csrf(req, session), METHOD_POST)
    answer = Client(app).post("/save", headers={"X-CSRF-Token": token})
    assert answer.status_code == 204
    environ = {"REQUEST_STARTTIME": 0.0}
    assert "csrf_token" not in app.template_context(SimpleRequest(environ, app))
