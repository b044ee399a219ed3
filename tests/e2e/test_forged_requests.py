"""Protection against forged requests, with what Chromium really sends."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from viewing import wait_until

from poorwsgi import Application
from poorwsgi.aes_session import AESSession
from poorwsgi.request import Request
from poorwsgi.response import Response
from poorwsgi.state import METHOD_GET_POST
from poorwsgi_auth import check_csrf, csrf_token
from poorwsgi_core.server import build_server

KEY = b"k" * 32
FORM = (
    '<form method="post" action="{action}">'
    '<input type="hidden" name="csrf_token" value="{token}"><button>Send</button>'
    "</form>"
)
SEEN = ("Sec-Fetch-Site", "Origin", "Referer")


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Application:
    """Build an application whose page sends no referrer, as proxies may have it."""
    app = Application(request.node.nodeid)

    @app.before_response()
    def load(req: Request) -> None:
        req.session = AESSession(KEY)
        req.session.load(req.cookies)

    app.add_before_response(check_csrf)

    @app.route("/", METHOD_GET_POST)
    def page(req: Request) -> Response:
        if req.method == "POST":
            sent = [str(req.headers.get(name)) for name in SEEN]
            return Response(f"<p>{' '.join(sent)}</p>")
        response = Response(FORM.format(action="/", token=csrf_token(req)))
        response.add_header("Referrer-Policy", "no-referrer")
        req.session.header(response)
        return response

    @app.route("/foreign")
    def foreign(req: Request) -> str:
        action = req.args["action"]
        return FORM.format(action=action, token=csrf_token(req))

    return app


@pytest.fixture
def port(app: Application) -> Iterator[int]:
    """Serve the application on a free port."""
    with build_server(app, port=0) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def send(browser: Any, address: str) -> str:
    """Open a page, send its form and return what is answered."""
    browser.get(address)
    browser.find_element("css selector", "button").click()
    return str(wait_until(lambda: browser.find_element("css selector", "h1, p").text))


def test_page_without_a_referrer_posts_its_own_form(browser: Any, port: int) -> None:
    """Its Origin is null, and Sec-Fetch-Site knows better."""
    assert send(browser, f"http://127.0.0.1:{port}/") == "same-origin null None"


def test_page_of_another_site_is_refused(browser: Any, port: int) -> None:
    """Whatever token it has."""
    action = f"http://127.0.0.1:{port}/"
    answer = send(browser, f"http://localhost:{port}/foreign?action={action}")
    assert "403" in answer
