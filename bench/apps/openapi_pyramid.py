"""pyramid_openapi3."""

import json
import tempfile
from pathlib import Path
from typing import Any

from openapi_document import build_document
from pyramid.config import Configurator

__all__ = ["build"]


def _put(request: Any) -> dict[str, Any]:
    body = request.openapi_validated.body
    return {"id": request.openapi_validated.parameters.path["id"], "name": body["name"]}


def _get(request: Any) -> dict[str, Any]:
    parameters = request.openapi_validated.parameters
    return {"id": parameters.path["id"], "limit": parameters.query["limit"]}


def build() -> Any:
    """Return the application that is measured."""
    path = Path(tempfile.mkdtemp()) / "openapi.json"
    path.write_text(json.dumps(build_document()), "utf-8")
    with Configurator() as config:
        config.include("pyramid_openapi3")
        config.pyramid_openapi3_spec(str(path))
        config.registry.settings["pyramid_openapi3.enable_response_validation"] = False
        config.add_route("pet", "/pets/{id}")
        for method, view in (("PUT", _put), ("GET", _get)):
            config.add_view(
                view,
                route_name="pet",
                request_method=method,
                renderer="json",
                openapi=True,
            )
        return config.make_wsgi_app()
