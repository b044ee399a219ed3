"""Check the built distributions before they are published.

Usage::

    python tools/check_dist.py dist

Looks into each sdist and each wheel: the five names and the one version, the typing
marker, the licence, the metadata that PyPI shows, and that a wheel holds the
package's modules and nothing else.
"""

import argparse
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

__all__ = ["check_dist", "main"]

_ROOT = Path(__file__).resolve().parent.parent
_IMPORTS = (
    "poorwsgi",
    "poorwsgi_auth",
    "poorwsgi_core",
    "poorwsgi_forms",
    "poorwsgi_openapi",
)
_METADATA = {
    "License-Expression": "BSD-3-Clause",
    "License-File": "LICENSE",
    "Requires-Python": ">=3.11",
    "Description-Content-Type": "text/markdown",
}
_SDIST_NEEDS = ("LICENSE", "PKG-INFO", "README.md", "pyproject.toml")


def check_dist(folder: Path, version: str) -> list[str]:
    """Check all archives of a folder.

    Returns:
        One line for each fault, none when all is well.
    """
    wheels = {name: f"{name}-{version}-py3-none-any.whl" for name in _IMPORTS}
    sdists = {name: f"{name}-{version}.tar.gz" for name in _IMPORTS}
    expected = {*wheels.values(), *sdists.values()}
    found = {path.name for path in folder.iterdir() if path.name != ".gitignore"}
    faults = [f"{name}: is missing" for name in sorted(expected - found)]
    faults += [f"{name}: is not ours" for name in sorted(found - expected)]
    if faults:
        return faults
    for name in _IMPORTS:
        faults += _check_wheel(folder / wheels[name], name, version)
        faults += _check_sdist(folder / sdists[name], name, version)
    return faults


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(description="Check the built distributions.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    version = (_ROOT / "VERSION").read_text("utf-8").strip()
    faults = check_dist(folder, version)
    print(*faults, sep="\n") if faults else print("All archives are in order.")
    return 1 if faults else 0


def _check_wheel(path: Path, name: str, version: str) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        files = set(archive.namelist())
        info = f"{name}-{version}.dist-info"
        licence = f"{info}/licenses/LICENSE"
        needs = {f"{name}/__init__.py", f"{name}/py.typed", licence}
        faults = [f"{path.name}: lacks {file}" for file in sorted(needs - files)]
        faults += [
            f"{path.name}: holds {file}"
            for file in sorted(files)
            if not file.startswith(f"{info}/") and not _is_module(file, name)
        ]
        metadata = HeaderParser().parsestr(archive.read(f"{info}/METADATA").decode())
        if licence in files and archive.read(licence) != _licence():
            faults.append(f"{path.name}: its LICENSE is not that of the repository")
    return faults + _check_metadata(path, metadata, version)


def _check_metadata(path: Path, metadata: Message, version: str) -> list[str]:
    expected = {**_METADATA, "Version": version}
    faults = [
        f"{path.name}: {key} is {metadata[key]!r}, not {value!r}"
        for key, value in expected.items()
        if metadata[key] != value
    ]
    if not str(metadata.get_payload()).strip():
        faults.append(f"{path.name}: has no description for its page")
    siblings = [
        requirement
        for requirement in metadata.get_all("Requires-Dist", [])
        if requirement.startswith("poorwsgi")
    ]
    return faults + [
        f"{path.name}: {requirement} is not pinned to {version}"
        for requirement in siblings
        if not requirement.endswith(f"=={version}")
    ]


def _check_sdist(path: Path, name: str, version: str) -> list[str]:
    top = f"{name}-{version}"
    with tarfile.open(path) as archive:
        files = {member.name for member in archive if member.isfile()}
        others = [member.name for member in archive if not member.isfile()]
    needs = {f"{top}/{file}" for file in _SDIST_NEEDS}
    needs |= {f"{top}/src/{name}/{file}" for file in ("__init__.py", "py.typed")}
    faults = [f"{path.name}: lacks {file}" for file in sorted(needs - files)]
    if not any(file.startswith(f"{top}/tests/test_") for file in files):
        faults.append(f"{path.name}: has no tests")
    return faults + [f"{path.name}: {file} is not a plain file" for file in others]


def _is_module(file: str, name: str) -> bool:
    kinds = (".css", ".js", ".py", ".toml", "/py.typed")
    return file.startswith(f"{name}/") and file.endswith(kinds)


def _licence() -> bytes:
    return (_ROOT / "LICENSE").read_bytes()


if __name__ == "__main__":
    sys.exit(main())
