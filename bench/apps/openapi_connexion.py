"""connexion, whose ASGI becomes WSGI by a2wsgi."""

import json
import tempfile
from pathlib import Path
from typing import Any

import connexion
from a2wsgi import ASGIMiddleware
from openapi_document import build_document

__all__ = ["build", "get_pet", "put_pet"]


def put_pet(id: int, body: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
    """Answer PUT."""
    return {"id": id, "name": body["name"]}


def get_pet(id: int, limit: int) -> dict[str, Any]:  # noqa: A002
    """Answer GET."""
    return {"id": id, "limit": limit}


def build() -> Any:
    """Return the application that is measured."""
    document = build_document()
    # It knows 3.0 alone.
    document["openapi"] = "3.0.3"
    for operation in document["paths"]["/pets/{id}"].values():
        name = {"putPet": "put_pet", "getPet": "get_pet"}[operation["operationId"]]
        operation["operationId"] = f"{__name__}.{name}"
    folder = Path(tempfile.mkdtemp())
    (folder / "openapi.json").write_text(json.dumps(document), "utf-8")
    app = connexion.AsyncApp(__name__, specification_dir=str(folder))
    app.add_api("openapi.json")
    return ASGIMiddleware(app)
