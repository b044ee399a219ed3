"""What threads share stays whole, however often they take turns."""

from typing import NoReturn

import pytest
from recording import say
from rushing import rush

from poorwsgi_core.application import Application
from poorwsgi_core.extensions.rate_limit import MemoryBuckets
from poorwsgi_core.http.dates import http_to_time, time_to_http
from poorwsgi_core.request import Request
from poorwsgi_core.response import abort
from poorwsgi_core.state import METHOD_GET
from poorwsgi_core.testing import Client

pytestmark = pytest.mark.needs("threads")


def fail(_: Request) -> NoReturn:
    """Fail."""
    raise LookupError("nothing")


def test_routes_are_found_while_others_come_and_go(app: Application) -> None:
    """Each table of routes is a whole one, with the routes that nobody touches."""
    app.set_route("/kept", say("kept"))
    app.set_route("/kept/<number:int>", say("number"))
    client = Client(app)

    def work(thread: int) -> list[str]:
        texts: list[str] = []
        for number in range(4):
            path = f"/{thread}/{number}"
            app.set_route(path, say("own"), METHOD_GET)
            app.set_route(f"{path}/<rest>", say("rest"))
            paths = ("/kept", "/kept/1", path, f"{path}/x")
            texts += [client.get(each).text for each in paths]
            assert app.route_table
            app.pop_route(path, METHOD_GET)
            texts.append(str(client.get(path).status_code))
        return texts

    expected = ["kept", "number", "own", "rest", "404"] * 4
    assert rush(work) == [expected] * 12


def test_hooks_that_come_and_go(app: Application) -> None:
    """None is lost, none is left, and those of others run meanwhile."""
    kept: list[str] = []
    app.add_before_response(lambda req: kept.append(req.path))
    app.set_route("/", say("answer"))
    client = Client(app)

    def work(_: int) -> list[int]:
        statuses: list[int] = []
        for _number in range(8):

            def hook(_: object) -> None: ...

            app.add_before_response(hook)
            statuses.append(client.get("/").status_code)
            app.pop_before_response(hook)
        return statuses

    assert rush(work) == [[200] * 8] * 12
    assert (len(kept), len(app.before)) == (96, 1)


def test_handlers_of_failures_that_come_and_go(app: Application) -> None:
    """An answer is the one with a handler or the one without, never another."""
    app.set_route("/fail", fail)
    app.set_route("/gone", lambda _: abort(410))
    client = Client(app)

    def change() -> None:
        for _ in range(500):
            app.set_error_handler(LookupError, lambda _, __: ("lost", 418), METHOD_GET)
            app.set_http_state(410, lambda _: ("gone", 418), METHOD_GET)
            app.pop_error_handler(LookupError, METHOD_GET)
            app.pop_http_state(410, METHOD_GET)

    def work(thread: int) -> set[tuple[str, int]]:
        if thread == 0:
            change()
            return set()
        paths = ("/fail", "/gone") * 20
        return {(path, client.get(path).status_code) for path in paths}

    expected = {("/fail", 500), ("/fail", 418), ("/gone", 410), ("/gone", 418)}
    assert set().union(*rush(work)) <= expected


def test_handler_that_goes_while_it_is_looked_for() -> None:
    """It answers still, for a request looks into one table from begin to end."""

    class Interrupted(Request):
        @property
        def method_number(self) -> int:
            if app.states:  # as another thread would, at this moment
                app.pop_http_state(410, METHOD_GET)
            return super().method_number

    class Looking(Application[Interrupted]):
        request_class = Interrupted

    def refuse(_: Request) -> NoReturn:
        app.set_http_state(410, say("gone"), METHOD_GET)
        abort(410)

    app = Looking("looking")
    app.set_route("/", refuse)
    assert Client(app).get("/").text == "gone"
    assert app.states == {}


def test_a_bucket_gives_no_more_than_it_has() -> None:
    """Of 240 that ask at once, 100 get a token, and 4 buckets are kept."""
    buckets = MemoryBuckets(4, clock=lambda: 0.0)

    def work(_: int) -> int:
        return sum(buckets.take("key", 100, 60).allowed for _number in range(20))

    assert sum(rush(work)) == 100

    def fill(thread: int) -> list[int]:
        keys = [f"{thread}:{number}" for number in range(20)]
        return [buckets.take(key, 2, 60).remaining for key in keys]

    assert rush(fill) == [[1] * 20] * 12


def test_what_is_cached_is_right_for_each(app: Application) -> None:
    """A cache of pure functions may work twice, but gives nobody another's value."""
    app.set_route("/", lambda req: {"kind": req.mime_type, "accept": req.accept})
    client = Client(app)

    def work(thread: int) -> bool:
        found: list[bool] = []
        for number in range(20):
            second = thread * 1000 + number
            found.append(http_to_time(time_to_http(second)) == second)
            fields = {"Content-Type": f"text/x-{second}"}
            answer = client.get("/", headers=fields).json()
            found.append(answer["kind"] == f"text/x-{second}")
        return all(found)

    assert rush(work) == [True] * 12
