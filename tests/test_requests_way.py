"""The page that follows a request names the functions that it really passes."""

import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from poorwsgi_core.testing import Client

ROW = re.compile(
    r"^\| (\d+) \| (?:yours|(core|forms) `([\w.]+)`) \| (?:`([\w.]+)` )?\|",
    re.MULTILINE,
)
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def page(root: Path) -> str:
    """Return the text of the page."""
    return (root / "docs/guide/a-requests-way.md").read_text("utf-8")


@pytest.fixture
def client(page: str, tmp_path: Path) -> Client:
    """Return a client of the application that the page shows."""
    module = tmp_path / "way.py"
    module.write_text("\n".join(CODE.findall(page)), "utf-8")
    client = runpy.run_path(str(module))["client"]
    assert isinstance(client, Client)
    return client


def read_steps(page: str, heading: str) -> list[str]:
    """Return what the table below a heading says is called: module and name."""
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [
        f"poorwsgi_{part}.{module}:{name}" if part else f":{name}"
        for _, part, module, name in ROW.findall(section)
        if name
    ]


def trace(call: Callable[[], object]) -> list[str]:
    """Return all functions that run during a call, in order."""
    seen: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            module = str(frame.f_globals.get("__name__", ""))
            module = module if module.startswith("poorwsgi") else ""
            seen.append(f"{module}:{frame.f_code.co_qualname}")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return seen


def missing(steps: list[str], seen: list[str]) -> list[str]:
    """Return the steps that don't occur in their order."""
    rest = iter(seen)
    return [step for step in steps if step not in rest]


def test_the_request_takes_the_way_that_the_page_says(
    page: str, client: Client
) -> None:
    """Each function of the first table is called, in this order."""
    steps = read_steps(page, "One request")
    seen = trace(lambda: client.get("/shelf/7"))
    assert (len(steps), missing(steps, seen)) == (7, [])


def test_the_upload_takes_the_way_that_the_page_says(page: str, client: Client) -> None:
    """Each function of the second table is called, in this order."""
    steps = read_steps(page, "One upload")
    body = (
        b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="a.txt"'
        b"\r\n\r\nhello\r\n--frontier--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=frontier"}
    seen = trace(lambda: client.post("/upload", body=body, headers=headers))
    assert (len(steps), missing(steps, seen)) == (10, [])


def test_the_drawing_has_the_numbers_of_the_tables(root: Path, page: str) -> None:
    """What is drawn as step 7 is step 7 of the text."""
    drawing = (root / "docs/images/a-requests-way.svg").read_text("utf-8")
    drawn = re.findall(r'<text class="number"[^>]*>(\d+)<', drawing)
    assert drawn == [row[0] for row in ROW.findall(page)]
