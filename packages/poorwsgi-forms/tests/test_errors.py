"""Facts about the errors: each has its status, and says what is wrong."""

import pytest

from poorwsgi_core import HTTPException
from poorwsgi_forms import FormError, FormTooLarge, PartHeaderTooLarge, UnsupportedBody


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (FormError("reason"), 400),
        (FormTooLarge("max_form_files", 3, "reason"), 413),
        (UnsupportedBody("reason"), 415),
        (PartHeaderTooLarge("reason"), 431),
    ],
)
def test_status_and_reason(error: FormError, status: int) -> None:
    """An error is an answer and a ValueError, and knows its reason."""
    assert isinstance(error, HTTPException)
    assert isinstance(error, ValueError)
    assert (error.status_code, error.reason, str(error)) == (status, "reason", "reason")
    assert error.args == (status, {"error": "reason"})


def test_too_large_names_the_limit() -> None:
    """The one over a limit says which, and how much it allows."""
    error = FormTooLarge("max_form_parts", 1000)
    assert (error.limit, str(error)) == (
        "max_form_parts",
        "The request body exceeds max_form_parts = 1000",
    )
