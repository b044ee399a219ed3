"""Forms, uploads and JSON bodies for applications on ``poorwsgi_core``.

application   Application with the settings of bodies
request       Request with form, json, json_as and form_parts
fieldstorage  the documented names: FieldStorage and its parser
json_body     JSON to values
typed         JSON to types
errors        what can be wrong with a body
"""

from typing import TYPE_CHECKING

from poorwsgi_forms.application import Application
from poorwsgi_forms.errors import (
    FormError,
    FormTooLarge,
    PartHeaderTooLarge,
    UnsupportedBody,
)
from poorwsgi_forms.fieldstorage import (
    FieldStorage,
    FieldStorageInterface,
    FieldStorageParser,
    Limits,
)
from poorwsgi_forms.json_body import JsonDict, JsonList, parse_json_request
from poorwsgi_forms.multiparts import Part
from poorwsgi_forms.request import Request
from poorwsgi_forms.typed import InvalidData

__all__ = [
    "Application",
    "FieldStorage",
    "FieldStorageInterface",
    "FieldStorageParser",
    "FormError",
    "FormTooLarge",
    "InvalidData",
    "JsonDict",
    "JsonList",
    "Limits",
    "Part",
    "PartHeaderTooLarge",
    "Request",
    "UnsupportedBody",
    "__version__",
    "parse_json_request",
]

__version__: str

if not TYPE_CHECKING:  # or else every misspelt name would be a str to checkers

    def __getattr__(name: str) -> str:
        # importlib.metadata is slow to import, and the version is seldom asked for.
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("poorwsgi-forms")
