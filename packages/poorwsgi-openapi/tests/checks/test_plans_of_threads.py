"""Plans of operations are made once, however many threads ask at first."""

import pytest
from rushing import rush
from small_api import RAW, wire

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI

pytestmark = pytest.mark.needs("threads")


def test_first_requests_at_once() -> None:
    """Each gets the answer of its own operation, or its own refusal."""
    app, api = Application("plans of threads"), OpenAPI(RAW)
    wire(api)
    app.install(api)
    client = Client(app)

    def work(thread: int) -> list[object]:
        paths = ("/a", f"/b/{thread}", "/b/x", f"/c/{thread}/y")
        answers = [client.get(path) for path in paths]
        return [answers[0].text, answers[1].json(), answers[2].status_code]

    assert rush(work) == [["a", {"b": thread}, 400] for thread in range(12)]
