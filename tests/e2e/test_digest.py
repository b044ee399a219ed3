"""Digest in Chromium: it signs in through its own dialog, and is asked again."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from socket import SHUT_RDWR
from threading import Thread
from typing import Any
from urllib.request import urlopen

import pytest
from websocket import WebSocketException, create_connection

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest.digest import check_digest, hexdigest
from poorwsgi_auth.request import Request
from poorwsgi_core.server import build_server

REALM = "Zóna"
USER, PASSWORD = 'Ondřej "7\\8"', "tajné"
ALGORITHMS = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"]


class Dialog:
    """The dialog for name and password, as the test answers it.

    It speaks the protocol of Chromium's developer tools on a socket of its own:
    WebDriver has no word in this dialog, and BiDi loses challenges after the first.
    """

    def __init__(self, socket: Any) -> None:
        self.passwords: list[str] = []
        self.asked = 0
        self._socket = socket
        self._numbers = count(1)
        self._send("Fetch.enable", handleAuthRequests=True)
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        # Which wakes the thread; closing alone doesn't.
        self._socket.sock.shutdown(SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _send(self, method: str, **params: Any) -> None:
        message = {"id": next(self._numbers), "method": method, "params": params}
        self._socket.send(json.dumps(message))

    def _listen(self) -> None:
        while message := self._receive():
            request = message.get("params", {}).get("requestId")
            if message.get("method") == "Fetch.requestPaused":
                self._send("Fetch.continueRequest", requestId=request)
            elif message.get("method") == "Fetch.authRequired":
                answer = self._answer()
                self._send(
                    "Fetch.continueWithAuth",
                    requestId=request,
                    authChallengeResponse=answer,
                )

    def _receive(self) -> dict[str, Any]:
        """Return the next message, an empty one when the browser is gone."""
        try:
            return dict(json.loads(self._socket.recv() or "{}"))
        except (OSError, WebSocketException):
            return {}

    def _answer(self) -> dict[str, str]:
        self.asked += 1
        if not self.passwords:
            return {"response": "CancelAuth"}
        password = self.passwords.pop(0)
        answer = {"response": "ProvideCredentials", "username": USER}
        return {**answer, "password": password}


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Application:
    """Build an application with one user, and a page for him."""
    app = Application(request.node.nodeid)
    app.secret_key = b"k" * 32
    app.auth_type = "Digest"

    def page(req: Request) -> str:
        return f"<title>{req.user}</title><p id='user'>{req.user}</p>"

    for path in ("/", "/ďábelské ódy/🔑"):
        app.set_route(path, check_digest(REALM)(page))
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
def chromium(driver_path: str, build_options: Callable[[], Any]) -> Iterator[Any]:
    """Start Chromium, without anything it knows from another test."""
    from selenium import webdriver

    service = webdriver.ChromeService(driver_path)
    driver: Any = webdriver.Chrome(build_options(), service)
    try:
        driver.set_page_load_timeout(20)
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def dialog(chromium: Any) -> Iterator[Dialog]:
    """Answer the dialog of the browser's page."""
    address = chromium.capabilities["goog:chromeOptions"]["debuggerAddress"]
    with urlopen(f"http://{address}/json", timeout=10) as answer:
        pages = [page for page in json.load(answer) if page["type"] == "page"]
    # Without an origin, which Chromium would ask to be allowed.
    socket = create_connection(pages[0]["webSocketDebuggerUrl"], suppress_origin=True)
    dialog = Dialog(socket)
    yield dialog
    dialog.close()


def set_user(app: Application, algorithm: str) -> None:
    """Let the user in by an algorithm."""
    app.auth_algorithm = algorithm
    hashed = hexdigest(USER, REALM, PASSWORD, app.auth_hash)
    app.auth_map = {REALM: {USER: hashed}}


def read_user(chromium: Any) -> str:
    """Read the name on the page."""
    return str(chromium.find_element("id", "user").text)


def test_browser_signs_in_and_is_asked_again(
    app: Application, url: str, chromium: Any, dialog: Dialog
) -> None:
    """The right password shows the page, after a wrong one it may try again."""
    set_user(app, "SHA-256")
    dialog.passwords = ["wrong", PASSWORD]
    chromium.get(f"{url}/")
    assert read_user(chromium) == USER
    assert dialog.asked == 2
    chromium.get(f"{url}/ďábelské ódy/🔑?q=a%20b&c=ď")
    assert read_user(chromium) == USER
    chromium.refresh()
    assert dialog.asked == 2
    # A replay or a restart: the nonce is no good, and nobody has to know.
    app.secret_key = b"n" * 32
    chromium.get(f"{url}/?again")
    assert read_user(chromium) == USER
    assert dialog.asked == 2


def test_browser_shows_the_page_of_401(
    app: Application, url: str, chromium: Any, dialog: Dialog
) -> None:
    """When its user gives up."""
    set_user(app, "SHA-256")
    dialog.passwords = ["wrong"]
    chromium.get(f"{url}/")
    assert "401" in chromium.title
    assert dialog.asked == 2


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_browser_knows_the_algorithm(
    app: Application, url: str, chromium: Any, dialog: Dialog, algorithm: str
) -> None:
    """Each of those that ``auth_algorithm`` takes."""
    set_user(app, algorithm)
    dialog.passwords = [PASSWORD]
    chromium.get(f"{url}/")
    assert read_user(chromium) == USER


def test_browser_signs_in_by_what_is_offered_by_default(
    app: Application, url: str, chromium: Any, dialog: Dialog
) -> None:
    """That is MD5 and MD5-sess."""
    app.auth_map = {REALM: {USER: hexdigest(USER, REALM, PASSWORD)}}
    dialog.passwords = [PASSWORD]
    chromium.get(f"{url}/")
    assert read_user(chromium) == USER


def test_browser_knows_the_hash_of_a_name_and_chooses(
    app: Application, url: str, chromium: Any, dialog: Dialog
) -> None:
    """With ``userhash``, and more challenges than one."""
    set_user(app, "SHA-256")
    app.auth_userhash = True
    app.auth_maps = {"SHA-512-256": {}, "MD5": {}}
    names: list[str] = []

    def remember(req: Request) -> None:
        names.append(req.authorization.get("username", ""))

    app.add_before_response(remember)
    dialog.passwords = [PASSWORD]
    chromium.get(f"{url}/")
    assert read_user(chromium) == USER
    assert len(names[-1]) == 64


def test_browser_signs_in_without_qop(
    app: Application, url: str, chromium: Any, dialog: Dialog
) -> None:
    """Each nonce serves once; the browser asks for the next by itself."""
    app.auth_qop = None
    set_user(app, "MD5")
    dialog.passwords = [PASSWORD]
    for path in ("/", "/?1", "/?2"):
        chromium.get(url + path)
        assert read_user(chromium) == USER
    assert dialog.asked == 1
