"""A report of all that is wrong with a document or isn't done for it."""

import logging
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.__main__ import main
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.tools.lint import lint_document

TEXT = {"type": "string"}
OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}}


def build(
    operation: dict[str, Any], path: str = "/a", version: str = "3.1.1", **parts: Any
) -> dict[str, Any]:
    """Build a document of one operation."""
    return {
        "openapi": version,
        "info": {"title": "A", "version": "1"},
        "paths": {path: {"post": {"responses": answer(), **operation}}},
        **parts,
    }


def answer(**content: Any) -> dict[str, Any]:
    """Build an answer of some media types."""
    return {"200": {"description": "ok", **({"content": content} if content else {})}}


def parameter(name: str, place: str, schema: Any = TEXT, **node: Any) -> dict[str, Any]:
    """Build an operation with one parameter."""
    found = {"name": name, "in": place, "schema": schema, **node}
    return {"parameters": [found]}


def body(content: Any) -> dict[str, Any]:
    """Build an operation with a body."""
    return {"requestBody": {"content": content}}


def choice(version: str, **discriminator: Any) -> dict[str, Any]:
    """Build a document of a body that is one of some schemas."""
    cat = {"type": "object", "required": ["a"], "properties": {"a": TEXT}}
    known = {"propertyName": "a", **discriminator}
    schema = {"oneOf": [{"$ref": "#/components/schemas/Cat"}], "discriminator": known}
    parts = {"components": {"schemas": {"Cat": cat}}}
    return build(body({"application/json": {"schema": schema}}), "/a", version, **parts)


LONG = {"type": "integer", "maxLength": 5}
LIST = {"type": "array", "items": TEXT}
MEDIA = "/requestBody/content/application~1json"


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        (build(parameter("Accept", "header")), "/parameters/0", "is ignored"),
        (build(parameter("api_key", "header")), "/parameters/0", "servers drop"),
        (build(parameter("v", "query", style="deepObject")), "/parameters/0", "only"),
        (
            build(parameter("v", "query", style="pipeDelimited")),
            *("/parameters/0", "read as form"),
        ),
        (
            build(parameter("v", "query", LIST, style="spaceDelimited", explode=True)),
            *("/parameters/0", "read as form"),
        ),
        (
            build(body({"application/xml": {"schema": OBJECT}})),
            *("/requestBody/content/application~1xml", "requests in it are 415"),
        ),
        (
            build(
                body(
                    {
                        "multipart/form-data": {
                            "schema": OBJECT,
                            "encoding": {"a": {"headers": {"X-A": {"schema": TEXT}}}},
                        }
                    }
                )
            ),
            "/requestBody/content/multipart~1form-data/encoding/a/headers",
            "headers of a part aren't checked",
        ),
        (
            build(
                body(
                    {
                        "application/json": {
                            "schema": OBJECT | {"discriminator": {"propertyName": "a"}}
                        }
                    }
                )
            ),
            "/requestBody/content/application~1json/schema/discriminator",
            "without oneOf or anyOf",
        ),
        (
            build(
                body(
                    {
                        "multipart/form-data": {
                            "schema": OBJECT,
                            "encoding": {"b": {"contentType": "text/plain"}},
                        }
                    }
                )
            ),
            "/requestBody/content/multipart~1form-data/encoding/b",
            "no such property",
        ),
        (
            choice("3.1.1", mapping={"dog": "Dogg", "cat": "Cat"}),
            *(f"{MEDIA}/schema/discriminator/mapping/dog", "there is no 'Dogg'"),
        ),
        (
            choice("3.2.0", defaultMapping="pet.yaml"),
            *(f"{MEDIA}/schema/discriminator/defaultMapping", "no 'pet.yaml'"),
        ),
        (
            build(parameter("v", "query", {"type": "string", "nullable": True})),
            *("/parameters/0/schema/nullable", "says nothing since 3.1"),
        ),
        (
            build(parameter("v", "query", {"type": "string", "enum": ["a", 10]})),
            *("/parameters/0/schema/enum/1", "10 is no string"),
        ),
        (
            build(parameter("v", "query", LONG | {"anyOf": [LONG]})),
            *("/parameters/0/schema/maxLength", "says nothing about type integer"),
        ),
        (
            build(parameter("v", "query", {"type": ["string", "null"], "minimum": 5})),
            *("/parameters/0/schema/minimum", "about type null or string"),
        ),
        (
            build(parameter("v", "query", {"type": "string", "format": "int64"})),
            *("/parameters/0/schema/format", "int64 isn't checked of type string"),
        ),
        (
            build(parameter("v", "query", {"type": "array", "items": LIST})),
            *("/parameters/0", "has no style, so that it can't be read"),
        ),
        (
            build(parameter("v", "query", {"properties": {"a": OBJECT}})),
            *("/parameters/0", "has no style"),
        ),
        (
            build(parameter("v", "header", {"properties": {"a": LIST}})),
            *("/parameters/0", "has no style"),
        ),
        (
            build({"responses": answer(**{"text/csv": {"schema": OBJECT}})}),
            *("/responses/200/content/text~1csv", "answers aren't checked"),
        ),
        (
            build(body({"text/plain": {"itemSchema": OBJECT}}), version="3.2.0"),
            *("/requestBody/content/text~1plain/itemSchema", "has no items"),
        ),
        (
            build(parameter("v", "query", {"type": "string", "format": "uri"})),
            *("/parameters/0/schema/format", "format uri isn't checked"),
        ),
        (
            build(
                {
                    "parameters": [
                        {
                            "name": "q",
                            "in": "querystring",
                            "content": {"text/xml": {"schema": OBJECT}},
                        }
                    ]
                },
                version="3.2.0",
            ),
            *("/parameters/0", "the parameter isn't checked"),
        ),
        (
            build(parameter("v", "query", {"type": "integer", "example": "x"})),
            *("/parameters/0", "can't be read as integer"),
        ),
        (
            build(
                parameter("v", "query", LIST | {"example": ["a", "b"], "maxItems": 1})
            ),
            *("/parameters/0", "at most 1 item"),
        ),
        (
            build(
                body({"application/json": {"schema": OBJECT, "example": {"a": "x"}}})
            ),
            *("/requestBody/content/application~1json", "/a has to be of type integer"),
        ),
        (
            build(
                {"responses": answer(**{"a/b+json": {"schema": OBJECT, "example": 1}})}
            ),
            *("/responses/200/content/a~1b+json", "/ has to be of type object"),
        ),
    ],
)
def test_warnings(raw: dict[str, Any], place: str, words: str) -> None:
    """What isn't done, and samples that don't fit, are named with their place."""
    (line,) = lint_document(Document(raw))
    assert (line.level, line.where) == ("warning", f"at /paths/~1a/post{place}")
    assert words in line.message


@pytest.mark.parametrize(
    ("raw", "place", "words"),
    [
        (build({}, "/a?x=1"), "/paths/~1a?x=1", "only where these are escaped"),
        (build({}, "/<upload>"), "/paths/~1<upload>", "can't be a route"),
        (
            build(
                {},
                components={
                    "securitySchemes": {
                        "key": {"type": "apiKey", "in": "header", "name": "api_key"}
                    }
                },
            ),
            *("/components/securitySchemes/key", "the key has a name with _"),
        ),
        (build({}, servers=[{"url": "/{v}"}]), "/servers/0", "{v} isn't described"),
        (
            build(
                {},
                servers=[
                    {
                        "url": "/{v}",
                        "variables": {"v": {"default": "b", "enum": ["a"]}},
                    }
                ],
            ),
            *("/servers/0/variables/v/default", "none of the values"),
        ),
    ],
)
def test_warnings_elsewhere(raw: dict[str, Any], place: str, words: str) -> None:
    """So are paths, and keys of security schemes."""
    (line,) = lint_document(Document(raw))
    assert (line.where, words in line.message) == (f"at {place}", True)


def test_other_methods() -> None:
    """Methods of 3.2 that are named aside aren't served."""
    raw = build({}, version="3.2.0")
    raw["paths"]["/a"]["additionalOperations"] = {"COPY": {"responses": answer()}}
    (line,) = lint_document(Document(raw))
    assert line.where == "at /paths/~1a/additionalOperations/COPY"
    assert line.message == "the framework serves no COPY"


def test_broken_schemas() -> None:
    """What isn't checked may be of any form, and is looked at all the same."""
    odd: list[Any] = [
        {"type": {}},
        {"type": [{}, "string"], "format": {}},
        {"$schema": {}, "allOf": 1, "properties": "x"},
    ]
    for schema in odd:
        content = {"multipart/form-data": {"schema": schema}}
        raw = build(parameter("v", "query", schema) | body(content))
        lines = lint_document(Document(raw, check=False))
        assert {line.level for line in lines} >= {"error"}


def test_unknown_dialects() -> None:
    """A dialect that nobody knows is named once, one that is known isn't."""
    odd = "https://example.com/dialect"
    draft = "http://json-schema.org/draft-07/schema#"
    nodes = [{"$schema": odd}, {"$schema": odd}, {"$schema": draft}, {"$schema": OAS}]
    schemas = {f"S{number}": node for number, node in enumerate(nodes)}
    raw = build({}, components={"schemas": schemas}, jsonSchemaDialect=f"{odd}/2")
    assert [(line.where, line.message) for line in lint_document(Document(raw))] == [
        (f"at /{place}", f"the dialect {name} isn't known; {WORDS}")
        for place, name in (
            ("jsonSchemaDialect", f"{odd}/2"),
            ("components/schemas/S0/$schema", odd),
        )
    ]


OAS = "https://spec.openapis.org/oas/3.1/dialect/base"
WORDS = "schemas are read as OpenAPI has them"


@pytest.mark.parametrize(
    ("example", "words"),
    [
        ([{"a": 1}, {"a": 2}], ""),
        ('{"a": 1}\n', ""),
        ({"a": "x"}, "its sample is refused: /0/a has to be of type integer"),
        ("{", "its sample can't be read: Item 0 can't be read"),
    ],
)
def test_samples_of_items(example: Any, words: str) -> None:
    """A sample of items is a list, one item, or written out as it is sent."""
    media = {"itemSchema": OBJECT, "example": example}
    raw = build(body({"application/jsonl": media}), version="3.2.0")
    assert "".join(line.message for line in lint_document(Document(raw))) == words


def test_nothing_to_say() -> None:
    """A document that is in order gives no line; a header with content is none."""
    json = {"application/json": {"schema": OBJECT}}
    encoding = {"a": {"contentType": "text/plain"}}
    form = {"multipart/form-data": {"schema": OBJECT, "encoding": encoding}}
    content = {**json, **form, "*/*": {}, "text/csv": {}}
    operation = parameter("v", "query") | body(content)
    operation["parameters"].append({"name": "c", "in": "query", "content": json})
    operation["responses"] = answer(**json)
    shared = {"name": "w", "in": "query", "schema": LIST | {"example": ["a", "b"]}}
    operation["parameters"].append(shared)
    assert lint_document(Document(build(operation))) == []


def test_schema_that_can_not_be_applied() -> None:
    """A sample that can't even be checked is told as well."""
    schema = {"type": "string", "pattern": "(", "example": "x"}
    raw = build(body({"application/json": {"schema": schema}}))
    document = Document(raw, check=False)
    vars(document)["findings"] = ()
    assert "it can't be checked" in lint_document(document)[0].message


def test_report_at_start(app: Application, caplog: pytest.LogCaptureFixture) -> None:
    """Each kind of warning is a line in the log; of many, the first."""
    paths = {f"/{n}?": {"get": {"responses": answer()}} for n in range(5)}
    schemas = {f"S{n}": {"format": f"f{n}"} for n in range(21)}
    raw = build({}, components={"schemas": schemas}) | {"paths": paths}
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        app.install(OpenAPI(raw, check="off"))
    assert len(caplog.messages) == 21
    assert caplog.messages[0].startswith("at /paths/~10?: a path with ? or # is ")
    assert caplog.messages[0].endswith(" (so at 4 more)")
    assert caplog.messages[1].endswith(": the format f0 isn't checked anywhere")
    assert caplog.messages[-1].startswith("2 more: python -m poorwsgi_openapi check")


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document alone is linted, one line a fault with file, line and pointer."""
    path = tmp_path / "pets.yaml"
    path.write_text(
        "openapi: 3.1.1\ninfo: {title: T, version: '1'}\npaths: {}\n"
        "components:\n  schemas:\n    A: {type: string, default: 1}\n",
        "utf-8",
    )
    assert main(["check", str(path)]) == 0
    warning, count = capsys.readouterr().out.splitlines()
    place = "at /components/schemas/A/default: the default doesn't fit"
    assert warning.startswith(f"warning  {path}, line 6, {place}")
    assert count == "0 operations, 0 errors, 1 warning"
    assert main(["check", str(path), "--strict"]) == 1
    broken = path.read_text("utf-8").replace("default: 1", "required: 1")
    path.write_text(broken, "utf-8")
    assert main(["check", str(path), "--lint"]) == 1
    assert "error    " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["skeleton", "diff"])
def test_broken_documents_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """--no-check takes them, which the message says."""
    path = tmp_path / "a.yaml"
    path.write_text("openapi: 3.1.1\ninfo: {}\npaths: {}\n", "utf-8")
    names = [str(path)] * (2 if command == "diff" else 1)
    assert main([command, *names]) == 2
    assert "--no-check" in capsys.readouterr().err
    assert main([command, *names, "--no-check"]) == 0


def test_mocks_without_verifiers(app: Application) -> None:
    """With security="mock", whatever credentials are shown are taken."""
    scheme = {"type": "http", "scheme": "bearer"}
    raw = build(
        {"security": [{"key": ["write"]}]},
        components={"securitySchemes": {"key": scheme}},
    )
    with pytest.raises(ValueError, match="lets everybody in"):
        OpenAPI(raw, security="mock")
    with pytest.raises(ValueError, match="security is 'all': choose one of mock"):
        OpenAPI(raw, security="all", mock="all")  # type: ignore[arg-type]
    app.install(OpenAPI(raw, security="mock", mock="missing"))
    client = Client(app)
    assert client.post("/a").status_code == 401
    headers = {"Authorization": "Bearer x"}
    assert client.post("/a", headers=headers).status_code == 200


def test_paths_that_no_route_can_have(app: Application) -> None:
    """A literal < is refused where a handler is bound, and has no mock."""
    raw = build({"operationId": "post"}, "/<upload>")
    api = OpenAPI(raw, mock="missing", check="off")
    with pytest.raises(ValueError, match="no route has a <"):
        api.operation("post")
    app.install(api)
    client = Client(app)
    assert [client.post("/x").status_code, client.get("/docs").status_code] == [
        404,
        200,
    ]


def test_what_operations_share_is_told_once() -> None:
    """A parameter and a body that two operations refer to have a line each."""
    found = {"name": "api_key", "in": "header", "schema": TEXT}
    wrong = {"schema": OBJECT, "example": {"a": "x"}}
    content = {"application/json": wrong}
    raw = build(
        {
            "parameters": [{"$ref": "#/components/parameters/key"}],
            "requestBody": {"$ref": "#/components/requestBodies/wrong"},
        },
        components={
            "parameters": {"key": found},
            "requestBodies": {"wrong": {"content": content}},
        },
    )
    raw["paths"]["/a"]["put"] = raw["paths"]["/a"]["post"]
    assert [line.where for line in lint_document(Document(raw))] == [
        "at /components/parameters/key",
        "at /components/requestBodies/wrong/content/application~1json",
    ]
