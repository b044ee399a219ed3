"""Two processes on two ports stand for two hosts: one key, one Redis between them."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from redis_server import run_redis
from requests.auth import HTTPDigestAuth

KEY = "k" * 40


@pytest.fixture(scope="module")
def redis_url(need: Callable[[str, object], None]) -> Iterator[str]:
    """Run a Redis that keeps nothing, and return the address of its socket."""
    need("redis", shutil.which("redis-server"))
    with run_redis() as server:
        yield server.url


def wait_for(check: Callable[[], Any]) -> Any:
    """Wait until something is true, and return it."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        if found := check():
            return found
        time.sleep(0.02)
    pytest.fail("It never came")


@contextmanager
def run_host(folder: Path, url: str, keys: str = KEY) -> Generator[str]:
    """Run gunicorn with two workers on a free port; gives its address."""
    log = Path(tempfile.mkstemp(dir=folder)[1])
    options = "--bind 127.0.0.1:0 --workers 2 --no-control-socket shared:app"
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "gunicorn", *options.split()],
            cwd=Path(__file__).parent,
            env={**os.environ, "app_redis": url, "app_secret": keys},
            stderr=output,
        ) as process,
    ):
        try:
            ready = r"Listening at: (http://\S+)[^$]*Booting worker"
            found = wait_for(lambda: re.search(ready, log.read_text("utf-8")))
            yield found[1]
        finally:
            process.terminate()
            print(log.read_text("utf-8"))  # noqa: T201 - if a test fails


@pytest.fixture(scope="module")
def hosts(
    redis_url: str,
    need: Callable[[str, object], None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[str]]:
    """Run two hosts; gives their addresses."""
    need("servers", find_spec("gunicorn"))
    folder = tmp_path_factory.mktemp("hosts")
    with run_host(folder, redis_url) as one, run_host(folder, redis_url) as other:
        yield [one, other]


def get(url: str, cookies: dict[str, str] | None = None, **more: Any) -> Any:
    """Send a request with the cookies of somebody, and keep what it sets."""
    with requests.Session() as session:
        session.trust_env = False
        for name, value in (cookies or {}).items():
            session.cookies[name] = value
        answer = session.get(url, timeout=20, **more)
        if cookies is not None:
            cookies.clear()
            cookies.update({name: str(v) for name, v in session.cookies.items()})
        return answer


@pytest.mark.parametrize("kind", ["server", "cookie"])
def test_session_is_read_by_the_other(hosts: list[str], kind: str) -> None:
    """Who logs in at one host is known at both."""
    cookies: dict[str, str] = {}
    get(f"{hosts[0]}/login/{kind}/ann", cookies)
    seen = [get(f"{host}/who/{kind}", cookies).json() for host in hosts]
    assert seen == [{"user": "ann"}, {"user": "ann"}]


def test_logout_holds_on_the_other(hosts: list[str]) -> None:
    """A copy of the cookie is worth nothing, wherever it is tried."""
    cookies: dict[str, str] = {}
    get(f"{hosts[0]}/login/server/ann", cookies)
    copy = dict(cookies)
    get(f"{hosts[0]}/logout/server", cookies)
    assert [get(f"{host}/who/server", dict(copy)).json() for host in hosts] == [{}, {}]


def test_logout_of_a_cookie_leaves_copies(hosts: list[str]) -> None:
    """A session in the cookie is nowhere else, so a copy of it is still good."""
    cookies: dict[str, str] = {}
    get(f"{hosts[0]}/login/cookie/ann", cookies)
    copy = dict(cookies)
    get(f"{hosts[0]}/logout/cookie", cookies)
    assert get(f"{hosts[1]}/who/cookie", copy).json() == {"user": "ann"}


def test_digest_is_answered_by_the_other(hosts: list[str]) -> None:
    """A challenge of one host may be answered at the other."""
    auth = HTTPDigestAuth("ann", "secret")
    assert get(f"{hosts[0]}/digest", auth=auth).json() == {"user": "ann"}
    answer = get(f"{hosts[1]}/digest", auth=auth)
    assert (answer.json(), answer.history) == ({"user": "ann"}, [])


def test_digest_replay_is_refused_by_the_other(hosts: list[str]) -> None:
    """What somebody has overheard is stale at all hosts."""
    answer = get(f"{hosts[0]}/digest", auth=HTTPDigestAuth("ann", "secret"))
    assert answer.status_code == 200
    headers = {"Authorization": answer.request.headers["Authorization"]}
    for host in (hosts[1], hosts[0]):
        replay = get(f"{host}/digest", headers=headers)
        stale = "stale=true" in replay.headers["WWW-Authenticate"]
        assert (replay.status_code, stale) == (401, True)


def test_keys_are_replaced_host_by_host(
    redis_url: str, need: Callable[[str, object], None], tmp_path: Path
) -> None:
    """In three steps nobody is logged out, though the hosts change one by one."""
    need("servers", find_spec("gunicorn"))
    new = "n" * 40
    steps = [KEY, f"{KEY} {new}", f"{new} {KEY}", new]
    for before, after in pairwise(steps):
        with (
            run_host(tmp_path, redis_url, before) as one,
            run_host(tmp_path, redis_url, after) as other,
        ):
            for writer, reader in ((one, other), (other, one)):
                cookies: dict[str, str] = {}
                get(f"{writer}/login/cookie/ann", cookies)
                assert get(f"{reader}/who/cookie", cookies).json() == {"user": "ann"}


def test_snippets_of_the_page(
    root: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the page about Redis shows works with a Redis."""
    monkeypatch.setenv("app_redis", redis_url)
    monkeypatch.chdir(tmp_path)
    text = (root / "docs/guide/scaling-out.md").read_text("utf-8")
    names: dict[str, Any] = {"__name__": "snippets"}
    for block in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        exec(block, names)  # noqa: S102 - our own text
    client = names["client"]
    assert client.get("/enter").status_code == 303
    copy = dict(client.cookies)
    assert client.get("/me").json() == {"user": "ann"}
    assert client.get("/leave").status_code == 303
    client.cookies.update(copy)
    assert client.get("/me").json() == {"user": None}
    names.clear()
