"""The package as it is installed: its version, its pin, what it imports."""

import subprocess
import sys
from importlib.metadata import requires, version

import pytest

import poorwsgi_auth

SIBLINGS = {"poorwsgi", "poorwsgi_auth", "poorwsgi_forms", "poorwsgi_openapi"}


def test_version_is_the_one_of_core() -> None:
    """All distributions are released together, under one version."""
    assert poorwsgi_auth.__version__ == version("poorwsgi-core")


def test_core_is_pinned_to_the_same_version() -> None:
    """The installed metadata ask for exactly the core of this version."""
    pin = f"poorwsgi-core=={poorwsgi_auth.__version__}"
    assert pin in (requires("poorwsgi-auth") or [])


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that the package does not have says so, with the module's name."""
    with pytest.raises(AttributeError, match=r"'poorwsgi_auth'.*'missing'"):
        getattr(poorwsgi_auth, "missing")  # noqa: B009 - unknown to checkers


def test_import_brings_in_no_sibling() -> None:
    """Importing the package loads neither the bundle nor its siblings."""
    code = "import sys, poorwsgi_auth; print(*sys.modules)"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    loaded = SIBLINGS.intersection(answer.stdout.split())
    assert loaded == {"poorwsgi_auth"}


@pytest.mark.parametrize("name", poorwsgi_auth.__all__)
def test_name_of_the_package_is_that_of_its_module(name: str) -> None:
    """Every public name can be asked of the package, the second time at no cost."""
    value = getattr(poorwsgi_auth, name)
    assert value is getattr(poorwsgi_auth, name)


def test_import_brings_in_no_cryptography_and_no_digest() -> None:
    """What costs to import waits until somebody asks for it."""
    code = "import sys, poorwsgi_auth; print(*sys.modules)"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    heavy = {
        "cryptography",
        "poorwsgi_auth.digest.digest",
        "poorwsgi_auth.passwords.password_map",
        "poorwsgi_auth.sessions.session",
    }
    assert heavy.isdisjoint(answer.stdout.split())
