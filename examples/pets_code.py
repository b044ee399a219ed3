"""An API whose code says everything: its document is made of the type hints.

It is the one of pets.py, the other way round.  Run it and look at
http://127.0.0.1:8080/docs::

    python3 examples/pets_code.py [host:port]
    curl 'http://127.0.0.1:8080/v1/pets?limit=three'
    cd examples && python3 -m poorwsgi_openapi export pets_code
"""

import itertools
import logging
import os
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from launch import launch
from look import Look, commands, links, page

from poorwsgi import Application, abort
from poorwsgi.request import Request
from poorwsgi_openapi import Answer, Api, Credentials, Grant, Path, Query, Schema

log = logging.getLogger("pets")

app = application = Application("pet shop, code first")
api = Api("Pets", "1.0.0", servers=["/v1"], validate_responses="log")
app.install(Look(__file__))

KEYS = {os.environ.get("PETS_KEY", "let me in"): "the keeper"}
TOKENS = {os.environ.get("PETS_TOKEN", "let me sell"): Grant("the shop", {"sell"})}

PAGES = {
    "The document": {
        "/docs": "for reading, without a script",
        "/openapi.yaml": "as it was made",
        "/openapi.json": "for programs",
    },
    "The API": {
        "/v1/pets": "all pets",
        "/v1/pets?limit=three": "a refusal; a browser gets a page",
        "/v1/pets/1": "one of them",
    },
}
COMMANDS = {
    "Add a pet, with the key": (
        "curl -i -H 'X-API-Key: let me in' -H 'Content-Type: application/json' "
        """-d '{"name": "Bella", "born": "2025-06-01"}' URL/v1/pets"""
    ),
    "Sell it, with a token": (
        "curl -i -X DELETE -H 'Authorization: Bearer let me sell' URL/v1/pets/2"
    ),
}

Tag = Annotated[str, Schema(min_length=1, max_length=20)]
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@Schema(keywords={"additionalProperties": False}, example={"name": "Rex"})
@dataclass
class NewPet:
    """A pet that somebody brings."""

    name: Annotated[str, Schema(min_length=1, max_length=50)]
    born: date | None = None
    weight: Annotated[float | None, Schema(gt=0, description="In kilograms")] = None
    tags: Annotated[list[Tag], Schema(max_length=10)] = field(default_factory=list)


@dataclass(kw_only=True)
class Pet:
    """A pet that is for sale."""

    id: int
    name: str
    born: date | None
    weight: float | None
    tags: list[str]


numbers = itertools.count(3)
REX = Pet(id=1, name="Rex", born=date(2024, 2, 29), weight=None, tags=["brown"])
MOLLY = Pet(id=2, name="Molly", born=None, weight=4.5, tags=[])
pets = {pet.id: pet for pet in (REX, MOLLY)}


@api.security("key", {"type": "apiKey", "in": "header", "name": "X-API-Key"})
def check_key(_: Request, credentials: Credentials) -> str | None:
    """Return the user of an API key."""
    return KEYS.get(credentials.value)


@api.security("token", {"type": "http", "scheme": "bearer"})
def check_token(_: Request, credentials: Credentials) -> Grant | None:
    """Return the user of a token, and what the token allows."""
    return TOKENS.get(credentials.value)


@app.route("/")
def index(req: Request) -> str:
    """A pet shop, code first.

    Document, checks and refusals come from the types of the handlers.  This page is
    beside the API.
    """
    return page(req, links(PAGES) + commands(req, COMMANDS))


@api.get("/pets", answers={200: "The pets"})
def list_pets(
    _: Request,
    limit: Annotated[int, Query(ge=1, le=100, description="Most pets")] = 20,
    tag: Annotated[list[Tag] | None, Query(max_length=5)] = None,
) -> list[Pet]:
    """List pets."""
    found = [pet for pet in pets.values() if set(tag or ()) <= set(pet.tags)]
    return found[:limit]


@api.post("/pets", security="key", answers={201: "The pet"})
def add_pet(_: Request, pet: NewPet) -> Annotated[Pet, Answer(status=201)]:
    """Add a pet."""
    added = Pet(id=next(numbers), **vars(pet))
    pets[added.id] = added
    return added


@api.get("/pets/<pet_id>", answers={404: "There is no such pet"})
def get_pet(_: Request, pet_id: Number) -> Pet:
    """Look at a pet."""
    if pet_id not in pets:
        abort(404)
    return pets[pet_id]


@api.delete(
    "/pets/<pet_id>",
    security={"token": ["sell"]},
    answers={204: "It is sold", 404: "There is no such pet"},
)
def sell_pet(req: Request, pet_id: Number) -> None:
    """Sell a pet."""
    if pets.pop(pet_id, None) is None:
        abort(404)
    log.info("%s has sold %d", req.user, pet_id)


app.install(api)

if __name__ == "__main__":
    launch(app)
