"""Facts about health checks."""

import logging
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.health import HealthChecks
from poorwsgi_core.request import Request
from poorwsgi_core.response import abort
from poorwsgi_core.testing import Client


def fail() -> None:
    """Fail as a database does that isn't there."""
    raise ConnectionError("db.internal:5432 refused")


@pytest.mark.parametrize(
    ("checks", "status", "states"),
    [
        ({}, 200, {}),
        ({"db": lambda: None, "disk": lambda: True}, 200, {"db": "ok", "disk": "ok"}),
        ({"db": fail, "disk": lambda: 0}, 503, {"db": "failed", "disk": "ok"}),
        ({"db": lambda: False}, 503, {"db": "failed"}),
    ],
)
def test_readiness(
    app: Application,
    client: Client,
    checks: Any,
    status: int,
    states: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Ready is who passes all checks; why one fails is in the log alone."""
    caplog.set_level(logging.ERROR)
    app.install(HealthChecks(checks))
    answer = client.get("/readyz")
    overall = "ok" if status == 200 else "failed"
    assert answer.status_code == status
    assert answer.json() == {"status": overall, "checks": states}
    assert answer.headers["Cache-Control"] == "no-store"
    assert [record.getMessage() for record in caplog.records] == [
        f"Health check {name!r} failed"
        for name, state in states.items()
        if state == "failed"
    ]


def test_guards_do_not_refuse_probes(app: Application, client: Client) -> None:
    """A process lives whatever its checks and guards say; others are guarded."""

    @app.before_response()
    def refuse(_: Request) -> None:
        abort(403)

    app.install(HealthChecks({"db": fail}, live="/live", ready="/ready"))
    assert client.get("/live").json() == {"status": "ok"}
    assert client.head("/live").status_code == 200
    assert client.get("/ready").status_code == 503
    assert client.post("/live").status_code == 403
    assert client.get("/livez").status_code == 403


def test_routes_answer_by_themselves(app: Application) -> None:
    """The handlers are those of routes, as any others."""
    health = HealthChecks()
    app.install(health)
    assert [*app.routes] == ["/livez", "/readyz"]
    for handler, expected in (
        (health._tell_live, b"ok"),  # pyright: ignore[reportPrivateUsage]
        (health._tell_ready, b"ok"),  # pyright: ignore[reportPrivateUsage]
    ):
        request: Any = None
        assert expected in handler(request).data


def test_bad_settings() -> None:
    """What can't be called is refused when it is made."""
    checks: Any = {"db": True}
    with pytest.raises(TypeError, match="The check 'db' is a function"):
        HealthChecks(checks)
