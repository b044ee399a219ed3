"""poorwsgi-openapi."""

from typing import Any

from openapi_document import build_document

from poorwsgi_core import Application
from poorwsgi_openapi import OpenAPI

__all__ = ["build"]


def build(paths: int = 1) -> Any:
    """Return the application that is measured."""
    app = Application(f"bench {paths}")
    api = OpenAPI(build_document(paths), check="off", check_document=False)

    @api.operation("putPet")
    def put(req: Any, number: int) -> dict[str, Any]:
        return {"id": number, "name": req.api.body["name"]}

    @api.operation("getPet")
    def get(req: Any, number: int) -> dict[str, Any]:
        return {"id": number, "limit": req.api.query["limit"]}

    assert put is not get  # noqa: S101 - both are used
    app.install(api)
    return app
