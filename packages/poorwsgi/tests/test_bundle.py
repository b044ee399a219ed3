"""The documented names and paths of the bundle."""

import importlib
import subprocess
import sys
from importlib.metadata import requires, version
from unittest import mock

import pytest

import poorwsgi
import poorwsgi_core
import poorwsgi_core.response
from poorwsgi_core.testing import Client

WHOLE = {
    "aes_session": "poorwsgi_auth.sessions.aes_session",
    "digest": "poorwsgi_auth.digest.digest",
    "fieldstorage": "poorwsgi_forms.form.fieldstorage",
    "headers": "poorwsgi_core.http.headers",
    "openapi_wrapper": "poorwsgi_openapi.openapi_wrapper",
    "response": "poorwsgi_core.response",
    "results": "poorwsgi_core.results",
    "session": "poorwsgi_auth.sessions.session",
    "state": "poorwsgi_core.state",
}
ON_FIRST_USE = {"aes_session", "digest", "openapi_wrapper"}
SUBMODULES = [*(set(WHOLE) - ON_FIRST_USE), "request", "wsgi"]


def test_all_has_the_four_documented_names() -> None:
    """``from poorwsgi import *`` brings exactly four names."""
    expected = ["Application", "abort", "make_response", "redirect"]
    assert poorwsgi.__all__ == expected


def test_import_of_the_package_makes_submodules_attributes() -> None:
    """After ``import poorwsgi`` its submodules can be used without more imports."""
    code = f"import poorwsgi; print(*[hasattr(poorwsgi, n) for n in {SUBMODULES}])"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert answer.stdout.split() == ["True"] * len(SUBMODULES)


@pytest.mark.parametrize("name", WHOLE)
def test_documented_path_is_the_module_of_its_part(name: str) -> None:
    """A module that one part implements whole is one object under both paths."""
    documented = importlib.import_module(f"poorwsgi.{name}")
    assert documented is importlib.import_module(WHOLE[name])


@pytest.mark.parametrize("name", WHOLE)
def test_documented_path_is_an_attribute_of_the_package(name: str) -> None:
    """``from poorwsgi import response`` gives the same object as the import."""
    assert getattr(poorwsgi, name) is importlib.import_module(f"poorwsgi.{name}")


@pytest.mark.parametrize("name", WHOLE)
def test_documented_path_may_be_imported_first(name: str) -> None:
    """A program whose first import is the documented path gets the part's module."""
    code = (
        f"import poorwsgi.{name} as a; from poorwsgi import {name} as b; "
        f"import {WHOLE[name]} as c; print(a is b is c)"
    )
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert answer.stdout == "True\n"


def test_patch_through_the_documented_path_takes_effect_in_core() -> None:
    """A name replaced in ``poorwsgi.response`` is replaced for the framework."""
    with mock.patch("poorwsgi.response.make_response") as replaced:
        assert poorwsgi_core.response.make_response is replaced


@pytest.mark.parametrize("name", ["abort", "make_response", "redirect"])
def test_functions_are_those_of_core(name: str) -> None:
    """The functions of the package are core's own."""
    assert getattr(poorwsgi, name) is getattr(poorwsgi_core, name)


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("BaseResponse", "poorwsgi_core"),
        ("Extension", "poorwsgi_core"),
        ("HTTPException", "poorwsgi_core"),
        ("Headers", "poorwsgi_core"),
        ("Request", "poorwsgi.request"),
        ("Response", "poorwsgi_core"),
        ("Routes", "poorwsgi.wsgi"),
        ("SimpleRequest", "poorwsgi_core"),
    ],
)
def test_names_of_the_guide(name: str, module: str) -> None:
    """What the guide imports from core comes from the bundle too, beside __all__."""
    assert getattr(poorwsgi, name) is getattr(importlib.import_module(module), name)
    assert name not in poorwsgi.__all__


def test_routes_of_the_bundle() -> None:
    """A group of the bundle is one of core; its handlers get the bundle's Request."""
    api = poorwsgi.Routes("/api")

    @api.post("/sum")
    def add(req: poorwsgi.Request) -> str:
        return str(sum(req.form.getlist("n", func=int)))

    app = poorwsgi.Application("bundle with a group")
    app.install(api)
    assert isinstance(api, poorwsgi_core.Routes)
    assert Client(app).post("/api/sum", form={"n": [1, 2]}).text == "3"


def test_application_is_the_one_of_wsgi_module() -> None:
    """``poorwsgi.Application`` and ``poorwsgi.wsgi.Application`` are one class."""
    assert poorwsgi.Application is poorwsgi.wsgi.Application


def test_application_is_an_application_of_core() -> None:
    """Whatever accepts core's application accepts the bundle's."""
    assert issubclass(poorwsgi.Application, poorwsgi_core.Application)


def test_request_is_a_request_of_core() -> None:
    """Whatever accepts core's request accepts the bundle's."""
    assert issubclass(poorwsgi.request.Request, poorwsgi_core.Request)


@pytest.mark.parametrize(
    ("name", "path"),
    [("request", "poorwsgi_core.request"), ("wsgi", "poorwsgi_core.application")],
)
def test_modules_of_the_bundle_hand_on_all_names_of_core(name: str, path: str) -> None:
    """Nothing that core documents is missing from the bundle's own modules."""
    core = importlib.import_module(path)
    bundle = importlib.import_module(f"poorwsgi.{name}")
    assert [n for n in core.__all__ if not hasattr(bundle, n)] == []


@pytest.mark.parametrize(
    "part", ["poorwsgi-auth", "poorwsgi-core", "poorwsgi-forms", "poorwsgi-openapi"]
)
def test_part_is_pinned_and_installed_in_the_version_of_the_bundle(part: str) -> None:
    """All distributions are released together, under one version."""
    ours = version("poorwsgi")
    assert (version(part), f"{part}=={ours}" in (requires("poorwsgi") or [])) == (
        ours,
        True,
    )


def test_forms_and_json_are_there() -> None:
    """The bundle's requests have the bodies of poorwsgi-forms."""
    app = poorwsgi.Application("bundle with bodies")

    @app.route("/sum", poorwsgi.state.METHOD_POST)
    def add(req: poorwsgi.request.Request) -> dict[str, int]:
        return {"sum": sum(req.form.getlist("n", func=int)) + len(req.json)}

    answer = Client(app).post("/sum", form={"n": [1, 2, 3]})
    assert answer.json() == {"sum": 6}


def test_documented_names_of_requests() -> None:
    """Classes and functions that stand at ``poorwsgi.request``."""
    names = ["JsonDict", "JsonList", "parse_json_request", "EmptyForm", "FieldStorage"]
    assert set(names) <= set(poorwsgi.request.__all__)


def test_form_and_user_are_there_in_one_request() -> None:
    """Forms and authentication work together on the requests of the bundle."""
    app = poorwsgi.Application("bundle with users")
    app.secret_key = b"0" * 32

    @app.route("/login", poorwsgi.state.METHOD_POST)
    def login(req: poorwsgi.request.Request) -> poorwsgi.response.Response:
        cookie = poorwsgi.session.PoorSession(app.secret_key)
        cookie.data["user"] = req.form.getfirst("user")
        response = poorwsgi.response.RedirectResponse("/")
        cookie.header(response)
        return response

    @app.route("/")
    def show(req: poorwsgi.request.Request) -> str:
        cookie = poorwsgi.session.PoorSession(app.secret_key)
        cookie.load(req.cookies)
        return str(cookie.data["user"])

    client = Client(app)
    sent = client.post("/login", form={"user": "jana"}).headers["Set-Cookie"]
    answer = client.get("/", headers={"Cookie": sent.partition(";")[0]})
    assert (answer.text, answer.headers["Vary"]) == ("jana", "Cookie")


def test_import_is_light() -> None:
    """What a part needs from elsewhere waits until the part is used."""
    code = "import sys, poorwsgi; print(*sys.modules)"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    loaded = answer.stdout.split()
    heavy = ["cryptography", "openapi_core", "redis", "poorwsgi.digest", "sqlite3"]
    heavy += ["poorwsgi_auth.digest.digest", "poorwsgi_auth.sessions.session"]
    heavy += ["poorwsgi.results", "poorwsgi.session"]
    assert [name for name in heavy if name in loaded] == []


def test_unknown_name_is_an_attribute_error() -> None:
    """A name that the package does not have says so, with the module's name."""
    with pytest.raises(AttributeError, match=r"'poorwsgi'.*'missing'"):
        getattr(poorwsgi, "missing")  # noqa: B009 - unknown to checkers


@pytest.mark.parametrize("name", ["results", "session"])
def test_module_is_an_attribute_before_its_import(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``poorwsgi.session`` needs no import of its own, and costs none before."""
    monkeypatch.delattr(poorwsgi, name, raising=False)
    assert getattr(poorwsgi, name) is importlib.import_module(f"poorwsgi.{name}")
