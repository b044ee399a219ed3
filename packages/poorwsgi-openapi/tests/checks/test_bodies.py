"""Request bodies: chosen by type, bounded, and refused in words of ours."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from lambdas import one

from poorwsgi_core import Application, HTTPException
from poorwsgi_core.response import RedirectResponse
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.checks.bodies import BodyPlan
from poorwsgi_openapi.checks.engine import Engine
from poorwsgi_openapi.document.document import Document

Build = Callable[..., Client]
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def build(app: Application) -> Build:
    """Return what builds a client of an operation with this content."""

    def build(content: Any, *, required: bool = True, **options: Any) -> Client:
        body = {"required": required, "content": content}
        operation = {
            "operationId": "do",
            "requestBody": body,
            "responses": {"200": {"description": "ok"}},
        }
        raw = {
            "openapi": "3.1.1",
            "info": {"title": "A", "version": "1"},
            "paths": {"/do": {"post": operation}},
        }
        api = OpenAPI(raw, check_document=False, **options)
        api.operation("do")(one(lambda req: {"body": repr(req.api.body)}))
        app.install(api)
        return Client(app)

    return build


def code_of(answer: Answer) -> tuple[int, str, str]:
    """Return status, code and message of a refusal."""
    (fault,) = answer.json()["errors"]
    return answer.status_code, fault["code"], fault["message"]


def test_missing_body_is_400_when_it_is_required(build: Build) -> None:
    """No body, or an empty one in chunks, is a fault only then."""
    client = build({"application/json": {}})
    assert code_of(client.post("/do")) == (400, "required", "is required")
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
        "wsgi.input": BytesIO(),
    }
    assert code_of(client.post("/do", headers=JSON, **chunked))[1] == "required"


def test_missing_body_is_none_otherwise(build: Build) -> None:
    """A body that may be missing is None, in chunks or not."""
    client = build({"application/json": {}}, required=False)
    assert client.post("/do").json() == {"body": "None"}
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
        "wsgi.input": BytesIO(),
    }
    assert client.post("/do", headers=JSON, **chunked).json() == {"body": "None"}


def test_body_is_bounded(build: Build) -> None:
    """A body over max_body_size is 413, before or while it is read."""
    client = build({"application/json": {}}, max_body_size=4)
    assert client.post("/do", body=b"1234", headers=JSON).json() == {"body": "1234"}
    answer = client.post("/do", body=b"12345", headers=JSON)
    assert code_of(answer) == (413, "size", "is too large")
    chunked = {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
        "wsgi.input": BytesIO(b"12345"),
    }
    assert client.post("/do", headers=JSON, **chunked).status_code == 413


def test_body_that_breaks_off_is_400(build: Build) -> None:
    """A client that promises more than it sends is refused."""
    client = build({"application/json": {}})
    answer = client.post("/do", body=b"1", headers=JSON, CONTENT_LENGTH="9")
    assert code_of(answer) == (400, "format", "can't be read")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; version=1", 200),
        ("application/vnd.x+json", 200),
        ("text/plain", 200),
        ("TEXT/csv; a=b", 200),
        ("image/png", 415),
    ],
)
def test_types_and_ranges_are_found(
    build: Build, content_type: str, status: int
) -> None:
    """The exact type, with parameters or without, and a range of types."""
    exact: dict[str, Any] = {"application/json": {}, "application/json; version=1": {}}
    client = build({**exact, "application/*+json": {}, "text/*": {}})
    headers = {"Content-Type": content_type}
    assert client.post("/do", body=b"1", headers=headers).status_code == status


def test_many_types_are_not_remembered_for_ever(build: Build) -> None:
    """A client that sends a new type each time doesn't fill the memory."""
    client = build({"text/*": {}})
    for number in range(70):
        headers = {"Content-Type": f"text/x{number}"}
        assert client.post("/do", body=b"1", headers=headers).status_code == 200


def test_bytes_and_forms(build: Build) -> None:
    """Forms are read by their schema, and octets stay octets."""
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    form = "application/x-www-form-urlencoded"
    client = build({form: {"schema": schema}, "application/octet-stream": {}})
    answer = client.post("/do", form={"n": 7})
    assert answer.json() == {"body": "{'n': 7}"}
    assert code_of(client.post("/do", form={"n": "x"}))[1] == "type"
    assert code_of(client.post("/do", body=b"n=%ff", headers={"Content-Type": form}))[
        1
    ] == ("format")
    headers = {"Content-Type": "application/octet-stream"}
    assert client.post("/do", body=b"\0", headers=headers).json() == {
        "body": r"b'\x00'"
    }


def test_types_of_the_config_are_used(build: Build) -> None:
    """A deserialiser of the application's own gets bytes and parameters."""
    import openapi_core

    def read(value: bytes, **options: str) -> Any:
        return [value.decode(options.get("charset", "ascii")), options]

    extra: dict[str, Any] = {"text/csv": read, "application/json": read}
    config = openapi_core.Config(extra_media_type_deserializers=extra)
    client = build({"text/csv": {}, "application/json": {}}, config=config)
    headers = {"Content-Type": "text/csv; charset=UTF-8; a-b=c; d=e"}
    answer = client.post("/do", body=b"x", headers=headers)
    assert answer.json() == {"body": "['x', {'charset': 'utf-8', 'd': 'e'}]"}
    assert client.post("/do", body=b"x", headers=JSON).json() == {"body": "['x', {}]"}


def test_short_way_that_fails_is_asked_again(build: Build) -> None:
    """A check that raises is openapi-core's affair, whose verdict counts."""
    import openapi_core

    calls: list[str] = []

    def moody(value: str) -> bool:
        calls.append(value)
        if len(calls) == 1:
            raise LookupError
        return value == "good"

    config = openapi_core.Config(extra_format_validators={"moody": moody})
    content = {"application/json": {"schema": {"type": "string", "format": "moody"}}}
    client = build(content, config=config)
    assert client.post("/do", body=b'"good"', headers=JSON).status_code == 200
    calls.clear()
    assert client.post("/do", body=b'"bad"', headers=JSON).status_code == 400


def test_value_that_can_not_be_checked_is_400(build: Build) -> None:
    """A schema that can't be applied refuses the body."""
    content = {"application/json": {"schema": {"type": "string", "pattern": "("}}}
    answer = build(content).post("/do", body=b'"x"', headers=JSON)
    assert code_of(answer) == (400, "schema", "can't be checked by its schema")


class Field:
    """A text field of a form."""

    filename = None
    file = None

    def __init__(self, value: str) -> None:
        self.value = value


def test_forms_come_from_the_parser(build: Build) -> None:
    """Its form is read by the schema; an empty one is no body."""
    forms: list[Any] = [{"n": Field("7")}, {"n": Field("x")}, {}]
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    client = build(
        {"multipart/form-data": {"schema": schema}},
        form_parser=one(lambda _: forms.pop(0)),
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answers = [client.post("/do", body=b"x", headers=headers) for _ in range(3)]
    assert answers[0].json() == {"body": "{'n': 7}"}
    assert code_of(answers[1])[:2] == (400, "type")
    assert code_of(answers[2])[:2] == (400, "required")


def test_empty_form_may_be_none(build: Build) -> None:
    """A form that isn't required and empty is None."""
    client = build(
        {"multipart/form-data": {}}, required=False, form_parser=one(lambda _: {})
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert client.post("/do", body=b"x", headers=headers).json() == {"body": "None"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (HTTPException(413), (413, "size")),
        (HTTPException(408), (408, "format")),
        (HTTPException(RedirectResponse("/")), (400, "format")),
    ],
)
def test_refusals_of_the_parser_are_ours(
    build: Build, error: HTTPException, expected: tuple[int, str]
) -> None:
    """What a parser raises is answered as a problem."""

    def fail(_: Any) -> None:
        raise error

    client = build({"multipart/form-data": {}}, form_parser=fail)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert code_of(client.post("/do", body=b"x", headers=headers))[:2] == expected


def test_form_without_a_parser_is_a_mistake_in_wiring() -> None:
    """A plan without a parser says what is missing."""
    body: dict[str, Any] = {"content": {"multipart/form-data": {}}}
    raw: dict[str, Any] = {
        "openapi": "3.1.1",
        "info": {},
        "paths": {"/a": {"put": {"requestBody": body}}},
    }
    document = Document(raw, check=False)
    nobody: Any = None
    side = Engine(document).request
    plan = BodyPlan(side, document.operations[0], None, nobody, nobody)

    class Request:
        content_length = 1
        mime_type = "multipart/form-data"
        charset = "utf-8"

    request: Any = Request()
    with pytest.raises(RuntimeError, match="Nobody parses multipart forms"):
        plan.read(request, [])
