"""OpenAPI for applications on ``poorwsgi_core``: the document is the source.

extension         OpenAPI, which an application installs
document          documents and their operations
security          what verifies credentials
problems          how a refusal is answered
openapi_wrapper   requests and responses for openapi-core, for wiring by hand
errors            errors of openapi-core and of ours

openapi-core is imported when it is needed, and not by importing this package.
"""

from typing import TYPE_CHECKING

from poorwsgi_openapi.document import Document, Operation
from poorwsgi_openapi.extension import OpenAPI
from poorwsgi_openapi.openapi_wrapper import OpenAPIRequest, OpenAPIResponse
from poorwsgi_openapi.plans import ApiRequest
from poorwsgi_openapi.problems import Fault, Problem
from poorwsgi_openapi.responses import ResponseInvalid
from poorwsgi_openapi.security import Credentials, Grant

__all__ = [
    "ApiRequest",
    "Credentials",
    "Document",
    "Fault",
    "Grant",
    "OpenAPI",
    "OpenAPIRequest",
    "OpenAPIResponse",
    "Operation",
    "Problem",
    "ResponseInvalid",
    "__version__",
]

__version__: str

if not TYPE_CHECKING:  # or else every misspelt name would be a str to checkers

    def __getattr__(name: str) -> str:
        # importlib.metadata is slow to import, and the version is seldom asked for.
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("poorwsgi-openapi")
