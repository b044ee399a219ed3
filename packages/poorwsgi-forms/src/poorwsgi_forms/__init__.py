"""Forms, uploads and JSON bodies for applications on ``poorwsgi_core``.

application   Application, with the settings of bodies
legacy        a function of PoorWSGI 2 that parsed the body of a request
request       Request with form, json, json_as and form_parts
serving       what requests ask of the application that serves them
form          forms: FieldStorage and its parser
multipart     multipart bodies: their parts, while they arrive
json          JSON to values and to types
codings       Content-Encoding: gzip, deflate and zstd
uploads       uploads that go on where they broke off, imported when used
errors        what can be wrong with a body

None of them imports one that stands above it.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_forms.application import Application
    from poorwsgi_forms.errors import (
        BodyAlreadyRead,
        FormError,
        FormTooLarge,
        InvalidData,
        PartHeaderTooLarge,
        UnsupportedBody,
        UnsupportedCoding,
    )
    from poorwsgi_forms.form.fieldstorage import (
        FieldStorage,
        FieldStorageInterface,
        FieldStorageParser,
        Limits,
    )
    from poorwsgi_forms.json.values import JsonDict, JsonList, parse_json_request
    from poorwsgi_forms.multipart.parts import Part
    from poorwsgi_forms.request import Request

__all__ = [
    "Application",
    "BodyAlreadyRead",
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
    "UnsupportedCoding",
    "__version__",
    "parse_json_request",
]

__version__: str

_MODULES = {
    ".application": "Application",
    ".errors": (
        "BodyAlreadyRead FormError FormTooLarge InvalidData PartHeaderTooLarge "
        "UnsupportedBody UnsupportedCoding"
    ),
    ".form.fieldstorage": (
        "FieldStorage FieldStorageInterface FieldStorageParser Limits"
    ),
    ".json.values": "JsonDict JsonList parse_json_request",
    ".multipart.parts": "Part",
    ".request": "Request",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES, "poorwsgi-forms")
