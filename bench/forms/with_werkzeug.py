"""Werkzeug's parser, which Flask uses."""

from typing import Any

from werkzeug.formparser import parse_form_data

__all__ = ["count_form", "parse_form"]


def parse_form(environ: dict[str, Any]) -> Any:
    """Parse the form of a request."""
    return parse_form_data(environ)


def count_form(form: Any) -> tuple[int, int]:
    """Return the number of fields and of files."""
    _, fields, files = form
    return len(list(fields.items(multi=True))), len(list(files.items(multi=True)))
