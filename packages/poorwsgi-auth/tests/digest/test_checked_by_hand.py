"""An application of 2.x that checks Digest by hand, with real clients.

It asks ``check_token`` whether the nonce is of age and ``check_credentials`` for the
rest, as applications did before ``check_digest`` took path arguments.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from threading import Thread

import pytest
import requests
from requests.auth import HTTPDigestAuth

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest.digest import check_credentials, hexdigest
from poorwsgi_auth.digest.nonce_stores import NonceStoreError
from poorwsgi_auth.guards.csrf import check_csrf, csrf_token
from poorwsgi_auth.request import Request
from poorwsgi_auth.sessions.tokens import check_token
from poorwsgi_core import HTTPException
from poorwsgi_core.server import build_server
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Answer, Client

Sign = Callable[..., str]

REALM = "Printer"


def check_by_hand(req: Request) -> None:
    """Raise 401 unless the request is a user's."""
    fields = req.authorization
    if fields["type"] != "Digest":
        raise HTTPException(401, realm=REALM)
    nonce, timeout = fields.get("nonce", ""), req.app.auth_timeout
    if not check_token(nonce, req.secret_key, req.user_agent, timeout):
        raise HTTPException(401, realm=REALM, stale=True)
    if not check_credentials(req, REALM):
        raise HTTPException(401, realm=REALM)


@pytest.fixture(params=["auth", None])
def app(app: Application, request: pytest.FixtureRequest) -> Application:
    """Build such an application with one user."""
    app.secret_key = b"k" * 32
    app.auth_timeout = 60
    app.auth_qop, app.auth_algorithm = request.param, "MD5"
    app.auth_type = "Digest"
    app.auth_map = {REALM: {"maker": hexdigest("maker", REALM, "Secret123")}}

    @app.route("/api/<name>")
    def answer(req: Request, name: str) -> str:
        check_by_hand(req)
        return f"{name} for {req.authorization['username']}"

    return app


@pytest.fixture
def url(app: Application) -> Iterator[str]:
    """Serve the application on a free port; returns its address."""
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/api/"
        server.shutdown()
        thread.join()


def test_curl_is_let_in(url: str) -> None:
    """Both requests, of which the second has the nonce of the first."""
    program = shutil.which("curl")
    if program is None:
        if "curl" in os.environ.get("POORWSGI_REQUIRE", "").split(","):
            pytest.fail("curl: missing, and POORWSGI_REQUIRE asks for it")
        pytest.skip("curl: missing")
    options = ["--silent", "--noproxy", "*", "--digest", "--user", "maker:Secret123"]
    command = [program, *options, f"{url}version", f"{url}job"]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - found above
    assert answer.stdout == "version for makerjob for maker"


def test_curl_with_a_wrong_password_is_refused(url: str) -> None:
    """Once, without being told to try again."""
    program = shutil.which("curl") or pytest.skip("curl: missing")
    options = ["--silent", "--noproxy", "*", "--digest", "--user", "maker:wrong"]
    command = [program, *options, "--write-out", "%{http_code}%{num_connects}"]
    answer = subprocess.run(  # noqa: S603 - found above
        [*command, "--output", os.devnull, url + "job"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert answer.stdout.startswith("401")


def test_requests_is_let_in(url: str) -> None:
    """A session keeps its nonce, and counts."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth = HTTPDigestAuth("maker", "Secret123")
        texts = [session.get(url + name, timeout=10).text for name in ("a", "b", "c")]
    assert texts == ["a for maker", "b for maker", "c for maker"]


def sign_in(client: Client, sign: Sign, password: str = "Secret123") -> dict[str, str]:
    """Return header fields of a request that may be sent once."""
    offer = client.get("/api/job")
    header = sign(offer, "/api/job", username="maker", password=password)
    return {"Authorization": header}


def test_replay_is_refused_without_help(
    app: Application, client: Client, sign: Sign
) -> None:
    """``check_credentials`` records the use, and the page says ``stale``."""
    app.auth_qop = "auth"
    headers = sign_in(client, sign)
    answers = [client.get("/api/job", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert "stale=true" in answers[1].headers["WWW-Authenticate"]


def test_replay_without_a_count_is_let_in_as_before(
    app: Application, client: Client, sign: Sign
) -> None:
    """A nonce would serve but once, and the client isn't told the next one."""
    app.auth_qop = None
    headers = sign_in(client, sign)
    answers = [client.get("/api/job", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_wrong_password_is_not_told_to_be_stale(client: Client, sign: Sign) -> None:
    """A client that is told so tries for ever."""
    headers = sign_in(client, sign, password="wrong")
    answer = client.get("/api/job", headers=headers)
    assert answer.status_code == 401
    assert "stale=" not in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("header", ["Digest", "Digest a", 'Digest nonce=""'])
def test_incomplete_credentials_are_refused(client: Client, header: str) -> None:
    """What a client leaves out is 401, and no failure."""
    answer = client.get("/api/job", headers={"Authorization": header})
    assert answer.status_code == 401


def test_nonce_is_good_for_its_timeout(
    client: Client, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the client gets a new one, and goes on."""
    headers = sign_in(client, sign)
    monkeypatch.setattr("poorwsgi_auth.sessions.tokens.time", lambda: 1e12)
    answer = client.get("/api/job", headers=headers)
    assert answer.status_code == 401
    assert "stale=true" in answer.headers["WWW-Authenticate"]


def test_store_that_fails_lets_nobody_in(
    app: Application, client: Client, sign: Sign
) -> None:
    """It is the server's fault: 503."""

    class Broken:
        def use(self, nonce: bytes, count: int, oldest: bytes) -> bool:
            raise NonceStoreError("gone")

    app.auth_qop, app.auth_nonces = "auth", Broken()
    answer = client.get("/api/job", headers=sign_in(client, sign))
    assert answer.status_code == 503


def find_nonce(answer: Answer) -> str:
    """Return the nonce of a challenge."""
    match = re.search('nonce="([^"]+)"', answer.headers["WWW-Authenticate"])
    return match[1] if match else ""


def test_nonce_that_everybody_gets_is_no_csrf_token(
    app: Application, client: Client
) -> None:
    """Those are made of the secret of a session."""
    nonce = find_nonce(client.get("/api/job"))
    assert check_token(nonce, app.secret_key, "anything", timeout=60)
    seen: list[object] = []

    class Session:
        data: dict[str, str]

    @app.route("/post", METHOD_POST)
    def post(req: Request) -> str:
        session = Session()
        session.data = {}
        csrf_token(session)
        try:
            check_csrf(req, session)
        except HTTPException as error:
            seen.append(error.args[0])
        return "done"

    assert client.post("/post", headers={"X-CSRF-Token": nonce}).status_code == 200
    assert seen == [403]


def test_nonces_of_the_application_itself_are_as_they_were(
    app: Application, client: Client, sign: Sign
) -> None:
    """A 401 page that makes challenges by ``get_token`` lets users in as before."""
    from poorwsgi_auth.sessions.tokens import get_token

    @app.http_state(401)
    def ask(req: Request, **_: object) -> tuple[str, str, dict[str, str], int]:
        nonce = get_token(req.secret_key, req.user_agent, 60)
        own = re.sub(
            'nonce="[^"]+"', f'nonce="{nonce}"', app.challenge(req, REALM, "")[0]
        )
        return "", "text/plain", {"WWW-Authenticate": own}, 401

    headers = sign_in(client, sign)
    assert client.get("/api/job", headers=headers).text == "job for maker"
