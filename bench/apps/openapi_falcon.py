"""openapi-core through Falcon."""

from typing import Any

import falcon
from openapi_core import OpenAPI
from openapi_core.contrib.falcon.middlewares import FalconOpenAPIMiddleware
from openapi_document import build_document

__all__ = ["build"]


class Pet:
    """The one resource."""

    def on_put(self, req: Any, resp: falcon.Response, **path: int) -> None:
        """Answer PUT."""
        name = req.context.openapi.body["name"]
        resp.media = {"id": path["id"], "name": name}

    def on_get(self, req: Any, resp: falcon.Response, **path: int) -> None:
        """Answer GET."""
        limit = req.context.openapi.parameters.query["limit"]
        resp.media = {"id": path["id"], "limit": limit}


def build() -> Any:
    """Return the application that is measured."""
    openapi = OpenAPI.from_dict(build_document())
    middleware = FalconOpenAPIMiddleware(openapi, response_cls=None)
    app = falcon.App(middleware=[middleware])
    app.add_route("/pets/{id:int}", Pet())
    return app
