"""Documented usage, as type checkers see it."""

from collections.abc import Mapping, Sequence
from typing import Any, assert_type

import openapi_core

from poorwsgi_core import Application, Request, Response
from poorwsgi_openapi import (
    ApiRequest,
    Credentials,
    Document,
    Grant,
    OpenAPI,
    OpenAPIRequest,
    OpenAPIResponse,
    Operation,
    Problem,
)

app = Application("typing")
document = Document("openapi.yaml", check=False)
api = OpenAPI(document, validate_responses="log", strict_query="reject")


@api.security("key")
def verify(req: Request, credentials: Credentials) -> Grant | None:
    """Verify credentials."""
    assert_type(credentials.scopes, tuple[str, ...])
    return Grant(req.user, {"read"}) if credentials.value else None


@api.operation("getPet")
def get_pet(req: Request, pet_id: int) -> dict[str, Any]:
    """Handle an operation."""
    seen: ApiRequest = req.api
    assert_type(seen.path, dict[str, Any])
    assert_type(seen.operation, Operation)
    return {"id": pet_id}


@api.webhook("petSold", "/hooks")
def pet_sold(_: Request) -> None:
    """Receive a webhook."""


@api.error_handler
def refuse(_: Request, problem: Problem) -> Response | None:
    """Answer a refusal."""
    assert_type(problem.status, int)
    return None


api.security("other", verify)
app.install(api)
api.check(app)

assert_type(document.find("getPet"), Operation)
assert_type(document.operations, tuple[Operation, ...])
assert_type(document.operations[0].parameters, tuple[Mapping[str, Any], ...])
assert_type(document.operations[0].security, Sequence[Mapping[str, Sequence[str]]])


def by_hand(req: Request, response: Response) -> None:
    """Use the wrappers."""
    core = openapi_core.OpenAPI.from_file_path("openapi.json")
    wrapped = OpenAPIRequest(req)
    assert_type(wrapped.body, bytes | None)
    core.validate_request(wrapped)
    core.validate_response(wrapped, OpenAPIResponse(response))
