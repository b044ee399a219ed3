"""Facts about HTTP Basic (RFC 7617)."""

import logging
import os
import shutil
import subprocess
import threading
from base64 import b64encode
from typing import Any

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.guards.basic import check_basic
from poorwsgi_auth.request import Request
from poorwsgi_core.server import build_server
from poorwsgi_core.testing import Client

CHALLENGE = 'Basic realm="User Zone", charset="UTF-8"'


def encode(credentials: bytes | str) -> dict[str, str]:
    """Build the header of some credentials."""
    data = credentials.encode() if isinstance(credentials, str) else credentials
    return {"Authorization": f"Basic {b64encode(data).decode()}"}


@pytest.fixture(autouse=True)
def route(app: Application) -> None:
    """Have a handler that tells the user."""

    def verify(username: str, password: str) -> Any:
        users: dict[tuple[str, str], Any] = {
            ("ann", "se:cret"): True,
            ("kůň", "žluť"): {"id": 7},
            ("none", ""): True,
            ("jos\xe9", "p\xe4:\xdf"): True,
            ("old", "a\u0308"): True,
        }
        return users.get((username, password))

    @app.route("/")
    @check_basic("User Zone", verify)
    def handler(req: Request) -> list[Any]:
        return [req.user]


@pytest.mark.parametrize(
    ("credentials", "user"),
    [
        ("ann:se:cret", "ann"),
        ("kůň:žluť", {"id": 7}),
        ("none:", "none"),
        ("jos\xe9:p\xe4:\xdf", "jos\xe9"),
        ("jose\u0301:pa\u0308:\xdf", "jos\xe9"),
        (b"jos\xe9:p\xe4:\xdf", "jos\xe9"),
        ("old:a\u0308", "old"),
    ],
    ids=ascii,
)
def test_user(client: Client, credentials: bytes | str, user: object) -> None:
    """The user is what verify returns, or the name where that is True."""
    assert client.get(headers=encode(credentials)).json() == [user]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        encode("ann:wrong"),
        encode("eve:se:cret"),
        encode("ann"),
        encode(""),
        encode(b"k\xf9\xf2:x"),
        encode("ann\0:se:cret"),
        encode("ann:se\r\ncret"),
        encode("ann:se\x7fcret"),
        {"Authorization": ""},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !"},
        {"Authorization": "Basic YW5uOnNlOmNyZXQ"},
        {"Authorization": "Bearer YW5uOnNlOmNyZXQ="},
        {"Authorization": 'Digest username="ann"'},
        {"Authorization": "\xff\xfe"},
        {"Authorization": "Basic " + "A" * 8000},
    ],
)
def test_refused(client: Client, headers: dict[str, str]) -> None:
    """Without good credentials there is a challenge, whatever they are."""
    answer = client.get(headers=headers)
    assert answer.status_code == 401
    assert answer.headers.get_all("WWW-Authenticate") == (CHALLENGE,)


def test_long_header(client: Client) -> None:
    """More than 8 KiB is refused at once (bar 63)."""
    answer = client.get(headers={"Authorization": "Basic " + "A" * 60_000})
    assert answer.status_code == 400


def test_reason_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells the name in one line, and never the password."""
    client.get(headers=encode("a\u2028n:pass\u2029word"))
    message = "401 - Unauthorized: Basic: wrong credentials of 'a\\u2028n'"
    assert caplog.record_tuples == [("poorwsgi", logging.WARNING, message)]


def refuse(_username: str, _password: str) -> None:
    """Let nobody in."""


def test_realm_is_quoted(app: Application, client: Client) -> None:
    """Quotes and other scripts get into the challenge unharmed (A16)."""
    app.set_route("/r", check_basic('Z "ó" \\', refuse)(lambda _: "x"))
    challenge = 'Basic realm="Z \\"ó\\" \\\\", charset="UTF-8"'
    sent = client.get("/r").headers["WWW-Authenticate"]
    assert sent.encode("latin-1").decode() == challenge


def test_realm_with_a_control_character() -> None:
    """That is a mistake of the program, and told at once."""
    with pytest.raises(ValueError, match="control"):
        check_basic("a\nb", refuse)


@pytest.mark.skipif(
    not shutil.which("curl") and "curl" not in os.environ.get("POORWSGI_REQUIRE", ""),
    reason="curl is not there",
)
@pytest.mark.parametrize(
    ("credentials", "expected"), [("kůň:žluť", "200"), ("kůň:wrong", "401")]
)
def test_curl(app: Application, credentials: str, expected: str) -> None:
    """Curl finds the challenge, and logs in with UTF-8."""
    with build_server(app, port=0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            answer = subprocess.run(  # noqa: S603 - a program the test is about
                [
                    *("curl", "-s", "-o", "-", "-w", " %{http_code}"),
                    *("--anyauth", "-u", credentials),
                    f"http://127.0.0.1:{server.server_port}/",
                ],
                capture_output=True,
                check=True,
                text=True,
            )
        finally:
            server.shutdown()
            thread.join()
    assert answer.stdout.split()[-1] == expected
