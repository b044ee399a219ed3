"""Facts about conditional requests for answers in memory."""

import pytest

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.etags import ETags
from poorwsgi_core.request import Request
from poorwsgi_core.response import GeneratorResponse, Response
from poorwsgi_core.state import METHOD_GET_POST
from poorwsgi_core.testing import Client


@pytest.fixture
def site(app: Application) -> Application:
    """Build an application whose answers have ETags."""
    app.install(ETags())
    app.set_route("/", lambda _: {"value": 1}, METHOD_GET_POST)
    return app


@pytest.mark.usefixtures("site")
def test_304_for_who_has_it(client: Client) -> None:
    """The second time nothing is sent; another body has another ETag."""
    etag = client.get("/").headers["ETag"]
    answer = client.get("/", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert "Content-Type" not in answer.headers
    assert client.head("/", headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.usefixtures("site")
def test_other_methods_and_pages_have_none(client: Client) -> None:
    """What isn't read again has no ETag."""
    assert "ETag" not in client.post("/").headers
    assert "ETag" not in client.get("/nowhere").headers


@pytest.mark.parametrize(
    "response",
    [
        Response("x", headers={"Set-Cookie": "a=b"}),
        Response("x", headers={"Cache-Control": "private, No-Store"}),
        Response("x", status_code=201),
        GeneratorResponse([b"x"]),
    ],
)
def test_left_alone(site: Application, client: Client, response: Response) -> None:
    """Cookies, what isn't to be stored, other statuses and streams have none."""
    site.set_route("/own", lambda _: response)
    assert "ETag" not in client.get("/own").headers


def test_own_validators(site: Application, client: Client) -> None:
    """An ETag or a date that the handler knows counts."""

    @site.route("/own")
    def own(_: Request) -> Response:
        date = "Mon, 30 Nov 2026 08:00:00 GMT"
        return Response("x", headers={"ETag": '"own"', "Last-Modified": date})

    for name, value in (
        ("If-None-Match", '"own"'),
        ("If-Modified-Since", "Mon, 30 Nov 2026 09:00:00 GMT"),
    ):
        assert client.get("/own", headers={name: value}).status_code == 304
