"""The package as it is installed: its version, its pin, what it imports."""

import subprocess
import sys
from importlib.metadata import requires, version

import pytest

import poorwsgi_openapi

SIBLINGS = {"poorwsgi", "poorwsgi_auth", "poorwsgi_forms", "poorwsgi_openapi"}


def test_version_is_the_one_of_core() -> None:
    """All distributions are released together, under one version."""
    assert poorwsgi_openapi.__version__ == version("poorwsgi-core")


def test_core_is_pinned_to_the_same_version() -> None:
    """The installed metadata ask for exactly the core of this version."""
    pin = f"poorwsgi-core=={poorwsgi_openapi.__version__}"
    assert pin in (requires("poorwsgi-openapi") or [])


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that the package does not have says so, with the module's name."""
    with pytest.raises(AttributeError, match=r"'poorwsgi_openapi'.*'missing'"):
        getattr(poorwsgi_openapi, "missing")  # noqa: B009 - unknown to checkers


def test_import_brings_in_no_sibling() -> None:
    """Importing the package loads neither the bundle nor its siblings."""
    code = "import sys, poorwsgi_openapi; print(*sys.modules)"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    loaded = SIBLINGS.intersection(answer.stdout.split())
    assert loaded == {"poorwsgi_openapi"}
