"""Who imports whom, and when: the rules that no linter holds."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = {
    "poorwsgi": "poorwsgi",
    "poorwsgi-auth": "poorwsgi_auth",
    "poorwsgi-core": "poorwsgi_core",
    "poorwsgi-forms": "poorwsgi_forms",
    "poorwsgi-openapi": "poorwsgi_openapi",
}
# Known to type checkers without being installed; uWSGI makes its module itself.
NOT_INSTALLED = {"_typeshed", "typing_extensions", "uwsgi"}
ALL_AT_ONCE = """
import collections.abc, sys, threading  # 3.13 puts another module in place of this one

names = sys.argv[1:]
ready, wrong = threading.Barrier(len(names)), []

def load(name, star="from {} import *"):
    ready.wait()
    try:
        try:
            exec(star.format(name), {})
        except KeyError:  # a new package is out of sys.modules for a moment
            exec(star.format(name), {})
    except Exception as error:
        wrong.append(f"{name}: {error!r}")

threads = [threading.Thread(target=load, args=[name]) for name in names]
sys.setswitchinterval(1e-6)
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.exit("\\n".join(wrong) or 0)
"""


def read_imports(folder: Path) -> Iterator[tuple[Path, ast.Import | ast.ImportFrom]]:
    """Yield all import statements below a folder, wherever they stand."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield path, node


def modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Return the names of the modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names]


def test_core_imports_the_standard_library_alone(root: Path) -> None:
    """Nothing else but pytest, in what it alone loads."""
    allowed = {*sys.stdlib_module_names, "poorwsgi_core", *NOT_INSTALLED}
    foreign = [
        (path.name, name)
        for path, node in read_imports(root / "packages/poorwsgi-core/src")
        for name in modules(node)
        if name.partition(".")[0] not in allowed
    ]
    assert foreign == [("pytest_plugin.py", "pytest")]


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "poorwsgi"])
def test_tests_of_a_part_import_no_sibling(root: Path, package: str) -> None:
    """A part is tested without its siblings; only core is there as well."""
    banned = {*PACKAGES.values()} - {PACKAGES[package], "poorwsgi_core"}
    foreign = [
        (path.name, node.lineno, name)
        for path, node in read_imports(root / "packages" / package / "tests")
        for name in modules(node)
        if name.partition(".")[0] in banned
    ]
    assert foreign == []


@pytest.mark.parametrize("package", [name for name in PACKAGES if "core" not in name])
def test_parts_use_only_the_public_names_of_core(root: Path, package: str) -> None:
    """What one package takes from another stands in the other's ``__all__``."""
    private = [
        (path.name, node.lineno, node.module, alias.name)
        for path, node in read_imports(root / "packages" / package / "src")
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("poorwsgi_core")
        for alias in node.names
        if alias.name != "*"
        and alias.name not in importlib.import_module(node.module or "").__all__
    ]
    assert private == []


@pytest.mark.parametrize(("package", "module"), PACKAGES.items())
def test_packages_import_no_module_of_their_own(
    root: Path, package: str, module: str
) -> None:
    """A thread that has a package's lock wants no lock of a module in it."""
    source = root / "packages" / package / "src"
    eager = [
        (path.parent.name, node.lineno)
        for path in sorted((source / module).rglob("__init__.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in modules(node)
        if f"{name}.".startswith(".".join(path.parent.relative_to(source).parts) + ".")
    ]
    assert eager == []


@pytest.mark.parametrize(("package", "module"), PACKAGES.items())
def test_first_imports_in_several_threads(
    root: Path, package: str, module: str
) -> None:
    """All modules at once, each in a thread: none sees another one half made."""
    source = root / "packages" / package / "src"
    paths = [path.with_suffix("") for path in sorted((source / module).rglob("*.py"))]
    names = [
        ".".join(path.relative_to(source).parts).removesuffix(".__init__")
        for path in paths
        if path.name not in {"__main__", "pytest_plugin"}
    ]
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", ALL_AT_ONCE, *names],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
