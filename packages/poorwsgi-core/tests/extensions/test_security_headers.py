"""Facts about the headers that make browsers careful."""

import re
from typing import Any

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.security_headers import SecurityHeaders, csp_nonce
from poorwsgi_core.request import Request
from poorwsgi_core.response import NotModifiedResponse, Response
from poorwsgi_core.testing import Client

POLICY = "Content-Security-Policy"


@pytest.fixture
def site(app: Application) -> Application:
    """Build an application with pages of several kinds."""

    @app.route("/")
    def index(_: Request) -> str:
        return "page"

    @app.route("/script")
    def script(req: Request) -> str:
        nonce = csp_nonce(req)
        assert nonce == csp_nonce(req)
        return f'<script nonce="{nonce}">1</script>'

    @app.route("/own")
    def own(_: Request) -> Response:
        return Response("", headers={POLICY: "default-src *", "X-Frame-Options": "x"})

    @app.route("/kept")
    def kept(req: Request) -> Response:
        if "nonce" in req.args:
            csp_nonce(req)
        return Response(status_code=304, headers={"ETag": '"1"'}, content_type="")

    return app


def test_default_headers(site: Application, client: Client) -> None:
    """Each answer tells browsers to be careful, pages of errors as well."""
    site.install(SecurityHeaders())
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    for path in ("/", "/nowhere"):
        headers = dict(client.get(path).headers.items())
        assert expected.items() <= headers.items()
        assert "Strict-Transport-Security" not in headers
        assert headers[POLICY].endswith("frame-ancestors 'none'")
    assert "nonce" not in client.get("/").headers[POLICY]


def test_nonce_is_in_page_and_policy(site: Application, client: Client) -> None:
    """A page that asks for a nonce gets another one each time, as its policy does."""
    site.install(SecurityHeaders())
    nonces: set[str] = set()
    for _ in range(2):
        answer = client.get("/script")
        nonce = re.findall(r'nonce="([\w-]{22})"', answer.text)[0]
        policy = answer.headers[POLICY]
        assert policy.count(f"'nonce-{nonce}'") == 2
        nonces.add(nonce)
    assert len(nonces) == 2


def test_headers_of_the_answer_stay(site: Application, client: Client) -> None:
    """What a handler has set is left as it is."""
    site.install(SecurityHeaders())
    headers = client.get("/own").headers
    assert headers.get_all(POLICY) == ("default-src *",)
    assert headers.get_all("X-Frame-Options") == ("x",)


def test_a_kept_page_keeps_its_nonce(site: Application, client: Client) -> None:
    """304 has no new nonce for a page that was sent with another one."""
    site.install(SecurityHeaders())
    assert POLICY not in client.get("/kept?nonce=1").headers
    assert POLICY in client.get("/kept").headers


def test_https_only_over_https(site: Application, client: Client) -> None:
    """HSTS is sent over https, also where a trusted proxy says so."""
    site.install(SecurityHeaders(hsts=60, subdomains=True))
    name, expected = "Strict-Transport-Security", "max-age=60; includeSubDomains"
    assert client.get("https://a.example/").headers[name] == expected
    forwarded = {"X-Forwarded-Proto": "https"}
    assert name not in client.get("/", headers=forwarded).headers
    site.trusted_proxies = ["127.0.0.1"]
    assert client.get("/", headers=forwarded).headers[name] == expected


def test_headers_are_left_out(site: Application, client: Client) -> None:
    """Empty texts leave headers out, and a policy may only be reported."""
    options = {"frame": "", "referrer": "", "opener": "", "hsts": 0}
    site.install(SecurityHeaders(**options, policy="", report_only=True))  # type: ignore[arg-type]
    assert [name for name, _ in client.get("https://a.example/").headers] == [
        "X-Powered-By",
        "X-Content-Type-Options",
        "Content-Type",
        "Content-Length",
    ]


def test_policy_is_only_reported(site: Application, client: Client) -> None:
    """A policy to be tried has the other name."""
    site.install(SecurityHeaders(policy="default-src 'self'", report_only=True))
    headers = client.get("/").headers
    assert headers[f"{POLICY}-Report-Only"] == "default-src 'self'"
    assert POLICY not in headers


@pytest.mark.parametrize(
    "options",
    [
        {"frame": "ALLOW"},
        {"referrer": "none"},
        {"opener": "x"},
        {"policy": "default-src 'self'\nX: y"},
    ],
)
def test_bad_settings(options: dict[str, Any]) -> None:
    """What browsers don't know is refused when it is made."""
    with pytest.raises(ValueError):
        SecurityHeaders(**options)


def test_not_modified_response(site: Application, client: Client) -> None:
    """An answer of the other class for 304 gets the headers as well."""
    site.install(SecurityHeaders())
    site.set_route("/same", lambda _: NotModifiedResponse(etag='"1"'))
    assert client.get("/same").headers["X-Content-Type-Options"] == "nosniff"
