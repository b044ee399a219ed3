"""The upload page in Chromium: progress, what arrives, what is refused."""

import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from viewing import WIDTHS, keep_picture, read_complaints, set_width, wait_until

EXAMPLES = Path(__file__).parents[2] / "examples"
LIMIT = 120_000_000
BLOCK = 1_000_000

# What the page shows of a file that is on its way, whenever it changes.
WATCH = """
window.seen = [];
new MutationObserver(() => {
  const bar = document.querySelector('#current progress');
  if (bar) window.seen.push([bar.value, bar.nextElementSibling.textContent]);
}).observe(document.querySelector('#current'),
           { subtree: true, childList: true, characterData: true });
"""
ARRIVED = """
const text = (row, css) => row.querySelector(css).innerText;
return Array.from(document.querySelectorAll('#arrived li'), row => ({
  name: text(row, '.name'), size: text(row, '.size'), sha256: text(row, 'code') }));
"""
DROP = """
const files = new DataTransfer();
for (const name of arguments[0]) files.items.add(new File([name], name));
for (const type of ['dragenter', 'dragover', 'drop'])
  document.body.dispatchEvent(new DragEvent(
    type, { dataTransfer: files, bubbles: true, cancelable: true }));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where uploads go."""
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Run examples/upload.py on a free port; gives its address."""
    environment = {
        **os.environ,
        "app_upload": str(folder),
        "app_upload_limit": str(LIMIT),
    }
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, str(EXAMPLES / "upload.py"), "127.0.0.1:0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[2].rstrip("/")
        process.terminate()


@pytest.fixture
def page(browser: Any, address: str) -> Any:
    """Open the page; complaints about the policy fail the test."""
    browser.get(address)
    return browser


@pytest.fixture
def slowly(page: Any) -> Iterator[None]:
    """Let the browser send 60 MB in a second, so that there is progress to see."""
    set_speed(page, 60_000_000)
    yield
    set_speed(page, -1)


def set_speed(browser: Any, upload: int) -> None:
    """Limit what the browser sends in a second, -1 for no limit."""
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd(
        "Network.emulateNetworkConditions", {**conditions, "uploadThroughput": upload}
    )


def build_file(path: Path, size: int) -> str:
    """Write a file of random bytes, and return its checksum."""
    digest = sha256()
    with path.open("wb") as file:
        for start in range(0, size, BLOCK):
            block = os.urandom(min(BLOCK, size - start))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def find_all(page: Any, selector: str) -> list[Any]:
    """Find elements."""
    found: list[Any] = page.find_elements("css selector", selector)
    return found


def choose(page: Any, *files: Path) -> None:
    """Choose files, as a person does in the dialog."""
    find_all(page, "#files")[0].send_keys("\n".join(map(str, files)))


def read_arrived(page: Any) -> list[dict[str, str]]:
    """Read the list of what arrived, newest first."""
    arrived: list[dict[str, str]] = page.execute_script(ARRIVED)
    return arrived


def read_errors(page: Any) -> list[str]:
    """Read what was refused, and why."""
    return [error.text for error in find_all(page, ".failed .status, .error")]


@pytest.mark.usefixtures("slowly")
def test_large_file_goes_up(page: Any, folder: Path, tmp_path: Path) -> None:
    """100 MB arrive bit by bit, while the bar moves."""
    name = f"large {tmp_path.name}.bin"
    checksum = build_file(tmp_path / name, 100_000_000)
    page.execute_script(WATCH)
    choose(page, tmp_path / name)
    wait_until(lambda: page.execute_script("return window.seen.length > 8"))
    for size, width in WIDTHS.items():
        set_width(page, width)
        keep_picture(page, f"upload-sending-{size}")
    arrived = wait_until(
        lambda: [row for row in read_arrived(page) if row["name"] == name]
    )
    assert arrived == [{"name": name, "size": "100 MB", "sha256": checksum}]
    with (folder / name).open("rb") as file:
        digest = sha256()
        while block := file.read(BLOCK):
            digest.update(block)
    assert digest.hexdigest() == checksum
    seen = page.execute_script("return window.seen")
    values = [value for value, _ in seen]
    assert values == sorted(values)
    assert len({value for value in values if 0 < value < 1}) > 3
    assert any("MB/s" in text and "left" in text for _, text in seen)
    assert not find_all(page, "#current li")


@pytest.mark.parametrize("size", WIDTHS)
def test_page_fits_and_obeys_its_policy(page: Any, size: str, tmp_path: Path) -> None:
    """Nothing is cut off, and the policy refuses nothing of the page."""
    names = ["holiday photos, the best of them.zip", "minutes.txt", "x" * 90 + ".txt"]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(bytes(10 ** (2 * number + 2)))
    choose(page, *(tmp_path / name for name in names))
    wait_until(
        lambda: len(read_arrived(page)) >= 3 and not find_all(page, "#current li")
    )
    set_width(page, WIDTHS[size])
    width = page.execute_script("return document.documentElement.scrollWidth")
    assert width <= WIDTHS[size]
    assert read_complaints(page) == []
    keep_picture(page, f"upload-arrived-{size}")


def test_dropped_files_go_up(page: Any) -> None:
    """Files that are dropped anywhere on the page are sent."""
    before = len(read_arrived(page))
    page.execute_script(DROP, ["dropped one.txt", "dropped two.txt"])
    wait_until(lambda: len(read_arrived(page)) == before + 2)
    assert {row["name"][:11] for row in read_arrived(page)[:2]} == {
        "dropped one",
        "dropped two",
    }


def test_second_file_of_a_name_is_kept_beside(page: Any, tmp_path: Path) -> None:
    """Nothing is overwritten; and the list is still there after a reload."""
    before = len(read_arrived(page))
    for number in (1, 2):
        (tmp_path / f"{tmp_path.name}.tar").write_text(str(number))
        choose(page, tmp_path / f"{tmp_path.name}.tar")
        wait_until(lambda: len(read_arrived(page)) == before + number)  # noqa: B023
    page.refresh()
    assert [row["name"] for row in read_arrived(page)[:2]] == [
        f"{tmp_path.name} (2).tar",
        f"{tmp_path.name}.tar",
    ]


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT], ids=["page", "server"])
def test_file_over_the_limit_is_refused(
    page: Any, folder: Path, size: int, tmp_path: Path
) -> None:
    """The page says which limit; what only the server can tell it tells too."""
    before = sorted(folder.iterdir())
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(size)
    choose(page, tmp_path / "large.bin")
    (error,) = wait_until(lambda: read_errors(page))
    assert "max_content_length" in error
    assert sorted(folder.iterdir()) == before
    for name, width in WIDTHS.items():
        set_width(page, width)
        keep_picture(page, f"upload-refused-{name}")
    find_all(page, ".failed button")[0].click()


@pytest.mark.usefixtures("slowly")
def test_cancelled_upload_leaves_nothing(
    page: Any, folder: Path, tmp_path: Path
) -> None:
    """The row goes, and so does what had been written."""
    before = sorted(folder.iterdir())
    build_file(tmp_path / "cancelled.bin", 100_000_000)
    choose(page, tmp_path / "cancelled.bin")
    wait_until(lambda: sorted(folder.iterdir()) != before)
    find_all(page, "#current button")[0].click()
    assert not find_all(page, "#current li")
    wait_until(lambda: sorted(folder.iterdir()) == before)


@pytest.fixture
def without_script(browser: Any, page: Any, address: str) -> Iterator[Any]:
    """Open the page in a browser that runs no scripts."""
    command = "Emulation.setScriptExecutionDisabled"
    browser.execute_cdp_cmd(command, {"value": True})
    page.get(address)
    yield page
    browser.execute_cdp_cmd(command, {"value": False})


def test_plain_form_sends_files(without_script: Any, tmp_path: Path) -> None:
    """Without a script it is a form, and the next page has the list."""
    page = without_script
    names = [f"plain {tmp_path.name} {number}.txt" for number in (1, 2)]
    sums = [build_file(tmp_path / name, 1000) for name in names]
    choose(page, *(tmp_path / name for name in names))
    for size, width in WIDTHS.items():
        set_width(page, width)
        keep_picture(page, f"upload-plain-{size}")
    find_all(page, "form button")[0].click()
    wait_until(lambda: names[0] in [row["name"] for row in read_arrived(page)])
    arrived = [(row["name"], row["sha256"]) for row in read_arrived(page)[:2]]
    assert arrived == [(names[1], sums[1]), (names[0], sums[0])]


def test_plain_form_is_told_the_limit(without_script: Any, tmp_path: Path) -> None:
    """What is too large is refused on a page that says so."""
    page = without_script
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(LIMIT)
    choose(page, tmp_path / "large.bin")
    find_all(page, "form button")[0].click()
    (error,) = wait_until(lambda: read_errors(page))
    assert f"max_content_length = {LIMIT}" in error
    keep_picture(page, "upload-plain-refused")
