"""Which clients get in by which challenges: the table in the guide of Digest.

Each cell is tried with the real client.  Where a new release can more, its test
fails, and the table gets better.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from threading import Thread
from typing import NoReturn
from urllib.error import HTTPError
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    ProxyHandler,
    build_opener,
)

import httpx
import pytest
import requests
from requests.auth import HTTPDigestAuth

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest.digest import check_digest, hexdigest
from poorwsgi_auth.request import Request
from poorwsgi_core.server import build_server
from poorwsgi_core.testing import Client

Sign = Callable[..., str]

REALM, USER, PASSWORD = "User Zone", "user", "secret"

LWP = """
use LWP::UserAgent;
my ($url, $place, $realm, $user, $password) = @ARGV;
my $client = LWP::UserAgent->new(timeout => 10);
$client->credentials($place, $realm, $user, $password);
print $client->get($url)->decoded_content;
"""


def miss(program: str) -> NoReturn:
    """Skip the test, or fail where the program has to be there."""
    if program in os.environ.get("POORWSGI_REQUIRE", "").split(","):
        pytest.fail(f"{program}: missing, and POORWSGI_REQUIRE asks for it")
    pytest.skip(f"{program}: missing")


def run(program: str, *arguments: str) -> str:
    """Run a program, which may fail, and return what it prints."""
    path = shutil.which(program)
    if path is None:
        miss(program)
    answer = subprocess.run(  # noqa: S603 - found above
        [path, *arguments],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": os.devnull, "LC_ALL": "C.UTF-8"},
    )
    return answer.stdout


def get_with_curl(url: str) -> str:
    """Get a page with curl."""
    return run("curl", "--silent", "--digest", "--user", f"{USER}:{PASSWORD}", url)


def get_with_wget(url: str) -> str:
    """Get a page with wget."""
    known = (f"--user={USER}", f"--password={PASSWORD}")
    return run("wget", "--quiet", "--tries=1", *known, "--output-document=-", url)


def get_with_lwp(url: str) -> str:
    """Get a page with libwww-perl."""
    if not run("perl", "-MLWP", "-e", "print $LWP::VERSION"):
        miss("libwww-perl")
    place = url.split("/")[2]
    return run("perl", "-e", LWP, url, place, REALM, USER, PASSWORD)


def get_with_lftp(url: str) -> str:
    """Get a page with lftp."""
    settings = "set net:max-retries 1; set net:timeout 10; set cmd:fail-exit yes"
    return run("lftp", "-c", f"{settings}; open -u {USER},{PASSWORD} {url}; cat /")


def get_with_urllib(url: str) -> str:
    """Get a page with the standard library."""
    known = HTTPPasswordMgrWithDefaultRealm()
    known.add_password(None, url, USER, PASSWORD)
    opener = build_opener(ProxyHandler({}), HTTPDigestAuthHandler(known))
    try:
        with opener.open(url, timeout=10) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        error.close()
        return "refused"
    except ValueError as error:
        return str(error)


def get_with_requests(url: str) -> str:
    """Get a page with requests."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, auth=HTTPDigestAuth(USER, PASSWORD), timeout=10).text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def get_with_httpx(url: str) -> str:
    """Get a page with httpx."""
    with httpx.Client(auth=httpx.DigestAuth(USER, PASSWORD), trust_env=False) as client:
        return client.get(url).text


CLIENTS = {
    "curl": get_with_curl,
    "wget": get_with_wget,
    "LWP": get_with_lwp,
    "lftp": get_with_lftp,
    "urllib": get_with_urllib,
    "requests": get_with_requests,
    "httpx": get_with_httpx,
}

OFFERS = {
    "MD5-sess": "curl wget requests httpx",
    "MD5": "curl wget LWP lftp urllib requests httpx",
    "MD5 MD5-sess": "curl wget LWP lftp urllib requests httpx",
    "SHA-256": "curl requests httpx",
    "SHA-256 MD5": "curl wget LWP requests httpx",
}
"""Algorithms in the order of their challenges, and who gets in."""


@pytest.fixture
def app(app: Application) -> Application:
    """Build an application with one user of MD5."""
    app.secret_key = b"k" * 32
    app.auth_type = "Digest"
    app.auth_map = {REALM: {USER: hexdigest(USER, REALM, PASSWORD)}}

    @app.route("/")
    @check_digest(REALM)
    def page(req: Request) -> tuple[str, str]:
        return f"Hello {req.user}", "text/plain; charset=utf-8"

    return app


@pytest.fixture
def url(app: Application) -> Iterator[str]:
    """Serve the application on a free port; returns its address."""
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("client_name", CLIENTS)
@pytest.mark.parametrize("offer", OFFERS)
def test_clients_and_offers(
    app: Application, url: str, client_name: str, offer: str
) -> None:
    """Who knows the algorithm, or passes over it, gets in."""
    strong = hexdigest(USER, REALM, PASSWORD, hashlib.sha256)
    maps = {
        name: {REALM: {USER: strong}} if "SHA" in name else app.auth_map
        for name in offer.split()
    }
    app.auth_algorithm = next(iter(maps))
    app.auth_map, app.auth_maps = maps[app.auth_algorithm], maps
    able = OFFERS[offer].split()
    if sys.version_info >= (3, 14) and offer.startswith("SHA-256"):
        able.append("urllib")
    is_able = client_name in able
    assert (CLIENTS[client_name](url) == "Hello user") is is_able


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("client_name", CLIENTS)
def test_default_lets_all_clients_in(url: str, client_name: str) -> None:
    """As nothing else does."""
    assert CLIENTS[client_name](url) == "Hello user"


@pytest.mark.parametrize("qop", ["auth", None])
def test_client_that_names_no_algorithm_means_md5(
    app: Application, client: Client, sign: Sign, qop: str | None
) -> None:
    """So RFC 2617 has it; npm's urllib and some devices rely on it."""
    app.auth_qop = qop
    header = sign(client.get("/"), sent={"algorithm": None})
    answer = client.get("/", headers={"Authorization": header})
    assert answer.text == "Hello user"


@pytest.mark.parametrize("algorithm", ["MD5-sess", "SHA-256", "SHA-256-sess"])
def test_no_algorithm_is_refused_where_md5_is_not_offered(
    app: Application, client: Client, sign: Sign, algorithm: str
) -> None:
    """Whatever the response was computed with."""
    app.auth_algorithm = algorithm
    app.auth_map = {REALM: {USER: hexdigest(USER, REALM, PASSWORD, app.auth_hash)}}
    header = sign(client.get("/"), sent={"algorithm": None})
    assert client.get("/", headers={"Authorization": header}).status_code == 401
