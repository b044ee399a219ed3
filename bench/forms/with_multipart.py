"""The parser of the multipart library, whose inner part is ours as well."""

from typing import Any

import multipart

__all__ = ["count_form", "parse_form"]


def parse_form(environ: dict[str, Any]) -> Any:
    """Parse the form of a request."""
    return multipart.parse_form_data(environ, part_limit=1000)


def count_form(form: Any) -> tuple[int, int]:
    """Return the number of fields and of files."""
    fields, files = form
    return len(list(fields.iterallitems())), len(list(files.iterallitems()))
