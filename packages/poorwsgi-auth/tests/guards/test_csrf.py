"""Facts about tokens against forged requests."""

import logging
import secrets
from typing import Any

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.guards.csrf import check_csrf, csrf_token
from poorwsgi_auth.request import Request
from poorwsgi_auth.sessions.aes_session import AESSession
from poorwsgi_core import HTTPException, Response
from poorwsgi_core.state import METHOD_ALL
from poorwsgi_core.testing import Answer, Client, build_environ

KEY = secrets.token_bytes(32)


class Fields(dict[str, str]):
    """The fields of a form, as far as they are asked for."""

    getfirst = dict[str, str].get


class FormRequest(Request):
    """A request with a form, as that of the bundle has one."""

    @property
    def form(self) -> Any:
        """A form with one field, whose body has to be read for it."""
        return Fields(csrf_token=self.read().decode())


class Site:
    """An application whose every page has a token, and its client."""

    def __init__(self, app: Application[Any]) -> None:
        self.app = app
        app.request_class = FormRequest
        app.add_before_response(self.load)
        app.add_before_response(check_csrf)
        app.set_route("/", self.show, METHOD_ALL)
        self.client = Client(app)

    def load(self, req: Request) -> None:
        """Load the session of a request."""
        req.session = AESSession(KEY)
        req.session.load(req.cookies)

    def show(self, req: Request) -> Response:
        """Answer with a token."""
        response = Response(csrf_token(req))
        req.session.header(response)
        return response

    def get_token(self) -> str:
        """Return the token of a page."""
        return self.client.get("/").text

    def post(
        self, token: str | None = None, address: str = "/", **headers: str
    ) -> Answer:
        """Post, with a token in the header."""
        if token is not None:
            headers["X-CSRF-Token"] = token
        return self.client.post(address, headers=headers)


@pytest.fixture
def site(app: Application) -> Site:
    """Build a site."""
    return Site(app)


def test_token_in_the_header(site: Site) -> None:
    """A request with the token of its session is let through."""
    assert site.post(site.get_token()).status_code == 200


def test_token_in_a_form(site: Site) -> None:
    """The token may be in a field of the form."""
    body = site.get_token().encode()
    assert site.client.post("/", body=body).status_code == 200
    assert site.client.post("/", body=body[::-1]).status_code == 403


def test_body_is_not_read_for_a_token_that_is_elsewhere(site: Site) -> None:
    """A handler that reads the body in parts finds it whole."""
    seen: list[bytes] = []

    def upload(req: Request) -> str:
        seen.append(req.read())
        return ""

    site.app.set_route("/upload", upload, METHOD_ALL)
    token = site.get_token()
    for address, headers in (
        (f"/upload?csrf_token={token}", {}),
        ("/upload", {"X-CSRF-Token": token}),
        ("/upload?csrf_token=wrong", {"X-CSRF-Token": token}),
    ):
        answer = site.client.post(address, body=b"file", headers=headers)
        assert answer.status_code == 200
    assert seen == [b"file"] * 3
    answer = site.client.post("/upload?csrf_token=wrong", body=token.encode())
    assert answer.status_code == 403


def test_token_may_be_given_by_who_has_read_it(app: Application) -> None:
    """The body is left to a handler that takes the token out of it."""
    session = AESSession(KEY)
    token = csrf_token(session)
    request = Request(build_environ(method="POST", REQUEST_STARTTIME=0.0), app)
    check_csrf(request, session, token=token)
    with pytest.raises(HTTPException):
        check_csrf(request, session, token="")


@pytest.mark.parametrize(
    ("site_of", "origin", "status"),
    [
        ("same-origin", "null", 200),
        ("same-origin", "http://backend:8080", 200),
        ("same-origin", None, 200),
        ("none", None, 200),
        ("cross-site", None, 403),
        ("cross-site", "http://localhost", 403),
        ("same-site", "http://localhost", 200),
        ("same-site", None, 200),
        ("same-site", "http://shop.localhost", 403),
        ("same-site", "null", 403),
        ("Same-Origin", "null", 403),
        ("", "null", 403),
        ("same-origin, cross-site", "null", 403),
    ],
)
def test_sec_fetch_site_decides_first(
    site: Site, site_of: str, origin: str | None, status: int
) -> None:
    """No script can set it; what it leaves open, Origin decides."""
    headers = {"Sec-Fetch-Site": site_of}
    if origin is not None:
        headers["Origin"] = origin
    assert site.post(site.get_token(), **headers).status_code == status


def test_sec_fetch_site_is_no_token(site: Site) -> None:
    """A request of this application without one is refused."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert site.post("wrong", **headers).status_code == 403
    assert site.post(**headers).status_code == 403


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, "Sec-Fetch-Site is 'cross-site'"),
        ({"Origin": "null"}, "Origin is 'null', and this is 'http://localhost'; the"),
        ({"Origin": "http://other"}, "Origin is 'http://other', and this is"),
        ({"Referer": "http://other/a"}, "Referer is 'http://other/a', and this is"),
        ({"X-CSRF-Token": "0"}, "the token is not of its session"),
    ],
)
def test_log_tells_by_which_rule(
    site: Site,
    caplog: pytest.LogCaptureFixture,
    headers: dict[str, str],
    reason: str,
) -> None:
    """The client isn't told; it gets the same advice each time."""
    token = site.get_token()
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        answer = site.client.post("/", headers={"X-CSRF-Token": token, **headers})
    assert answer.status_code == 403
    assert f"POST '/' refused: {reason}" in caplog.text
    assert reason not in answer.text
    assert "This form is out of date" in answer.text


def test_token_is_another_text_each_time(site: Site) -> None:
    """Tokens of one session differ, and all of them are good."""
    tokens = {site.get_token() for _ in range(5)}
    assert len(tokens) == 5
    assert {site.post(token).status_code for token in tokens} == {200}


@pytest.mark.parametrize(
    "template",
    [None, "", "0" * 64, "x" * 64, "{:.32}", "{}00", "\xe9{}"],
    ids=["none", "empty", "zeros", "no hex", "half", "longer", "latin-1"],
)
def test_wrong_token_is_403(
    site: Site, caplog: pytest.LogCaptureFixture, template: str | None
) -> None:
    """Without the right token the handler isn't run; the log has the reason."""
    right = site.get_token()
    token = None if template is None else template.format(right)
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        answer = site.post(token)
    assert answer.status_code == 403
    assert "token" not in answer.text
    reason = "the token is not of its" if token else "the token is missing"
    assert f"POST '/' refused: {reason}" in caplog.text


@pytest.mark.parametrize(
    ("data", "reason"),
    [({}, "no session came"), ({"a": 1}, "the session that came has no secret")],
)
def test_log_tells_of_a_session_that_was_not_sent(
    app: Application,
    caplog: pytest.LogCaptureFixture,
    data: dict[str, int],
    reason: str,
) -> None:
    """A token whose secret stayed on the server can't be right; the remedy is told."""
    session = AESSession(KEY)
    session.data.update(data)
    request = Request(build_environ(method="POST", REQUEST_STARTTIME=0.0), app)
    with caplog.at_level(logging.WARNING, "poorwsgi"), pytest.raises(HTTPException):
        check_csrf(request, session, token=csrf_token(AESSession(KEY)))
    assert f"{reason}; a page that calls csrf_token() has to send" in caplog.text
    assert "req.session.header(response)" in caplog.text


def test_changed_token_is_403(site: Site) -> None:
    """A token with one digit changed, in whatever place, is wrong."""
    token = site.get_token()
    for at, digit in enumerate(token):
        other = "0" if digit != "0" else "1"
        assert site.post(token[:at] + other + token[at + 1 :]).status_code == 403


def test_token_of_another_session_is_403(site: Site) -> None:
    """A token is good for the session that it was made for."""
    stolen = site.get_token()
    site.client.cookies.clear()
    site.get_token()
    assert site.post(stolen).status_code == 403


def test_request_without_a_session_is_403(site: Site) -> None:
    """Who has no cookie has no token either."""
    token = site.get_token()
    site.client.cookies.clear()
    assert site.post(token).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE"])
def test_methods_that_change_nothing_are_let_through(site: Site, method: str) -> None:
    """They need no token, wherever they come from."""
    answer = site.client.request(
        method, "/", headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_methods_that_change_something_are_checked(site: Site, method: str) -> None:
    """They need one."""
    assert site.client.request(method, "/").status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://localhost"},
        {"Origin": "http://localhost:80"},
        {"Origin": "http://LOCALHOST"},
        {"Referer": "http://localhost/any/page?with=query"},
        {"Origin": "http://localhost", "Referer": "https://evil.example/"},
        {},
    ],
    ids=str,
)
def test_own_origin(site: Site, headers: dict[str, str]) -> None:
    """Origin, else Referer, is this application; or there is none of them."""
    assert site.post(site.get_token(), **headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:8080"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:99999"},
        {"Origin": "http://[::1"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Referer": "https://evil.example/http://localhost/"},
        {"Referer": "http://localhost@evil.example/"},
        {"Referer": "/"},
        {"Origin": "https://evil.example", "Referer": "http://localhost/"},
    ],
    ids=str,
)
def test_foreign_origin_is_403(
    site: Site, caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    """A right token from a wrong place is refused; the log tells the place."""
    token = site.get_token()
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        answer = site.post(token, **headers)
    assert answer.status_code == 403
    assert "this is 'http://localhost'" in caplog.text


def test_long_origin_is_cut_in_the_log(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """60 kB from a client don't fill the log."""
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        assert site.post("", Origin="x" * 60_000).status_code == 403
    assert len(caplog.text) < 1000


def test_origin_behind_a_proxy(site: Site) -> None:
    """The address that a trusted proxy forwards is the own one."""
    headers = {
        "Origin": "https://www.example.com",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "www.example.com",
    }
    token = site.get_token()
    assert site.post(token, **headers).status_code == 403
    site.app.trusted_proxies = ("127.0.0.1",)
    assert site.post(token, **headers).status_code == 200


def test_session_can_be_given(app: Application) -> None:
    """Token and check work on a session that the request doesn't have."""
    session = AESSession(KEY)
    token = csrf_token(session)
    environ = build_environ(
        method="POST", headers={"X-CSRF-Token": token}, REQUEST_STARTTIME=0.0
    )
    request = Request(environ, app)
    check_csrf(request, session)
    with pytest.raises(HTTPException):
        check_csrf(request, AESSession(KEY))


class UploadRequest(Request):
    """A request whose form can be looked at before its files are read."""

    found: str | None = None

    def leading_field(self, name: str) -> str | None:
        """Return the field before the files."""
        return self.found if name == "csrf_token" else None

    @property
    def form(self) -> Any:
        """The whole form, which has another token."""
        return Fields(csrf_token="of the whole form")


@pytest.mark.parametrize("found", [True, False])
def test_token_before_the_files(app: Application, found: bool) -> None:
    """A field before the files is looked for first; the form isn't read for it."""
    session = AESSession(KEY)
    token = csrf_token(session)
    request = UploadRequest(build_environ(method="POST", REQUEST_STARTTIME=0.0), app)
    request.found = token if found else None
    refused = False
    try:
        check_csrf(request, session)
    except HTTPException:
        refused = True
    assert refused is not found


def test_request_that_has_no_form(app: Application) -> None:
    """Without forms the token is looked for in the header alone."""
    request = Request(build_environ(method="POST", REQUEST_STARTTIME=0.0), app)
    with pytest.raises(HTTPException):
        check_csrf(request, AESSession(KEY))


def test_session_is_missing(app: Application) -> None:
    """A request whose application sets no session is told so, with the remedy."""
    request = Request(build_environ(method="POST", REQUEST_STARTTIME=0.0), app)
    for call in (csrf_token, check_csrf):
        with pytest.raises(RuntimeError, match="before handler"):
            call(request)


@pytest.mark.parametrize("origin", ["http://[", "http://[zz]", "null", "http://a:x"])
def test_host_that_is_none_has_no_origin(site: Site, origin: str) -> None:
    """Two that can't be read are not the same for that."""
    token = site.get_token()
    answer = site.post(token, Origin=origin, Host="[::::]")
    assert answer.status_code == 403


def test_check_is_no_decorator() -> None:
    """Written above a handler it says what to write."""
    above: Any = check_csrf
    with pytest.raises(TypeError, match=r"no decorator: write .*check_csrf\(req\)"):
        above(csrf_token)
