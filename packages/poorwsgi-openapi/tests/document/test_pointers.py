"""JSON pointers: written, read, followed."""

from typing import Any

import pytest

from poorwsgi_openapi.document.pointers import escape_part, find_node, split_pointer

ROOT: dict[str, Any] = {"a/b": [{"~": 1}, "text"], "0": None}


def test_pointers_are_split() -> None:
    """Escapes of RFC 6901 are undone."""
    assert split_pointer("/a~1b/~0/") == ["a/b", "~", ""]
    assert split_pointer("") == []


def test_parts_are_escaped() -> None:
    """What is written is read again."""
    assert split_pointer(f"/{escape_part('~1/~')}/{escape_part(2)}") == ["~1/~", "2"]


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [("", ROOT), ("/a~1b/0/~0", 1), ("/a~1b/1", "text"), ("/0", None)],
)
def test_pointers_are_followed(pointer: str, expected: object) -> None:
    """Parts are keys of mappings and numbers of items."""
    assert find_node(ROOT, split_pointer(pointer)) == expected


@pytest.mark.parametrize(
    "pointer",
    ["/b", "/a~1b/2", "/a~1b/-1", "/a~1b/x", "/a~1b/\u0661", "/0/x", "/a~1b/1/0"],
)
def test_pointer_to_nothing(pointer: str) -> None:
    """What isn't there is told; only digits are numbers."""
    with pytest.raises(KeyError):
        find_node(ROOT, split_pointer(pointer))


def test_number_of_many_digits_is_none_of_an_item() -> None:
    """Python reads no numbers of thousands of digits."""
    with pytest.raises(KeyError):
        find_node([1], ["1" * 5000])
