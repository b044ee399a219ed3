"""openapi-core through Flask."""

from typing import Any

from flask import Flask, request
from openapi_core import OpenAPI
from openapi_core.contrib.flask.decorators import FlaskOpenAPIViewDecorator
from openapi_document import build_document

__all__ = ["build"]


def build() -> Any:
    """Return the application that is measured."""
    app = Flask(__name__)
    openapi = OpenAPI.from_dict(build_document())
    view: Any = FlaskOpenAPIViewDecorator(openapi, response_cls=None)

    @app.put("/pets/<int:id>")
    @view
    def put(id: int) -> dict[str, Any]:  # noqa: A002 - as documented
        return {"id": id, "name": request.openapi.body["name"]}

    @app.get("/pets/<int:id>")
    @view
    def get(id: int) -> dict[str, Any]:  # noqa: A002 - as documented
        return {"id": id, "limit": request.openapi.parameters.query["limit"]}

    return app
