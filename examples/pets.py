"""An API whose document says everything: routes, types, credentials, refusals.

Run it and look at http://127.0.0.1:8080/docs::

    python3 examples/pets.py
    curl 'http://127.0.0.1:8080/v1/pets?limit=three'
"""

import itertools
import logging
import os
from pathlib import Path
from typing import Any, NoReturn

from poorwsgi import Application, abort
from poorwsgi.request import Request
from poorwsgi.response import JSONResponse
from poorwsgi_core.server import run
from poorwsgi_openapi import Credentials, Grant, OpenAPI

log = logging.getLogger("pets")

app = application = Application("pet shop")
api = OpenAPI(Path(__file__).with_name("pets.yaml"), validate_responses="log")

KEYS = {os.environ.get("PETS_KEY", "let me in"): "the keeper"}
TOKENS = {os.environ.get("PETS_TOKEN", "let me sell"): Grant("the shop", {"sell"})}

pets: dict[int, dict[str, Any]] = {
    1: {"id": 1, "name": "Rex", "born": "2024-02-29", "tags": ["brown", "loud"]},
    2: {"id": 2, "name": "Molly", "born": None, "tags": []},
}
numbers = itertools.count(3)


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
    blocks = iter(lambda: form["photo"].file.read(65536), b"")
    size = sum(map(len, blocks))
    return {"size": size, "width": form.get("width"), "caption": form.get("caption")}


@api.webhook("petSold", "/hooks/pet-sold")
def pet_sold(req: Request) -> NoReturn:
    """Forget a pet that another shop has sold."""
    pets.pop(req.api.body["id"], None)
    abort(204)


app.install(api)

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    run(app)
