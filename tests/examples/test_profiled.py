"""The example profiled.py."""

import pstats
from pathlib import Path

from running import run_example


def read_functions(path: Path) -> set[str]:
    """Return the names of the functions in a profile."""
    return set(pstats.Stats(str(path)).get_stats_profile().func_profiles)


def test_start_and_requests_are_profiled(tmp_path: Path) -> None:
    """The import leaves a file, and so does each request."""
    with run_example("profiled", tmp_path) as example:
        assert example.get("/text").status == 200
        assert example.get("/debug-info").status == 200
    log = tmp_path / "log"
    assert "exec_module" in read_functions(log / "init.profile")
    (text,) = log.glob("req_GET_text.*.profile")
    assert "send_text" in read_functions(text)
    (page,) = log.glob("req_GET_debug-info.*.profile")
    assert "debug_info" in read_functions(page)
