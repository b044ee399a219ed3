"""OpenAPI for applications on ``poorwsgi_core``: the document is the source.

code              Api: a document made of the type hints of handlers
extension         OpenAPI, which an application installs
bindings          functions for operations, and the routes that they get
neighbours        several documents in one application
reloading         the document read again while it is written
openapi_wrapper   requests and responses for openapi-core, for wiring by hand
errors            errors of openapi-core and of ours

answers           what clients get that no handler wrote
tools             what developers run: check, skeleton, export, diff, coverage
checks            what requests have to pass, and responses to keep
document          the document and its operations

Each wing imports from those below it; ``answers`` and ``tools`` don't know each
other.

The names below are imported when they are asked for, and openapi-core when it is
needed: the package itself costs nothing, so that its pytest plugin doesn't either.
"""

from typing import TYPE_CHECKING

from poorwsgi_core.lazy import lazy_names

if TYPE_CHECKING:
    from poorwsgi_openapi.checks.faults import Fault, Problem
    from poorwsgi_openapi.checks.plans import ApiRequest
    from poorwsgi_openapi.checks.responses import ResponseInvalid
    from poorwsgi_openapi.checks.security import Credentials, Grant
    from poorwsgi_openapi.code.api import Api
    from poorwsgi_openapi.code.markers import (
        Answer,
        Body,
        Cookie,
        Header,
        Path,
        Query,
        Schema,
    )
    from poorwsgi_openapi.document.document import Document, Operation
    from poorwsgi_openapi.extension import OpenAPI
    from poorwsgi_openapi.openapi_wrapper import OpenAPIRequest, OpenAPIResponse

__all__ = [
    "Answer",
    "Api",
    "ApiRequest",
    "Body",
    "Cookie",
    "Credentials",
    "Document",
    "Fault",
    "Grant",
    "Header",
    "OpenAPI",
    "OpenAPIRequest",
    "OpenAPIResponse",
    "Operation",
    "Path",
    "Problem",
    "Query",
    "ResponseInvalid",
    "Schema",
    "__version__",
]

__version__: str

_MODULES = {
    ".checks.faults": "Fault Problem",
    ".checks.plans": "ApiRequest",
    ".checks.responses": "ResponseInvalid",
    ".checks.security": "Credentials Grant",
    ".code.api": "Api",
    ".code.markers": "Answer Body Cookie Header Path Query Schema",
    ".document.document": "Document Operation",
    ".extension": "OpenAPI",
    ".openapi_wrapper": "OpenAPIRequest OpenAPIResponse",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers
    __getattr__, __dir__ = lazy_names(__name__, _MODULES, "poorwsgi-openapi")
