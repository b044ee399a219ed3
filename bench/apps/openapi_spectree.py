"""spectree with Falcon: types instead of a document, checked by pydantic."""

from typing import Annotated, Any

import falcon
from pydantic import BaseModel, Field
from spectree import SpecTree

__all__ = ["build"]

_spec = SpecTree("falcon")


class PetModel(BaseModel):
    """The body."""

    name: Annotated[str, Field(min_length=1, max_length=50)]
    age: Annotated[int, Field(ge=0, le=100)]
    weight: float | None = None
    tags: list[str] = []


class Query(BaseModel):
    """The query."""

    limit: Annotated[int, Field(le=100)]


class Pet:
    """The one resource."""

    @_spec.validate(json=PetModel)
    def on_put(self, req: Any, resp: falcon.Response, number: int) -> None:
        """Answer PUT."""
        resp.media = {"id": number, "name": req.context.json.name}

    @_spec.validate(query=Query)
    def on_get(self, req: Any, resp: falcon.Response, number: int) -> None:
        """Answer GET."""
        resp.media = {"id": number, "limit": req.context.query.limit}


def build() -> Any:
    """Return the application that is measured."""
    app = falcon.App()
    app.add_route("/pets/{number:int}", Pet())
    _spec.register(app)
    return app
