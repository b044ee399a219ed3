"""Facts about whom debug pages are shown to."""

import logging

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.testing import Client

HOSTS = ["localhost", "localhost:8080", "app.localhost", "127.0.0.2:1", "[::1]:8080"]
FOREIGN = [
    "evil.example",
    "evil.example:80",
    "a,b.example",
    "localhost.evil",
    "10.0.0.1",
]


@pytest.fixture
def client(app: Application) -> Client:
    """Build a client of an application in debug mode."""
    app.debug = True
    app.set_route("/fail", lambda _: int("the missing key"))
    return Client(app)


def show(client: Client, host: str | None) -> tuple[int, bool]:
    """Return the status of the debug page, and whether a traceback is shown."""
    page = client.get("/debug-info", HTTP_HOST=host)
    failure = client.get("/fail", HTTP_HOST=host)
    return page.status_code, "the missing key" in failure.text


@pytest.mark.parametrize("host", HOSTS)
def test_own_host(client: Client, host: str) -> None:
    """Names that mean this machine alone may see them."""
    assert show(client, host) == (200, True)


@pytest.mark.parametrize("host", FOREIGN)
def test_foreign_host(
    client: Client, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A name that may have been led here may not, and the log says why."""
    caplog.set_level(logging.WARNING, "poorwsgi")
    assert show(client, host) == (404, False)
    remedy = "to show them name it in trusted_hosts"
    warnings = [text for text in caplog.messages if text.endswith(remedy)]
    assert len(warnings) == 2
    assert all(f"the host {host!r}:" in text for text in warnings)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"X-Forwarded-Host": "evil.example"}, False),
        ({"X-Forwarded-Host": "localhost, evil.example"}, False),
        ({"X-Forwarded-Host": "evil.example, localhost"}, False),
        ({"X-Forwarded-Host": "a b"}, False),
        ({"X-Forwarded-Host": "app.localhost:81, [::1]"}, True),
        ({"Forwarded": "host=evil.example"}, False),
        ({"Forwarded": 'host=localhost, host="evil.example:80";proto=http'}, False),
        ({"Forwarded": "host=localhost;for=192.0.2.1"}, True),
    ],
)
@pytest.mark.parametrize("proxies", [["127.0.0.1"], []])
def test_host_that_a_proxy_tells(
    app: Application,
    client: Client,
    proxies: list[str],
    fields: dict[str, str],
    shown: bool,
) -> None:
    """Behind a proxy that asks by localhost, the name counts that it was asked by.

    Also that of a proxy which nobody has named as one to be trusted.
    """
    app.trusted_proxies = proxies
    app.trusted_fields = ["Forwarded"]
    answer = client.get("/fail", headers=fields)
    assert ("the missing key" in answer.text) is shown


def test_trusted_host(app: Application, client: Client) -> None:
    """What trusted_hosts names may, and nobody else gets anything."""
    app.trusted_hosts = ["dev.example"]
    assert show(client, "dev.example:8080") == (200, True)
    assert client.get("/debug-info", HTTP_HOST="localhost").status_code == 400


def test_no_host(client: Client) -> None:
    """A request without Host comes from no page."""
    assert show(client, "") == (200, True)


def test_without_debug(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Without debug nothing is shown, and nothing is said of hosts."""
    app.debug = False
    assert show(client, "evil.example") == (404, False)
    assert "trusted_hosts" not in caplog.text
