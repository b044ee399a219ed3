"""Errors of openapi-core under one roof, and our own.

openapi-core moves its modules between versions; this one stays.  It imports
openapi-core, so import it where you need it.
"""

from openapi_core.casting.schemas.exceptions import CastError
from openapi_core.deserializing.exceptions import DeserializeError
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.deserializing.styles.exceptions import (
    EmptyQueryParameterValue,
    ParameterDeserializeError,
)
from openapi_core.exceptions import OpenAPIError, SpecError
from openapi_core.security.exceptions import SecurityProviderError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.paths.exceptions import (
    OperationNotFound,
    PathError,
    PathNotFound,
    PathsNotFound,
    ServerNotFound,
)
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.templating.security.exceptions import SecurityNotFound
from openapi_core.unmarshalling.schemas.exceptions import (
    FormatterNotFoundError,
    UnmarshalError,
)
from openapi_core.validation.exceptions import ValidationError
from openapi_core.validation.request.exceptions import (
    InvalidParameter,
    InvalidRequestBody,
    InvalidSecurity,
    MissingParameter,
    MissingRequestBody,
    MissingRequiredParameter,
    MissingRequiredRequestBody,
    ParameterValidationError,
    RequestBodyValidationError,
    RequestValidationError,
    SecurityValidationError,
)
from openapi_core.validation.response.exceptions import (
    DataValidationError,
    HeaderValidationError,
    InvalidData,
    InvalidHeader,
    MissingData,
    MissingHeader,
    MissingRequiredHeader,
    ResponseValidationError,
)
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue, ValidateError

from poorwsgi_openapi.answers.problems import RequestRefused
from poorwsgi_openapi.checks.responses import ResponseInvalid
from poorwsgi_openapi.document.sources import SourceError

__all__ = [
    "CastError",
    "DataValidationError",
    "DeserializeError",
    "EmptyQueryParameterValue",
    "FormatterNotFoundError",
    "HeaderValidationError",
    "InvalidData",
    "InvalidHeader",
    "InvalidParameter",
    "InvalidRequestBody",
    "InvalidSchemaValue",
    "InvalidSecurity",
    "MediaTypeDeserializeError",
    "MediaTypeNotFound",
    "MissingData",
    "MissingHeader",
    "MissingParameter",
    "MissingRequestBody",
    "MissingRequiredHeader",
    "MissingRequiredParameter",
    "MissingRequiredRequestBody",
    "OpenAPIError",
    "OperationNotFound",
    "ParameterDeserializeError",
    "ParameterValidationError",
    "PathError",
    "PathNotFound",
    "PathsNotFound",
    "RequestBodyValidationError",
    "RequestRefused",
    "RequestValidationError",
    "ResponseInvalid",
    "ResponseNotFound",
    "ResponseValidationError",
    "SecurityNotFound",
    "SecurityProviderError",
    "SecurityValidationError",
    "ServerNotFound",
    "SourceError",
    "SpecError",
    "UnmarshalError",
    "ValidateError",
    "ValidationError",
]
