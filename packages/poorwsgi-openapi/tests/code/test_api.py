"""The Api: decorators, the document, and requests through all of it."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import wraps
from inspect import signature
from typing import Annotated, Any, NamedTuple, TypedDict
from uuid import UUID, uuid4

import msgspec
import pydantic
import pytest
from lambdas import two

from poorwsgi_core import Application, Request, Response, abort, redirect
from poorwsgi_core.application.guarding import Guarding, mark_guarded
from poorwsgi_core.response import JSONResponse, TextResponse
from poorwsgi_core.testing import Client
from poorwsgi_openapi import (
    Answer,
    Api,
    Body,
    Cookie,
    Credentials,
    Header,
    OpenAPI,
    Path,
    Problem,
    Query,
    Schema,
)
from poorwsgi_openapi.code.options import Options


@dataclass
class NewPet:
    """A pet that somebody brings."""

    name: Annotated[str, Schema(min_length=1)]
    born: date | None = None
    tags: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        if self.name == "nobody":
            raise ValueError("nobody is no pet")


@dataclass
class Pet(NewPet):
    """A pet."""

    id: int = 0


class Row(TypedDict):
    """A row."""

    name: str


class Tag(msgspec.Struct):
    """A tag."""

    name: str
    since: date | None = None


class Owner(pydantic.BaseModel):
    """An owner."""

    name: str

    @pydantic.field_validator("name")
    @classmethod
    def check(cls, value: str) -> str:
        """Refuse a name."""
        if value == "nobody":
            raise ValueError("nobody is no owner")
        return value


DAY = date(2024, 2, 29)
REX = Pet("Rex", DAY, id=1)


@pytest.fixture
def api() -> Api:
    """Build an Api whose answers are checked."""
    return Api("Pets", "1.0", validate_responses="raise", strict_responses=True)


def test_a_pet_shop(app: Application, client: Client) -> None:
    """Routes, types, answers and refusals come from the signatures."""
    api = Api("Pets", "1.0", servers=["/v1"], validate_responses="raise")

    @api.get("/pets/<id:int>", answers={404: "There is no such pet"})
    def get_pet(_: Request, number: Annotated[int, Path(ge=1)]) -> Pet:
        """Return a pet.

        It may be gone.

        Args:
            number: which.
        """
        if number != 1:
            abort(404)
        return REX

    @api.post("/pets", tags=["pets"], deprecated=True)
    def add_pet(
        _: Request, pet: NewPet, again: Annotated[bool, Query()] = False
    ) -> Annotated[Pet, Answer(status=201)]:
        """Add a pet."""
        assert isinstance(pet, NewPet)
        return Pet(pet.name + "!" * again, pet.born, pet.tags, id=2)

    app.install(api)
    pet: Any = {"name": "Rex", "born": "2024-02-29", "tags": [], "id": 1}
    assert client.get("/v1/pets/1").json() == pet
    assert client.get("/v1/pets/2").json()["status"] == 404
    assert client.get("/v1/pets/0").json()["errors"][0]["code"] == "minimum"
    answer = client.post("/v1/pets?again=true", json={"name": "Ben"})
    expected: Any = {"name": "Ben!", "born": None, "tags": [], "id": 2}
    assert (answer.status_code, answer.json()) == (201, expected)
    answer = client.post("/v1/pets", json={"name": "", "born": "soon"})
    found = [(e["pointer"], e["code"]) for e in answer.json()["errors"]]
    assert found == [("/name", "minLength"), ("/born", "format")]
    document = client.get("/openapi.json").json()
    assert document["info"] == {"title": "Pets", "version": "1.0"}
    assert document["servers"] == [{"url": "/v1"}]
    operation = document["paths"]["/pets/{id}"]["get"]
    assert operation["operationId"] == "get_pet"
    assert operation["summary"] == "Return a pet"
    assert operation["description"] == "It may be gone."
    assert [*operation["responses"]] == ["200", "404", "default"]
    operation = document["paths"]["/pets"]["post"]
    assert (operation["tags"], operation["deprecated"]) == (["pets"], True)
    assert [*document["components"]["schemas"]] == ["Pet", "ProblemDetails", "NewPet"]


class Kind(Enum):
    """Of what kind."""

    DOG = "dog"


@dataclass
class Everything:
    """A value of each type."""

    day: date
    at: datetime
    when: time
    id: UUID
    price: Decimal
    data: bytes
    names: set[str]
    pair: tuple[str, date]
    kind: Kind
    pet: NewPet | str
    more: dict[str, date]
    inner: "Everything | None" = None
    other: Kind = Kind.DOG


EVERYTHING: dict[str, Any] = {
    "day": "2024-02-29",
    "at": "2024-02-29T12:30:00+00:00",
    "when": "12:30:00",
    "id": "12345678-1234-5678-1234-567812345678",
    "price": "1.50",
    "data": "/w==",
    "names": ["a"],
    "pair": ["x", "2024-02-29"],
    "kind": "dog",
    "pet": {"name": "Rex", "born": "2024-02-29", "tags": []},
    "more": {"a": "2024-02-29"},
}


def test_all_types_come_and_go(app: Application, client: Client, api: Api) -> None:
    """What a client sends is an object of each type, and its JSON is the same."""

    @api.post("/")
    def echo(_: Request, body: Everything) -> Everything:
        assert (body.data, body.names, body.kind) == (b"\xff", {"a"}, Kind.DOG)
        assert (body.day, body.pair) == (DAY, ("x", DAY))
        assert (body.price, body.more) == (Decimal("1.5"), {"a": DAY})
        assert isinstance(body.id, UUID)
        assert isinstance(body.pet, NewPet)
        assert body.pet.born == DAY
        return body

    app.install(api)
    inner = {**EVERYTHING, "inner": None, "other": "dog"}
    sent = {**EVERYTHING, "inner": inner, "other": "dog"}
    answer = client.post("/", json=sent)
    assert (answer.status_code, answer.json()) == (200, sent)
    answer = client.post("/", json={**EVERYTHING, "data": "x"})
    assert (answer.status_code, answer.json()["errors"][0]["in"]) == (400, "body")


def test_types_may_refuse(
    app: Application, client: Client, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """What a class says of its values is a 400 with the place, and a warning."""

    @api.post("/pets")
    def add_pet(_: Request, pet: NewPet) -> None: ...

    @api.post("/owners")
    def add_owner(_: Request, owner: Owner) -> None: ...

    app.install(api)
    answer = client.post("/pets", json={"name": "nobody"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == "The request body is invalid"
    assert answer.json()["errors"] == [
        {"in": "body", "pointer": "", "code": "value", "message": "nobody is no pet"}
    ]
    answer = client.post("/owners", json={"name": "nobody"})
    assert answer.json()["errors"][0]["pointer"] == "/name"
    assert "POST /pets (add_pet): body value" in caplog.text


def test_a_parameter_may_be_refused_by_its_type(
    app: Application, client: Client, api: Api
) -> None:
    """Then it is named; a date that there isn't never comes so far."""

    @api.get("/")
    def get(_: Request, pet: Annotated[NewPet, Query()], day: date = DAY) -> str:
        return f"{pet.name} {day}"

    app.install(api)
    assert client.get("/?name=Rex").text == "Rex 2024-02-29"
    assert client.get("/?name=Rex&day=2024-02-30").json()["errors"][0]["name"] == "day"
    answer = client.get("/?name=nobody").json()
    assert answer["detail"] == "A parameter of the request is invalid"
    assert answer["errors"] == [
        {"in": "query", "name": "pet", "code": "value", "message": "nobody is no pet"}
    ]


@dataclass
class Ticket:
    """A ticket, which has a new id."""

    id: UUID = field(default_factory=uuid4)


@dataclass
class Paging:
    """Which part of a list."""

    start: int = 0
    most: int = 10


class PagingRow(TypedDict, total=False):
    """The same."""

    start: int


def test_what_a_factory_makes_is_made_anew(
    app: Application, client: Client, api: Api
) -> None:
    """The document has no default for it, which each request would get."""

    @api.post("/")
    def add(_: Request, ticket: Ticket) -> str:
        return str(ticket.id)

    app.install(api)
    first, second = (client.post("/", json={}).text for _ in range(2))
    assert first != second


def test_an_object_of_defaults_may_be_left_out(
    app: Application, client: Client, api: Api
) -> None:
    """Where nothing of it is in a query, its members have their defaults."""

    @api.get("/")
    def get(_: Request, page: Annotated[Paging, Query()]) -> str:
        return f"{page.start} {page.most}"

    @api.get("/row")
    def row(_: Request, page: Annotated[PagingRow, Query()]) -> str:
        return str(page)

    app.install(api)
    assert client.get("/").text == "0 10"
    assert client.get("/?most=3").text == "0 3"
    assert client.get("/row").text == "{}"
    assert client.get("/?most=x").status_code == 400


def test_null_is_a_body(app: Application, client: Client, api: Api) -> None:
    """Where the type allows it, and the argument has no default."""

    @api.post("/")
    def post(_: Request, row: Annotated[Row | None, Body()]) -> str:
        return str(row)

    app.install(api)
    headers = {"Content-Type": "application/json"}
    assert client.post("/", body=b"null", headers=headers).text == "None"
    assert client.post("/").status_code == 400


def test_all_places(app: Application, client: Client, api: Api) -> None:
    """Path, query, header, cookie and body; what wasn't sent has its default."""

    @api.put("/x/<a:int>/<b>")
    def put(
        _: Request,
        a: int,
        b: str,
        body: Annotated[Row | None, Body()] = None,
        *,
        q: list[int] | None = None,
        x_tag: Annotated[str, Header()] = "none",
        sid: Annotated[str, Cookie()] = "none",
    ) -> list[Any]:
        return [a, b, body, q, x_tag, sid]

    app.install(api)
    assert client.put("/x/1/z").json() == [1, "z", None, None, "none", "none"]
    answer = client.put(
        "/x/1/z?q=1&q=2",
        json={"name": "r"},
        headers={"X-Tag": "t", "Cookie": "sid=s"},
    )
    assert answer.json() == [1, "z", {"name": "r"}, [1, 2], "t", "s"]


def test_the_path_may_be_taken_by_name(
    app: Application, client: Client, api: Api
) -> None:
    """``handler(req, **kwargs)`` is a handler here too."""

    @api.get("/<a:int>/<b>")
    def get(_: Request, **values: Any) -> dict[str, Any]:
        return values

    app.install(api)
    assert client.get("/1/z").json() == {"a": 1, "b": "z"}


class Case(NamedTuple):
    """What is returned as which type, and what is sent."""

    hint: Any
    value: Any
    status: int
    kind: str
    text: str


JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Doubled(pydantic.BaseModel):
    """A number and what is computed of it."""

    number: int

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def double(self) -> int:
        """Twice the number."""
        return self.number * 2


@pytest.mark.parametrize(
    "case",
    [
        Case(Pet, REX, 200, JSON, '"name": "Rex"'),
        Case(Pet, (REX, JSON, None, 200), 200, JSON, '"name": "Rex"'),
        Case(Pet, JSONResponse({"name": "a"}), 200, JSON, '"a"'),
        Case(Row, {"name": "a"}, 200, JSON, '"a"'),
        Case(Row, ({"name": "a"}, 200), 200, JSON, '"a"'),
        Case(list[Row], [{"name": "a"}], 200, JSON, '"a"'),
        Case(Tag, Tag("a"), 200, JSON, '"a"'),
        Case(list[Owner], [Owner(name="a")], 200, JSON, '[{"name": "a"}]'),
        Case(date, date(2024, 2, 29), 200, JSON, '"2024-02-29"'),
        Case(int | None, None, 200, JSON, "null"),
        Case(str, "a", 200, HTML, "a"),
        Case(str, ("a", "text/html"), 200, "text/html", "a"),
        Case(bytes, (b"a", "application/octet-stream"), 200, "application/oct", "a"),
        Case(bytes, b"a", 200, "application/octet-stream", "a"),
        Case(Pet | Response, REX, 200, JSON, '"Rex"'),
        Case(Pet | JSONResponse, JSONResponse({"name": "a"}), 200, JSON, '"a"'),
        Case(Annotated[Pet | Response, Answer(status=201)], REX, 201, JSON, '"Rex"'),
        Case(Response | TextResponse, Response("a"), 200, HTML, "a"),
        Case(Doubled, Doubled(number=2), 200, JSON, '"double": 4'),
        Case(Annotated[str, Answer(media_type="text/plain")], "a", 200, "text/pl", "a"),
        Case(
            Annotated[str, Answer(media_type="application/problem+json")],
            "a",
            200,
            "application/problem+json",
            '"a"',
        ),
        Case(Annotated[str, Answer(status=202)], "a", 202, HTML, "a"),
        Case(Annotated[str, Answer(status=202)], ("a", 202), 202, HTML, "a"),
        Case(
            Annotated[str, Answer(media_type="text/plain", status=203)],
            TextResponse("a", status_code=203),
            203,
            "text/pl",
            "a",
        ),
        Case(Annotated[Row, Answer(status=201)], {"name": "a"}, 201, JSON, '"a"'),
        Case(
            Annotated[Row, Answer(media_type="application/x+json")],
            {"name": "a"},
            200,
            "application/x+json",
            '"a"',
        ),
        Case(Annotated[Response, Answer(Row)], {"name": "a"}, 200, JSON, '"a"'),
        Case(Annotated[Pet, Schema(), Answer()], REX, 200, JSON, '"Rex"'),
        Case(Response, Response("a"), 200, HTML, "a"),
        Case(None, None, 204, "", ""),
        Case(Annotated[None, Answer(status=202)], None, 202, "text/plain", ""),
    ],
)
def test_answers_are_what_their_types_say(
    app: Application, client: Client, api: Api, case: Case
) -> None:
    """With their status and media type; the check of answers finds nothing."""

    def get(_: Request) -> Any:
        return case.value

    get.__annotations__["return"] = case.hint
    api.get("/")(get)
    app.install(api)
    answer = client.get("/")
    assert answer.status_code == case.status
    assert answer.headers.get("Content-Type", "").startswith(case.kind)
    assert case.text in answer.text


def test_answers_are_checked(app: Application, client: Client, api: Api) -> None:
    """As document-first: on request, and what differs is 500."""

    @api.get("/")
    def get(_: Request) -> Pet:
        return Pet("")

    app.install(api)
    assert client.get("/").status_code == 500


def test_security_is_by_scheme(app: Application, client: Client) -> None:
    """A scheme is declared with its verifier; operations say what they need."""
    api = Api("Pets", "1.0", security="key")

    @api.security("key", {"type": "apiKey", "in": "header", "name": "X-Key"})
    def check_key(_: Request, credentials: Credentials) -> str | None:
        return {"let me in": "the keeper"}.get(credentials.value)

    @api.security("token", {"type": "http", "scheme": "bearer"})
    def check_token(_: Request, credentials: Credentials) -> str:
        return credentials.value

    @api.get("/who")
    def who(req: Request) -> str:
        return str(req.user)

    @api.get("/open", security=())
    def open_(_: Request) -> str:
        return "open"

    @api.get("/both", security={"key": (), "token": ()})
    def both(_: Request) -> str:
        return "both"

    @api.get("/one", security=[{"key": ()}, {"token": ()}])
    def one(_: Request) -> str:
        return "one"

    app.install(api)
    key, token = {"X-Key": "let me in"}, {"Authorization": "Bearer x"}
    assert client.get("/who").status_code == 401
    assert client.get("/who", headers=key).text == "the keeper"
    assert client.get("/open").text == "open"
    assert client.get("/both", headers=key).status_code == 401
    assert client.get("/both", headers={**key, **token}).text == "both"
    assert client.get("/one", headers=token).text == "one"


def test_errors_may_be_answered_otherwise(
    app: Application, client: Client, api: Api
) -> None:
    """The error handler is that of the extension."""

    @api.error_handler
    def explain(_: Request, problem: Problem) -> tuple[str, int]:
        return problem.detail, problem.status

    @api.get("/")
    def get(_: Request, limit: int) -> str:
        return str(limit)

    app.install(api)
    assert client.get("/").text == "A parameter of the request is invalid"


def test_fields_are_what_the_document_has_besides(app: Application) -> None:
    """Of the document and of operations; types in them are schemas."""
    api = Api(
        "Pets",
        "1.0",
        description="All pets",
        servers=[{"url": "/a", "description": "one"}],
        problems=False,
        fields={
            "tags": [{"name": "pets"}],
            "components": {"schemas": {"Other": {"items": Row}}},
        },
    )

    @api.get(
        "/",
        operation_id="getIt",
        summary="Get it",
        description="",
        fields={"externalDocs": {"url": "/x"}},
    )
    def get(_: Request) -> None:
        """Another summary.

        And more.
        """

    @api.get("/<id>")
    def get_other(_: Request, id_: Annotated[str, Path(name="the-id")]) -> None: ...

    document = api.build_document()
    assert document == {
        "openapi": "3.1.1",
        "info": {"title": "Pets", "version": "1.0", "description": "All pets"},
        "servers": [{"url": "/a", "description": "one"}],
        "paths": {
            "/": {
                "get": {
                    "operationId": "getIt",
                    "summary": "Get it",
                    "responses": {"204": {"description": "No Content"}},
                    "externalDocs": {"url": "/x"},
                }
            },
            "/{the-id}": document["paths"]["/{the-id}"],
        },
        "components": document["components"],
        "tags": [{"name": "pets"}],
    }
    schemas = document["components"]["schemas"]
    assert [*schemas] == ["Row", "Other"]
    assert schemas["Other"] == {"items": {"$ref": "#/components/schemas/Row"}}
    assert api.build_document() == document
    app.install(api)


def test_methods_have_decorators(app: Application, client: Client, api: Api) -> None:
    """And any other that the framework serves is named."""

    @api.put("/")
    @api.patch("/", operation_id="patch")
    @api.delete("/", operation_id="delete")
    @api.route("/", "options", operation_id="options")
    def answer(req: Request) -> str:
        return str(req.method)

    app.install(api)
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        assert client.request(method, "/").text == method


def test_webhooks_are_received(app: Application, client: Client, api: Api) -> None:
    """At a path of their own, which the document doesn't have."""

    @api.webhook("petSold", "/hooks/pet-sold", operation_id="")
    def sold(_: Request, pet: NewPet) -> str:
        return pet.name

    @api.webhook("petBorn", method="put")
    def born(_: Request) -> None: ...

    app.install(api)
    assert client.post("/hooks/pet-sold", json={"name": "Rex"}).text == "Rex"
    assert client.post("/hooks/pet-sold", json={}).status_code == 400
    assert client.put("/webhooks/petBorn").status_code == 204
    webhooks = client.get("/openapi.json").json()["webhooks"]
    assert "operationId" not in webhooks["petSold"]["post"]
    assert webhooks["petBorn"]["put"]["operationId"] == "born"


def test_servers_of_an_operation_are_its_own(
    app: Application, client: Client, api: Api
) -> None:
    """Its route is below their paths."""

    @api.get("/a", fields={"servers": [{"url": "/other"}]})
    def get(_: Request) -> str:
        return "a"

    app.install(api)
    assert client.get("/other/a").text == "a"
    assert client.get("/a").status_code == 404


def test_an_empty_api_is_one(app: Application, client: Client, api: Api) -> None:
    """It has a document without paths."""
    app.install(api)
    document = client.get("/openapi.json").json()
    assert [*document] == ["openapi", "info", "paths"]


def handle(_: Request) -> None:
    """Handle a request."""


def twice(api: Api) -> None:
    """Give two operations one id."""
    api.get("/a")(handle)
    api.get("/b")(handle)


def unwritten(api: Any) -> None:
    """Forget the parentheses."""
    api.get(handle)


def uncalled(api: Any) -> None:
    """Give what is no function."""
    api.get("/")(3)


def unserved(api: Api) -> None:
    """Serve a method that there isn't."""
    api.route("/", "LOOK")(handle)


def odd(api: Api) -> None:
    """Answer what JSON doesn't have."""
    api.get("/", answers={404: complex})(handle)


def same(api: Api) -> None:
    """Give two operations one place."""
    api.get("/a/<x>", operation_id="a")(two(lambda _, x: x))
    api.get("/a/<x:int>", operation_id="b")(two(lambda _, x: x))


@pytest.mark.parametrize(
    ("mistake", "kind", "message"),
    [
        (twice, ValueError, "the operationId handle is that of .*handle .*already"),
        (same, ValueError, r"the operation GET /a/\{x\} is that of"),
        (unwritten, TypeError, "write @api.get"),
        (uncalled, TypeError, "A handler is a callable"),
        (unserved, ValueError, "serves no LOOK; it"),
        (odd, TypeError, "the answer of .*handle .* has the type"),
    ],
)
def test_mistakes_stop_the_start(
    api: Api, mistake: Callable[[Api], object], kind: type[Exception], message: str
) -> None:
    """Where they are made, with the remedy."""
    with pytest.raises(kind, match=message):
        mistake(api)


def test_what_comes_too_late_is_refused(app: Application, name: str, api: Api) -> None:
    """The document is made by then."""
    app.install(api)
    with pytest.raises(RuntimeError, match="This Api is installed already"):
        api.get("/")(handle)
    with pytest.raises(RuntimeError, match="installed already"):
        api.security("key", {})
    with pytest.raises(RuntimeError, match="installed already"):
        api.error_handler(handle)
    with pytest.raises(RuntimeError, match="installed already"):
        Application(f"{name} 2").install(api)


def test_options_are_those_of_the_extension() -> None:
    """All of them, but for those that the Api has itself."""
    known = {*signature(OpenAPI).parameters}
    own = {"document", "refs_below", "security"}
    assert known - own == {*Options.__annotations__}


def test_other_routes_are_left_alone(
    app: Application, client: Client, api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    """What isn't of the Api isn't documented, on purpose."""
    app.set_route("/page", lambda _: "page")

    @api.get("/", answers={302: Answer(description="Elsewhere")})
    def get(_: Request) -> str:
        redirect("/page")

    app.install(api)
    with caplog.at_level(logging.WARNING):
        assert client.get("/").status_code == 302
    assert caplog.text == ""


def test_generators_are_no_answers(api: Api) -> None:
    """What a stream consists of isn't in its type."""

    def get(_: Request) -> Iterator[bytes]:
        yield b""

    with pytest.raises(TypeError, match="which can't be described"):
        api.get("/")(get)


def guard_by(header: str, name: str = "key") -> Callable[[Any], Any]:
    """Build a guard, as those of poorwsgi-auth are built."""
    scheme = {"type": "apiKey", "in": "header", "name": header}

    def guard(handler: Any) -> Any:
        @wraps(handler)
        def guarded(req: Request, *values: Any, **named: Any) -> Any:
            req.user = req.headers.get(header)
            if not req.user:
                abort(401)
            return handler(req, *values, **named)

        mark_guarded(guarded, Guarding(guard, name, scheme, ("read",)))
        return guarded

    return guard


def test_guards_are_security(app: Application, client: Client, api: Api) -> None:
    """They ask before the check, and the document says what they ask for."""

    @api.get("/two/<a:int>")
    @guard_by("X-A")
    @guard_by("X-B")
    def two(req: Request, a: int, limit: int = 3) -> list[Any]:
        return [req.user, a, limit]

    @api.get("/one", security=())
    @guard_by("X-A")
    def one(req: Request) -> str:
        return str(req.user)

    @api.webhook("hook", "/hook")
    @guard_by("X-A")
    def hook(_: Request) -> None: ...

    app.install(api)
    both = {"X-A": "a", "X-B": "b"}
    assert client.get("/two/1?limit=x").status_code == 401
    assert client.get("/two/1", headers={"X-A": "a"}).status_code == 401
    assert client.get("/two/1?limit=x", headers=both).status_code == 400
    assert client.get("/two/1?limit=5", headers=both).json() == ["b", 1, 5]
    assert client.get("/one", headers=both).text == "a"
    assert client.post("/hook").status_code == 401
    assert client.post("/hook", headers=both).status_code == 204
    document = client.get("/openapi.json").json()
    assert document["components"]["securitySchemes"] == {
        "key": {"type": "apiKey", "in": "header", "name": "X-A"},
        "key_2": {"type": "apiKey", "in": "header", "name": "X-B"},
    }
    operation = document["paths"]["/two/{a}"]["get"]
    assert operation["security"] == [{"key": ["read"], "key_2": ["read"]}]
    operation = document["paths"]["/one"]["get"]
    assert operation["security"] == [{"key": ["read"]}]


def test_guards_and_schemes_are_both_asked(app: Application, client: Client) -> None:
    """A scheme of the same name is another one, which a verifier looks at."""
    api = Api("Pets", "1.0", security="key")

    @api.security("key", {"type": "apiKey", "in": "query", "name": "k"})
    def check_key(_: Request, credentials: Credentials) -> str:
        return credentials.value

    def keep(handler: Any) -> Any:
        @wraps(handler)
        def kept(req: Request) -> Any:
            return handler(req)

        return kept

    @api.get("/")
    @keep
    @guard_by("X-A")
    def get(req: Request) -> str:
        return str(req.user)

    app.install(api)
    assert client.get("/?k=1").status_code == 401
    assert client.get("/", headers={"X-A": "a"}).status_code == 401
    assert client.get("/?k=1", headers={"X-A": "a"}).text == "a"
    operation = client.get("/openapi.json").json()["paths"]["/"]["get"]
    assert operation["security"] == [{"key": [], "key_2": ["read"]}]


def test_the_scheme_of_a_guard_needs_the_guard(app: Application, api: Api) -> None:
    """A requirement that nobody would look at stops the start."""
    api.get("/a", operation_id="a")(guard_by("X-A")(handle))
    api.get("/b", operation_id="b", security="key")(handle)
    with pytest.raises(ValueError, match=r"handle .* asks for key, which is that of"):
        app.install(api)


def test_page_beside_an_operation() -> None:
    """A page whose path is that of an operation without its server is none."""
    app, api = Application("pages"), Api("Pets", "1.0", servers=["/v1"])

    @api.get("/pets/<number>")
    def get_pet(_: Request, number: int) -> int:
        return number

    @app.route("/pets/<number:int>")
    def show_pet(req: Request, number: int) -> str:
        return f"Pet {number} {req.api}"

    app.install(api)
    client = Client(app)
    assert (client.get("/pets/7").text, client.get("/v1/pets/7").json()) == (
        "Pet 7 None",
        7,
    )
    assert (get_pet.__name__, show_pet.__name__) == ("get_pet", "show_pet")
