"""Several documents in one application."""

import json
import logging
import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from lambdas import two
from small_api import NODE, OK

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import Document, OpenAPI
from poorwsgi_openapi.__main__ import main

Json = dict[str, Any]


def document(title: str, kind: str = "integer", **parts: Any) -> Json:
    """Build a document of one operation, with a parameter of a type."""
    query = {"name": "limit", "in": "query", "schema": {"type": kind}}
    pet = {"operationId": "pet", "parameters": [NODE, query], "responses": OK}
    return {
        "openapi": "3.1.1",
        "info": {"title": title, "version": "1"},
        "paths": {"/pets/{id}": {"get": pet}},
        **parts,
    }


def install(app: Application, raw: Json, **options: Any) -> OpenAPI:
    """Install a document whose handler tells what it has got."""
    api = OpenAPI(raw, **options)
    title = raw["info"]["title"]
    api.operation("pet")(two(lambda req, _: {title: req.api.query.get("limit")}))
    app.install(api)
    return api


def test_each_has_its_own(app: Application, client: Client) -> None:
    """Paths, files, page and types of each are below its prefix."""
    install(app, document("One"), prefix="/v1")
    install(app, document("Two", "boolean"), prefix="/v2")
    assert client.get("/v1/pets/7?limit=1").json() == {"One": 1}
    assert client.get("/v2/pets/7?limit=true").json() == {"Two": True}
    assert client.get("/v2/pets/7?limit=9").status_code == 400
    for name, title in (("v1", "One"), ("v2", "Two")):
        served = client.get(f"/{name}/openapi.json").json()
        assert served["info"]["title"] == title
        assert served["servers"] == [{"url": f"/{name}"}]
        page = client.get(f"/{name}/docs").text
        assert f"<title>{title}</title>" in page
        assert f"curl http://localhost/{name}/pets/" in page
    assert client.get("/docs").status_code == 404


def test_servers_of_the_document_stay(app: Application, client: Client) -> None:
    """Where a document names its servers, the prefix is for its files alone."""
    raw = document("One", servers=[{"url": "/api"}])
    install(app, raw, prefix="/about")
    assert client.get("/api/pets/1").json() == {"One": None}
    assert client.get("/about/openapi.json").json()["servers"] == [{"url": "/api"}]


def test_one_at_the_root(app: Application, client: Client) -> None:
    """Routes of one document are no routes of the other, whichever is first."""
    install(app, document("Two", "boolean"), prefix="/v2", mock="missing")
    install(app, document("One"))
    assert client.get("/pets/7?limit=1").json() == {"One": 1}
    assert client.get("/v2/pets/7?limit=true").json() == {"Two": True}
    third = OpenAPI(document("Three"), prefix="/v3", mock="missing")
    app.install(third)
    assert client.get("/v3/pets/7").status_code == 200
    assert third.find_differences(app) == []


def test_answers_are_compared_with_their_own(
    app: Application, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """The document that has the operation tells what is answered, and no other."""
    for number in (1, 2):
        raw = document(f"No. {number}")
        schema = {"type": "array" if number == 1 else "object"}
        content = {"application/json": {"schema": schema}}
        answer = {"200": {"description": "ok", "content": content}}
        raw["paths"]["/pets/{id}"]["get"]["responses"] = answer
        install(app, raw, prefix=f"/v{number}", validate_responses="log")
    with caplog.at_level(logging.ERROR, "poorwsgi"):
        client.get("/v2/pets/1")
        assert caplog.records == []
        client.get("/v1/pets/1")
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def answer_number(number: int, *_: Any) -> Any:
    """Answer a problem with a number."""
    return f"{number}", "text/plain", (), 400


def test_refusals_are_of_their_own(app: Application, client: Client) -> None:
    """What is below one prefix isn't answered by the other document."""
    for number in (1, 2):
        api = install(app, document(f"No. {number}"), prefix=f"/v{number}")
        api.error_handler(partial(answer_number, number))
    install(app, document("Plain"), prefix="/v3")
    assert client.get("/v1/none").text == "1"
    assert client.get("/v2/none").text == "2"
    for accept in ("*/*", "application/json"):
        answer = client.delete("/v3/pets/1", headers={"Accept": accept})
        assert answer.json()["title"] == "Method Not Allowed"


@pytest.mark.parametrize(
    ("options", "shared"),
    [
        ({"prefix": "/v1"}, "GET /v1/docs, GET /v1/openapi.json, GET /v1/openapi.yaml"),
        ({"json_path": "/v1/docs", "yaml_path": None, "docs_path": None}, "/v1/docs"),
    ],
)
def test_paths_in_common(app: Application, options: Any, shared: str) -> None:
    """They stop the start, and are named."""
    install(app, document("One", servers=[{"url": "/v1"}]), prefix="/v1")
    with pytest.raises(RuntimeError, match="both have") as raised:
        app.install(OpenAPI(document("Two", servers=[{"url": "/v2"}]), **options))
    assert shared in str(raised.value)
    assert "give one of them prefix='/v2'" in str(raised.value)
    assert str(raised.value).startswith(
        "<Document 'Two', OpenAPI 3.1> and <Document 'On"
    )


def test_operations_in_common(app: Application) -> None:
    """So do operations with one method and one shape of the path."""
    install(app, document("One"))
    paths = {f"/{name}/{{id}}": {"get": {"parameters": [NODE]}} for name in "abcdefg"}
    raw = document("Two", paths={**document("Two")["paths"]})
    raw["paths"]["/pets/{id}"]["get"]["operationId"] = "other"
    with pytest.raises(RuntimeError, match=r"both have GET /pets/\{\}: give"):
        app.install(OpenAPI(raw, json_path=None, yaml_path=None, docs_path=None))
    many = OpenAPI(document("Many", paths=paths), prefix="/m", **UNCHECKED)
    app.install(many)
    with pytest.raises(RuntimeError, match="and 5 more"):
        app.install(OpenAPI(document("Many", paths=paths), prefix="/m", **UNCHECKED))


UNCHECKED: Json = {"check": "off", "check_document": False}


@pytest.mark.parametrize("prefix", ["v1", "/", "/v1/"])
def test_wrong_prefix(prefix: str) -> None:
    """A prefix begins with a slash, and has none at its end."""
    with pytest.raises(ValueError, match="prefix is"):
        OpenAPI(document("One"), prefix=prefix)


def test_files(tmp_path: Path, documents: Path) -> None:
    """A file with a prefix is served with its server, also when it is read again."""
    path = tmp_path / "shop.yaml"
    shutil.copy(documents / "shop.yaml", path)
    text = path.read_text().replace("servers:", "x-servers:")
    path.write_text(text)
    read = Document(path, check=False)
    read.place("/v1/openapi.json", "/v1")
    for each in (read, read.read_again()):
        assert each.raw["servers"] == [{"url": "/v1"}]
        assert b"url: /v1" in each.to_yaml()
    assert "Neighbour" in repr(OpenAPI(read, **UNCHECKED).neighbour)


def test_reading_again(app: Application, client: Client, tmp_path: Path) -> None:
    """A document that has changed leaves the routes of the others alone."""
    path = tmp_path / "two.json"
    path.write_text(json.dumps(document("Two", "boolean")))
    app.debug = True
    install(app, document("One"))
    api = OpenAPI(path, prefix="/v2")
    api.operation("pet")(two(lambda req, _: {"Two": req.api.query.get("limit")}))
    app.install(api)
    path.write_text(json.dumps(document("Two", "string")))
    os.utime(path, (1, 1))
    assert client.get("/pets/7?limit=1").json() == {"One": 1}
    assert client.get("/v2/pets/7?limit=x").json() == {"Two": "x"}


APPLICATION = """
from poorwsgi_core import Application
from poorwsgi_openapi import OpenAPI

app = Application("several")
for number in (1, 2):
    app.install(OpenAPI({
        "openapi": "3.1.1", "info": {"title": f"No. {number}", "version": "1"},
        "paths": {"/a": {"get": {"responses": {"200": {"description": "ok"}}}}},
    }, prefix=f"/v{number}", mock="missing"))
"""


def test_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It checks all, and exports the one that is named."""
    (tmp_path / "several.py").write_text(APPLICATION)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    try:
        assert main(["check", "several"]) == 0
        assert capsys.readouterr().out == "1 operation, 0 errors, 0 warnings\n" * 2
        assert main(["export", "several", "--prefix", "/v2"]) == 0
        assert "No. 2" in capsys.readouterr().out
        for options in ([], ["--prefix", "/v3"]):
            assert main(["export", "several", *options]) == 2
            assert "prefixes '/v1', '/v2': name one" in capsys.readouterr().err
    finally:
        del sys.modules["several"]
