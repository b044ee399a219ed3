"""Redis stopped, paused and filled under load, the short form of ``nox -s load``."""

import shutil
from collections.abc import Callable

import pytest
from faulting import CALM, Visits, find_wrong, load_faults
from redis_server import run_redis
from serving import KINDS, is_there

NAME = "gunicorn-threads"


@pytest.fixture(scope="module")
def visits(
    need: Callable[[str, object], None], tmp_path_factory: pytest.TempPathFactory
) -> Visits:
    """Return what visitors of gunicorn got."""
    need("servers", is_there(KINDS[NAME]))
    need("redis", shutil.which("redis-server"))
    with run_redis() as redis:
        return load_faults(NAME, tmp_path_factory.mktemp("faults"), redis, 0.8)


def test_nobody_gets_in_who_should_not(visits: Visits) -> None:
    """All get what they should or 503, and that only while Redis fails."""
    assert find_wrong(visits) == {}


@pytest.mark.parametrize("fault", ["stopped", "paused", "filled"])
def test_fault_is_a_503_and_ends_by_itself(visits: Visits, fault: str) -> None:
    """Those who ask meanwhile are told so, and the next ones are served again."""
    told = {phase for phase, _, outcome in visits.counts if outcome == "503"}
    assert fault in told
    assert fault in visits.returned
    assert visits.counts[CALM, "session", "served"] > 0


@pytest.mark.parametrize(
    ("phase", "name", "outcome"),
    [
        (CALM, "session", "503"),
        (CALM, "replay", "let in"),
        ("stopped", "replay", "let in"),
        ("paused", "Digest", "500"),
    ],
)
def test_wrong_outcome_is_found(phase: str, name: str, outcome: str) -> None:
    """What must not happen is named."""
    visits = Visits("http://localhost")
    visits.counts[phase, name, outcome] = 2
    assert find_wrong(visits) == {f"{phase}, {name}: {outcome}": 2}
