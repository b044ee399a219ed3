"""Names of errors: openapi-core's under one roof, and ours."""

import subprocess
import sys

from poorwsgi_openapi import errors


def test_all_names_are_exceptions() -> None:
    """Each name is a class of exceptions."""
    classes = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(each, Exception) for each in classes)


def test_importing_the_extension_imports_no_openapi_core() -> None:
    """openapi-core and what it needs are imported on first use alone."""
    code = (
        "import sys, poorwsgi_openapi; from poorwsgi_openapi import OpenAPI, Document, "
        "OpenAPIRequest; print(*{name.partition('.')[0] for name in sys.modules})"
    )
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    heavy = {"openapi_core", "jsonschema", "jsonschema_path", "werkzeug", "yaml"}
    assert {*heavy, "markdown_it"} & set(answer.stdout.split()) == set()
