"""References: to other files they become inner ones, to nothing they are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_openapi.document.document import Document
from poorwsgi_openapi.document.sources import SourceError

HEAD = "openapi: 3.1.1\ninfo: {title: A, version: '1'}\n"


def write(folder: Path, **files: str) -> Path:
    """Write files; returns the path of the one named ``root``."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder / "root.yaml"


def refuse(source: Any) -> str:
    """Return why a document is refused."""
    with pytest.raises(SourceError) as caught:
        Document(source, check=False)
    return str(caught.value)


def test_files_are_bundled(tmp_path: Path) -> None:
    """A reference to a file leads into the one document, and so do its own."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "pet.yaml").write_text(
        "Pet:\n  properties:\n    tag: {$ref: 'tag.yaml'}\n    self: {$ref: '#/Pet'}\n"
        "    back: {$ref: '../root.yaml#/components/schemas/X'}\n",
        "utf-8",
    )
    (tmp_path / "sub" / "tag.yaml").write_text("type: string\n", "utf-8")
    root = (
        "paths: {}\ncomponents:\n  schemas:\n    X: {$ref: 'sub/pet.yaml#/Pet'}\n"
        "    Y: {$ref: 'sub/pet.yaml#/Pet'}\n"
    )
    document = Document(write(tmp_path, root=HEAD + root))
    schemas = document.raw["components"]["schemas"]
    assert schemas["X"] == schemas["Y"] == {"$ref": "#/x-files/pet.yaml/Pet"}
    properties = document.raw["x-files"]["pet.yaml"]["Pet"]["properties"]
    assert properties == {
        "tag": {"$ref": "#/x-files/tag.yaml"},
        "self": {"$ref": "#/x-files/pet.yaml/Pet"},
        "back": {"$ref": "#/components/schemas/X"},
    }
    assert document.to_yaml() != (tmp_path / "root.yaml").read_bytes()
    assert b"x-files" in document.to_yaml()


def test_path_items_may_be_files(tmp_path: Path) -> None:
    """A path item in a file of its own has its operations."""
    item = "get:\n  responses: {'200': {description: ok}}\n"
    root = HEAD + "paths:\n  /a: {$ref: item.yaml}\n"
    document = Document(write(tmp_path, root=root, item=item))
    (operation,) = document.operations
    assert operation.pointer == "/x-files/item.yaml/get"
    assert "item.yaml, line 1" in document.describe(operation.keys)


def test_two_files_of_one_name_are_two(tmp_path: Path) -> None:
    """Files of the same name in two folders don't meet."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.yaml").write_text(f"title: {name}\n", "utf-8")
    root = (
        "paths: {}\ncomponents:\n  schemas:\n    A: {$ref: a/x.yaml}\n"
        "    B: {$ref: b/x.yaml}\n"
    )
    document = Document(write(tmp_path, root=HEAD + root))
    titles = [document.follow({"$ref": f"#/x-files/{n}"})[0]["title"] for n in FILES]
    assert sorted(titles) == ["a", "b"]


FILES = ("x.yaml", "_x.yaml")


def test_discriminators_are_rewritten(tmp_path: Path) -> None:
    """What a discriminator maps to is a reference too; a bare name is none."""
    root = (
        "paths: {}\ncomponents:\n  schemas:\n    A:\n      discriminator:\n"
        "        propertyName: kind\n"
        "        mapping: {dog: './dog.yaml', cat: Cat, fish: 'dog.yaml#/properties'}\n"
        "        defaultMapping: ./dog.yaml\n"
    )
    document = Document(
        write(tmp_path, root=HEAD + root, dog="properties: {}\n"), check=False
    )
    discriminator = document.raw["components"]["schemas"]["A"]["discriminator"]
    assert discriminator["defaultMapping"] == "#/x-files/dog.yaml"
    mapping = discriminator["mapping"]
    assert mapping == {
        "dog": "#/x-files/dog.yaml",
        "cat": "Cat",
        "fish": "#/x-files/dog.yaml/properties",
    }


def test_examples_are_data(tmp_path: Path) -> None:
    """A key named like a reference in an example is data; a named example isn't."""
    root = (
        "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
        "          description: ok\n          content:\n            application/json:\n"
        "              examples: {one: {$ref: 'one.yaml'}}\n"
        "              schema: {example: {$ref: nowhere}, properties: {example: {}}}\n"
    )
    document = Document(
        write(tmp_path, root=HEAD + root, one="value: 1\n"), check=False
    )
    media = document.operations[0].responses["200"]["content"]["application/json"]
    assert media["examples"] == {"one": {"$ref": "#/x-files/one.yaml"}}
    assert media["schema"]["example"] == {"$ref": "nowhere"}


def test_reference_to_nothing_is_told(tmp_path: Path) -> None:
    """A reference that leads nowhere is refused with file, line and pointer."""
    root = HEAD + "paths:\n  /a:\n    get: {$ref: '#/components/x'}\n"
    message = refuse(write(tmp_path, root=root))
    assert "root.yaml, line 5, at /paths/~1a/get" in message
    assert "'#/components/x' leads nowhere: there is no 'components'" in message


@pytest.mark.parametrize("reference", ["#/tags/1", "#/tags/x", "#/info/title/x"])
def test_reference_into_a_list_or_scalar_is_told(reference: str) -> None:
    """An index that is none, or a step into a text, leads nowhere."""
    raw = document_of(reference) | {"tags": [{"name": "a"}]}
    assert "leads nowhere" in refuse(raw)


def test_reference_to_a_list_item_is_followed() -> None:
    """An index that there is leads somewhere."""
    raw: dict[str, Any] = {**document_of("#/tags/0"), "tags": [{"name": "a"}]}
    document = Document(raw, check=False)
    assert document.follow(raw["components"]["schemas"]["A"])[0] == {"name": "a"}


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A reference to a file that isn't there is refused with its place."""
    root = HEAD + "paths:\n  /a: {$ref: missing.yaml}\n"
    message = refuse(write(tmp_path, root=root))
    assert "root.yaml, line 4" in message
    assert "can't be read: No such file or directory" in message


@pytest.mark.parametrize("url", ["https://example.com/a.yaml", "//host/a.yaml"])
def test_nothing_is_fetched_from_a_network(url: str) -> None:
    """A remote reference is refused, with what to do."""
    assert "store a copy beside the document" in refuse(document_of(url))


def test_relative_reference_needs_a_file() -> None:
    """A document that comes from no file can't refer to one."""
    assert "load it by its path" in refuse(document_of("a.yaml"))


def test_ids_are_resolved() -> None:
    """A reference to an id is made a pointer, and the id is dropped."""
    raw = document_of("https://example.com/pet#/$defs/x")
    schemas = raw["components"]["schemas"]
    schemas["B"] = {"$id": "https://example.com/pet", "$defs": {"x": {"enum": [[1]]}}}
    found = Document(raw, check=False).raw["components"]["schemas"]
    assert found["A"] == {"$ref": "#/components/schemas/B/$defs/x"}
    assert found["B"] == {"$defs": {"x": {"enum": [[1]]}}}


def test_references_in_extensions_are_data() -> None:
    """What an extension refers to isn't read, unless something refers to it."""
    raw: dict[str, Any] = document_of("#/x-schemas/B")
    raw["x-docs"] = {"$ref": "./docs/x.md"}
    raw["x-schemas"] = {"B": {"$ref": "#/components/schemas/C"}}
    raw["components"]["schemas"]["C"] = {"type": "integer", "x-c": {"$ref": "no.md"}}
    document = Document(raw, check=False)
    assert document.raw["x-docs"] == {"$ref": "./docs/x.md"}
    assert document.follow({"$ref": "#/x-schemas/B"})[0]["type"] == "integer"
    raw["x-schemas"]["B"] = {"$ref": "no.yaml"}
    assert "'no.yaml' is relative to a file" in refuse(raw)
    assert "leads nowhere" in refuse(document_of("#/x-schemas/B"))


def test_circle_of_references_is_told() -> None:
    """References that go round in a circle are found when they are followed."""
    raw = document_of("#/components/schemas/A")
    document = Document(raw, check=False)
    with pytest.raises(SourceError, match="round in a circle"):
        document.follow(raw["components"]["schemas"]["A"])


def document_of(reference: str) -> dict[str, Any]:
    """Build a document with one reference."""
    return {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {},
        "components": {"schemas": {"A": {"$ref": reference}}},
    }


@pytest.mark.parametrize("reference", ["../o.json", "..%2fo.json", "sub/../../o.json"])
def test_files_outside_of_the_folder_are_not_read(
    tmp_path: Path, reference: str
) -> None:
    """A document of somebody else doesn't publish what this machine has."""
    (tmp_path / "o.json").write_text('{"secret": 1}', "utf-8")
    (tmp_path / "api").mkdir()
    path = tmp_path / "api" / "main.json"
    schemas = {"A": {"$ref": reference}, "B": {"$ref": str(tmp_path / "o.json")}}
    raw = {"openapi": "3.1.1", "info": {}, "components": {"schemas": schemas}}
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(ValueError, match=r"outside of the folder .* refs_below"):
        Document(path, check=False)
    document = Document(path, check=False, refs_below=tmp_path)
    assert document.raw["x-files"] == {"o.json": {"secret": 1}}
    assert document.read_again().raw == document.raw


def test_text_of_a_file_is_not_told(tmp_path: Path) -> None:
    """A file that is no part of a document isn't cited by what refuses it."""
    (tmp_path / "passwd").write_text("ann:x:1:1\n", "utf-8")
    path = tmp_path / "main.json"
    raw = {"openapi": "3.1.1", "info": {}, "x": {"$ref": "passwd"}}
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(ValueError, match="neither a mapping nor a list") as caught:
        Document(path, check=False)
    assert "ann" not in str(caught.value)
