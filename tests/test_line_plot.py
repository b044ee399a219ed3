"""The tool that draws plots: axes from zero, a colour for each name, light and dark."""

import re
import xml.etree.ElementTree as ET

import pytest

from line_plot import Chart, Line, draw

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def plot() -> ET.Element:
    """Return a plot of two charts, one of them by powers of ten."""
    charts = [
        Chart("µs < ms", "s", [Line("a", [(0, 1), (50, 3)]), Line("b", [(0, 4)])]),
        Chart("MB", "routes", [Line("b", [(10, 0), (100_000, 0)])], powers=True),
    ]
    return ET.fromstring(draw("Cost & growth", charts))  # noqa: S314 - our own


def read(plot: ET.Element, kind: str) -> list[str]:
    """Return the texts of a class."""
    texts = plot.iter(f"{SVG}text")
    return [str(text.text) for text in texts if kind in text.attrib["class"].split()]


def test_titles_are_escaped_and_shown(plot: ET.Element) -> None:
    """Of the plot and of each chart."""
    assert plot.findtext(f"{SVG}title") == "Cost & growth"
    assert read(plot, "title") + read(plot, "name") == [
        "Cost & growth",
        "µs < ms",
        "MB",
    ]


def test_axes(plot: ET.Element) -> None:
    """Upwards from zero to a round number, across by numbers or powers of ten."""
    assert read(plot, "end") == ["0", "1", "2", "3", "4"] * 2
    assert read(plot, "middle") == [
        *("0", "15", "30", "45", "s"),
        *("10", "100", "1,000", "10,000", "100,000", "routes"),
    ]


def test_name_has_one_colour_in_all_charts(plot: ET.Element) -> None:
    """The legend comes first, then the lines of the charts."""
    lines = [each.attrib["class"] for each in plot.iter(f"{SVG}path")]
    drawn = [name for name in lines if name.startswith("line")]
    assert drawn == [f"line line{n}" for n in (0, 1, 0, 1, 1)]
    style = plot.findtext(f"{SVG}style") or ""
    assert len(re.findall(r"\.line1 {", style)) == 2  # light and dark


def test_points_are_where_they_belong(plot: ET.Element) -> None:
    """The highest value of the axis is at its top, zero at its bottom."""
    grid = [
        float(str(each.attrib["d"]).partition(" ")[2].partition("H")[0])
        for each in plot.iter(f"{SVG}path")
        if each.attrib["class"] == "grid"
    ]
    paths = [each.attrib["d"] for each in plot.iter(f"{SVG}path")]
    *_, flat = paths
    start, *steps = flat.split("l")
    assert start.split()[1] == f"{grid[5]:.1f}"
    assert {step.split()[1] for step in steps} == {"0"}
    (single,) = [path for path in paths if re.fullmatch(r"M[\d.]+ [\d.]+", path)]
    assert float(single.split()[1]) == grid[4]


def test_too_many_names_are_refused() -> None:
    """No line is drawn without a colour."""
    lines = [Line(str(number), [(0, 1)]) for number in range(9)]
    with pytest.raises(ValueError, match="At most 8 names"):
        draw("Many", [Chart("", "", lines)])
