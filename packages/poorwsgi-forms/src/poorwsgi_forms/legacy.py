"""``FieldStorage`` as a function, for code that was written for PoorWSGI 2."""

from collections.abc import Callable
from typing import Any

from poorwsgi_core.state import deprecated
from poorwsgi_forms.form import fields, parser
from poorwsgi_forms.request import Request

__all__ = ["FieldStorage"]


@deprecated(
    "It was so in 2.8 already: it reads the body behind the request's back. Use "
    "req.form, or fieldstorage.FieldStorageParser(req.input, req.headers).parse()."
)
def FieldStorage(  # noqa: N802 - a documented name
    req: Request,
    headers: object = None,  # noqa: ARG001 - documented, and never looked at
    keep_blank_values: bool | int = 0,
    strict_parsing: bool | int = 0,
    encoding: str = "utf-8",
    errors: str = "replace",
    max_num_fields: int | None = None,
    separator: str = "&",
    file_callback: Callable[[str], Any] | None = None,
) -> fields.FieldStorage:
    """Parse the body of a request into a form, which is ``req.form`` then.

    Raises:
        FormError: a broken body, or one over a limit of the application.
        BodyAlreadyRead: a RuntimeError, something else has read the body.
    """
    if req.input.tell() and isinstance(req.form, fields.FieldStorage):
        return req.form
    form = parser.FieldStorageParser(
        req.input,
        req.headers,
        keep_blank_values=keep_blank_values,
        strict_parsing=strict_parsing,
        encoding=encoding,
        errors=errors,
        max_num_fields=max_num_fields,
        separator=separator,
        file_callback=file_callback,
        limits=req.app.form_limits(),
    ).parse()
    req.form = form
    return form
