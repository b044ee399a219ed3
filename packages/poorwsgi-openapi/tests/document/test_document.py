"""Documents: what is wrong with them is told, and what they say is found."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from poorwsgi_openapi.document import specification
from poorwsgi_openapi.document.document import Document

INFO = {"title": "A", "version": "1"}
OK = {"responses": {"200": {"description": "ok"}}}


def build(**parts: Any) -> dict[str, Any]:
    """Build a document."""
    return {"openapi": "3.1.1", "info": INFO, "paths": {}, **parts}


def test_petstores_load(documents: Path) -> None:
    """Documents of both versions load, and pass the check."""
    old = Document(documents / "petstore30.yaml")
    new = Document(str(documents / "petstore31.json"))
    assert (old.version, len(old.operations)) == ("3.0", 7)
    assert (new.version, len(new.operations), len(new.webhooks)) == ("3.1", 3, 1)
    place = documents / "petstore30.yaml"
    assert repr(old) == f"<Document 'Pet store' of {place}, OpenAPI 3.0>"


def test_operation_says_what_the_document_says(documents: Path) -> None:
    """An operation has its parts, with references resolved."""
    document = Document(documents / "petstore30.yaml")
    operation = document.find("getPetById")
    assert repr(operation) == "<Operation GET /pet/{petId}>"
    assert operation.pointer == "/paths/~1pet~1{petId}/get"
    assert operation.path_names == ["petId"]
    assert [node["name"] for node in operation.parameters] == ["petId"]
    assert operation.responses["200"]["description"] == "A pet"
    assert operation.request_body is None
    assert operation.security == [{"api_key": []}, {"store_auth": ["read:pets"]}]
    assert (
        document.find("addPet").request_body
        == (document.raw["components"]["requestBodies"]["Pet"])
    )
    assert operation.schema_path.read_value() == operation.raw


def test_parameter_of_the_operation_wins() -> None:
    """A parameter of the path is replaced by one of the operation."""
    shared = {"name": "a", "in": "query", "schema": {"type": "string"}}
    own = {"name": "a", "in": "query", "schema": {"type": "integer"}}
    item = {"parameters": [shared], "get": {**OK, "parameters": [own]}}
    (operation,) = Document(build(paths={"/a": item})).operations
    assert operation.parameters == (own,)


def test_security_is_that_of_the_document_unless_there_is_one(documents: Path) -> None:
    """An operation may lift what the document asks for."""
    document = Document(documents / "petstore31.json")
    assert document.find("createPet").security == [{"token": []}]
    assert document.find("listPets").security == []


def test_operation_without_id_is_found_by_nobody() -> None:
    """An id is no must."""
    document = Document(build(paths={"/a": {"get": {**OK, "operationId": ""}}}))
    assert document.operations[0].operation_id == ""
    with pytest.raises(ValueError, match="it has none at all"):
        document.find("a")


def test_unknown_id_names_those_that_look_like_it(documents: Path) -> None:
    """A misspelt id is told with the right one."""
    with pytest.raises(
        ValueError, match="no operationId 'getPetbyId'; it has getPetById"
    ):
        Document(documents / "petstore30.yaml").find("getPetbyId")


def test_prefixes_are_the_paths_of_the_nearest_servers(documents: Path) -> None:
    """Variables have their defaults, and a host doesn't count."""
    document = Document(documents / "petstore30.yaml")
    assert document.prefixes(document.operations[0]) == ["/api/v3"]
    servers: list[Any] = [
        {"url": "/b/"},
        {"url": "https://x/{v}", "variables": {"v": {}}},
    ]
    item: dict[str, Any] = {
        "servers": [{"url": "/a"}],
        "get": OK,
        "put": {**OK, "servers": servers},
    }
    own = Document(build(paths={"/x": item}), check=False)
    assert [own.prefixes(each) for each in own.operations] == [["/a"], ["/b", ""]]
    bare = Document(build(paths={"/x": {"get": OK}}))
    assert bare.prefixes(bare.operations[0]) == [""]


def test_webhooks_have_no_path(documents: Path) -> None:
    """A webhook has its name for a path, and nothing in it."""
    (webhook,) = Document(documents / "petstore31.json").webhooks
    assert (webhook.path, webhook.path_names, webhook.is_webhook) == (
        "newPet",
        [],
        True,
    )


def test_document_is_written_as_json_and_yaml(documents: Path) -> None:
    """JSON is that of the whole; YAML is the very file if that is whole."""
    old = Document(documents / "petstore30.yaml")
    assert old.to_yaml() == (documents / "petstore30.yaml").read_bytes()
    assert json.loads(old.to_json()) == old.raw
    new = Document(documents / "petstore31.json")
    assert new.to_yaml().startswith(b"openapi: 3.1.1\n")
    assert Document(build()).to_yaml().startswith(b"openapi: 3.1.1\n")


def test_document_is_a_copy() -> None:
    """What is given as a mapping isn't changed, and changing it changes nothing."""
    raw = build()
    document = Document(raw)
    raw["paths"]["/a"] = {}
    assert document.raw["paths"] == {}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([], "at /: this is no OpenAPI document, for it has no openapi field"),
        ({"swagger": "2.0"}, "at /swagger: Swagger 2.0 is not supported"),
        ({"openapi": 3.1}, "at /openapi: version 3.1 is not supported"),
        ({"openapi": "4.0.0"}, "at /openapi: version '4.0.0' is not supported"),
        (build(paths=[]), "at /paths: paths has to be a mapping"),
        (build(paths={"/a": 1}), "at /paths/~1a: a path item has to be a mapping"),
        (build(paths={"/a": {"get": []}}), "at /paths/~1a: a path item has to be"),
        (build(paths={"a": {}}), "at /paths/a: a path begins with /"),
        (build(webhooks=1), "at /webhooks: webhooks has to be a mapping"),
    ],
)
def test_what_can_not_work_is_told_always(
    tmp_path: Path, raw: Any, message: str
) -> None:
    """Without the check, what nothing can be made of is told still."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(ValueError) as caught:
        Document(path, check=False)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_check_names_line_and_pointer(tmp_path: Path) -> None:
    """What breaks the specification is told with its place, some of it at once."""
    path = tmp_path / "a.yaml"
    path.write_text(
        "openapi: 3.0.4\ninfo: {title: A}\npaths:\n  /a:\n    get:\n"
        "      responses:\n        '200': {}\n",
        "utf-8",
    )
    with pytest.raises(ValueError, match=r"breaks OpenAPI 3\.0") as caught:
        Document(path)
    # The quotes are those of the validator, of which there are two.
    message = str(caught.value).replace('"', "'")
    assert "line 2, at /info: 'version' is a required property" in message
    assert Document(path, check=False).version == "3.0"


def test_check_tells_of_some_faults_only() -> None:
    """Of many faults the first are told."""
    paths: dict[str, Any] = {
        f"/{n}": {"get": {"responses": {"200": {}}}} for n in range(9)
    }
    with pytest.raises(ValueError, match="elsewhere: 4 more faults"):
        Document(build(paths=paths))


def test_check_knows_3_2() -> None:
    """A document of 3.2, with its method, passes the check."""
    raw = build(openapi="3.2.0", paths={"/a": {"query": OK}})
    assert [each.method for each in Document(raw).operations] == ["QUERY"]


def test_thousand_paths_are_only_looked_at_when_needed() -> None:
    """Operations are made on demand, and resolve what they are asked for."""
    item = {"get": {**OK, "parameters": [{"$ref": "#/components/parameters/p"}]}}
    components: dict[str, Any] = {
        "parameters": {"p": {"name": "p", "in": "query", "schema": {}}}
    }
    raw = build(paths={f"/{n}": item for n in range(1000)}, components=components)
    document = Document(raw, check=False)
    assert "operations" not in vars(document)
    assert len(document.operations) == 1000
    assert not any("located_parameters" in vars(each) for each in document.operations)


def test_fault_of_alternatives_is_that_of_the_nearest() -> None:
    """Where several schemas could fit, the deepest fault is told."""
    deep = {"properties": {"a": {"properties": {"b": {"type": "integer"}}}}}
    schema = {"anyOf": [{"type": "null"}, deep]}
    validator: Any = Draft202012Validator(schema)
    (error,) = validator.iter_errors({"a": {"b": "x"}})
    module: Any = specification
    found = module._locate(error, ("c",))
    assert found == (("c", "a", "b"), "'x' is not of type 'integer'", True)
