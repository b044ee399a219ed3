"""Facts about the decorators that an application and a group have."""

from typing import Any

import pytest

from poorwsgi_core import Application, Request
from poorwsgi_core.testing import Client


@pytest.mark.parametrize(
    ("method", "allow"),
    [
        ("get", "HEAD, GET, OPTIONS"),
        ("post", "POST, OPTIONS"),
        ("put", "PUT, OPTIONS"),
        ("patch", "OPTIONS, PATCH"),
        ("delete", "DELETE, OPTIONS"),
    ],
)
def test_methods(app: Application, client: Client, method: str, allow: str) -> None:
    """Each serves its method alone, and GET serves HEAD too."""

    def handler(_: Request) -> str:
        return method

    decorate: Any = getattr(app, method)
    assert decorate("/x")(handler) is handler

    assert client.request(method.upper(), "/x").text == method
    assert client.options("/x").headers["Allow"] == allow


def test_without_a_path(app: Application) -> None:
    """A decorator without its path is a mistake that says what to write."""
    with pytest.raises(TypeError, match="A route needs its path"):
        app.get(print)  # type: ignore[arg-type]
