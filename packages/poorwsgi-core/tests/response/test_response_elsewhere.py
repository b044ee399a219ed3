"""Facts about names that the responses of other frameworks have."""

from typing import Any

import pytest

from poorwsgi_core.response import Response


class Own(Response):
    """A response of an application, with attributes of its own."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        setattr(self, "status", status)  # noqa: B010 - no checker knows it


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("status", 404, "write response.status_code"),
        ("text", "new", "give it to the constructor"),
        ("body", b"new", "give it to the constructor"),
        ("media", {"a": 1}, r"write JSONResponse\(value\)"),
        ("mimetype", "text/plain", "write response.content_type"),
    ],
)
def test_names_of_other_frameworks(name: str, value: Any, remedy: str) -> None:
    """What would change nothing is told where it is written, and where it is read."""
    response = Response("x")
    reason = f"'Response' object has no attribute '{name}': {remedy}"
    with pytest.raises(AttributeError, match=reason):
        setattr(response, name, value)
    with pytest.raises(AttributeError, match=reason):
        getattr(response, name)
    assert not hasattr(Response, name)


def test_names_of_ones_own() -> None:
    """A class of an application has the names that it likes."""
    own: Any = Own("new")
    assert (own.status, own.data) == ("new", b"new")
    assert not hasattr(own, "body")
