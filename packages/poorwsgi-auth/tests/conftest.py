"""What the tests share: an application of its own for each, and a Redis."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import redis

from poorwsgi_auth.application import Application
from poorwsgi_core import Headers
from poorwsgi_core.testing import Answer, Client


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Return a name that no other test has."""
    return str(cast("Any", request).node.nodeid)


@pytest.fixture
def app(name: str) -> Application:
    """Build an application that has the name of the test."""
    return Application(name)


@pytest.fixture
def client(app: Application) -> Client:
    """Build a client of the application."""
    return Client(app)


@contextmanager
def _run_redis(*options: str) -> Generator[tuple[str, int]]:
    """Run a Redis and give the path of its socket, and its process."""
    server = shutil.which("redis-server")
    if server is None:
        if "redis" in os.environ.get("POORWSGI_REQUIRE", "").split(","):
            pytest.fail("redis-server: missing, and POORWSGI_REQUIRE asks for it")
        pytest.skip("redis-server: missing")
    # Not pytest's folder: the path of a socket has some hundred characters at most.
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "redis.sock"))
        command = [server, "--port", "0", "--unixsocket", path, "--save", ""]
        command += ["--dir", folder, *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - found above
            try:
                _wait_for(path)
                yield path, process.pid
            finally:
                process.send_signal(signal.SIGCONT)
                process.terminate()


@pytest.fixture(scope="session")
def redis_socket() -> Iterator[str]:
    """Run a Redis for the tests and return the path of its socket."""
    with _run_redis() as (path, _):
        yield path


@pytest.fixture
def own_redis() -> Iterator[tuple[str, int]]:
    """Run a Redis that the test may stop; returns its socket and its process."""
    with _run_redis() as running:
        yield running


def _wait_for(path: str) -> None:
    client: Any
    with redis.Redis(unix_socket_path=path) as client:
        for _ in range(500):
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(0.02)
            else:
                return
    pytest.fail("redis-server doesn't answer")


@pytest.fixture
def redis_client(redis_socket: str) -> Iterator[redis.Redis]:
    """Return a client of a Redis with nothing in it."""
    client: Any
    with redis.Redis(unix_socket_path=redis_socket) as client:
        client.flushall()
        yield client


_HASHES: dict[str, str] = {
    "MD5": "md5",
    "SHA-256": "sha256",
    "SHA-512-256": "sha512_256",
}


def _read_challenge(answer: Answer, number: int) -> dict[str, str]:
    value = answer.headers.get_all("WWW-Authenticate")[number]
    pairs = re.findall(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^,]*))', value)
    return {
        name: re.sub(r"\\(.)", r"\1", quoted) or token for name, quoted, token in pairs
    }


def _sign(
    answer: Answer,
    uri: str = "/",
    *,
    method: str = "GET",
    username: str = "user",
    password: str = "secret",
    nc: int = 1,
    cnonce: str = "0a4f113b",
    number: int = 0,
    sent: Mapping[str, str | None] | None = None,
) -> str:
    offered = _read_challenge(answer, number)
    offered = {name: Headers.utf8(value) for name, value in offered.items()}
    algorithm, realm, nonce = offered["algorithm"], offered["realm"], offered["nonce"]

    def digest(*parts: str) -> str:
        name = _HASHES[algorithm.removesuffix("-sess")]
        return hashlib.new(name, ":".join(parts).encode()).hexdigest()

    secret = digest(username, realm, password)
    if algorithm.endswith("-sess"):
        secret = digest(secret, nonce, cnonce)
    fields: dict[str, str | None] = {
        "username": username,
        "realm": realm,
        "nonce": nonce,
        "uri": uri,
        "algorithm": algorithm,
        "opaque": offered["opaque"],
        "response": digest(secret, nonce, digest(method, uri)),
    }
    if "qop" in offered:
        middle = (f"{nc:08x}", cnonce, "auth")
        response = digest(secret, nonce, *middle, digest(method, uri))
        fields |= {"response": response, "qop": "auth", "cnonce": cnonce}
        fields["nc"] = f"{nc:08x}"
    elif algorithm.endswith("-sess"):
        fields["cnonce"] = cnonce
    return "Digest " + ", ".join(
        f"{name}={value}"
        if name in ("nc", "qop", "algorithm")
        else _quoted(name, value)
        for name, value in {**fields, **(sent or {})}.items()
        if value is not None
    )


def _quoted(name: str, value: str) -> str:
    escaped = re.sub(r'(["\\])', r"\\\1", value)
    return f'{name}="{Headers.iso88591(escaped)}"'


@pytest.fixture
def sign() -> Callable[..., str]:
    """Return a function that answers a 401 as a client does.

    It takes the answer, the ``uri``, keywords of what the client knows, the number
    of the challenge to answer, and as ``sent`` parameters in place of the right
    ones, ``None`` for none.
    """
    return _sign
