"""What real clients can do: curl, requests, httpx and aiohttp.

What one of them can't is stated too, so that the table in the guide of Digest is
known to be so; where a new release can, the test fails and the table gets better.
"""

import asyncio
import gc
import os
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from threading import Thread
from time import time
from typing import TypeAlias
from urllib.parse import quote

import aiohttp
import httpx
import pytest
import requests
from requests.auth import HTTPDigestAuth

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest import digest
from poorwsgi_auth.digest.algorithms import AUTH_DIGEST_ALGORITHMS
from poorwsgi_auth.digest.digest import check_digest, hexdigest
from poorwsgi_auth.request import Request
from poorwsgi_core.server import build_server

Fetch: TypeAlias = Callable[..., list[int]]

REALM = "User Zone"
QUOTED, ACCENTED = 'a"b\\c', "Ondřej"


def fetch_with_curl(*urls: str, user: str, password: str) -> list[int]:
    """Get pages with one process of curl."""
    program = shutil.which("curl")
    if program is None:
        if "curl" in os.environ.get("POORWSGI_REQUIRE", "").split(","):
            pytest.fail("curl: missing, and POORWSGI_REQUIRE asks for it")
        pytest.skip("curl: missing")
    options = ["--silent", "--noproxy", "*", "--digest", "--user", f"{user}:{password}"]
    outputs = [part for url in urls for part in ("--output", os.devnull, url)]
    command = [program, *options, "--write-out", "%{http_code}\n", *outputs]
    answer = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - found above
    return [int(line) for line in answer.stdout.split()]


def fetch_with_requests(*urls: str, user: str, password: str) -> list[int]:
    """Get pages in one session of requests."""
    with requests.Session() as session:
        session.trust_env = False
        session.auth = HTTPDigestAuth(user, password)
        return [session.get(url, timeout=10).status_code for url in urls]


def fetch_with_httpx(*urls: str, user: str, password: str) -> list[int]:
    """Get pages with one client of httpx."""
    auth = httpx.DigestAuth(user, password)
    with httpx.Client(auth=auth, trust_env=False, timeout=10) as client:
        return [client.get(url).status_code for url in urls]


def fetch_with_aiohttp(*urls: str, user: str, password: str) -> list[int]:
    """Get pages in one session of aiohttp, with its middleware."""

    async def fetch() -> list[int]:
        middleware = aiohttp.DigestAuthMiddleware(user, password)
        codes: list[int] = []
        async with aiohttp.ClientSession(middlewares=(middleware,)) as session:
            for url in urls:
                async with session.get(url) as answer:
                    codes.append(answer.status)
        return codes

    with warnings.catch_warnings():
        # Its middleware drops the answer with the challenge without closing it.
        warnings.simplefilter("ignore", ResourceWarning)
        codes = asyncio.run(fetch())
        gc.collect()
    return codes


CLIENTS = {
    "curl": fetch_with_curl,
    "requests": fetch_with_requests,
    "httpx": fetch_with_httpx,
    "aiohttp": fetch_with_aiohttp,
}


@pytest.fixture(params=CLIENTS)
def client_name(request: pytest.FixtureRequest) -> str:
    """Return the name of each client."""
    return str(request.param)


@pytest.fixture
def app(app: Application) -> Application:
    """Build an application with three users, of any algorithm."""
    app.secret_key = b"k" * 32
    app.auth_type = "Digest"

    @app.route("/")
    @app.route("/two words/ď/🔑")
    @check_digest(REALM)
    def page(req: Request) -> str:
        return str(req.user)

    return app


@pytest.fixture
def url(app: Application) -> Iterator[str]:
    """Serve the application on a free port; returns its address."""
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def fetch(app: Application, url: str, client_name: str) -> Fetch:
    """Return a function that gets paths with the client."""

    def fetch(
        *paths: str, user: str = "user", password: str = "secret", algorithm: str
    ) -> list[int]:
        app.auth_algorithm, *others = algorithm.split()
        names = ("user", QUOTED, ACCENTED)
        app.auth_map, *maps = [
            {REALM: {name: hash_of(name, kind) for name in names}}
            for kind in (app.auth_algorithm, *others)
        ]
        app.auth_maps = dict(zip(others, maps, strict=True))
        urls = [url + path for path in paths]
        with warnings.catch_warnings():
            # Of the clients' own making.
            warnings.simplefilter("ignore", DeprecationWarning)
            return CLIENTS[client_name](*urls, user=user, password=password)

    def hash_of(name: str, algorithm: str) -> str:
        constructor = AUTH_DIGEST_ALGORITHMS[algorithm]
        return hexdigest(name, REALM, "secret", constructor)

    return fetch


@pytest.mark.parametrize(
    "algorithm", ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-256 MD5"]
)
def test_client_signs_in(client_name: str, fetch: Fetch, algorithm: str) -> None:
    """All do by all algorithms, except requests by SHA-256-sess."""
    is_able = (client_name, algorithm) != ("requests", "SHA-256-sess")
    expected = [200, 200, 200] if is_able else [401, 401, 401]
    assert fetch("/", "/?a=1&b=%C3%A9", "/", algorithm=algorithm) == expected


def test_client_signs_in_without_qop(
    app: Application, client_name: str, fetch: Fetch
) -> None:
    """Each nonce serves once there, so a client has to ask again."""
    app.auth_qop = None
    first, *others = fetch("/", "/", "/", algorithm="SHA-256")
    assert first == 200
    assert others == [200, 200], client_name


def test_client_with_a_wrong_password_is_refused(fetch: Fetch) -> None:
    """Once is enough: ``stale`` would make it try for ever."""
    assert fetch("/", password="wrong", algorithm="SHA-256") == [401]
    assert fetch("/", user="nobody", algorithm="SHA-256") == [401]


def test_client_reaches_any_path(fetch: Fetch) -> None:
    """With blanks, diacritics and emoji."""
    path = quote("/two words/ď/🔑")
    assert fetch(path, path, algorithm="SHA-256") == [200, 200]


def test_client_with_quotes_in_the_name(client_name: str, fetch: Fetch) -> None:
    """Requests and httpx don't escape them, which makes another name."""
    expected = [200] if client_name in ("curl", "aiohttp") else [401]
    assert fetch("/", user=QUOTED, algorithm="SHA-256") == expected


def test_client_with_another_script_in_the_name(client_name: str, fetch: Fetch) -> None:
    """Requests and httpx can't send it."""
    if client_name in ("curl", "aiohttp"):
        assert fetch("/", user=ACCENTED, algorithm="SHA-256") == [200]
    else:
        with pytest.raises(UnicodeEncodeError):
            fetch("/", user=ACCENTED, algorithm="SHA-256")


def test_client_may_hash_its_name(
    app: Application, client_name: str, fetch: Fetch
) -> None:
    """Curl does, the others send it as it is; both are let in."""
    names: list[str] = []
    app.auth_userhash = True
    app.add_before_response(
        lambda req: names.append(req.authorization.get("username", ""))
    )
    assert fetch("/", algorithm="SHA-256") == [200]
    assert (names[-1] != "user") == (client_name == "curl")


def test_client_goes_on_when_its_nonce_expires(
    app: Application,
    client_name: str,
    fetch: Fetch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The new challenge is enough; nobody has to ask the user."""
    start, calls = time(), [0]

    def pass_time() -> float:
        # The second page is asked for when the nonce of the first is too old.
        calls[0] += 1
        return start if calls[0] == 1 else start + 400

    monkeypatch.setattr(digest, "time", pass_time)
    monkeypatch.setattr(
        "poorwsgi_auth.application.time", lambda: start if not calls[0] else start + 400
    )
    assert fetch("/", "/", algorithm="SHA-256") == [200, 200], client_name
    assert app.name
