"""The reference knows every module."""

from pathlib import Path


def test_each_module_of_core_has_a_reference_page(root: Path) -> None:
    """One page for each module; none is left over from a module that is gone."""
    source = root / "packages/poorwsgi-core/src/poorwsgi_core"
    paths = [
        *source.glob("*.py"),
        *(path.parent for path in source.glob("*/__init__.py")),
    ]
    modules = {path.stem for path in paths if not path.stem.startswith("_")}
    pages = {path.stem for path in (root / "docs/reference/core").glob("*.md")}
    assert pages - {"index"} == modules


def test_each_decision_is_in_the_index(root: Path) -> None:
    """No record is written and then lost."""
    folder = root / "docs/decisions"
    index = (folder / "index.md").read_text("utf-8")
    lost = [p.stem for p in folder.glob("[0-9]*.md") if p.stem not in index]
    assert lost == []
