"""The figures of the documentation are those that the benchmarks have kept."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

SVG = "{http://www.w3.org/2000/svg}"
CHARTS = ["bench-requests", "bench-servers"]


def test_pages_and_charts_show_what_was_measured(root: Path) -> None:
    """No figure is written by hand: all are those of bench/results.json."""
    answer = subprocess.run(  # noqa: S603 - our own interpreter and tool
        [sys.executable, root / "bench/figures.py", "--check"],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_said_in_words(root: Path, name: str) -> None:
    """Screen readers get its title and its means, on the page too."""
    chart = ET.parse(root / f"docs/images/{name}.svg").getroot()  # noqa: S314 - ours
    said = [chart.findtext(f"{SVG}{tag}") or "" for tag in ("title", "desc")]
    page = (root / "docs/guide/performance.md").read_text("utf-8")
    assert [child.tag.removeprefix(SVG) for child in chart][:2] == ["title", "desc"]
    assert "PoorWSGI" in said[1]
    assert f":alt: {said[1]}\n" in page


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_has_room_for_all_that_it_shows(root: Path, name: str) -> None:
    """Each dot lies on the ground, and the text of a phone's width is large enough."""
    chart = ET.parse(root / f"docs/images/{name}.svg").getroot()  # noqa: S314 - ours
    _, _, width, height = map(float, chart.attrib["viewBox"].split())
    dots = [
        (float(dot.attrib["cx"]), float(dot.attrib["cy"]))
        for dot in chart.iter(f"{SVG}circle")
    ]
    assert len(dots) >= 64
    assert [
        dot for dot in dots if not (0 < dot[0] < width and 0 < dot[1] < height)
    ] == []
    assert width <= 400
