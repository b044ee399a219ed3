"""Files: JSON and YAML as OpenAPI means them, and where things stand in them."""

from pathlib import Path

import pytest

from poorwsgi_openapi.document.sources import Source, SourceError, dump_yaml


def write(folder: Path, text: str, name: str = "a.yaml") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_yaml_is_read_as_yaml_1_2(tmp_path: Path) -> None:
    """Words and dates stay text, and numbers are what they look like."""
    text = "a: [no, on, 2026-01-31, 012, 0x1f, 0o17, -3, 1e3, .5, true, null, 1_0]"
    expected = [
        "no",
        "on",
        "2026-01-31",
        12,
        31,
        15,
        -3,
        1000.0,
        0.5,
        True,
        None,
        "1_0",
    ]
    assert {"a": expected} == Source(write(tmp_path, text)).data


def test_keys_are_text(tmp_path: Path) -> None:
    """A status that is written as a number is text, as in JSON."""
    text = "200: {null: 1, true: 2, 1.5: 3}"
    found = Source(write(tmp_path, text)).data
    assert found == {"200": {"null": 1, "true": 2, "1.5": 3}}


def test_aliases_are_followed(tmp_path: Path) -> None:
    """An alias is the same value again, its keys made text once."""
    found = Source(write(tmp_path, "a: &x {1: b}\nb: *x")).data
    assert found == {"a": {"1": "b"}, "b": {"1": "b"}}


def test_json_is_read(tmp_path: Path) -> None:
    """What begins with a brace is JSON, a byte order mark before it or not."""
    assert Source(write(tmp_path, '\ufeff{"a": 1}', "a.json")).data == {"a": 1}


def test_flow_style_is_yaml(tmp_path: Path) -> None:
    """A brace in a file that isn't called JSON may begin YAML."""
    source = Source(write(tmp_path, "{a: 1}"))
    assert (source.data, source.is_json) == ({"a": 1}, False)


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.json", '{"a": 1,\n "b": }', "line 2, column 7: this is not JSON"),
        ("a.yaml", "a: 1\n b: 2", "line 2, column 3: this is not YAML"),
        ("a.yaml", "a: [1\n", "this is not YAML"),
        (
            "a.yaml",
            "a: 1\nb: 2\na: 3",
            "line 3, column 1: .*the key 'a' stands",
        ),
        (
            "a.yaml",
            "200: 1\n'200': 2",
            "line 2, column 1: .*the key '200' stands",
        ),
        (
            "a.json",
            '{"a": 1,\n\t"a": 2}',
            "line 2, column 2: .*the key 'a' stands",
        ),
        ("a.yaml", "a: \x01", "this is not YAML"),
    ],
)
def test_broken_files_name_the_line(
    tmp_path: Path, name: str, text: str, line: str
) -> None:
    """What is neither JSON nor YAML is refused with its place."""
    with pytest.raises(SourceError, match=line) as caught:
        Source(write(tmp_path, text, name))
    assert str(tmp_path / name) in str(caught.value)


def test_keys_that_are_merged_may_stand_twice(tmp_path: Path) -> None:
    """What YAML merges into a mapping gives way to its own keys."""
    text = "a: &a {x: 1, y: 1}\nb: &b {<<: *a, x: 2}\nc: {d: {<<: *b, x: 3}}\n"
    assert Source(write(tmp_path, text)).data == {
        "a": {"x": 1, "y": 1},
        "b": {"x": 2, "y": 1},
        "c": {"d": {"x": 3, "y": 1}},
    }


def test_bytes_that_are_no_utf_8_name_the_line(tmp_path: Path) -> None:
    """A file in another charset is refused with the line of the first such byte."""
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(SourceError, match=r"a.yaml, line 2: a byte is not UTF-8"):
        Source(path)


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ([], 1),
        (["b"], 2),
        (["b", "1"], 4),
        (["b", "x"], 2),
        (["b", "7"], 2),
        (["z"], 1),
    ],
)
def test_lines_are_found(tmp_path: Path, parts: list[str], line: int) -> None:
    """The line of a place is that of its deepest part that exists."""
    source = Source(write(tmp_path, "a: 1\nb:\n  - 1\n  - 2\n"))
    assert line == source.find_lines([parts])[0]


def test_lines_of_a_scalar_are_its_own(tmp_path: Path) -> None:
    """A place below a scalar is the scalar's."""
    assert Source(write(tmp_path, "a: 1\nb: 2\n")).find_lines([["b", "c"]]) == [2]


@pytest.mark.parametrize("name", ["a.json", "a.yaml"])
def test_lines_of_json(tmp_path: Path, name: str) -> None:
    """JSON has lines too; long keys and escapes in keys are no matter."""
    text = f'{{\n"{"a" * 2000}": [\n1 ,\n {{ "x": {{}} }}],\n"\\u0062" : 2 , "c": []}}'
    source = Source(write(tmp_path, text, name))
    places = [["b"], ["c"], ["a" * 2000, "1", "x"], ["a" * 2000, "0"], ["z"]]
    assert source.find_lines(places) == [5, 5, 4, 3, 1]


def test_lines_are_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second look at a place near the root, or at the same one, reads nothing."""
    import yaml

    source = Source(write(tmp_path, "a:\n  b: {c: {d: {e: 1}}}\n"))
    deep = ["a", "b", "c", "d", "e"]
    assert source.find_lines([deep]) == [2]
    monkeypatch.setattr(yaml, "compose", None)
    assert source.find_lines([deep, ["a", "b"], ["a"]]) == [2, 2, 1]


def test_yaml_that_is_written_is_read_again(tmp_path: Path) -> None:
    """Dumping keeps order and text, and writes no aliases."""
    shared = ["no", "é", "2026-01-31"]
    value = {"b": shared, "a": shared, "c": {"1": None}}
    data = dump_yaml(value)
    assert b"*" not in data
    assert value == Source(write(tmp_path, data.decode())).data


@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [1]\n"
        + "".join(
            f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9)
        ),
        "a: &a [*a]\n",
    ],
    ids=["of aliases", "of itself"],
)
def test_aliases_that_stand_for_too_much_are_refused(tmp_path: Path, text: str) -> None:
    """A few hundred bytes of YAML don't become millions of values."""
    path = tmp_path / "bomb.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SourceError, match="aliases of YAML stand for more than"):
        Source(path)


def test_aliases_are_read(tmp_path: Path) -> None:
    """Aliases as people use them stand for what they say."""
    path = tmp_path / "a.yaml"
    path.write_text("a: &a {b: 1}\nc: [*a, *a]\n", "utf-8")
    assert Source(path).data == {"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}]}


def test_text_of_a_document_is_one_line_of_a_message() -> None:
    """Whatever stands in a document, it begins no line and speaks to no terminal."""
    error = SourceError("no \x1b[2J\n::error::x", [("/a\n::b", "c\x07")])
    assert str(error) == "no \\x1b[2J\\n::error::x\n  /a\\n::b: c\\x07"
