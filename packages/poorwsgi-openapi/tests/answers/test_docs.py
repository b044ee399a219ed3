"""Facts about what is answered at ``/docs``."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_core import Application
from poorwsgi_core.testing import Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.answers.docs_page.assets import find_assets

PET: dict[str, Any] = {
    "openapi": "3.1.1",
    "info": {"title": "Pets & more", "version": "1"},
    "paths": {"/pets": {"get": {"responses": {"200": {"description": "ok"}}}}},
}


def install(app: Application, **options: Any) -> Client:
    """Install the extension for a small document."""
    app.install(OpenAPI(PET, check="off", **options))
    return Client(app)


def test_page(app: Application) -> None:
    """The page has its policy, and its commands call this host."""
    client = install(app)
    answer = client.get("https://api.shop.example:8443/docs")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "curl https://api.shop.example:8443/pets" in answer.text
    assert "curl http://localhost/pets" in client.get("/docs").text


def test_host_that_is_no_host(app: Application) -> None:
    """A host that a client makes up gets into no command."""
    answer = install(app).get("/docs", HTTP_HOST="a';id;'b")
    assert "a';id" not in answer.text
    assert ";id;" not in answer.text


def test_page_is_made_again_for_another_mount_point(app: Application) -> None:
    """Links are below the prefix that the application is mounted at."""
    client = install(app)
    assert 'href="/openapi.json"' in client.get("/docs").text
    mounted = client.get("/docs", SCRIPT_NAME="/api")
    assert 'href="/api/openapi.yaml"' in mounted.text


def test_paths_that_are_off(app: Application) -> None:
    """A document that isn't served isn't linked; a page that is off is none."""
    client = install(app, json_path=None, yaml_path=None, docs_path="/help")
    text = client.get("/help").text
    assert "openapi.json" not in text
    assert client.get("/docs").status_code == 404


def test_conditions(app: Application) -> None:
    """The page is known by its entity tag."""
    client = install(app)
    etag = client.get("/docs").headers["ETag"]
    answer = client.get("/docs", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert client.head("/docs", headers={"If-None-Match": etag}).status_code == 304
    failed = client.get("/docs", headers={"If-Match": '"other"'})
    assert failed.status_code == 412


FILES = {
    "swagger": ("swagger-ui-bundle.js", "swagger-ui.css"),
    "redoc": ("redoc.standalone.js",),
    "scalar": ("scalar.standalone.js",),
}


def write(folder: Path, viewer: str) -> None:
    """Write stand-ins for the files of a viewer."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES[viewer]:
        (folder / name).write_text(f"/* {name} */", "utf-8")


@pytest.mark.parametrize("viewer", FILES)
def test_viewer_of_a_folder(app: Application, tmp_path: Path, viewer: str) -> None:
    """A viewer is shown from the files of a folder, and from nowhere else."""
    write(tmp_path, viewer)
    client = install(app, docs_assets=str(tmp_path))
    answer = client.get("/docs")
    assert "<title>Pets &amp; more</title>" in answer.text
    assert "/openapi.json" in answer.text
    assert "//" not in answer.text.replace("<!--", "")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    for name in FILES[viewer]:
        assert f"/docs?file={name}" in answer.text
        file = client.get(f"/docs?file={name}")
        assert file.text == f"/* {name} */"
        assert file.headers["X-Content-Type-Options"] == "nosniff"
    started = client.get("/docs?file=start.js")
    assert started.status_code == (200 if viewer == "swagger" else 404)
    assert client.get("/docs?file=../../etc/passwd").status_code == 404
    assert client.get("/docs?other=1").text == answer.text


def test_viewer_may_call_the_servers(app: Application, tmp_path: Path) -> None:
    """A viewer connects to this site and to the servers, and to nobody else."""
    write(tmp_path, "scalar")
    servers = [{"url": "https://a.b:1/v1"}, {"url": "/v2"}, {"url": "https://x;y"}]
    api = OpenAPI({**PET, "servers": servers}, check="off", docs_assets=str(tmp_path))
    app.install(api)
    policy = Client(app).get("/docs").headers["Content-Security-Policy"]
    assert "; connect-src 'self' https://a.b:1 https://x; base-uri" in policy


def test_viewer_without_a_served_document(app: Application, tmp_path: Path) -> None:
    """A viewer looks where the document is by default."""
    write(tmp_path, "redoc")
    client = install(app, docs_assets=str(tmp_path), json_path=None)
    assert 'spec-url="/openapi.json"' in client.get("/docs").text


def test_viewer_of_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that has the files is found, and not imported."""
    package = tmp_path / "fastapi_offline"
    (package / "static").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    write(tmp_path / "flask_openapi3_redoc/templates/redoc/js", "redoc")
    (tmp_path / "flask_openapi3_redoc/__init__.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    find_assets.cache_clear()
    assets = find_assets("redoc")
    assert [*assets.files] == ["redoc.standalone.js"]
    assert not {"fastapi_offline", "flask_openapi3_redoc"} & set(sys.modules)


@pytest.mark.parametrize("where", ["swagger", "/nowhere"])
def test_viewer_that_is_not_there(where: str) -> None:
    """The message says what is missing and what to do."""
    find_assets.cache_clear()
    with pytest.raises(ValueError, match=r"docs_assets='.*swagger-ui-bundle\.js"):
        find_assets(where)
