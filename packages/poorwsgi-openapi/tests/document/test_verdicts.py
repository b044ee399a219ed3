"""A good verdict on a large document is kept, and believed only when it is ours."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_openapi.document import document as documents
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.specification import Finding
from poorwsgi_openapi.document.verdicts import VerdictCache, find_folder


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Write a document of 300 kB, with a warning."""
    schema = {"type": "string", "default": 1, "description": "a" * 300_000}
    raw = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {},
        "components": {"schemas": {"A": schema}},
    }
    path = tmp_path / "large.json"
    path.write_text(json.dumps(raw), "utf-8")
    return path


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """Return the documents that are really checked."""
    found: list[Document] = []
    find: Any = vars(documents)["find_faults"]

    def count(document: Document) -> Any:
        found.append(document)
        return find(document)

    monkeypatch.setattr(documents, "find_faults", count)
    return found


def test_second_load_reads_the_verdict(
    tmp_path: Path, large: Path, checks: list[Document]
) -> None:
    """It has the same warnings; another document is checked anew."""
    folder = tmp_path / "cache" / "verdicts"
    first, second = (Document(large, cache=folder) for _ in range(2))
    assert first.warnings == second.warnings
    assert second.warnings[0].keys == ("components", "schemas", "A", "default")
    assert checks == [first]
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (
        0o600,
        0o700,
    )
    large.write_text(large.read_text("utf-8").replace('"A"', '"B"'), "utf-8")
    again = first.read_again()
    assert checks == [first, again]


def test_cache_of_the_user(
    tmp_path: Path,
    large: Path,
    checks: list[Document],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is where the desktop says, or below the home; it can be switched off."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert find_folder() == tmp_path / "poorwsgi-openapi"
    for _ in range(2):
        Document(large)
    assert len(checks) == 1
    Document(large, cache=False)
    assert len(checks) == 2
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert find_folder() == Path.home() / ".cache" / "poorwsgi-openapi"


def test_small_and_broken_documents_are_not_kept(tmp_path: Path, large: Path) -> None:
    """A small one is quick to check, and what is broken shall be told each time."""
    folder = tmp_path / "cache"
    small = tmp_path / "small.yaml"
    small.write_text("openapi: 3.1.1\ninfo: {title: A, version: '1'}\npaths: {}\n")
    Document(small, cache=folder)
    large.write_text(large.read_text("utf-8").replace('"title"', '"name"'), "utf-8")
    for _ in range(2):
        with pytest.raises(ValueError, match="title"):
            Document(large, cache=folder)
    assert not folder.exists()


def keep(folder: Path) -> tuple[VerdictCache, Path]:
    """Keep a verdict; return its cache and file."""
    cache = VerdictCache(folder, [b"a"])
    cache.write([Finding(("a",), "doubtful", is_fault=False)])
    (file,) = folder.iterdir()
    return cache, file


def test_files_of_others_are_not_believed(tmp_path: Path) -> None:
    """Nor what others may write, a link, or what is no verdict."""
    cache, file = keep(tmp_path / "cache")
    assert cache.read() == (Finding(("a",), "doubtful", is_fault=False),)
    file.chmod(0o666)
    assert cache.read() is None
    file.chmod(0o600)
    file.write_text("{", "utf-8")
    assert cache.read() is None
    file.write_text("[1]", "utf-8")
    assert cache.read() is None
    file.unlink()
    (tmp_path / "other").write_text("[]", "utf-8")
    file.symlink_to(tmp_path / "other")
    assert cache.read() is None


def test_without_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a system has none, a plain file is enough."""
    cache, _ = keep(tmp_path / "cache")
    monkeypatch.delattr(os, "geteuid")
    assert cache.read() is not None


def test_folder_that_can_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is kept then, nothing is left over, and nobody is bothered."""
    (tmp_path / "file").write_text("", "utf-8")
    VerdictCache(tmp_path / "file" / "cache", [b"a"]).write([])

    def fail(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", fail)
    VerdictCache(tmp_path / "cache", [b"a"]).write([])
    assert [*(tmp_path / "cache").iterdir()] == []
