"""Requests and responses as openapi-core wants them, for wiring by hand.

They have what openapi-core 0.23 asks for, and the names that older versions
asked for (``mimetype``, ``full_url_pattern``).  They don't inherit from its
protocol classes, whose stubs would stand for what is missing.

    openapi = openapi_core.OpenAPI.from_file_path("openapi.json")
    result = openapi.unmarshal_request(OpenAPIRequest(req))
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from poorwsgi_core import BaseResponse, Headers, SimpleRequest
from poorwsgi_core.http.headers import parse_header
from poorwsgi_core.lazy import lazy
from poorwsgi_openapi.checks.parameters import Location
from poorwsgi_openapi.document.rules import rule_to_template

if TYPE_CHECKING:
    from openapi_core.datatypes import RequestParameters

__all__ = ["OpenAPIRequest", "OpenAPIResponse"]

_ANY_PATH = "/*"
_PLAIN = (str, int, float, bool)


class OpenAPIRequest:
    """A request for openapi-core.

    Args:
        request: a Request; of a SimpleRequest, parameters and body are empty.
    """

    def __init__(self, request: SimpleRequest) -> None:
        self.request = request

    def __repr__(self) -> str:
        return f"<OpenAPIRequest {self.method} {self.path}>"

    @property
    def host_url(self) -> str:
        """Scheme and host; those of a trusted proxy, where there is one."""
        return self.request.construct_url("")

    @property
    def path(self) -> str:
        """The whole path, with that of the mount point."""
        script: str = self.request.environ.get("SCRIPT_NAME", "")
        return script.rstrip("/") + self.request.path

    @property
    def path_pattern(self) -> str:
        """The matched route as a template; empty when none has matched."""
        rule = self.request.uri_rule
        if rule is None or rule == _ANY_PATH:
            return ""
        script: str = self.request.environ.get("SCRIPT_NAME", "")
        return script.rstrip("/") + rule_to_template(rule)

    @property
    def full_url_pattern(self) -> str:
        """Host and pattern, as openapi-core up to 0.16 asked for it."""
        return self.host_url + (self.path_pattern or self.path)

    @property
    def method(self) -> str:
        """The method in small letters."""
        return (self.request.method or "").lower()

    if TYPE_CHECKING:
        parameters: RequestParameters
        """All parameters; one object, because openapi-core adds to it."""

    else:

        @lazy
        def parameters(self) -> "RequestParameters":
            """All parameters; one object, because openapi-core adds to it."""
            return self._build_parameters()

    def _build_parameters(self) -> "RequestParameters":
        from openapi_core.datatypes import RequestParameters

        request: Any = self.request
        cookies: Mapping[str, Any] = getattr(request, "cookies", None) or {}
        values: Mapping[str, Any] = getattr(request, "path_args", None) or {}
        return RequestParameters(
            query=Location(getattr(request, "args", None) or {}),
            header=cast("Any", getattr(request, "headers", None) or Headers()),
            cookie=Location({name: morsel.value for name, morsel in cookies.items()}),
            path={name: _plain(value) for name, value in values.items()},
        )

    @property
    def body(self) -> bytes | None:
        """The body; ``None`` when it is larger than ``data_size``."""
        data: bytes | None = getattr(self.request, "data", None)
        return data

    @property
    def content_type(self) -> str:
        """Content type with its parameters, in a form that openapi-core reads.

        A parameter that it can't read is left out.
        """
        headers: Mapping[str, str] = getattr(self.request, "headers", None) or {}
        return _clean(headers.get("Content-Type") or "")

    @property
    def mimetype(self) -> str:
        """Content type without parameters."""
        return self.content_type.partition(";")[0]


class OpenAPIResponse:
    """A response for openapi-core.

    Args:
        response: any response; the data of a stream are empty.
    """

    def __init__(self, response: BaseResponse) -> None:
        self.response = response

    def __repr__(self) -> str:
        return f"<OpenAPIResponse {self.status_code}>"

    @property
    def data(self) -> bytes:
        """The body."""
        return self.response.data

    @property
    def status_code(self) -> int:
        """The status code."""
        return self.response.status_code

    @property
    def content_type(self) -> str:
        """Content type with its parameters."""
        header = self.response.headers.get("Content-Type")
        return _clean(header or self.response.content_type)

    @property
    def mimetype(self) -> str:
        """Content type without parameters."""
        return self.content_type.partition(";")[0]

    @property
    def headers(self) -> Any:
        """The headers; they are no Mapping, as openapi-core declares them."""
        return self.response.headers


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, _PLAIN) else str(value)


def _clean(content_type: str) -> str:
    name, options = parse_header(content_type)
    kept = [
        f"; {key}={value}"
        for key, value in options.items()
        if key and value and not set(f"{key}{value}") & set('=;"')
    ]
    return name.lower() + "".join(kept)
