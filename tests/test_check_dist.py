"""The tool that looks into what would be published finds what is wrong with it."""

import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

IMPORTS = (
    "poorwsgi",
    "poorwsgi_auth",
    "poorwsgi_core",
    "poorwsgi_forms",
    "poorwsgi_openapi",
)
METADATA = """\
Metadata-Version: 2.4
Name: any
Version: {version}
License-Expression: BSD-3-Clause
License-File: LICENSE
Requires-Python: >=3.11
Requires-Dist: poorwsgi-core=={version}
Description-Content-Type: text/markdown

What it is.
"""

Files = dict[str, bytes]


def build_wheel(name: str, version: str, licence: bytes) -> Files:
    """Return what a good wheel holds."""
    info = f"{name}-{version}.dist-info"
    return {
        f"{name}/__init__.py": b"",
        f"{name}/py.typed": b"",
        f"{info}/METADATA": METADATA.format(version=version).encode(),
        f"{info}/licenses/LICENSE": licence,
    }


def build_sdist(name: str, version: str) -> Files:
    """Return what a good sdist holds."""
    files = ["LICENSE", "PKG-INFO", "README.md", "pyproject.toml", "tests/test_a.py"]
    files += [f"src/{name}/__init__.py", f"src/{name}/py.typed"]
    return {f"{name}-{version}/{file}": b"" for file in files}


class Dist:
    """Ten archives in memory, good until a test spoils one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.version = (root / "VERSION").read_text("utf-8").strip()
        licence = (root / "LICENSE").read_bytes()
        self.wheels = {n: build_wheel(n, self.version, licence) for n in IMPORTS}
        self.sdists = {n: build_sdist(n, self.version) for n in IMPORTS}

    def check(self, folder: Path) -> tuple[int, list[str]]:
        """Write the archives and return what the tool says about them."""
        for name, files in self.wheels.items():
            path = folder / f"{name}-{self.version}-py3-none-any.whl"
            with zipfile.ZipFile(path, "w") as wheel:
                for file, content in files.items():
                    wheel.writestr(file, content)
        for name, files in self.sdists.items():
            path = folder / f"{name}-{self.version}.tar.gz"
            with tarfile.open(path, "w:gz") as sdist:
                for file, content in files.items():
                    member = tarfile.TarInfo(file)
                    member.size = len(content)
                    sdist.addfile(member, io.BytesIO(content))
        answer = subprocess.run(  # noqa: S603 - our own interpreter and tool
            [sys.executable, self.root / "tools" / "check_dist.py", folder],
            capture_output=True,
            check=False,
            text=True,
        )
        return answer.returncode, answer.stdout.splitlines()


@pytest.fixture
def dist(root: Path) -> Dist:
    """Return ten good archives."""
    return Dist(root)


def test_good_archives_pass(dist: Dist, tmp_path: Path) -> None:
    """Nothing is said against archives that are in order."""
    assert dist.check(tmp_path) == (0, ["All archives are in order."])


def test_missing_archives_are_named(dist: Dist, tmp_path: Path) -> None:
    """All ten are published together, or none."""
    dist.wheels.clear()
    status, lines = dist.check(tmp_path)
    assert (status, len(lines), lines[0].endswith("is missing")) == (1, 5, True)


def test_foreign_files_are_named(dist: Dist, tmp_path: Path) -> None:
    """A file of another version must not be uploaded along with them."""
    (tmp_path / "poorwsgi-1.0.tar.gz").write_bytes(b"")
    assert dist.check(tmp_path) == (1, ["poorwsgi-1.0.tar.gz: is not ours"])


@pytest.mark.parametrize("file", ["__init__.py", "py.typed"])
def test_wheel_needs(dist: Dist, tmp_path: Path, file: str) -> None:
    """A wheel without its package or its typing marker is refused."""
    del dist.wheels["poorwsgi_core"][f"poorwsgi_core/{file}"]
    status, lines = dist.check(tmp_path)
    assert (status, [line.partition(": ")[2] for line in lines]) == (
        1,
        [f"lacks poorwsgi_core/{file}"],
    )


def test_wheel_holds_nothing_but_its_package(dist: Dist, tmp_path: Path) -> None:
    """Tests and leftovers are no part of a wheel."""
    dist.wheels["poorwsgi_core"]["tests/test_a.py"] = b""
    status, lines = dist.check(tmp_path)
    assert (status, lines[0].partition(": ")[2]) == (1, "holds tests/test_a.py")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("BSD-3-Clause", "MIT", "License-Expression is 'MIT', not 'BSD-3-Clause'"),
        (">=3.11", ">=3.9", "Requires-Python is '>=3.9', not '>=3.11'"),
        ("What it is.", "", "has no description for its page"),
        ("core==", "core>=", "poorwsgi-core>={version} is not pinned to {version}"),
    ],
)
def test_metadata(dist: Dist, tmp_path: Path, old: str, new: str, fault: str) -> None:
    """What PyPI shows and pip resolves is as it was decided."""
    file = f"poorwsgi_auth-{dist.version}.dist-info/METADATA"
    text = dist.wheels["poorwsgi_auth"][file].decode()
    dist.wheels["poorwsgi_auth"][file] = text.replace(old, new).encode()
    status, lines = dist.check(tmp_path)
    expected = fault.format(version=dist.version)
    assert (status, [line.partition(": ")[2] for line in lines]) == (1, [expected])


def test_licence_is_that_of_the_repository(dist: Dist, tmp_path: Path) -> None:
    """A stale copy of the licence is seen."""
    file = f"poorwsgi_auth-{dist.version}.dist-info/licenses/LICENSE"
    dist.wheels["poorwsgi_auth"][file] = b"MIT"
    status, lines = dist.check(tmp_path)
    assert (status, len(lines), "LICENSE is not" in lines[0]) == (1, 1, True)


@pytest.mark.parametrize("file", ["LICENSE", "README.md", "src/poorwsgi_core/py.typed"])
def test_sdist_needs(dist: Dist, tmp_path: Path, file: str) -> None:
    """An sdist holds all that its wheel is built from."""
    del dist.sdists["poorwsgi_core"][f"poorwsgi_core-{dist.version}/{file}"]
    status, lines = dist.check(tmp_path)
    assert (status, len(lines), lines[0].endswith(f"/{file}")) == (1, 1, True)


def test_sdist_holds_tests(dist: Dist, tmp_path: Path) -> None:
    """Who packages an sdist can test it."""
    del dist.sdists["poorwsgi"][f"poorwsgi-{dist.version}/tests/test_a.py"]
    status, lines = dist.check(tmp_path)
    assert (status, lines[0].endswith(".tar.gz: has no tests")) == (1, True)
