"""The documentation is complete, and what it shows is so."""

import contextlib
import io
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core.request.settings import Setting, Settings

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(
    r"^(?P<fence>```+)(?P<kind>[\w{}-]*)(?: [^\n]*)?\n(?P<body>.*?)^(?P=fence)$\n*",
    re.MULTILINE | re.DOTALL,
)
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (
        *ROOT.glob("docs/guide/*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("packages/*/README.md"),
    )
    if "```python" in path.read_text("utf-8")
)


def read_snippets(text: str) -> Iterator[tuple[int, str, str | None]]:
    """Yield line, code and printed text of each Python block of a page.

    What a block prints is the ``text`` block right behind it, ``None`` without one.
    """
    blocks = list(FENCE.finditer(text))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block["kind"] != "python":
            continue
        printed = None
        if following and following["kind"] == "text":
            printed = following["body"] if block.end() == following.start() else None
        yield text.count("\n", 0, block.start("body")), block["body"], printed


@pytest.mark.parametrize("page", PAGES)
def test_python_of_the_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a page run in order, and print what stands behind them."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": f"snippets of {page}"}
    try:
        for line, code, expected in read_snippets((ROOT / page).read_text("utf-8")):
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                # The empty lines make a traceback tell the line of the page.
                exec(compile("\n" * line + code, page, "exec"), names)  # noqa: S102
            assert output.getvalue() == (expected or "")
    finally:
        # Caches of typing hold classes, these their globals: free what is named.
        names.clear()


def test_snippets_of_a_page() -> None:
    """Only a text block right behind a Python block is what that one prints."""
    text = "a\n\n```python\n1\n```\n\n```text\n2\n```\n```python\n3\n```\nb\n```text\n"
    assert list(read_snippets(text + "4\n```\n")) == [
        (3, "1\n", "2\n"),
        (10, "3\n", None),
    ]


def test_each_guide_is_in_the_index(root: Path) -> None:
    """No page of the guide is written and then lost."""
    folder = root / "docs/guide"
    listed = {
        word
        for name in ("index", "running")
        for word in (folder / f"{name}.md").read_text("utf-8").split()
    }
    pages = {path.stem for path in folder.glob("*.md")}
    assert pages - {"index", "running"} - listed == set()


def test_guide_lists_each_setting_of_core(root: Path) -> None:
    """Name and default of every setting stand in the table, and no others do."""
    text = (root / "docs/guide/settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| `([^`]+)` \|", text, re.MULTILINE)
    settings = {
        name: getattr(setting.default, "__qualname__", repr(setting.default))
        for name, setting in vars(Settings).items()
        if isinstance(setting, Setting)
    }
    assert dict(rows) == settings


@pytest.mark.parametrize("part", ["core", "forms", "auth", "openapi"])
def test_each_module_has_a_reference_page(root: Path, part: str) -> None:
    """A page for each module, or for its whole package; none of what is gone."""
    source = root / f"packages/poorwsgi-{part}/src/poorwsgi_{part}"
    modules = {
        path.relative_to(source).with_suffix("").parts
        for path in source.rglob("[!_]*.py")
    }
    pages = {path.stem for path in (root / f"docs/reference/{part}").glob("*.md")}
    pages.remove("index")
    assert [parts for parts in modules if pages.isdisjoint(parts)] == []
    assert pages - {name for parts in modules for name in parts} == set()


def test_reference_of_a_package_has_its_names(root: Path) -> None:
    """What a package hands on, as the client of tests, is hidden on no page."""
    pages = "".join(p.read_text("utf-8") for p in root.glob("docs/reference/**/*.md"))
    hiding = re.findall(r"automodule:: (\S+)\n +:ignore-module-all:", pages)
    packages = [name for name in hiding if "__dir__" in vars(import_module(name))]
    assert "poorwsgi_core.testing.quirks" in hiding
    assert packages == []


def test_bundle_lists_each_import_path(root: Path) -> None:
    """The page of the bundle has a row for each of its modules."""
    page = (root / "docs/reference/bundle.md").read_text("utf-8")
    rows = re.findall(r"^\| `(poorwsgi[\w.]*)` \|", page, re.MULTILINE)
    source = root / "packages/poorwsgi/src/poorwsgi"
    modules = {f"poorwsgi.{p.stem}" for p in source.glob("[a-z]*.py")}
    assert {*rows} == {"poorwsgi", *modules}


def test_pictures_are_shown_and_small(root: Path) -> None:
    """Each picture is on some page, in light and in dark, and below 64 KiB."""
    text = "".join(page.read_text("utf-8") for page in (root / "docs").rglob("*.md"))
    shown = set(re.findall(r"images/([\w-]+\.(?:png|svg))", text))
    pictures = {path.name: path.stat().st_size for path in root.glob("docs/images/*")}
    assert shown == {*pictures}
    assert {name.replace("light", "dark") for name in shown} <= shown
    assert [name for name, size in pictures.items() if size > 65536] == []


def test_drawings_know_dark_pages(root: Path) -> None:
    """A drawing has both schemes in itself, and a ground to be read on."""
    drawings = [path.read_text("utf-8") for path in root.glob("docs/images/*.svg")]
    marks = ("prefers-color-scheme: dark", 'class="ground"', "<title>")
    assert [mark for mark in marks for text in drawings if mark not in text] == []


@pytest.mark.parametrize(
    ("word", "page"),
    [("abort", "errors"), ("redirect", "errors"), ("mount", "routing")],
)
def test_search_finds_the_page(root: Path, word: str, page: str) -> None:
    """A word of a heading comes before those of the text, when it is searched for."""
    text = (root / f"docs/guide/{page}.md").read_text("utf-8")
    assert re.search(rf"^#+ .*\b{word}", text, re.MULTILINE | re.IGNORECASE)


def test_each_decision_is_in_the_index(root: Path) -> None:
    """No record is written and then lost."""
    folder = root / "docs/decisions"
    index = (folder / "index.md").read_text("utf-8")
    lost = [p.stem for p in folder.glob("[0-9]*.md") if p.stem not in index]
    assert lost == []
