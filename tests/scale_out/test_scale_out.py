"""Four processes on two hosts behind nginx: one key, one Redis; ``nox -s scale_out``.

Each of these is done until it went from each process to each other.
"""

import os
import re
import secrets
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
import requests
from faulting import Fault, Visits, find_wrong
from hosts import (
    ADDRESS,
    Master,
    find_obstacle,
    run_balancer,
    run_network,
    run_processes,
    run_redis,
)
from requests.auth import HTTPDigestAuth

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "scaling-out.md"
URL = f"http://{ADDRESS}:8080"
PARTIAL = {"Content-Type": "application/partial-upload"}
Pair = tuple[str, str]


@pytest.fixture(scope="module")
def hosts(
    need: Callable[[str, object], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[list[str]]]:
    """Make two hosts; gives what begins a command on each."""
    obstacle = find_obstacle()
    need(f"namespaces ({obstacle})", not obstacle)
    with run_network(tmp_path_factory.mktemp("network")) as made:
        yield made


@pytest.fixture(scope="module")
def master(
    hosts: list[list[str]],  # noqa: ARG001 - their network is there before it
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Master]:
    """Run Redis with its guards."""
    with run_redis(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture(scope="module")
def processes(
    hosts: list[list[str]],
    master: Master,  # noqa: ARG001 - it is there before them
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[str]]:
    """Run all behind the balancer of the guide; gives the addresses of processes."""
    folder = tmp_path_factory.mktemp("processes")
    (text,) = re.findall(r"```nginx\n(.+?)```", PAGE.read_text("utf-8"), re.DOTALL)
    with run_processes(hosts, folder) as places, run_balancer(folder, text):
        yield places


def get(path: str, **options: Any) -> requests.Response:
    """Send a request to the balancer."""
    return requests.request(
        options.pop("method", "GET"), URL + path, timeout=20, **options
    )


def name(answer: requests.Response) -> str:
    """Return the process that has answered."""
    return answer.headers["X-Process"]


def do_everywhere(
    act: Callable[[], list[requests.Response]], places: list[str]
) -> None:
    """Do something until each process was followed by each."""
    missing = {*product(places, places)}
    for _ in range(600):
        names = [name(answer) for answer in act()]
        missing -= {*pairwise(names)}
        if not missing:
            return
    pytest.fail(f"never from one to the other: {sorted(missing)}")


@pytest.mark.parametrize("kind", ["server", "cookie"])
def test_session(processes: list[str], kind: str) -> None:
    """Whoever began it, all know whose it is."""

    def act() -> list[requests.Response]:
        login = get(f"/login/{kind}/ann")
        seen = get(f"/who/{kind}", cookies=login.cookies)
        assert seen.json() == {"user": "ann"}
        return [login, seen]

    do_everywhere(act, processes)


def test_end_of_a_session(processes: list[str]) -> None:
    """Whoever has ended it, nobody knows it any more."""

    def act() -> list[requests.Response]:
        cookies = get("/login/server/ann").cookies
        logout = get("/logout/server", cookies=cookies)
        seen = get("/who/server", cookies=cookies)
        assert seen.json() == {}
        return [logout, seen]

    do_everywhere(act, processes)


def test_digest(processes: list[str]) -> None:
    """Who challenges, who lets in and who refuses a replay may be three."""

    def act() -> list[requests.Response]:
        answer = get("/digest", auth=HTTPDigestAuth("ann", "secret"))
        assert answer.json() == {"user": "ann"}
        sent = {"Authorization": str(answer.request.headers["Authorization"])}
        replay = get("/digest", headers=sent)
        stale = "stale=true" in replay.headers["WWW-Authenticate"]
        assert (replay.status_code, stale) == (401, True)
        return [*answer.history, answer, replay]

    do_everywhere(act, processes)


def test_upload(processes: list[str]) -> None:
    """What one has begun another goes on with, and a third completes."""

    def act() -> list[requests.Response]:
        content = os.urandom(3000)
        head = {"Upload-Complete": "?0"}
        begun = get("/uploads", method="POST", headers=head, data=content[:1000])
        place = begun.headers["Location"]
        head = {**PARTIAL, "Upload-Complete": "?0", "Upload-Offset": "1000"}
        more = get(place, method="PATCH", headers=head, data=content[1000:2000])
        assert more.headers["Upload-Offset"] == "2000"
        head = {**PARTIAL, "Upload-Complete": "?1", "Upload-Offset": "2000"}
        last = get(place, method="PATCH", headers=head, data=content[2000:])
        assert last.json() == {"sum": sha256(content).hexdigest()}
        return [begun, more, last]

    do_everywhere(act, processes)


def test_limit(processes: list[str]) -> None:
    """All count together, to eight."""

    def act() -> list[requests.Response]:
        path = f"/limited/{secrets.token_hex(8)}"
        answers = [get(path) for _ in range(10)]
        assert [each.status_code for each in answers] == [200] * 8 + [429] * 2
        return answers

    do_everywhere(act, processes)


@pytest.mark.usefixtures("processes")
def test_failover(master: Master) -> None:
    """While the replica takes over there is 503, nobody gets in, and all goes on."""
    login = get("/login/server/ann")
    full = f"/limited/{secrets.token_hex(8)}"
    assert {get(full).status_code for _ in range(9)} == {200, 429}
    visits = Visits(URL)
    visits.run({"failover": Fault(master.kill, master.wait_for_another)}, 0, 2)
    told_of = sorted(visits.counts.items())
    print(visits.returned, *told_of, sep="\n")  # noqa: T201 - how long it took
    told = {phase for phase, _, outcome in visits.counts if outcome == "503"}
    assert find_wrong(visits) == {}
    assert told == {"failover"}
    # The replica has a session and a limit from before.
    assert get("/who/server", cookies=login.cookies).json() == {"user": "ann"}
    assert get(full).status_code == 429
