"""Facts about the identity of a request."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from recording import Records

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.access_log import AccessLog
from poorwsgi_core.extensions.request_id import (
    RequestId,
    RequestIdFilter,
    request_id,
)
from poorwsgi_core.request import Request
from poorwsgi_core.testing import Client

NAME = "X-Request-Id"

log = logging.getLogger("test.request_id")


@pytest.fixture
def records() -> Iterator[list[Any]]:
    """Hold what is logged."""
    handler = Records()
    handler.addFilter(RequestIdFilter())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield handler.kept
    log.removeHandler(handler)


@pytest.fixture
def site(app: Application) -> Application:
    """Build an application that logs."""

    @app.before_response()
    def begin(_: Request) -> None:
        log.info("begins")

    @app.route("/")
    def index(req: Request) -> str:
        return request_id(req)

    return app


def test_answer_handler_and_log_agree(
    site: Application, client: Client, records: list[Any]
) -> None:
    """All that belongs to a request has its identity, and each request another."""
    site.install(RequestId())
    one, two = client.get("/"), client.get("/")
    assert [one.text, two.text] == [one.headers[NAME], two.headers[NAME]]
    assert [record.request_id for record in records] == [one.text, two.text]
    assert len({one.text, two.text, "-"}) == 3
    record = logging.makeLogRecord({})
    assert RequestIdFilter().filter(record)
    assert vars(record)["request_id"] == "-"


def test_access_log_has_it(
    site: Application, client: Client, records: list[Any]
) -> None:
    """Its record is of a request that has ended, and has its identity all the same."""
    site.install(RequestId())
    site.install(AccessLog(logger=log.name))
    answer = client.get("/")
    begun, sent = records
    assert [begun.request_id, sent.request_id] == [answer.headers[NAME]] * 2
    assert sent.access.request_id == answer.headers[NAME]


def test_sent_identities(site: Application, client: Client) -> None:
    """A well-formed one is taken; what could break a log line isn't."""
    site.install(RequestId())
    assert client.get("/", headers={NAME: "abcd-1234"}).text == "abcd-1234"
    for bad in ("short", "a b c d e f g h", "x" * 129, 'a"b\\c{}()d'):
        assert len(client.get("/", headers={NAME: bad}).text) == 32


def test_own_identities_alone(site: Application, client: Client) -> None:
    """Who doesn't trust clients makes all identities."""
    site.install(RequestId("X-Trace", accept=False))
    answer = client.get("/", headers={"X-Trace": "abcd-1234"})
    assert len(answer.headers["X-Trace"]) == 32


def test_requests_refused_at_once(site: Application, client: Client) -> None:
    """A request that no before handler saw has an identity too."""
    site.install(RequestId())
    site.trusted_hosts = ["shop.example"]
    answer = client.get("/", headers={NAME: "abcd-1234"})
    assert (answer.status_code, answer.headers[NAME]) == (400, "abcd-1234")


def test_without_the_extension(site: Application, client: Client) -> None:
    """There is none, and asking is no failure."""
    assert site.after == ()
    assert client.get("/").text == "-"


def test_bad_settings() -> None:
    """What is no name of a field is refused when it is made."""
    with pytest.raises(ValueError):
        RequestId("X Request")
