"""OpenAPI for applications on ``poorwsgi_core``: the document is the source.

extension         OpenAPI, which an application installs
document          documents and their operations
security          what verifies credentials
problems          how a refusal is answered
openapi_wrapper   requests and responses for openapi-core, for wiring by hand
errors            errors of openapi-core and of ours

The names below are imported when they are asked for, and openapi-core when it is
needed: the package itself costs nothing, so that its pytest plugin doesn't either.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_MODULES = {
    "ApiRequest": "plans",
    "Credentials": "security",
    "Document": "document",
    "Fault": "problems",
    "Grant": "security",
    "OpenAPI": "extension",
    "OpenAPIRequest": "openapi_wrapper",
    "OpenAPIResponse": "openapi_wrapper",
    "Operation": "document",
    "Problem": "problems",
    "ResponseInvalid": "responses",
}

if not TYPE_CHECKING:  # or else every misspelt name would be known to checkers

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            from importlib import import_module

            value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        elif name == "__version__":
            # importlib.metadata is slow to import, and the version is seldom asked for.
            from importlib.metadata import version

            value = version("poorwsgi-openapi")
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value
        return value
