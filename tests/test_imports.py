"""Who imports whom, read from the source: the rules that no linter holds."""

import ast
import importlib
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
