"""The example metrics.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Example, run_example


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    """Run the example, which has measured nothing yet."""
    with run_example("metrics", tmp_path) as example:
        yield example


def test_each_answer_is_measured(example: Example) -> None:
    """Also that to what could not be parsed, and that of a failure."""
    assert example.get("/").status == 200
    assert example.get("/").status == 200
    assert example.get("/nowhere").status == 404
    assert example.get("/%FF").status == 400
    assert example.get("/echo/%FE").status == 400
    measured = example.get("/metrics.json").json()["measured"]
    counts = {name: timing["count"] for name, timing in measured.items()}
    assert counts == {"/ 200": 2, "/* 404": 1, "- 400": 2}
    timing = measured["/ 200"]
    assert 0 < timing["fastest"] <= timing["slowest"] <= timing["total"]


def test_nothing(example: Example) -> None:
    """What was never measured has no fastest answer."""
    answer = example.get("/metrics.json")
    expected = {"count": 0, "total": 0.0, "fastest": None, "slowest": 0.0}
    assert answer.json()["nothing"] == expected


def test_text(example: Example) -> None:
    """The figures are there for Prometheus."""
    example.get("/")
    answer = example.get("/metrics")
    lines = answer.text.splitlines()
    assert answer.headers["Content-Type"] == "text/plain"
    assert lines[0] == 'response_seconds_count{route="/",status="200"} 1'
    assert lines[1].startswith('response_seconds_sum{route="/",status="200"} 0.')


def test_echo(example: Example) -> None:
    """JSON comes back, what is none is 400, and GET is not allowed."""
    assert example.send_json("POST", "/echo", {"a": [1.5]}).json() == {"a": [1.5]}
    kind = "application/json"
    assert example.send("POST", "/echo", "{", Content_Type=kind).status == 400
    assert example.get("/echo").status == 405
    example.get("/")
    assert "/echo 400" in example.get("/").text
