"""Facts about the listing of a directory."""

import html
import os
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import pytest

from poorwsgi_core.http.dates import http_to_time
from poorwsgi_core.response import HTTPException
from poorwsgi_core.results import directory
from poorwsgi_core.results.directory import directory_index

ODD_NAMES = [
    "a b",
    "a#b",
    "a?b",
    "100%",
    "%41",
    "a&amp;b",
    '"quoted"\'',
    "<script>alert(1)<",
    "javascript:alert(1)",
    "a:b",
    "kůň",
    "-",
    "dots..",
]


def request(root: Path, uri: str = "/", **attributes: Any) -> Any:
    """Build a stand-in for a request."""
    defaults = {
        "document_root": str(root),
        "uri": uri,
        "debug": False,
        "server_software": "Server/1.0",
        "server_admin": "admin@example.org",
    }
    return SimpleNamespace(**(defaults | attributes))


def listing(req: Any, path: Path) -> str:
    """Return the listing without what the style sheet says."""
    page = directory_index(req, str(path))[0]
    return page[: page.index("<style>")] + page[page.index("</style>") :]


def rows(page: str) -> dict[str, list[str]]:
    """Return cells by the name that is shown."""
    found: dict[str, list[str]] = {}
    for row in re.findall("<tr>(.*?)</tr>", page, re.DOTALL)[1:]:
        name, *cells = (
            html.unescape(re.sub("<[^>]*>", "", cell))
            for cell in re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        )
        found[name] = cells
    return found


def hrefs(page: str) -> list[str]:
    """Return the targets of the links."""
    return [html.unescape(href) for href in re.findall('<a href="([^"]*)"', page)]


def test_result(tmp_path: Path) -> None:
    """The result is page, type with charset, and one header of the mtime."""
    os.utime(tmp_path, (0, 1_000_000_000))
    page, kind, header = directory_index(request(tmp_path), str(tmp_path))
    assert page.startswith("<!DOCTYPE html>")
    assert kind == "text/html; charset=utf-8"
    assert header == ("Last-Modified", "Sun, 09 Sep 2001 01:46:40 GMT")


def test_columns(tmp_path: Path) -> None:
    """A row has name, time, size and type."""
    (tmp_path / "file.txt").write_bytes(b"x" * 2048)
    (tmp_path / "page.html.gz").write_bytes(b"")
    (tmp_path / "unknown").write_bytes(b"x" * 17)
    (tmp_path / "sub").mkdir()
    for entry in tmp_path.iterdir():
        os.utime(entry, (0, 1_000_000_000))
    page = listing(request(tmp_path), tmp_path)
    when = "09-Sep-2001 01:46 UTC"
    assert rows(page) == {
        "file.txt": [when, "2.0 KiB", "text/plain"],
        "page.html.gz": [when, "0 B", "application/gzip"],
        "sub/": [when, "-", "Directory"],
        "unknown": [when, "17 B", "application/octet-stream"],
    }
    assert '<time datetime="2001-09-09T01:46Z">' in page
    head = re.findall('<th scope="col".*?>(.*?)</th>', page)
    assert [re.sub("<.*?>", "", cell) for cell in head] == [
        *("Name", "Last Modified", "Size", "Type")
    ]


@pytest.mark.parametrize(
    ("uri", "title"),
    [("/", "/"), ("/docs/", "/docs"), ("/<b>/\n/", "/&lt;b&gt;/\\n")],
)
def test_title(uri: str, title: str, tmp_path: Path) -> None:
    """The path is title and heading, escaped, without the slash at its end."""
    page = listing(request(tmp_path, uri), tmp_path)
    assert f"<title>Index of {title}</title>" in page
    (heading,) = re.findall("<h1>(.*?)</h1>", page)
    assert re.sub("<.*?>", "", heading) == f"Index of {title}"


def test_breadcrumb(tmp_path: Path) -> None:
    """The directories above are links to them, whatever their names."""
    page = listing(request(tmp_path, "/a/<b>/c/"), tmp_path)
    (heading,) = re.findall("<h1>(.*?)</h1>", page)
    assert heading == (
        'Index of <a href="../../../">/</a><a href="../../">a</a>/'
        '<a href="../">&lt;b&gt;</a>/c'
    )


_SIZES = {"b10": 5, "b9": 70, "B1": 600, "Dir10": None, "dir2": None}


@pytest.mark.parametrize(
    ("query", "names", "sorted_by"),
    [
        ("", ["dir2/", "Dir10/", "B1", "b9", "b10"], "name ascending"),
        ("sort=name", ["dir2/", "Dir10/", "B1", "b9", "b10"], "name ascending"),
        ("sort=-name", ["Dir10/", "dir2/", "b10", "b9", "B1"], "name descending"),
        ("a=1&sort=size", ["dir2/", "Dir10/", "b10", "b9", "B1"], "size ascending"),
        ("sort=-size&b", ["dir2/", "Dir10/", "B1", "b9", "b10"], "size descending"),
        ("sort=time", ["Dir10/", "dir2/", "b9", "b10", "B1"], "time ascending"),
        ("sort=-time", ["dir2/", "Dir10/", "B1", "b10", "b9"], "time descending"),
        ("sort=owner", ["dir2/", "Dir10/", "B1", "b9", "b10"], "name ascending"),
        ("sort=<b>", ["dir2/", "Dir10/", "B1", "b9", "b10"], "name ascending"),
    ],
)
def test_order(query: str, names: list[str], sorted_by: str, tmp_path: Path) -> None:
    """Directories come first, numbers count as such, links change the order."""
    times = ["b9", "Dir10", "b10", "dir2", "B1"]
    for name, size in _SIZES.items():
        path = tmp_path / name
        if size is None:
            path.mkdir()
        else:
            path.write_bytes(b"x" * size)
        os.utime(path, (0, 1_000_000_000 + 60 * times.index(name)))
    sizes = {path: path.stat().st_size for path in tmp_path.iterdir()}
    page = listing(request(tmp_path, query=query), tmp_path)
    directories = [name for name in rows(page) if name.endswith("/")]
    if "size" in query:  # of directories it is the file system's
        assert {*directories} == {"dir2/", "Dir10/"}
        assert [*rows(page)][2:] == names[2:]
    else:
        assert [*rows(page)] == names
    assert len(sizes) == 5
    key, direction = sorted_by.split()
    ((reverse, text),) = re.findall(
        f'aria-sort="{direction}"><a href="[?]sort=(-?){key}">(.*?)</a>', page
    )
    assert reverse == ("-" if direction == "ascending" else "")
    assert text.lower().endswith(key if key != "time" else "modified")
    assert page.count("aria-sort") == 1


def test_footer(tmp_path: Path) -> None:
    """The server software is shown with debug alone; all is escaped (bar 28)."""
    page = listing(request(tmp_path, server_admin="<b>"), tmp_path)
    assert "<footer>webmaster: &lt;b&gt;</footer>" in page
    assert "Server/1.0" not in page
    page = listing(request(tmp_path, debug=True, server_software="<i>"), tmp_path)
    assert "<footer>webmaster: admin@example.org / &lt;i&gt;</footer>" in page


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names(name: str, tmp_path: Path) -> None:
    """A link leads to the file, whatever its name; the name is text (bar 6)."""
    (tmp_path / name).write_bytes(b"")
    page = listing(request(tmp_path), tmp_path)
    (href,) = (href for href in hrefs(page) if not href.startswith("?"))
    target = urlsplit(urljoin("http://host/base/", href))
    assert (target.netloc, target.query, target.fragment) == ("host", "", "")
    assert unquote_to_bytes(target.path) == b"/base/" + name.encode()
    assert "<script" not in page
    assert len(rows(page)) == 1


@pytest.mark.needs("files")
@pytest.mark.parametrize("name", [b"a\\b", b"line\nbreak", b"tab\there", b"latin\xe9"])
def test_names_that_no_path_may_have(name: bytes, tmp_path: Path) -> None:
    """What a request can't ask for isn't listed: its link would be 400 or 404."""
    (tmp_path / os.fsdecode(name)).write_bytes(b"")
    assert rows(listing(request(tmp_path), tmp_path)) == {}


def test_hidden_names(tmp_path: Path) -> None:
    """Names with a dot before or a tilde after them are not listed."""
    for name in (".hidden", "backup~", "~", "shown", ".well-known", "a.b"):
        (tmp_path / name).write_bytes(b"")
    assert list(rows(listing(request(tmp_path), tmp_path))) == [
        ".well-known",
        "a.b",
        "shown",
    ]


def test_well_known_is_shown_in_the_root_alone(tmp_path: Path) -> None:
    """Below the root it would not be served."""
    sub = tmp_path / "sub"
    (sub / ".well-known").mkdir(parents=True)
    assert list(rows(listing(request(tmp_path), sub))) == ["../"]


def test_parent(tmp_path: Path) -> None:
    """Below the root the first entry leads up."""
    (tmp_path / "sub").mkdir()
    page = listing(request(tmp_path), tmp_path / "sub")
    assert hrefs(page) == ["?sort=-name", "?sort=time", "?sort=size", "../"]
    assert rows(page) == {"../": ["-", "-", "Directory"]}


@pytest.mark.parametrize("end", ["", "/", "/.", "//", "/sub/.."])
def test_no_parent_of_the_root(end: str, tmp_path: Path) -> None:
    """The root has no way up, however it is spelt (bar 6)."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    for root in (
        str(tmp_path),
        f"{tmp_path}/",
        f"{tmp_path}/sub/..",
        f"{tmp_path}/link",
    ):
        page = directory_index(
            request(Path("/"), document_root=root), f"{tmp_path}{end}"
        )
        assert "../" not in rows(page[0])


def test_relative_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The root may be relative to the working directory."""
    monkeypatch.chdir(tmp_path)
    assert rows(listing(request(tmp_path, document_root="."), tmp_path)) == {}


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be read is not listed."""
    (tmp_path / "closed").write_bytes(b"")
    (tmp_path / "open").write_bytes(b"")

    def access(path: str, _: int, **__: Any) -> bool:
        return not path.endswith("closed")

    monkeypatch.setattr(os, "access", access)
    assert list(rows(listing(request(tmp_path), tmp_path))) == ["open"]


def test_file_that_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone while the directory is read is left out."""
    (tmp_path / "here").write_bytes(b"")
    (tmp_path / "gone").write_bytes(b"")

    def access(name: str, *_: Any, **__: Any) -> bool:
        if os.fspath(name).endswith("gone"):
            (tmp_path / "gone").unlink()
        return True

    monkeypatch.setattr(os, "access", access)
    assert list(rows(listing(request(tmp_path), tmp_path))) == ["here"]


def test_links(tmp_path: Path) -> None:
    """Links that would be 404 are not listed: out of the root, hidden, nowhere."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "outside").write_bytes(b"")
    (root / "inside").write_bytes(b"")
    (root / "in").symlink_to(root / "inside")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "nowhere").symlink_to(tmp_path / "nothing")
    (root / ".hidden").touch()
    (root / "shown").symlink_to(".hidden")
    assert list(rows(listing(request(root), root))) == ["in", "inside"]
    req = request(root, app=SimpleNamespace(follow_symlinks=True))
    assert list(rows(listing(req, root))) == ["in", "inside", "out", "shown"]


@pytest.mark.needs("files")
def test_fifo(tmp_path: Path) -> None:
    """What is neither file nor directory has no size and no type."""
    os.mkfifo(tmp_path / "pipe")
    assert rows(listing(request(tmp_path), tmp_path))["pipe"][1:] == ["-", "-"]


@pytest.mark.needs("files")
def test_time_out_of_range(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time that no calendar has is a dash."""
    (tmp_path / "file").write_bytes(b"")
    original = os.lstat

    def stat(path: Any, **kwargs: Any) -> Any:
        if path == "file":
            return SimpleNamespace(st_mtime=1e30, st_mode=0, st_size=0)
        return original(path, **kwargs)

    monkeypatch.setattr(os, "lstat", stat)
    assert rows(listing(request(tmp_path), tmp_path))["file"][0] == "-"


def test_no_directory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A path that is no directory is an error of the server."""
    path = f"{tmp_path}/no\nthing"
    with pytest.raises(HTTPException) as raised:
        directory_index(request(tmp_path), path)
    assert raised.value.status_code == 500
    assert caplog.record_tuples == [
        ("poorwsgi", 40, f"No directory to list: {tmp_path}/no\\nthing")
    ]


def test_without_descriptors_of_directories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system has none the listing is made by paths."""
    monkeypatch.setattr(directory, "_CAN_LIST_DESCRIPTORS", False)
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("sub")
    (tmp_path / "outside").symlink_to("..")
    (tmp_path / "file").write_bytes(b"x")
    assert list(rows(listing(request(tmp_path), tmp_path))) == ["link/", "sub/", "file"]


def test_directory_modified_in_the_future(tmp_path: Path) -> None:
    """Last-Modified is never later than now (RFC 9110 §8.8.2.1)."""
    os.utime(tmp_path, (0, 4e9))
    header = directory_index(request(tmp_path), str(tmp_path))[2]
    assert http_to_time(header[1]) <= time.time()
