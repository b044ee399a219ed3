"""The example large_file.py."""

import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from running import Answer, Example, run_example

BIG = bytes(range(256)) * 32_768  # 8 MiB


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example."""
    with run_example("large_file", tmp_path_factory.mktemp("large_file")) as example:
        yield example


def read_report(answer: Answer) -> dict[str, str]:
    """Return the table of a page."""
    return dict(re.findall(r"<th>(.+?)</th><td>(.+?)</td>", answer.text))


@pytest.mark.parametrize("path", ["/blackhole", "/temporary"])
@pytest.mark.parametrize("content", [b"small", BIG], ids=["small", "large"])
def test_form(example: Example, path: str, content: bytes) -> None:
    """An upload by a form is counted byte by byte, or stored and read again."""
    answer = example.send_file(path, "file.bin", content)
    report = read_report(answer)
    assert answer.status == 200
    assert report["bytes"] == str(len(content))
    assert report["sha256"] == sha256(content).hexdigest()
    assert list(example.folder.iterdir()) == [example.folder / "large_file.log"]


def test_size_for_people(example: Example) -> None:
    """The size is shown with a unit."""
    assert read_report(example.send_file("/blackhole", "f", BIG))["size"] == "8.0 MB"


def test_raw_body(example: Example) -> None:
    """A body that is no form is read in blocks."""
    answer = example.send("POST", "/raw", BIG)
    assert read_report(answer)["sha256"] == sha256(BIG).hexdigest()
    assert example.send("POST", "/raw", b"").status == 400


def read_peak(example: Example) -> int:
    """Return the most memory that the process has had, in KiB."""
    status = Path(f"/proc/{example.process}/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_does_not_grow(example: Example) -> None:
    """An upload of 128 MiB takes less than 16 MiB of memory."""
    size = 128 * 1024 * 1024
    before = read_peak(example)
    pieces = (bytes(1024 * 1024) for _ in range(128))
    answer = example.send("POST", "/raw", pieces, Content_Length=str(size))
    assert read_report(answer)["bytes"] == str(size)
    assert read_peak(example) - before < 16 * 1024


@pytest.mark.parametrize(
    "disposition", ["", 'form-data; name="a"', 'form-data; name="file"; filename=""']
)
def test_form_without_a_file(example: Example, disposition: str) -> None:
    """What is no form with a file is 400, and the page says why."""
    part = f"--x\r\nContent-Disposition: {disposition}\r\n\r\nb\r\n"
    body = f"{part if disposition else ''}--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    answer = example.send("POST", "/blackhole", body, Content_Type=kind)
    assert (answer.status, "One field" in answer.text) == (400, True)


@pytest.mark.parametrize(("path", "status"), [("/blackhole", 411), ("/temporary", 413)])
def test_form_without_a_length(example: Example, path: str, status: int) -> None:
    """The callbacks are built for the request, and may refuse it."""
    answer = example.send("POST", path, Transfer_Encoding="chunked")
    assert answer.status == status
