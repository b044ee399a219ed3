"""Facts about the documented module of forms."""

import inspect

import pytest

import poorwsgi_forms
from poorwsgi_forms.form import fieldstorage


def test_documented_names() -> None:
    """The module has the documented names, and the limits."""
    assert fieldstorage.__all__ == [
        "FieldStorage",
        "FieldStorageInterface",
        "FieldStorageParser",
        "Limits",
        "valid_boundary",
    ]


def test_package_has_the_same_classes() -> None:
    """A class is one, whichever way it is imported."""
    assert fieldstorage.FieldStorage is poorwsgi_forms.FieldStorage
    assert fieldstorage.FieldStorageParser is poorwsgi_forms.FieldStorageParser


def test_arguments_of_the_parser() -> None:
    """The documented arguments have their names, order and defaults."""
    parameters = inspect.signature(fieldstorage.FieldStorageParser).parameters
    defaults = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    }
    assert list(defaults.items()) == [
        ("input_", None),
        ("headers", None),
        ("outerboundary", b""),
        ("keep_blank_values", 0),
        ("strict_parsing", 0),
        ("limit", None),
        ("encoding", "utf-8"),
        ("errors", "replace"),
        ("max_num_fields", None),
        ("separator", "&"),
        ("file_callback", None),
    ]


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ("a", True),
        ("a" * 201, True),
        (b"bytes", True),
        (" ~!\"#$%&'()*+,-./:;<=>?@[]^_`{|}", True),
        ("inner blank", True),
        ("", False),
        pytest.param(b"", False, id="no bytes"),
        ("a" * 202, False),
        ("   ", False),
        ("trailing ", False),
        ("line\n", False),
        ("a\x00b", False),
        ("a\x7f", False),
        ("é", False),
        pytest.param(b"\xe9", False, id="latin-1 byte"),
    ],
)
def test_valid_boundary(boundary: str | bytes, expected: bool) -> None:
    """A boundary is 1 to 201 printable ASCII characters, not ending blank."""
    assert fieldstorage.valid_boundary(boundary) is expected
