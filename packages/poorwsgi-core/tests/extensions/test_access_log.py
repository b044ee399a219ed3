"""Facts about the records of answered requests."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from recording import Records

from poorwsgi_core.application import Application, Extension
from poorwsgi_core.extensions.access_log import AccessLog
from poorwsgi_core.extensions.compression import Compression
from poorwsgi_core.extensions.request_id import RequestId
from poorwsgi_core.request import Request
from poorwsgi_core.testing import Client


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Return a function that takes what has been logged."""
    caplog.set_level(logging.INFO, "poorwsgi.access")

    def take() -> list[str]:
        messages = [
            record.getMessage()
            for record in caplog.records
            if record.name == "poorwsgi.access"
        ]
        caplog.clear()
        return messages

    return take


@pytest.fixture
def site(app: Application) -> Application:
    """Build an application with a user."""

    @app.route("/user/<name>")
    def user(req: Request, name: str) -> str:
        req.user = name
        return name

    return app


def test_json(site: Application, client: Client, lines: Any) -> None:
    """A line is an object with route, time and bytes."""
    site.install(AccessLog())
    site.install(RequestId())
    headers = {
        "X-Request-Id": "abcd-1234",
        "User-Agent": "Agent",
        "Referer": "http://a/",
    }
    client.get("/user/jana?x=1", headers=headers)
    (line,) = lines()
    record = json.loads(line)
    assert record.pop("seconds") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record.pop("time"))
    assert record == {
        "method": "GET",
        "target": "/user/jana?x=1",
        "route": "/user/<name>",
        "protocol": "HTTP/1.1",
        "status": 200,
        "bytes_sent": 4,
        "remote": "127.0.0.1",
        "user": "jana",
        "referer": "http://a/",
        "user_agent": "Agent",
        "request_id": "abcd-1234",
    }


def test_combined(site: Application, client: Client, lines: Any) -> None:
    """A line is as Apache writes it; nothing in it can end a value or the line."""
    site.install(AccessLog("combined", query=False))
    client.get("/user/a%0a%22b?token=1", headers={"User-Agent": 'x" \\ \xe1'})
    (line,) = lines()
    assert re.sub(r"\[.*?\]", "[]", line) == (
        r'127.0.0.1 - a\x0a\"b [] "GET /user/a\x0a\"b HTTP/1.1" 200 4 "-" '
        r'"x\" \\ \xc3\xa1"'
    )


@pytest.mark.parametrize("reverse", [False, True])
def test_what_is_sent_counts(
    site: Application, client: Client, lines: Any, reverse: bool
) -> None:
    """Status and bytes are those of the answer that went out, in any order."""
    extensions: list[Extension] = [
        AccessLog("combined"),
        Compression(codings=["gzip"], minimum=0),
    ]
    for extension in reversed(extensions) if reverse else extensions:
        site.install(extension)
    answer = client.get("/user/jana", headers={"Accept-Encoding": "gzip"})
    (line,) = lines()
    assert f'HTTP/1.1" 200 {len(answer.data)} "-"' in line


def test_files_and_refusals(
    site: Application, client: Client, lines: Any, tmp_path: Path
) -> None:
    """Files, pages and requests that are refused at once are logged too."""
    (tmp_path / "file.txt").write_text("1234567")
    site.document_root = str(tmp_path)
    site.install(AccessLog(lambda access: f"{access.status} {access.bytes_sent}"))
    client.get("/file.txt")
    client.head("/file.txt")
    missing = client.get("/nowhere")
    site.trusted_hosts = ["shop.example"]
    refused = client.get("/file.txt")
    assert lines() == [
        "200 7",
        "200 0",
        f"404 {len(missing.data)}",
        f"400 {len(refused.data)}",
    ]


def test_records_have_the_values(site: Application, client: Client) -> None:
    """Handlers of logs find the values, and nobody pays where none listens."""
    site.install(AccessLog(logger="test.access"))
    log = logging.getLogger("test.access")
    handler = Records()
    log.addHandler(handler)
    for level in (logging.WARNING, logging.INFO):
        log.setLevel(level)
        client.get("/user/jana", REMOTE_USER="petra")
    log.removeHandler(handler)
    assert [record.access.user for record in handler.kept] == ["petra"]


@pytest.mark.parametrize(
    ("level", "has_handler", "remedy"),
    [
        (logging.NOTSET, False, "logging.basicConfig(level=logging.INFO)"),
        (logging.INFO, False, "logging.basicConfig(level=logging.INFO)"),
        (logging.NOTSET, True, ".access').setLevel(logging.INFO)"),
    ],
)
def test_nobody_listens(
    site: Application,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    level: int,
    has_handler: bool,
    remedy: str,
) -> None:
    """Where the log isn't set up, a warning says what would do, once."""
    parent = logging.getLogger(f"silent{level}{has_handler}")
    parent.setLevel(logging.WARNING)
    parent.propagate = has_handler  # to that of the tests, or nowhere
    log = parent.getChild("access")
    log.setLevel(level)
    site.install(AccessLog(logger=log.name))
    for _ in range(2):
        assert client.get("/user/jana").text == "jana"
    records = [record for record in caplog.records if "AccessLog" in record.msg]
    assert [record.levelname for record in records] == ["WARNING"]
    assert records[0].getMessage().endswith(f"{remedy} where the application is made")


def test_level_of_its_own(
    site: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Who has switched the logger off on purpose isn't told that it is."""
    logging.getLogger("quiet.access").setLevel(logging.WARNING)
    site.install(AccessLog(logger="quiet.access"))
    client.get("/user/jana")
    assert "AccessLog" not in caplog.text


def test_client_behind_a_proxy(site: Application, client: Client, lines: Any) -> None:
    """The address is that of the client, where a trusted proxy tells it."""
    site.trusted_proxies = ["127.0.0.1"]
    site.install(AccessLog(lambda access: access.remote))
    client.get("/", headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.4"})
    client.get("/", headers={"X-Forwarded-For": "6.6.6.6"}, REMOTE_ADDR="192.0.2.1")
    assert lines() == ["198.51.100.4", "192.0.2.1"]


def test_combined_of_little(lines: Any, site: Application, client: Client) -> None:
    """What isn't known is a hyphen."""
    site.install(AccessLog("combined"))
    site.add_before_response(lambda req: setattr(req, "user", object()))
    site.set_route("/none", lambda _: None)
    client.get("/none", REMOTE_ADDR=None)
    (line,) = lines()
    assert re.sub(r"\[.*?\]", "[]", line) == (
        '- - - [] "GET /none HTTP/1.1" 204 - "-" "-"'
    )


def test_bad_settings() -> None:
    """An unknown form is refused when it is made."""
    with pytest.raises(ValueError, match="json, combined or a function, not 'xml'"):
        AccessLog("xml")
