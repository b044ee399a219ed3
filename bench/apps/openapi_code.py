"""poorwsgi-openapi, code first: the same types as hints."""

from dataclasses import dataclass
from typing import Annotated, Any

from poorwsgi_core import Application
from poorwsgi_openapi import Api, Path, Query, Schema

__all__ = ["build"]

Number = Annotated[int, Path(ge=1)]


@dataclass
class Pet:
    """A pet, as in the document of the others."""

    name: Annotated[str, Schema(min_length=1, max_length=50)]
    age: Annotated[int, Schema(ge=0, le=100)]
    weight: float = 0
    tags: list[str] | None = None


def build(paths: int = 1) -> Any:
    """Return the application that is measured."""
    app = Application(f"bench of code {paths}")
    api = Api("Bench", "1")

    @api.put("/pets/<number>")
    def put(_: Any, number: Number, pet: Pet) -> dict[str, Any]:
        return {"id": number, "name": pet.name}

    @api.get("/pets/<number>")
    def get(
        _: Any, number: Number, limit: Annotated[int, Query(le=100)]
    ) -> dict[str, Any]:
        return {"id": number, "limit": limit}

    assert put is not get  # noqa: S101 - both are used
    app.install(api)
    return app
