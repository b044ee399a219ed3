"""The tool that draws the architecture: what it sees in the code, and what it draws."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

PICTURE = "docs/images/architecture.svg"
SVG = "{http://www.w3.org/2000/svg}"
PACKAGES = (
    "poorwsgi",
    "poorwsgi_auth",
    "poorwsgi_core",
    "poorwsgi_forms",
    "poorwsgi_openapi",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a checkout of five packages whose core has three rooms in a row."""
    for package in PACKAGES:
        write(tmp_path, f"{package}/__init__.py", f'"""About {package}."""\n')
    write(tmp_path, "poorwsgi_core/state.py", '"""Codes & ``phrases`` (RFC 1)."""\n')
    write(tmp_path, "poorwsgi_core/http/__init__.py", '"""Fields."""\n')
    write(
        tmp_path,
        "poorwsgi_core/http/dates.py",
        "from poorwsgi_core.state import HTTP_OK\n",
    )
    write(
        tmp_path,
        "poorwsgi_core/server.py",
        "from poorwsgi_core import state\nimport poorwsgi_core.http.dates\n",
    )
    return tmp_path


def write(tree: Path, module: str, text: str) -> None:
    """Write a module of a package."""
    package = module.partition("/")[0].replace("_", "-")
    path = tree / "packages" / package / "src" / module
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def run(root: Path, tree: Path, *arguments: str) -> tuple[int, list[str]]:
    """Return the exit status of the tool and the lines that it prints."""
    answer = subprocess.run(  # noqa: S603 - our own interpreter and tool
        [sys.executable, root / "tools/architecture.py", "--root", tree, *arguments],
        capture_output=True,
        check=not arguments,
        encoding="utf-8",
    )
    assert answer.stderr == ""
    return answer.returncode, answer.stdout.splitlines()


def read_rooms(tree: Path) -> dict[str, tuple[float, str]]:
    """Return what the picture shows: rooms with their height and their text."""
    rooms: dict[str, tuple[float, str]] = {}
    for group in ET.parse(tree / PICTURE).iter(f"{SVG}g"):  # noqa: S314 - our own file
        title, box = group.find(f"{SVG}title"), group.find(f"{SVG}rect")
        if title is not None and box is not None:
            name, _, about = (title.text or "").partition(": ")
            rooms[name] = float(box.attrib["y"]), about
    return rooms


def test_the_picture_is_what_the_code_gives(root: Path) -> None:
    """The picture in the repository is current, and no import runs up."""
    expected = ["The picture is what the code gives, and no arrow of it runs up."]
    assert run(root, root, "--check") == (0, expected)


def test_rooms_are_named_with_the_first_line_of_their_docstring(
    root: Path, tree: Path
) -> None:
    """Marks of reStructuredText and sources of rules are left to the code."""
    run(root, tree)
    found = {name: about for name, (_, about) in read_rooms(tree).items()}
    assert found == {
        "poorwsgi_core.http": "Fields",
        "poorwsgi_core.server": "",
        "poorwsgi_core.state": "Codes & phrases",
    }


def test_a_room_stands_above_what_it_imports(root: Path, tree: Path) -> None:
    """The ground is at the bottom, so y grows with what is imported."""
    run(root, tree)
    rooms = read_rooms(tree)
    assert sorted(rooms, key=lambda name: rooms[name]) == [
        "poorwsgi_core.server",
        "poorwsgi_core.http",
        "poorwsgi_core.state",
    ]


def test_an_arrow_that_follows_from_others_is_left_out(root: Path, tree: Path) -> None:
    """Server over http over state: two arrows, though server imports state too."""
    run(root, tree)
    text = (tree / PICTURE).read_text("utf-8")
    assert text.count('class="head"') == 2
    assert text.count('class="arrow"') == 2


def test_who_imports_the_package_stands_above_what_that_hands_on(
    root: Path, tree: Path
) -> None:
    """The package's own module isn't drawn, and yet nothing is lost through it."""
    write(tree, "poorwsgi_core/__init__.py", "from poorwsgi_core.server import serve\n")
    write(tree, "poorwsgi_core/__main__.py", "import poorwsgi_core\n")
    run(root, tree)
    rooms = read_rooms(tree)
    assert rooms["poorwsgi_core.__main__"] < rooms["poorwsgi_core.server"]


def test_an_arrow_passes_the_floors_between(root: Path, tree: Path) -> None:
    """A long arrow is drawn over each floor, beside the rooms of it."""
    write(tree, "poorwsgi_core/lazy.py", "")
    write(
        tree,
        "poorwsgi_core/http/dates.py",
        "import poorwsgi_core.state, poorwsgi_core.lazy\n",
    )
    write(
        tree,
        "poorwsgi_core/testing.py",
        "import poorwsgi_core.server, poorwsgi_core.page\n",
    )
    write(tree, "poorwsgi_core/page.py", "import poorwsgi_core.lazy\n")
    run(root, tree)
    text = (tree / PICTURE).read_text("utf-8")
    assert len(re.findall(r'd="M\S+ \S+v\S+"', text)) == 1


def test_the_picture_is_the_same_each_time(root: Path, tree: Path) -> None:
    """No time and no order of a set is in it, and it is well-formed."""
    texts: list[str] = []
    for _ in range(2):
        run(root, tree)
        texts.append((tree / PICTURE).read_text("utf-8"))
    assert texts[0] == texts[1]
    assert ET.fromstring(texts[0]).tag == f"{SVG}svg"  # noqa: S314 - our own file


def test_check_sees_that_the_code_has_changed(root: Path, tree: Path) -> None:
    """A room that was added is missing in the picture."""
    run(root, tree)
    write(tree, "poorwsgi_core/lazy.py", '"""Later."""\n')
    expected = [f"{PICTURE} isn't what the code gives: run tools/architecture.py"]
    assert run(root, tree, "--check") == (1, expected)


def test_check_wants_a_picture(root: Path, tree: Path) -> None:
    """A picture that was never drawn isn't current."""
    assert run(root, tree, "--check")[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        "import poorwsgi_core.server\n",
        "from poorwsgi_core import server\n",
        "from poorwsgi_core.server import serve\n",
        "from . import server\n",
        "from .server import serve\n",
        "def late(): from poorwsgi_core import server\n",
        "if TYPE_CHECKING: import poorwsgi_core.server\n",
    ],
)
def test_a_circle_is_named_by_its_imports(root: Path, tree: Path, text: str) -> None:
    """However an import is written and wherever it stands, it counts."""
    write(tree, "poorwsgi_core/state.py", text)
    core = "packages/poorwsgi-core/src/poorwsgi_core"
    status, faults = run(root, tree, "--check")
    places = [fault.partition(": ")[0].removeprefix(core) for fault in faults]
    expected = ["/http/dates.py:1", "/server.py:1", "/server.py:2", "/state.py:1"]
    assert (status, places) == (1, expected)
    assert faults[-1] == (
        f"{core}/state.py:1: poorwsgi_core.state imports poorwsgi_core.server, "
        "which imports it, directly or through others"
    )


@pytest.mark.parametrize(
    ("package", "imported"),
    [
        ("poorwsgi_core", "poorwsgi_forms"),
        ("poorwsgi_core", "poorwsgi"),
        ("poorwsgi_auth", "poorwsgi_openapi"),
        ("poorwsgi_forms", "poorwsgi"),
    ],
)
def test_an_import_of_a_package_above_or_beside_is_named(
    root: Path, tree: Path, package: str, imported: str
) -> None:
    """The bundle stands on the parts, and these side by side on core."""
    write(tree, f"{package}/late.py", f"\n\ndef late():\n    import {imported}\n")
    where = f"packages/{package.replace('_', '-')}/src/{package}/late.py:4"
    fault = f"{where}: {package} imports {imported}, which doesn't stand below it"
    assert run(root, tree, "--check") == (1, [fault])


def test_the_bundle_may_import_all(root: Path, tree: Path) -> None:
    """What runs down between packages is no fault."""
    names = [name for name in PACKAGES if name != "poorwsgi"]
    write(tree, "poorwsgi/wsgi.py", f"import {', '.join(names)}\n")
    run(root, tree)
    assert run(root, tree, "--check")[0] == 0


def test_no_arrow_of_the_picture_runs_up(root: Path) -> None:
    """In the repository's own picture each line ends below where it begins."""
    lines = re.findall(
        r'class="arrow" d="M\S+ ([\d.]+)[^"]*V([\d.]+)"',
        (root / PICTURE).read_text("utf-8"),
    )
    rising = [pair for pair in lines if float(pair[0]) >= float(pair[1])]
    assert (len(lines) > 20, rising) == (True, [])


def test_contributing_says_what_each_room_holds(root: Path) -> None:
    """Each package has its rooms in a table, wings with a slash, and no others."""
    text = (root / "CONTRIBUTING.md").read_text("utf-8")
    section = text.partition("## The rooms\n")[2].partition("\n## ")[0]
    described: set[str] = set()
    for table in section.split("\n\n| `")[1:]:
        package, *rows = table.partition("\n\n")[0].splitlines()
        named = [name for row in rows for name in row.split("|")[1].split("`")[1::2]]
        described.update(f"{package.partition('`')[0]}.{name}" for name in named)
    drawn = {
        name + "/" * (root / source(name)).is_dir()
        for name in read_rooms(root)
        if not name.startswith("poorwsgi.")
    }
    assert described == drawn


def source(room: str) -> str:
    """Return where a room is in the checkout, without a suffix."""
    package = room.partition(".")[0]
    return f"packages/{package.replace('_', '-')}/src/{room.replace('.', '/')}"
