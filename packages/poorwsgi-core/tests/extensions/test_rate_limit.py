"""Facts about requests that come too often."""

import logging
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.cors import CORS
from poorwsgi_core.extensions.health import HealthChecks
from poorwsgi_core.extensions.rate_limit import (
    Grant,
    MemoryBuckets,
    RateLimit,
    client_address,
)
from poorwsgi_core.request import Request, SimpleRequest
from poorwsgi_core.response import abort
from poorwsgi_core.testing import Client


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_buckets_fill_steadily() -> None:
    """A full bucket lets as many pass at once, then each when its time has come."""
    clock = Clock()
    buckets = MemoryBuckets(clock=clock)
    assert [buckets.take("a", 2, 60) for _ in range(3)] == [
        Grant(True, 1, 0),
        Grant(True, 0, 30),
        Grant(False, 0, 30),
    ]
    assert buckets.take("b", 2, 60).allowed
    clock.now = 29
    assert not buckets.take("a", 2, 60).allowed
    clock.now = 31
    assert buckets.take("a", 2, 60).allowed
    clock.now = 1000
    assert buckets.take("a", 2, 60) == Grant(True, 1, 0)


def test_buckets_are_few() -> None:
    """The one that is longest unused is dropped."""
    buckets = MemoryBuckets(2, clock=Clock())
    for key in ("a", "b", "a", "c"):
        buckets.take(key, 1, 60)
    assert not buckets.take("a", 1, 60).allowed
    assert buckets.take("b", 1, 60).allowed


@pytest.fixture
def clock() -> Clock:
    """Build a clock."""
    return Clock()


@pytest.fixture
def site(app: Application, clock: Clock, tmp_path: Path) -> Application:
    """Build an application that takes two requests in a minute."""
    (tmp_path / "file.txt").touch()
    app.document_root = str(tmp_path)
    app.set_route("/", lambda _: "served")
    app.install(RateLimit(2, 60, buckets=MemoryBuckets(clock=clock)))
    return app


@pytest.mark.usefixtures("site")
def test_who_asks_too_often(client: Client, clock: Clock) -> None:
    """The third request is told when to come again, and may then."""
    answers = [client.get("/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit"] for answer in answers] == [
        '"default";r=1',
        '"default";r=0;t=30',
        '"default";r=0;t=30',
    ]
    assert answers[0].headers["RateLimit-Policy"] == '"default";q=2;w=60'
    assert "Retry-After" not in answers[1].headers
    assert answers[2].headers["Retry-After"] == "30"
    assert "Wait 30 seconds" in answers[2].text
    clock.now = 30
    assert client.get("/").status_code == 200
    assert client.get("/", REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.usefixtures("site")
def test_files_are_not_counted(client: Client) -> None:
    """A page with many pictures is one request."""
    for _ in range(3):
        answer = client.get("/file.txt")
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers


def test_what_no_guard_refuses_is_not_counted(app: Application) -> None:
    """Preflights and health are answered, whenever the limit was installed."""
    app.install(RateLimit(1, 60))
    app.install(CORS("https://o.example"))
    app.install(HealthChecks())
    app.add_before_response(lambda _: abort(401))
    client = Client(app)
    preflight = {
        "Origin": "https://o.example",
        "Access-Control-Request-Method": "POST",
    }
    statuses = [client.options("/", headers=preflight).status_code for _ in "12"]
    statuses += [client.get("/livez").status_code for _ in "12"]
    statuses += [client.get("/").status_code for _ in "12"]
    assert statuses == [204, 204, 200, 200, 401, 429]


def test_own_keys_and_several_limits(app: Application, client: Client) -> None:
    """A key may be anybody's, or nobody's; several limits are told apart."""
    buckets = MemoryBuckets(clock=Clock())

    def key(req: Request) -> str | None:
        return req.headers.get("X-User")

    app.install(RateLimit(1, 60, key=key, buckets=buckets, name="user"))
    app.install(RateLimit(9, 60, buckets=buckets))
    app.set_route("/", lambda _: "served")
    statuses = [
        client.get("/", headers={"X-User": user} if user else {}).status_code
        for user in ("a", "b", "a", "", "")
    ]
    assert statuses == [200, 200, 429, 200, 200]
    answer = client.get("/", headers={"X-User": "c"})
    assert answer.headers.get_all("RateLimit") == (
        '"user";r=0;t=60',
        '"default";r=4',
    )


class Failing:
    """Buckets that fail as long as they are told to."""

    def __init__(self) -> None:
        self.is_down = True

    def take(self, key: str, limit: int, period: float) -> Grant:
        """Take a token."""
        if self.is_down:
            raise ConnectionError(key, limit, period)
        return Grant(True, 1, 0)


@pytest.mark.parametrize(("fail_open", "status"), [(True, 200), (False, 503)])
def test_failing_buckets(
    app: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    fail_open: bool,
    status: int,
) -> None:
    """A store that is down stops nobody, or all; the log says so once each time."""
    caplog.set_level(logging.WARNING)
    buckets = Failing()
    app.install(RateLimit(1, buckets=buckets, fail_open=fail_open))
    app.set_route("/", lambda _: "served")
    for _ in range(2):
        buckets.is_down = True
        answers = [client.get("/"), client.get("/")]
        assert [answer.status_code for answer in answers] == [status] * 2
        assert "RateLimit" not in answers[0].headers
        buckets.is_down = False
        assert [client.get("/").status_code for _ in range(2)] == [200] * 2
    told = [each for each in caplog.records if "buckets" in each.getMessage()]
    assert [each.levelname for each in told] == ["ERROR", "WARNING"] * 2


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1::1", "20010db800000001"),
        ("2001:db8:0:1:ffff::2", "20010db800000001"),
        ("unix:", "unix:"),
        (None, ""),
    ],
)
def test_addresses(app: Application, address: str | None, expected: str) -> None:
    """An IPv6 network is one client, and IPv4 the same however it is written."""
    environ = {"REQUEST_STARTTIME": 0.0, "REMOTE_ADDR": address}
    assert client_address(SimpleRequest(environ, app)) == expected


def test_address_behind_a_proxy(app: Application) -> None:
    """It is that of the client, where a trusted proxy tells it."""
    app.trusted_proxies = ["10.0.0.1"]
    environ = {
        "REQUEST_STARTTIME": 0.0,
        "REMOTE_ADDR": "10.0.0.1",
        "HTTP_X_FORWARDED_FOR": "6.6.6.6, 2001:db8:0:1::1",
    }
    assert client_address(SimpleRequest(environ, app)) == "20010db800000001"


@pytest.mark.parametrize(
    "options",
    [{"limit": 0}, {"limit": 1, "period": 0}, {"limit": 1, "name": 'a"b'}],
)
def test_bad_settings(options: dict[str, Any]) -> None:
    """A limit that lets nobody in is refused when it is made."""
    with pytest.raises(ValueError):
        RateLimit(**options)
