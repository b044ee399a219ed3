"""Facts about the way from a path to a file of the document root."""

import errno
import os
import stat
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording import count_descriptors

from poorwsgi_core.response import document_root
from poorwsgi_core.response.document_root import find_file, open_real


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a document root with traps in and beside it."""
    base = tmp_path_factory.mktemp("base").resolve()
    root = base / "www"
    for folder in ("dir/deep", ".git", ".well-known/.private", "a b"):
        (root / folder).mkdir(parents=True)
    (base / "wwwx").mkdir()
    for name in (
        "secret.txt",
        "wwwx/secret.txt",
        "www/a.txt",
        "www/%2e%2e",
        "www/ěšč.txt",
        "www/a b/c.txt",
        "www/dir/page.html",
        "www/.htpasswd",
        "www/.git/config",
        "www/.well-known/acme",
        "www/.well-known/.private/key",
    ):
        (base / name).write_text(name)
    for name, target in {
        "inner": "dir/page.html",
        "inner_dir": "dir",
        "outer": "../secret.txt",
        "outer_dir": "..",
        "sibling": "../wwwx",
        "absolute": str(base / "secret.txt"),
        "hidden": ".htpasswd",
        "loop": "loop",
        "dangling": "nothing",
        "self": ".",
    }.items():
        (root / name).symlink_to(target)
    (base / "link").symlink_to("www")
    return root


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "."),
        ("/a.txt", "a.txt"),
        ("/dir", "dir"),
        ("/dir/", "dir"),
        ("/dir/page.html", "dir/page.html"),
        ("/dir/deep/", "dir/deep"),
        ("/a b/c.txt", "a b/c.txt"),
        ("/ěšč.txt", "ěšč.txt"),
        ("/inner", "dir/page.html"),
        ("/inner_dir/page.html", "dir/page.html"),
        ("/self/a.txt", "a.txt"),
    ],
)
def test_found(root: Path, path: str, expected: str) -> None:
    """A path names the file below the root, through inner links too (bar 1, 3)."""
    found = find_file(str(root), path)
    assert found is not None
    assert Path(found) == root / expected
    assert found.endswith("/") == path.endswith("/")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a.txt",
        "../secret.txt",
        "x/secret.txt",
        "/..",
        "/../secret.txt",
        "/dir/../../secret.txt",
        "/dir/../a.txt",
        "/dir/..",
        "/nothing",
        "/dir/nothing/",
        "/" + "x" * 5000,
        "/" + "x/" * 5000,
    ],
)
def test_not_found(root: Path, path: str) -> None:
    """Without a slash in front, or with dots, nothing is found (F2, bar 1)."""
    assert find_file(str(root), path) is None
    assert find_file(f"{root}/", path) is None


@pytest.mark.parametrize(
    "path",
    [
        *("//", "//a.txt", "/./a.txt", "/dir//page.html", "/dir/./page.html"),
        *("/.", "/./", "/dir/.", "/dir/./", "/dir//", "/dir//deep/", "//dir"),
    ],
)
def test_paths_that_can_be_read_in_two_ways(root: Path, path: str) -> None:
    """A guard by the path that is written sees all paths that lead to a file."""
    for show_hidden in (False, True):
        assert find_file(str(root), path, show_hidden=show_hidden) is None


@pytest.mark.parametrize(
    "path", ["/outer", "/outer_dir/secret.txt", "/outer_dir/", "/sibling/", "/absolute"]
)
def test_links_that_lead_out(root: Path, path: str) -> None:
    """They are followed only when that is wanted (bar 3)."""
    assert find_file(str(root), path) is None
    assert find_file(str(root), path, follow_symlinks=True) is not None


@pytest.mark.parametrize("path", ["/loop", "/dangling", "/loop/a.txt"])
def test_links_that_lead_nowhere(root: Path, path: str) -> None:
    """They are not found, whether links are followed or not."""
    assert find_file(str(root), path) is None
    assert find_file(str(root), path, follow_symlinks=True) is None


def test_sibling_with_the_same_prefix(root: Path) -> None:
    """Names are compared, not letters: wwwx is not below www (bar 1)."""
    assert find_file(str(root), "/sibling/secret.txt") is None
    assert find_file(str(root), "x/secret.txt") is None


@pytest.mark.parametrize(
    "path",
    [
        "/.htpasswd",
        "/.git",
        "/.git/config",
        "/dir/.well-known",
        "/.well-known/.private/key",
        "/hidden",
    ],
)
def test_hidden(root: Path, path: str) -> None:
    """Dot files are not found, and not by another name (bar 4)."""
    assert find_file(str(root), path) is None


def test_hidden_names_can_be_shown(root: Path) -> None:
    """With show_hidden they are files like any other (bar 4)."""
    for path in ("/.htpasswd", "/.git/config", "/hidden", "/.well-known/.private/key"):
        assert find_file(str(root), path, show_hidden=True) is not None
    assert find_file(str(root), "/../secret.txt", show_hidden=True) is None
    assert find_file(str(root), "/outer", show_hidden=True) is None


def test_hidden_with_followed_links(root: Path) -> None:
    """Following links doesn't show names that start with a dot."""
    assert find_file(str(root), "/.htpasswd", follow_symlinks=True) is None


def test_well_known_is_shown(root: Path) -> None:
    """RFC 8615 names are public, at the top (bar 4)."""
    assert find_file(str(root), "/.well-known/") == f"{root}/.well-known/"
    assert find_file(str(root), "/.well-known/acme") == f"{root}/.well-known/acme"


@pytest.mark.parametrize(
    "code", [*range(32), 127, ord("\\")], ids=lambda code: f"{code:#x}"
)
def test_controls_and_backslash(root: Path, code: int) -> None:
    """A path with one of them is not found (bar 2)."""
    assert find_file(str(root), f"/a.txt{chr(code)}") is None
    assert find_file(str(root), f"/{chr(code)}/../a.txt", follow_symlinks=True) is None


def test_percent_is_a_letter(root: Path) -> None:
    """The path is decoded already (bar 2)."""
    assert find_file(str(root), "/%2e%2e") == f"{root}/%2e%2e"
    assert find_file(str(root), "/%2e%2e/secret.txt") is None
    assert find_file(str(root), "/%61.txt") is None


@pytest.mark.parametrize("path", ["/a.txt/", "/a.txt//", "/a.txt/.", "/a.txt/./"])
def test_slash_after_a_file(root: Path, path: str) -> None:
    """A file is no directory (F6)."""
    assert find_file(str(root), path) is None


def test_path_that_no_file_system_takes(root: Path) -> None:
    """Lone surrogates and invalid UTF-8 are not found."""
    assert find_file(str(root), "/\ud800") is None
    assert find_file(str(root), "/\udcff") is None


@pytest.mark.parametrize("spelling", ["{}", "{}/", "{}/.", "{}/dir/..", "{}/../link"])
def test_spellings_of_the_root(root: Path, spelling: str) -> None:
    """However the root is spelt, it is the same (bar 1)."""
    spelt = spelling.format(root)
    assert find_file(spelt, "/a.txt") == f"{root}/a.txt"
    assert find_file(spelt, "/") == f"{root}/"
    assert find_file(spelt, "/outer") is None


def test_relative_root(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative root counts from the working directory, its parent is shut (F2)."""
    monkeypatch.chdir(root)
    assert find_file(".", "/a.txt") == f"{root}/a.txt"
    assert find_file(".", "") is None
    assert find_file(".", "/../secret.txt") is None
    assert find_file("dir", "/page.html") == f"{root}/dir/page.html"


def test_root_of_the_file_system(root: Path) -> None:
    """The root of all is a root too."""
    path = f"{root}/a.txt"
    assert find_file("/", path, show_hidden=True) == path
    assert find_file("/", "/") == "/"


def test_root_that_is_not_there(root: Path) -> None:
    """Nothing is found below nothing."""
    assert find_file(f"{root}/nothing", "/") is None
    assert find_file(f"{root}/nothing", "/a.txt") is None


# --- opening -------------------------------------------------------------------------


@pytest.fixture(params=["by parts", "compared"])
def _scheme(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Open in both ways, that of Linux and that of the others; nothing is left open."""
    if request.param == "compared":
        monkeypatch.setattr(document_root, "_O_PATH", 0)
    before = count_descriptors()
    yield
    assert count_descriptors() == before


@pytest.mark.needs("files")
@pytest.mark.usefixtures("_scheme")
@pytest.mark.parametrize("name", ["a.txt", "dir/page.html", "a b/c.txt", "ěšč.txt"])
def test_opens_a_file(root: Path, name: str) -> None:
    """A real path is opened for reading, and the descriptor isn't inherited."""
    descriptor = open_real(str(root / name), os.O_RDONLY)
    assert not os.get_inheritable(descriptor)
    with FileIO(descriptor) as file:
        assert file.read() == f"www/{name}".encode()


@pytest.mark.usefixtures("_scheme")
@pytest.mark.parametrize("end", ["", "/"])
def test_opens_a_directory(root: Path, end: str) -> None:
    """A directory is opened too, also that of all."""
    for path, name in ((f"{root}{end}", "a.txt"), ("/", "proc")):
        descriptor = open_real(path, os.O_RDONLY)
        assert name in {entry.name for entry in os.scandir(descriptor)}
        os.close(descriptor)


@pytest.mark.usefixtures("_scheme")
@pytest.mark.parametrize(
    "name",
    [
        *("inner", "outer", "outer_dir/secret.txt", "inner_dir/page.html"),
        *("self/a.txt", "dangling", "loop", "nothing", "a.txt/x", "nothing/x"),
    ],
)
def test_opens_no_link(root: Path, name: str) -> None:
    """A link in any part, or nothing at all, is an OSError that tells the kind."""
    with pytest.raises(OSError, match="Errno") as raised:
        open_real(str(root / name), os.O_RDONLY)
    assert raised.value.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


@pytest.mark.needs("files")
@pytest.mark.usefixtures("_scheme")
def test_opening_does_not_wait(root: Path) -> None:
    """A pipe that has taken the place of a file has no writer to wait for."""
    os.mkfifo(root / "pipe")
    descriptor = open_real(str(root / "pipe"), os.O_RDONLY)
    assert stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    os.close(descriptor)
    (root / "pipe").unlink()


@pytest.mark.usefixtures("_scheme")
def test_folder_without_the_right_to_list(root: Path) -> None:
    """A folder whose names can't be read has files that can."""
    (root / "dir").chmod(0o711)
    descriptor = open_real(str(root / "dir/page.html"), os.O_RDONLY)
    assert stat.S_ISREG(os.fstat(descriptor).st_mode)
    os.close(descriptor)
    (root / "dir").chmod(0o755)


def test_another_file_than_the_one_opened(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a path can't be walked, what is there afterwards has to be the same."""
    monkeypatch.setattr(document_root, "_O_PATH", 0)
    other = os.lstat(root / "dir/page.html")

    def lstat(_: str) -> os.stat_result:
        return other

    monkeypatch.setattr(os, "lstat", lstat)
    with pytest.raises(FileNotFoundError, match="link"):
        open_real(str(root / "a.txt"), os.O_RDONLY)


_NAMES = st.sampled_from(
    [
        *("", ".", "..", "...", "dir", "deep", "a.txt", "page.html", "~", "%2e%2e"),
        *("inner", "inner_dir", "outer", "outer_dir", "sibling", "absolute", "self"),
        *("hidden", ".git", ".htpasswd", ".well-known", "secret.txt", "www", "wwwx"),
        *("..\\", "\x00", "..;", "\u2024.", "\uff0e\uff0e"),
    ]
)
_PATHS = st.lists(_NAMES | st.text(max_size=4)).map("/".join)


@given(_PATHS.map("/".__add__) | _PATHS | st.text())
def test_nothing_leads_out(root: Path, path: str) -> None:
    """Whatever the path is, the file is below the root and not hidden (bar 1-4)."""
    found = find_file(str(root), path)
    if found is not None:
        inside = Path(found).resolve(strict=True).relative_to(root).parts
        shown = inside[1:] if inside[:1] == (".well-known",) else inside
        assert [name for name in shown if name.startswith(".")] == []
        assert os.path.realpath(found) == found.rstrip("/")
