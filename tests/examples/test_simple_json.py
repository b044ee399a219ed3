"""The example simple_json.py."""

import pstats
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Example, run_example


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example."""
    with run_example("simple_json", tmp_path_factory.mktemp("json")) as example:
        yield example


def test_dict_and_list(example: Example) -> None:
    """Both are sent as JSON."""
    answer = example.get("/dict")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    value = answer.json()
    assert (value["route"], value["type"]) == ("/dict", "dict")
    assert isinstance(value["start_time"], float)
    assert example.get("/list").json()[0] == ["key", "value"]


def test_json_response(example: Example) -> None:
    """Without a body, ``req.json`` is empty; with one it comes back."""
    answer = example.get("/teapot")
    assert answer.status == 418
    assert answer.json() == {
        "message": "I'm a teapot",
        "numbers": [0, 1, 2],
        "request": {},
    }
    for method in ("POST", "PUT", "PATCH"):
        value = {"tea": [1, 2.5, None]}
        answer = example.send_json(method, "/teapot", value)
        assert (answer.status, answer.json()["request"]) == (418, value)


@pytest.mark.parametrize("body", ["{", '{"tea": }', "[1, 2", "NaN", ""])
def test_bad_json(example: Example, body: str) -> None:
    """What is no JSON is 400; an empty body is none at all."""
    answer = example.send("POST", "/teapot", body, Content_Type="application/json")
    assert answer.status == (400 if body else 418)


def test_chunks(example: Example) -> None:
    """A chunked body is read chunk by chunk."""
    pieces = iter([b'{"a": ', b"[1, 2]", b"}"])
    answer = example.send("POST", "/chunks", pieces, Content_Type="application/json")
    assert answer.json() == {"blocks": [6, 6, 1], "value": {"a": [1, 2]}}


def test_body_without_chunks(example: Example) -> None:
    """The same handler takes a body with a length, and refuses what is no JSON."""
    answer = example.send_json("PUT", "/chunks", [1])
    assert answer.json() == {"blocks": [3], "value": [1]}
    kind = "application/json"
    assert example.send("PUT", "/chunks", "[1", Content_Type=kind).status == 400


def test_options_of_the_encoder(example: Example) -> None:
    """Letters are sent as they are."""
    answer = example.get("/unicode")
    assert '"kůň": "🐎"' in answer.text
    assert answer.json() == {"kůň": "🐎", "pes": "🐕"}


def test_stream(example: Example) -> None:
    """Iterables are arrays."""
    value = example.get("/stream").json()
    assert value["numbers"] == list(range(100_000))
    assert len(value["times"]) == 3


def test_request(example: Example) -> None:
    """What the headers say arrives as JSON, tuples as arrays."""
    answer = example.send(
        "POST",
        "/request",
        "{}",
        Accept="application/json, text/html;q=0.5",
        Accept_Language="cs, en;q=0.7",
        Content_Type="application/json; charset=utf-8",
        X_Requested_With="XMLHttpRequest",
    )
    assert answer.headers["Content-Type"] == "application/json"
    value = answer.json()
    assert value["accept"] == [["application/json", 1.0], ["text/html", 0.5]]
    assert value["accept_language"] == [["cs", 1.0], ["en", 0.7]]
    flags = ("accept_html", "accept_xhtml", "accept_json", "is_xhr")
    assert [value[name] for name in flags] == [True, False, True, True]
    facts = ("mime_type", "charset", "content_length", "hostname")
    expected = ["application/json", "utf-8", 2, "127.0.0.1"]
    assert [value[name] for name in facts] == expected


def test_profile(tmp_path: Path) -> None:
    """With PROFILE each request leaves a file, in the working directory."""
    with run_example("simple_json", tmp_path, PROFILE="1") as example:
        assert example.get("/list").status == 200
    (path,) = tmp_path.glob("req_GET_list.*.profile")
    functions = pstats.Stats(str(path)).get_stats_profile().func_profiles
    assert "send_list" in functions
