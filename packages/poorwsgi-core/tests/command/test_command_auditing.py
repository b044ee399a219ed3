"""Facts about ``audit``."""

import json
import logging
from pathlib import Path

import pytest

from poorwsgi_core.command import main
from poorwsgi_core.command.audits.table import AUDITS
from poorwsgi_core.command.rules.table import RULES


def test_findings(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a stranger found is told, a line each; errors make the status 1."""
    disabled = logging.root.manager.disable
    assert main(["audit", f"{folder}:app"]) == 1
    out, err = capsys.readouterr()
    assert f"{folder}.py:9: warning: trusted_hosts is None" in out
    assert "error: GET /broken is answered 500 Internal Server Error [failure]" in out
    assert err == ""
    assert logging.root.manager.disable == disabled


def test_ignored(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules that are ignored aren't told; then warnings are left."""
    assert main(["audit", folder, "--ignore=failure"]) == 0
    assert main(["audit", folder, "--ignore=failure", "--strict"]) == 1
    capsys.readouterr()
    assert main(["audit", folder, "--ignore=failures"]) == 2
    assert "no rule 'failures' to ignore: there are [" in capsys.readouterr().err


def test_nothing_found(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An application without routes has nothing but its hosts."""
    options = ["--ignore=open-hosts", "--format=sarif"]
    assert main(["audit", f"{folder}:empty", *options], "poorwsgi") == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["results"] == []
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["wiring", "import", *RULES, *AUDITS]


def test_no_application(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is none the status is 2; one that fails has no requests."""
    assert main(["audit", f"{folder}:plain"]) == 2
    (tmp_path / f"{folder}_broken.py").write_text("import no_such_thing", "utf-8")
    assert main(["audit", f"{folder}_broken"]) == 1
    out = capsys.readouterr().out
    assert [line.rpartition(" ")[2] for line in out.splitlines()[:-1]] == ["[import]"]


def test_mistakes_of_the_wiring_come_first(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What ``check`` finds is told too."""
    path = tmp_path / f"{folder}.py"
    text = path.read_text("utf-8")
    path.write_text(f"{text}\napp.set_route('/x/<y>', root)\n", "utf-8")
    assert main(["audit", folder]) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith(" [wiring]")


@pytest.mark.parametrize("name", [*RULES, *AUDITS])
def test_each_rule_is_explained(name: str) -> None:
    """A rule has a sentence about it."""
    rules = {key: rule.about for key, rule in RULES.items()}
    about = {**rules, **{key: each.about for key, each in AUDITS.items()}}[name]
    assert about.endswith(".")
    assert len(about) < 90
