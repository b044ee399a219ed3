"""The package as it is installed: its version, its pin, what it imports."""

import subprocess
import sys
from importlib.metadata import requires, version

import pytest

import poorwsgi_forms

SIBLINGS = {"poorwsgi", "poorwsgi_auth", "poorwsgi_forms", "poorwsgi_openapi"}


def test_version_is_the_one_of_core() -> None:
    """All distributions are released together, under one version."""
    assert poorwsgi_forms.__version__ == version("poorwsgi-core")


def test_core_is_pinned_to_the_same_version() -> None:
    """The installed metadata ask for exactly the core of this version."""
    pin = f"poorwsgi-core=={poorwsgi_forms.__version__}"
    assert pin in (requires("poorwsgi-forms") or [])


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that the package does not have says so, with the module's name."""
    with pytest.raises(AttributeError, match=r"'poorwsgi_forms'.*'missing'"):
        getattr(poorwsgi_forms, "missing")  # noqa: B009 - unknown to checkers


@pytest.mark.needs("processes")
def test_import_brings_in_no_sibling() -> None:
    """Importing the package loads neither the bundle nor its siblings."""
    code = "import sys, poorwsgi_forms; print(*sys.modules)"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    loaded = SIBLINGS.intersection(answer.stdout.split())
    assert loaded == {"poorwsgi_forms"}


@pytest.mark.needs("processes")
def test_import_brings_in_no_decoder() -> None:
    """What decodes JSON into types is loaded when a type is asked for."""
    code = "import sys, poorwsgi_forms; print(*sys.modules)"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert {"msgspec", "pydantic", "orjson"}.isdisjoint(answer.stdout.split())


@pytest.mark.parametrize("name", poorwsgi_forms.__all__)
def test_all_names_are_there(name: str) -> None:
    """Whatever ``__all__`` promises can be imported."""
    assert hasattr(poorwsgi_forms, name)
