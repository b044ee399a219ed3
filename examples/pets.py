"""An API whose document says everything: routes, types, credentials, refusals.

Run it and look at http://127.0.0.1:8080/docs::

    python3 examples/pets.py [host:port]
    curl 'http://127.0.0.1:8080/v1/pets?limit=three'
"""

import itertools
import logging
import os
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

from launch import launch
from look import Look, commands, links, page

from poorwsgi import Application, abort
from poorwsgi.request import Request
from poorwsgi.response import JSONResponse
from poorwsgi_openapi import Credentials, Grant, OpenAPI

log = logging.getLogger("pets")

app = application = Application("pet shop")
api = OpenAPI(Path(__file__).with_name("pets.yaml"), validate_responses="log")
app.install(Look(__file__))

KEYS = {os.environ.get("PETS_KEY", "let me in"): "the keeper"}
TOKENS = {os.environ.get("PETS_TOKEN", "let me sell"): Grant("the shop", {"sell"})}

pets: dict[int, dict[str, Any]] = {
    1: {"id": 1, "name": "Rex", "born": "2024-02-29", "tags": ["brown", "loud"]},
    2: {"id": 2, "name": "Molly", "born": None, "tags": []},
}
numbers = itertools.count(3)

PAGES = {
    "The document": {
        "/docs": "for reading, without a script",
        "/openapi.yaml": "as it was written",
        "/openapi.json": "for programs",
    },
    "The API": {
        "/v1/pets": "all pets",
        "/v1/pets?limit=three": "a refusal; a browser gets a page",
        "/v1/pets/1": "one of them",
    },
}
COMMANDS = {
    "A refusal, for programs": "curl 'URL/v1/pets?limit=three&tag='",
    "Add a pet, with the key": (
        "curl -i -H 'X-API-Key: let me in' -H 'Content-Type: application/json' "
        """-d '{"name": "Bella", "born": "2025-06-01"}' URL/v1/pets"""
    ),
    "Sell it, with a token": (
        "curl -i -X DELETE -H 'Authorization: Bearer let me sell' URL/v1/pets/2"
    ),
}


@api.security("key")
def check_key(_: Request, credentials: Credentials) -> str | None:
    """Return the user of an API key."""
    return KEYS.get(credentials.value)


@api.security("token")
def check_token(_: Request, credentials: Credentials) -> Grant | None:
    """Return the user of a token, and what the token allows."""
    return TOKENS.get(credentials.value)


def find_pet(pet_id: int) -> dict[str, Any]:
    """Return a pet, or answer 404."""
    if pet_id not in pets:
        abort(404)
    return pets[pet_id]


@app.route("/")
def index(req: Request) -> str:
    """A pet shop.

    Routes, types, credentials and refusals of the API come from its document.
    This page is beside it.
    """
    return page(req, links(PAGES) + commands(req, COMMANDS))


@api.operation("listPets")
def list_pets(req: Request) -> list[dict[str, Any]]:
    """List pets."""
    wanted = set(req.api.query.get("tag", ()))
    found = [pet for pet in pets.values() if wanted <= set(pet["tags"])]
    limit: int = req.api.query["limit"]
    return found[:limit]


@api.operation("addPet")
def add_pet(req: Request) -> JSONResponse:
    """Add a pet."""
    body = req.api.body
    born = body.get("born")
    pet = {"tags": [], **body, "born": born and str(born), "id": next(numbers)}
    pets[pet["id"]] = pet
    where = {"Location": f"/v1/pets/{pet['id']}"}
    return JSONResponse(pet, headers=where, status_code=201)


@api.operation("getPet")
def get_pet(_: Request, pet_id: int) -> dict[str, Any]:
    """Return a pet."""
    return find_pet(pet_id)


@api.operation("sellPet")
def sell_pet(req: Request, pet_id: int) -> NoReturn:
    """Sell a pet."""
    del pets[find_pet(pet_id)["id"]]
    log.info("%s has sold %d", req.user, pet_id)
    abort(204)


@api.operation("sendPhoto")
def send_photo(req: Request, pet_id: int) -> dict[str, Any]:
    """Say what was sent."""
    find_pet(pet_id)
    form = req.api.body
    photo = form["photo"]
    # A part without a file name is text.
    file = photo.file if photo.filename else BytesIO(photo.value.encode())
    blocks = iter(lambda: file.read(65536), b"")
    size = sum(map(len, blocks))
    return {"size": size, "width": form.get("width"), "caption": form.get("caption")}


@api.webhook("petSold", "/hooks/pet-sold")
def pet_sold(req: Request) -> NoReturn:
    """Forget a pet that another shop has sold."""
    pets.pop(req.api.body["id"], None)
    abort(204)


app.install(api)

if __name__ == "__main__":
    launch(app)
