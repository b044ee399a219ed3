"""Facts about the application of this package."""

from datetime import date
from typing import Any

import msgspec
import orjson
import pytest

import poorwsgi_core
from poorwsgi_core.response import JSONResponse
from poorwsgi_core.state import METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_forms import Application, Limits, Request


@pytest.mark.parametrize(
    ("setting", "default"),
    [
        ("auto_form", True),
        ("auto_json", True),
        (
            "json_mime_types",
            [
                "application/json",
                "application/javascript",
                "application/merge-patch+json",
            ],
        ),
        (
            "form_mime_types",
            ["application/x-www-form-urlencoded", "multipart/form-data"],
        ),
        ("file_callback", None),
        ("strict_json", True),
        ("keep_blank_values", 0),
        ("strict_parsing", 0),
        ("max_form_parts", 1000),
        ("max_form_files", 100),
        ("max_form_memory_size", 500_000),
        ("max_json_size", 2_621_440),
        ("max_content_length", None),
    ],
)
def test_default_of_setting(app: Application, setting: str, default: object) -> None:
    """Each setting has its documented default."""
    assert getattr(app, setting) == default


@pytest.mark.parametrize("setting", ["auto_form", "auto_json", "strict_json"])
@pytest.mark.parametrize(
    ("value", "expected"), [(0, False), (1, True), ("Off", False), ("On", True)]
)
def test_switches_become_bool(
    app: Application, setting: str, value: object, expected: bool
) -> None:
    """A switch takes what is true or false, and text that says so."""
    setattr(app, setting, value)
    assert getattr(app, setting) is expected


@pytest.mark.parametrize(
    "setting", ["max_form_parts", "max_form_files", "max_form_memory_size"]
)
def test_limit_can_be_switched_off(app: Application, setting: str) -> None:
    """A limit set to None is off."""
    setattr(app, setting, None)
    assert getattr(app.form_limits(), setting) is None


@pytest.mark.parametrize("setting", ["max_form_files", "max_json_size"])
def test_limit_cannot_be_negative(app: Application, setting: str) -> None:
    """A negative limit is a mistake, and says which setting has it."""
    with pytest.raises(ValueError, match=f"{setting}: .*None switches it off"):
        setattr(app, setting, -1)


def test_limits_of_a_form_are_the_settings(app: Application) -> None:
    """The parser's limits are those of the application, as they stand."""
    app.max_form_parts, app.max_form_files, app.max_form_memory_size = 3, 2, 1
    assert app.form_limits() == Limits(3, 2, 1)


def test_parser_has_the_same_defaults(app: Application) -> None:
    """A parser of one's own has the limits that an application has."""
    assert Limits() == app.form_limits()


def test_mime_types_are_live_and_its_own(app: Application, name: str) -> None:
    """The lists may be changed in place, and no other application sees it."""
    other = Application(f"{name} 2")
    app.json_mime_types.append("text/json")
    app.form_mime_types.append("multipart/related")
    assert (app.json_mime_types[-1], app.form_mime_types[-1]) == (
        "text/json",
        "multipart/related",
    )
    assert "text/json" not in other.json_mime_types
    assert "multipart/related" not in other.form_mime_types


def test_requests_are_of_this_package(app: Application) -> None:
    """Handlers get a Request with form and JSON."""
    kinds: list[type] = []
    app.set_route("/", lambda req: kinds.append(type(req)))
    Client(app).get("/")
    assert kinds == [Request]
    assert isinstance(app, poorwsgi_core.Application)


@pytest.mark.parametrize("loads", [orjson.loads, msgspec.json.decode])
@pytest.mark.parametrize(
    ("raw", "status", "text"),
    [
        (b'{"a": [1, 2.5, "\xc4\x8d", null]}', "200", "{'a': [1, 2.5, 'č', None]}"),
        (b"[1, 2]", "200", "[1, 2]"),
        (b"{", "400", "Invalid JSON"),
        (b"[NaN]", "400", "Invalid JSON"),
        (b'"\xff"', "400", "Invalid JSON"),
        (b"[" * 100_000, "400", "Invalid JSON"),
    ],
)
def test_other_decoders_of_json(
    app: Application, loads: Any, raw: bytes, status: str, text: str
) -> None:
    """json_loads takes orjson and msgspec; what they refuse is 400 as well."""
    app.json_loads = loads
    app.set_route("/", lambda req: (str(req.json), "text/plain"), METHOD_POST)
    answer = Client(app).post("/", body=raw, CONTENT_TYPE="application/json")
    assert answer.status[:3] == status
    assert text in answer.text


def test_objects_of_other_decoders_have_the_access_methods(
    app: Application, client: Client
) -> None:
    """Whatever decodes it, an object has getfirst and an array getlist."""
    app.json_loads = orjson.loads
    app.set_route("/", lambda req: str(req.json.getlist("a", func=str)), METHOD_POST)
    answer = client.post("/", json={"a": [1, 2]})
    assert answer.text == "['1', '2']"


@pytest.mark.parametrize(
    ("dumps", "loads"),
    [
        (orjson.dumps, orjson.loads),
        (msgspec.json.encode, msgspec.json.decode),
    ],
    ids=["orjson", "msgspec"],
)
@pytest.mark.parametrize("kind", [dict, JSONResponse])
def test_other_encoders_of_json(
    app: Application, client: Client, dumps: Any, loads: Any, kind: Any
) -> None:
    """What the standard library can't encode, they can, there and back."""
    app.json_dumps, app.json_loads = dumps, loads
    day, text = date(2026, 11, 24), "č"
    app.set_route("/", lambda req: kind(day=day, sent=req.json["sent"]), METHOD_POST)
    answer = client.post("/", json={"sent": text})
    assert answer.data == '{"day":"2026-11-24","sent":"č"}'.encode()
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("loads", [orjson.loads, msgspec.json.decode])
def test_json_as_is_strict_with_other_decoders(
    app: Application, client: Client, loads: Any
) -> None:
    """json_as refuses what json_loads refuses, and makes types of the rest."""
    app.json_loads = loads
    app.set_route("/", lambda req: str(req.json_as(list[float])), METHOD_POST)
    assert client.post("/", json=[1, 2.5]).text == "[1.0, 2.5]"
    broken = client.post("/", body=b"[NaN]", CONTENT_TYPE="application/json")
    assert broken.status_code == 400
    assert client.post("/", json=["x"]).status_code == 422


@pytest.mark.parametrize("dumps", [orjson.dumps, msgspec.json.encode])
def test_wrong_places_are_told_by_other_encoders(
    app: Application, client: Client, dumps: Any
) -> None:
    """The answer of json_as is encoded by json_dumps too."""
    app.json_dumps = dumps
    app.set_route("/", lambda req: req.json_as(list[int]), METHOD_POST)
    answer = client.post("/", json=["x"])
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b'"pointer":"/0"' in answer.data


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("file_callback", "/var/uploads", "takes a function"),
        ("json_loads", "orjson", "takes a function"),
        ("json_mime_types", "text/json", r"write \['text/json'\]"),
        ("form_mime_types", [1], "names as text"),
    ],
)
def test_settings_refuse_what_is_no_value(
    app: Application, name: str, value: object, reason: str
) -> None:
    """A mistake is told when it is set, not when a body comes."""
    with pytest.raises(TypeError, match=f"^{name}: .*{reason}"):
        setattr(app, name, value)
