"""The example tracker: its own tests, and what it is deployed by."""

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from running import EXAMPLES

TRACKER = EXAMPLES / "tracker"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """Read the file of Docker Compose."""
    found: dict[str, Any] = yaml.safe_load((TRACKER / "compose.yaml").read_text())
    return found


def test_own_tests_pass(tmp_path: Path) -> None:
    """They run as its README says."""
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tracker/tests"]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *command, "--basetemp", str(tmp_path / "tests")],
        capture_output=True,
        check=False,
        cwd=EXAMPLES,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        text=True,
    )
    assert re.search(r"^23 passed in", done.stdout, re.MULTILINE), done.stdout


def test_compose_keeps_to_its_schema(compose: dict[str, Any]) -> None:
    """The Compose Specification allows it as it is."""
    schemas = files("check_jsonschema.builtin_schemas")
    text = (schemas / "vendor" / "compose-spec.json").read_text("utf-8")
    validator: Any = jsonschema.Draft202012Validator(json.loads(text))
    assert [error.message for error in validator.iter_errors(compose)] == []


def test_parts_of_compose_fit(compose: dict[str, Any]) -> None:
    """What one part names is there: services, volumes, files, settings."""
    services = compose["services"]
    nginx = (TRACKER / "nginx.conf").read_text()
    workers = re.findall(r"server (\w+):8000;", nginx)
    assert workers == ["one", "two"]
    assert {*services["nginx"]["depends_on"]} == {*workers}
    settings = (TRACKER / "settings.py").read_text()
    for name in workers:
        variables = services[name]["environment"]
        assert variables["app_redis"] == "redis://redis:6379/0"
        assert variables["app_data"] == "/data"
        assert services[name]["volumes"] == ["data:/data"]
        assert all(f"{each[4:]}: " in settings for each in variables)
    mounted = services["nginx"]["volumes"][0].partition(":")[0]
    assert (TRACKER / mounted).is_file()
    (subnet,) = compose["networks"]["default"]["ipam"]["config"]
    assert services["one"]["environment"]["app_proxies"] == subnet["subnet"]
    assert {*compose["volumes"]} == {"data"}
