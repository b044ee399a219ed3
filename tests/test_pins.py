"""The five distributions agree on their version and on one another."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

PARTS = ["poorwsgi-auth", "poorwsgi-core", "poorwsgi-forms", "poorwsgi-openapi"]
SIBLINGS = {
    "poorwsgi": PARTS,
    "poorwsgi-auth": ["poorwsgi-core"],
    "poorwsgi-core": [],
    "poorwsgi-forms": ["poorwsgi-core"],
    "poorwsgi-openapi": ["poorwsgi-core"],
}
OTHERS = {
    "poorwsgi": [],
    "poorwsgi-auth": ["cryptography>=46.0.7"],
    "poorwsgi-core": [],
    "poorwsgi-forms": ["multipart>=2,<3"],
    "poorwsgi-openapi": ["markdown-it-py>=4.1,<5", "openapi-core>=0.23,<0.24"],
}


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file as a dictionary."""
    return tomllib.loads(path.read_text("utf-8"))


def test_there_are_five_distributions(root: Path) -> None:
    """Each folder of packages/ is one of the five, under its own name."""
    names = {
        path.parent.name: read_toml(path)["project"]["name"]
        for path in root.glob("packages/*/pyproject.toml")
    }
    assert names == {name: name for name in SIBLINGS}


@pytest.mark.parametrize("name", SIBLINGS)
def test_siblings_are_pinned_to_the_one_version(root: Path, name: str) -> None:
    """A part asks for exactly those siblings, in exactly this version."""
    version = (root / "VERSION").read_text("utf-8").strip()
    project = read_toml(root / "packages" / name / "pyproject.toml")["project"]
    pins = [item for item in project["dependencies"] if item.startswith("poorwsgi")]
    assert pins == [f"{sibling}=={version}" for sibling in SIBLINGS[name]]


@pytest.mark.parametrize("name", OTHERS)
def test_other_dependencies_are_those_decided(root: Path, name: str) -> None:
    """No dependency comes in unnoticed; core has none."""
    project = read_toml(root / "packages" / name / "pyproject.toml")["project"]
    rest = [item for item in project["dependencies"] if "poorwsgi" not in item]
    assert rest == OTHERS[name]


@pytest.mark.parametrize("name", SIBLINGS)
def test_version_is_read_from_the_root(root: Path, name: str) -> None:
    """No package has a version of its own."""
    table = read_toml(root / "packages" / name / "pyproject.toml")
    source = table["tool"]["hatch"]["version"]["path"]
    assert (table["project"]["dynamic"], source) == (["version"], "../../VERSION")


@pytest.mark.parametrize("name", SIBLINGS)
def test_no_package_replaces_the_settings_of_ruff(root: Path, name: str) -> None:
    """A ruff table in a package would silently replace the root's."""
    table = read_toml(root / "packages" / name / "pyproject.toml")
    assert "ruff" not in table["tool"]
