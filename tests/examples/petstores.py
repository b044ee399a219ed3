"""Petstores of OpenAPI 3.0 and 3.1, with handlers that do what they say.

Their documents are those of the tests of poorwsgi-openapi.
"""

from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from poorwsgi import Application, abort
from poorwsgi.request import Request
from poorwsgi.response import JSONResponse, NoContentResponse, Response
from poorwsgi_openapi import Credentials, Grant, OpenAPI, Problem

__all__ = ["build_petstore30", "build_petstore31", "build_plain_petstore"]

DOCUMENTS = (
    Path(__file__).resolve().parents[2] / "packages/poorwsgi-openapi/tests/documents"
)
KEY, PASSWORD, TOKEN = "let me in", "let me delete", "let me change"


def build_petstore30(name: str) -> Application:
    """Build the store of OpenAPI 3.0: everything that a pet has, and three schemes."""
    app = Application(name)
    api = OpenAPI(DOCUMENTS / "petstore30.yaml", validate_responses="raise")
    _verify(api)
    _serve_pets(api)
    _serve_store(api)
    app.install(api)
    return app


def _verify(api: OpenAPI) -> None:
    @api.security("api_key")
    def check_key(_: Request, credentials: Credentials) -> str | None:
        return "reader" if credentials.value == KEY else None

    @api.security("basic")
    def check_password(_: Request, credentials: Credentials) -> str | None:
        return credentials.username if credentials.password == PASSWORD else None

    @api.security("store_auth")
    def check_token(_: Request, credentials: Credentials) -> Grant | None:
        if credentials.value == TOKEN:
            return Grant("keeper", {"read:pets", "write:pets"})
        return None

    assert callable(check_key)
    assert callable(check_password)
    assert callable(check_token)


def _serve_pets(api: OpenAPI) -> None:
    pets: dict[int, dict[str, Any]] = {1: {"id": 1, "name": "Rex", "photoUrls": []}}
    numbers = count(2)

    def find(number: int) -> dict[str, Any]:
        return pets[number] if number in pets else abort(404, error="No such pet")

    @api.operation("addPet")
    def add(req: Request) -> dict[str, Any]:
        number = next(numbers)
        pet = pets[number] = {**req.api.body, "id": number}
        return _public(pet)

    @api.operation("updatePet")
    def update(req: Request) -> dict[str, Any]:
        # Nobody may send the number, so the name tells which.
        name = req.api.body["name"]
        found = (number for number, pet in pets.items() if pet["name"] == name)
        pet = find(next(found, 0))
        pet.update(req.api.body)
        return _public(pet)

    @api.operation("findPetsByStatus")
    def find_all(req: Request) -> list[dict[str, Any]]:
        status = req.api.query["status"]
        tags = req.api.query.get("tags", [])
        found = [] if tags else [*pets.values()]
        return [_public(pet) for pet in found if pet.get("status") == status]

    @api.operation("getPetById")
    def show(_: Request, number: int) -> dict[str, Any]:
        return _public(find(number))

    @api.operation("deletePet")
    def delete(_: Request, number: int) -> NoContentResponse:
        pets.pop(find(number)["id"])
        return NoContentResponse()

    @api.operation("uploadImage")
    def upload(_: Request, number: int) -> Response:
        find(number)
        return Response()

    for handler in (add, update, find_all, show, delete, upload):
        assert callable(handler)


def _public(pet: dict[str, Any]) -> dict[str, Any]:
    """Leave out what may only be written, and number the parents that have none."""
    shown = {name: value for name, value in pet.items() if name != "secret"}
    if "parent" in shown:
        shown["parent"] = _public({"id": 0, **shown["parent"]})
    return shown


def _serve_store(api: OpenAPI) -> None:
    @api.operation("placeOrder")
    def place(req: Request) -> JSONResponse:
        order: dict[str, Any] = req.api.body or {}
        date = order.get("shipDate")
        if isinstance(date, datetime):
            order = {**order, "shipDate": date.isoformat()}
        return JSONResponse({**order, "id": 1}, headers={"X-Rate-Limit": "10"})

    assert callable(place)


def build_petstore31(name: str) -> Application:
    """Build the store of OpenAPI 3.1: parameters of all places, and a webhook."""
    app = Application(name)
    api = OpenAPI(DOCUMENTS / "petstore31.json", validate_responses="raise")
    pets: list[dict[str, Any]] = [{"name": "Rex"}]

    @api.security("token")
    def check_token(_: Request, credentials: Credentials) -> str | None:
        return "keeper" if credentials.value == TOKEN else None

    @api.operation("listPets")
    def list_pets(req: Request) -> list[dict[str, Any]]:
        return pets[: max(req.api.query.get("limit", 10), 0)]

    @api.operation("createPet")
    def create(req: Request) -> Response:
        if "merge" not in req.mime_type:
            pets[1:] = [req.api.body]
        return Response(status_code=201)

    @api.operation("findPets")
    def find(*_: Any) -> Response:
        return Response()

    @api.webhook("newPet", "/webhooks/new-pet")
    def hear(_: Request) -> Response:
        return Response()

    for handler in (check_token, list_pets, create, find, hear):
        assert callable(handler)
    app.install(api)
    return app


def build_plain_petstore(name: str) -> Application:
    """Build the store whose errors, the framework's too, have a form of their own."""
    app = Application(name)
    api = OpenAPI(DOCUMENTS / "petstore_plain.yaml", validate_responses="raise")
    pets: dict[str, dict[str, Any]] = {"1": {"id": 1, "name": "Rex"}}

    @api.error_handler
    def refuse(_: Request, problem: Problem) -> JSONResponse:
        error = {"code": problem.status, "message": problem.detail}
        return JSONResponse(
            error, headers=problem.headers, status_code=problem.status, charset=None
        )

    @api.operation("listPets")
    def list_pets(req: Request) -> list[dict[str, Any]]:
        return [*pets.values()][: max(req.api.query.get("limit", 100), 0)]

    @api.operation("createPets")
    def create(req: Request) -> Response:
        if len(pets) < 100:
            pets[str(req.api.body["id"])] = req.api.body
        return Response(status_code=201)

    @api.operation("showPetById")
    def show(_: Request, number: str) -> dict[str, Any]:
        return pets[number] if number in pets else abort(404, error="No such pet")

    for handler in (refuse, list_pets, create, show):
        assert callable(handler)
    app.install(api)
    return app
