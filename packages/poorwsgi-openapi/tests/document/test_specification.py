"""What is wrong with a document, and where: each fault once, at its place."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import schemas

from poorwsgi_openapi.document import specification
from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.schema_walk import walk_schemas
from poorwsgi_openapi.document.specification import find_faults

OK = {"200": {"description": "ok"}}
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def build(version: str = "3.1.1", **parts: Any) -> dict[str, Any]:
    """Build a document."""
    info = {"title": "A", "version": "1"}
    return {"openapi": version, "info": info, "paths": {}, **parts}


def find(raw: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return pointers of what is wrong, and whether it is more than a warning."""
    document = Document(raw, check=False)
    found = find_faults(document)
    return [(document.describe(each.keys)[3:], each.is_fault) for each in found]


def of_schema(schema: Any, version: str = "3.1.1") -> dict[str, Any]:
    """Build a document of one schema."""
    return build(version, components={"schemas": {"Order": schema}})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
def test_faults_in_schemas(version: str) -> None:
    """They have the place in the document, however deep, and are told once."""
    inner = {"type": "object", "required": ["id", "id"]}
    schema = {"properties": {"a": {"allOf": [{**inner}]}}}
    raw = of_schema(schema, version)
    raw["paths"] = {
        f"/{name}": {
            "get": {
                "parameters": [
                    {
                        "name": "q",
                        "in": "query",
                        "schema": {"$ref": "#/components/schemas/Order"},
                    }
                ],
                "responses": OK,
            }
        }
        for name in "ab"
    }
    places = find(raw)
    expected = "/components/schemas/Order/properties/a/allOf/0/required"
    assert (expected, True) in places
    assert len({place for place, _ in places}) == len(places)
    if version != "3.0.3":
        assert places == [(expected, True)]


def test_form_without_jsonschema_rs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same faults are found, in one pass, where it isn't installed."""
    raw = build(tags=[{"description": "a"}, {"name": 1}])
    faults = find(raw)
    assert faults[:2] == [("/tags/0", True), ("/tags/1/name", True)]
    untyped: Any = schemas
    checker = Draft202012Validator(dict(untyped.schema_v31))
    monkeypatch.setattr(schemas, "openapi_v31_schema_validator", checker)
    monkeypatch.setattr(schemas, "get_validator_backend", lambda: "jsonschema")
    monkeypatch.delattr(schemas, "schema_v31")
    assert find(raw) == faults


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
def test_faults_of_schemas_that_are_alike(version: str) -> None:
    """Each is told at its place, and no good one hides one that has the same names."""
    inner = {"type": "no type"}
    schemas: dict[str, Any] = {
        "a": {"description": "Good", "properties": {"a": {}}},
        "b": {"description": "Good too", "properties": {"a": 1}},
        "c": {"description": 1, "properties": {"a": {"allOf": [{**inner}]}}},
        "d": {"description": 2, "properties": {"b": {"items": {**inner}}}},
        "e": {"title": "type", "additionalProperties": inner},
        "f": {"title": {"type": "a"}, "additionalProperties": {}},
        "g": {"patternProperties": {"(": {}}},
        "h": {"patternProperties": {"a": {}}},
    }
    found = find(build(version, components={"schemas": schemas}))
    places = {place.removeprefix("/components/schemas") for place, _ in found}
    ours = {
        *("/b/properties/a", "/c/description", "/c/properties/a/allOf/0/type"),
        *("/d/description", "/d/properties/b/items/type"),
        *("/e/additionalProperties/type", "/f/title"),
    }
    assert ours | ({"/g/patternProperties"} if version != "3.0.3" else set()) <= places
    assert not any(
        place.startswith(("/a", "/h/patternProperties/a")) for place in places
    )


def test_faults_name_file_and_line(tmp_path: Path) -> None:
    """The message has file, line and pointer, and the right remedy."""
    path = tmp_path / "l.yaml"
    path.write_text(
        "openapi: 3.1.1\ninfo: {title: T, version: '1'}\npaths: {}\n"
        "components:\n  schemas:\n    Order:\n      type: object\n"
        "      required: [id, id]\n",
        "utf-8",
    )
    with pytest.raises(ValueError, match="check_document=False") as caught:
        Document(path)
    message = str(caught.value)
    assert f"{path}, line 8, at /components/schemas/Order/required: " in message
    assert message.count("non-unique") == 1
    assert Document(path, check=False).warnings == ()


@pytest.mark.parametrize(
    ("version", "is_fault"), [("3.0.3", True), ("3.1.1", False), ("3.2.0", False)]
)
def test_defaults(version: str, is_fault: bool) -> None:
    """A default that doesn't fit is a fault in 3.0, and else doubtful."""
    raw = of_schema({"properties": {"a": {"type": "string", "default": 1}}}, version)
    place = "/components/schemas/Order/properties/a/default"
    assert find(raw) == [(place, is_fault)]
    if not is_fault:
        assert [each.is_fault for each in Document(raw).warnings] == [False]
    day = {"type": "string", "format": "date", "default": "soon"}
    assert find(of_schema(day, version)) == [
        ("/components/schemas/Order/default", False)
    ]
    nullable = {"type": "string", "nullable": True, "default": None}
    assert find(of_schema(nullable, "3.0.3")) == []
    reference = {
        "default": 1,
        "allOf": [{"$ref": "#/components/schemas/Order/$defs/a"}],
    }
    good = {**reference, "$defs": {"a": {"type": "integer"}}}
    if version != "3.0.3":
        assert find(of_schema(good, version)) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "int", "default": 20},
        {"type": "integer", "minimum": "one", "default": 20},
        {"default": 20, "allOf": [{"required": "a"}]},
    ],
)
def test_defaults_of_broken_schemas(schema: dict[str, Any]) -> None:
    """What is wrong with the schema is told, and the default not judged by it."""
    ((place, is_fault),) = find(of_schema(schema, "3.1.1"))
    assert place.startswith("/components/schemas/Order/")
    assert not place.endswith("default")
    assert is_fault


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"minimum": 5, "maximum": 4.5}, "minimum"),
        (
            {"properties": {"a": {"minLength": 2, "maxLength": 1}}},
            "properties/a/minLength",
        ),
        ({"minItems": 1, "maxItems": 0, "items": {}}, "minItems"),
        ({"minProperties": 2, "maxProperties": 1}, "minProperties"),
        ({"minimum": 5, "maximum": 5}, None),
        ({"type": "array"}, "type"),
        ({"type": "array", "items": {}}, None),
        ({"enum": [1, "1", True, [1], [1]]}, "enum/4"),
        ({"type": "integer", "enum": [1, 2.0, "3", "3"]}, "enum/2"),
        ({"type": "integer", "enum": [1, 2.5]}, "enum/1"),
        ({"type": "boolean", "enum": [True, 0]}, "enum/1"),
        ({"type": "array", "items": {}, "enum": [[1], "a"]}, "enum/1"),
        ({"type": "number", "nullable": True, "enum": [1, None]}, None),
        ({"pattern": "/^a$/"}, "pattern"),
    ],
)
def test_what_nothing_fits(schema: dict[str, Any], place: str | None) -> None:
    """Limits that contradict each other are doubtful; so is an array of 3.0 alone."""
    expected = [] if place is None else [(f"/components/schemas/Order/{place}", False)]
    assert find(of_schema(schema, "3.0.3")) == expected


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": ["integer", "null"], "const": "a"}, "const"),
        ({"type": ["integer", "string"], "const": "a"}, None),
        ({"type": "integer", "enum": [float("inf")]}, "enum/0"),
    ],
)
def test_constants_since_3_1(schema: dict[str, Any], place: str | None) -> None:
    """So is a constant of another type."""
    expected = [] if place is None else [(f"/components/schemas/Order/{place}", False)]
    assert find(of_schema(schema, "3.1.1")) == expected


def test_array_without_items_since_3_1() -> None:
    """Such an array may hold anything."""
    assert find(of_schema({"type": "array"}, "3.1.1")) == []


def test_operation_ids() -> None:
    """The second of a name is the one too many."""
    get = {"operationId": "a", "responses": OK}
    raw = build(paths={"/a": {"get": get}, "/b": {"get": get}})
    assert find(raw) == [("/paths/~1b/get/operationId", True)]


def test_path_parameters() -> None:
    """What the path has is described, and what is described the path has."""
    get = {"responses": OK}
    paths = {"/a/{id}": {"get": get}, "/b": {"get": get | {"parameters": [ID]}}}
    assert find(build(paths=paths)) == [
        ("/paths/~1a~1{id}/get", True),
        ("/paths/~1b/get/parameters/0", True),
    ]
    query = {"name": "q", "in": "query", "schema": {"type": "string"}}
    good = {"/a/{id}": {"parameters": [ID, query], "get": get}}
    assert find(build(paths=good)) == []


def test_name_that_stands_twice_in_a_path() -> None:
    """Such a path is served; the first value counts."""
    item = {"parameters": [ID], "get": {"responses": OK}}
    raw = build(paths={"/a/{id}/{id}": item})
    assert find(raw) == [("/paths/~1a~1{id}~1{id}/get", False)]


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ({"operationId": "other"}, "operationId"),
        ({"operationRef": "#/paths/~1b/get"}, "operationRef"),
        ({"operationId": "a"}, None),
        ({"operationRef": "#/paths/~1a~1%7Bid%7D/get"}, None),
        ({"operationRef": "other.yaml#/paths/~1b/get"}, None),
    ],
)
def test_links(link: dict[str, str], key: str | None) -> None:
    """A link that leads to no operation is told, one to another file isn't."""
    responses = {"200": {"description": "ok", "links": {"next": link}}}
    operation = {"operationId": "a", "responses": responses}
    raw = build(paths={"/a/{id}": {"parameters": [ID], "get": operation}})
    where = f"/paths/~1a~1{{id}}/get/responses/200/links/next/{key}"
    assert find(raw) == ([(where, False)] if key else [])


def test_tags() -> None:
    """Names are unique, and parents lead up."""
    tags = [{"name": "a"}, {"name": "a"}]
    assert find(build(tags=tags)) == [("/tags/1/name", True)]
    tags = [
        {"name": "a", "parent": "b"},
        {"name": "b", "parent": "a"},
        {"name": "c", "parent": "gone"},
        {"name": "d", "parent": "e"},
        {"name": "e"},
    ]
    assert find(build("3.2.0", tags=tags)) == [
        *(("/tags/0/parent", True), ("/tags/1/parent", True)),
        ("/tags/2/parent", True),
    ]


def test_walk_visits_each_schema_once() -> None:
    """Names, lists and references are followed; data and extensions are not."""
    schema: dict[str, Any] = {
        "properties": {"a": {"items": {"type": "integer"}, "default": {"not": {}}}},
        "prefixItems": [{"$ref": "#/x-schemas/b"}, True],
        "additionalProperties": False,
        "example": {"schema": {}},
    }
    raw = of_schema(schema)
    raw["x-schemas"] = {
        "b": {"$ref": "#/components/schemas/Order"},
        "c": {"schema": {}},
    }
    raw["components"]["headers"] = {"H": {"schema": {"type": "string"}, "x": 1}}
    places = ["/".join(located.keys) for located in walk_schemas(raw)]
    order = "components/schemas/Order"
    assert places == [
        *(order, f"{order}/properties/a", f"{order}/properties/a/items"),
        f"{order}/prefixItems/0",
        "components/headers/H/schema",
        "x-schemas/b",
    ]


def test_patterns_of_a_document_of_3_0() -> None:
    """They are those of ECMA-262, whichever library checks the form."""
    assert find(of_schema({"pattern": r"^[\w-.]+\p{L}$"}, "3.0.3")) == []


def test_patterns_of_a_document() -> None:
    """Those of ECMA-262 are taken; what can't be done is a fault, a slow one is not."""

    def find(schema: dict[str, Any]) -> list[tuple[str, bool]]:
        raw = {
            "openapi": "3.1.1",
            "info": {"title": "t", "version": "1"},
            "components": {"schemas": {"A": schema}},
        }
        found = find_faults(Document(raw, check=False))
        return [(each.keys[-1], each.is_fault) for each in found]

    assert find({"pattern": r"^\p{L}+(?<n>a)[\w-.]$"}) == []
    assert find({"pattern": r"\p{Script=Greek}", "default": "a"}) == [("pattern", True)]
    # With a look-ahead, no engine of linear time takes it.
    assert find({"pattern": "(?=a)(a+)+"}) == [("pattern", False)]
    assert find({"pattern": r"\s+(?!a)"}) == [("pattern", False)]
    assert find({"pattern": r"\s+(?!a)", "maxLength": 100}) == []
    assert find({"pattern": "^(?!b)a*a*$"}) == [("pattern", False)]
    assert find({"pattern": "^(?!b)a*a*$", "maxLength": 100}) == []
    assert find({"pattern": r"^\p{L}$", "default": "a"}) == []
    assert find({"pattern": r"^\p{L}$", "default": 1}) == []
    assert find({"pattern": r"^\p{L}$", "default": "1"}) == [("default", False)]


def test_patterns_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of them nothing is said, whatever their form."""
    monkeypatch.setattr(specification, "is_linear", bool)
    raw = build(components={"schemas": {"A": {"pattern": "(a+)+"}}})
    assert find(raw) == []


def test_parameters_that_stand_twice() -> None:
    """The second of a list is a fault; one of the path item gives way."""
    node: dict[str, Any] = {"name": "q", "in": "query", "schema": {}}
    item: dict[str, Any] = {
        "parameters": [node],
        "get": {"parameters": [node], "responses": OK},
    }
    assert find(build(paths={"/a": item})) == []
    item["get"] = {
        "parameters": [node, {**node, "in": "header"}, node],
        "responses": OK,
    }
    assert find(build(paths={"/a": item})) == [("/paths/~1a/get/parameters/2", True)]
