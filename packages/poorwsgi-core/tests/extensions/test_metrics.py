"""Facts about numbers for Prometheus, with a stand-in for its package."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from recording import say

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.metrics import Metrics
from poorwsgi_core.testing import Client

PROCESSES = "PROMETHEUS_MULTIPROC_DIR"


class Registry:
    """Keeps what was counted."""

    def __init__(self) -> None:
        self.counted: list[tuple[Any, ...]] = []

    def register(self, _: Any) -> None:
        """Take a metric."""


class Metric:
    """Tells a registry what was counted."""

    def __init__(self, name: str, _: str, labels: Any, registry: Registry) -> None:
        self._name, self._labels, self._registry = name, labels, registry

    def labels(self, *values: Any) -> "Metric":
        """Choose the labels."""
        assert len(values) == len(self._labels)
        self._registry.counted.append((self._name, *values))
        return self

    def inc(self) -> None:
        """Count one."""

    def observe(self, seconds: float) -> None:
        """Take a time."""
        assert seconds >= 0


def write(registry: Registry) -> bytes:
    """Write what was counted."""
    return "\n".join(" ".join(map(str, each)) for each in registry.counted).encode()


def collect(registry: Registry) -> None:
    """Collect from all processes."""
    registry.counted.append(("all processes",))


@pytest.fixture(autouse=True)
def _package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PROCESSES, raising=False)
    package = SimpleNamespace(
        CollectorRegistry=Registry,
        Counter=Metric,
        Histogram=Metric,
        generate_latest=write,
        CONTENT_TYPE_LATEST="text/plain; version=1.0.0",
    )
    processes = SimpleNamespace(MultiProcessCollector=collect)
    monkeypatch.setitem(sys.modules, "prometheus_client", package)
    monkeypatch.setitem(sys.modules, "prometheus_client.multiprocess", processes)


def test_requests_by_route(app: Application, client: Client) -> None:
    """The label is the route; what has none, and odd methods, share one."""
    app.install(Metrics())
    app.set_route("/user/<name>", say("a user"))
    client.get("/user/jana")
    Client(app, validate=False).request("ODD", "/user/petra")
    answer = client.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=1.0.0"
    assert answer.text.splitlines() == [
        "http_requests GET /user/<name> 200",
        "http_request_duration_seconds GET /user/<name>",
        "http_requests other none 501",
        "http_request_duration_seconds other none",
    ]


def test_several_processes(
    app: Application, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where processes share a directory, the numbers of all are told."""
    registry = Registry()
    app.install(Metrics("/numbers", registry=registry))
    monkeypatch.setenv(PROCESSES, "shared")
    assert client.get("/numbers").text == "all processes"
    assert registry.counted[0] == ("http_requests", "GET", "/numbers", 200)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who hasn't installed it is told what to install."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(RuntimeError, match="pip install prometheus-client"):
        Metrics()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"path": "metrics"}, "path: takes a path such as"),
        ({"registry": False}, "registry: takes a CollectorRegistry, not False"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], reason: str) -> None:
    """They are told when the object is made."""
    with pytest.raises((TypeError, ValueError), match=reason):
        Metrics(**options)


def test_folder_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the folder that processes share nothing could be counted."""
    monkeypatch.setenv(PROCESSES, "/no/such")
    with pytest.raises(ValueError, match="is no folder: '/no/such'; make it"):
        Metrics()
