"""Facts about the deprecated function FieldStorage."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from poorwsgi_forms import Application, BodyAlreadyRead, FormTooLarge, Request
from poorwsgi_forms.legacy import FieldStorage

URLENCODED = "application/x-www-form-urlencoded"


def test_parses_the_body_and_warns(build: Callable[..., Request]) -> None:
    """It returns the form of the request, and says what to use instead."""
    request = build(b"a=1;b=", URLENCODED)
    with pytest.warns(DeprecationWarning, match="req.form"):
        form = FieldStorage(request, {"ignored": "1"}, 1, separator=";")
    assert (form.getvalue("a"), form.getvalue("b")) == ("1", "")


def test_files_go_to_the_callback(
    build: Callable[..., Request], encode: Callable[..., bytes]
) -> None:
    """It takes a file_callback as the parser does."""
    files: dict[str, BytesIO] = {}

    def store(filename: str) -> BytesIO:
        return files.setdefault(filename, BytesIO())

    request = build(encode(("f", "x.png", b"content")))
    with pytest.warns(DeprecationWarning, match="FieldStorage"):
        form = FieldStorage(request, file_callback=store)
    assert (form["f"].file, form.getvalue("f")) == (files["x.png"], b"content")


def test_limits_are_those_of_the_application(
    app: Application, build: Callable[..., Request]
) -> None:
    """It has no way around the limits."""
    app.max_form_parts = 1
    request: Any = build(b"a=1&b=2", URLENCODED)
    with pytest.raises(FormTooLarge), pytest.warns(DeprecationWarning, match="Field"):
        FieldStorage(request)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("size", [0, 1000])
def test_form_of_the_request_is_that_form(
    size: int,
    app: Application,
    build: Callable[..., Request],
    encode: Callable[..., bytes],
) -> None:
    """Who asks for req.form afterwards gets it, also where the body isn't kept."""
    app.data_size = size
    request = build(encode(("a", b"1")))
    form = FieldStorage(request)
    assert form.getvalue("a") == "1"
    assert request.form is form
    assert FieldStorage(request) is form


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_form_that_was_parsed_before(
    app: Application, build: Callable[..., Request], encode: Callable[..., bytes]
) -> None:
    """It is returned, where the body isn't kept."""
    app.data_size = 0
    request = build(encode(("a", b"1")))
    assert FieldStorage(request) is request.form


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_body_that_something_else_has_read(
    app: Application, build: Callable[..., Request], encode: Callable[..., bytes]
) -> None:
    """It is told so, and not that the client sent too little."""
    app.data_size = 0
    request = build(encode(("a", b"1")))
    request.input.read(1)
    with pytest.raises(BodyAlreadyRead):
        FieldStorage(request)
