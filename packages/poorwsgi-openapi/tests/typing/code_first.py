"""What type checkers know of code first: documented usage, with its types."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict, assert_type

from poorwsgi_core import Application, Request
from poorwsgi_openapi import Answer, Api, Body, Credentials, Header, Path, Query, Schema
from poorwsgi_openapi.tools.typed_skeleton import build_typed_skeleton


@Schema(description="A pet")
@dataclass
class Pet:
    """A decorated class stays what it is."""

    name: Annotated[str, Schema(min_length=1)]


@Schema(keywords={"additionalProperties": False})
class Row(TypedDict):
    """So does a TypedDict."""

    name: str


def accept_handler(_: Callable[[Request, int, Pet], Pet]) -> None:
    """So is a handler."""


def accept(_: Callable[[Request, Credentials], str]) -> None:
    """A verifier is what it was."""


def wiring(app: Application) -> None:
    """Options are those of the extension; handlers keep their types."""
    api = Api("Pets", "1.0", servers=["/v1"], validate_responses="log", sample=0.1)

    @api.security("key", {"type": "apiKey", "in": "header", "name": "X-Key"})
    def check(_: Request, credentials: Credentials) -> str:
        return credentials.value

    others: dict[int, str] = {410: "gone"}
    named = {"4XX": Row}

    @api.put("/pets/<number:int>", answers=others)
    @api.patch("/pets/<number:int>", answers=named)
    def keep(_: Request, number: int, pet: Pet) -> Pet:
        assert_type(number, int)
        return pet

    accept_handler(keep)

    @api.post("/pets/<number>", answers={404: "none", 409: Row}, security="key")
    def add(
        _: Request,
        number: Annotated[int, Path(ge=1)],
        pet: Annotated[Pet, Body()],
        *,
        limit: Annotated[int, Query(le=9)] = 5,
        x_tag: Annotated[str | None, Header()] = None,
    ) -> Annotated[Pet, Answer(status=201)]:
        assert_type((number, limit, x_tag), tuple[int, int, str | None])
        return pet

    accept(check)
    assert_type(Pet("a").name, str)
    assert_type(Row(name="a")["name"], str)
    assert_type(api.build_document(), dict[str, Any])
    accept_handler(add)
    app.install(api)


assert_type(build_typed_skeleton.__name__, str)
