"""Media types: which one fits, and how a content is read."""

from typing import Any

import openapi_core
import pytest
from lambdas import one

from poorwsgi_core import Application, Response
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.checks.media import MediaKinds, find_reading
from poorwsgi_openapi.document.document import Document

TEXT = {"type": "string"}
BINARY = {"type": "string", "format": "binary"}
OBJECT = {"type": "object", "properties": {"a": {"type": "integer"}}}
OCTETS = b"\x89PNG\xff\x00"
TYPES = (
    *("text/csv", "application/x-yaml", "application/yaml", "application/jwt"),
    *("application/x-ndjson", "application/xml", "text/plain", "text/html"),
)


def api(
    app: Application, content: Any, version: str = "3.1.1", **options: Any
) -> Client:
    """Build a client of an operation that answers with the type of its body."""
    post = {
        "operationId": "post",
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "ok"}},
    }
    raw = {
        "openapi": version,
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"post": post}},
    }
    extension = OpenAPI(raw, **options)

    @extension.operation("post")
    def handle(req: Any) -> dict[str, str]:
        return {"body": repr(req.api.body)}

    assert callable(handle)
    app.install(extension)
    return Client(app)


def send(client: Client, body: bytes, kind: str) -> Answer:
    """Send a body of a type."""
    return client.post("/a", body=body, headers={"Content-Type": kind})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
@pytest.mark.parametrize("kind", TYPES)
def test_texts(app: Application, kind: str, version: str) -> None:
    """Whatever its type, a content whose schema is a text is one."""
    client = api(app, {kind: {"schema": TEXT | {"maxLength": 5}}}, version)
    assert send(client, "á: 1".encode(), kind).json() == {"body": "'á: 1'"}
    latin = f"{kind}; charset=iso-8859-1"
    assert send(client, "á: 1".encode("latin-1"), latin).json() == {"body": "'á: 1'"}
    (fault,) = send(client, b"longer", kind).json()["errors"]
    assert fault["code"] == "maxLength"
    (fault,) = send(client, OCTETS, kind).json()["errors"]
    assert fault["message"] == f"can't be read as {kind}"
    answer = send(client, b"a", f"{kind}; charset=klingon")
    assert answer.status_code == 415


@pytest.mark.parametrize("version", ["3.0.3", "3.1.1", "3.2.0"])
@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("application/octet-stream", {"schema": BINARY}),
        ("application/octet-stream", {"schema": TEXT}),
        ("application/octet-stream", {"schema": {}}),
        ("application/octet-stream", {}),
        ("image/png", {"schema": BINARY}),
        ("image/png", {"schema": {"contentMediaType": "image/png"}}),
        ("application/x-tar", {}),
    ],
)
def test_octets(
    app: Application, kind: str, media: dict[str, Any], version: str
) -> None:
    """Octets are handed on as they are, whichever way the document says so."""
    client = api(app, {kind: media}, version, check_document=False)
    assert send(client, OCTETS, kind).json() == {"body": repr(OCTETS)}


def test_sizes_of_octets(app: Application) -> None:
    """The limits of their schema count bytes."""
    schema = BINARY | {"minLength": 2, "maxLength": 3}
    client = api(app, {"image/png": {"schema": schema}})
    assert send(client, b"abc", "image/png").status_code == 200
    for body, words in ((b"a", "at least 2 bytes"), (b"abcd", "at most 3 bytes")):
        (fault,) = send(client, body, "image/png").json()["errors"]
        assert fault["message"] == f"has to have {words}"


def test_numbers_as_texts(app: Application) -> None:
    """A text is cast to what its schema says."""
    client = api(app, {"text/plain": {"schema": {"type": "integer"}}})
    assert send(client, b"5", "text/plain").json() == {"body": "5"}
    (fault,) = send(client, b"x", "text/plain").json()["errors"]
    assert fault["message"] == "has to be of type integer"


def test_objects_in_unknown_formats_are_415(app: Application) -> None:
    """What nobody can check isn't let in, and the answer names what can be."""
    content = {
        "application/xml": {"schema": OBJECT},
        "application/json": {"schema": OBJECT},
    }
    client = api(app, content)
    answer = send(client, b"<a>1</a>", "application/xml")
    assert (answer.status_code, answer.headers["Accept"]) == (415, "application/json")
    assert send(client, b'{"a": 1}', "application/json").json() == {"body": "{'a': 1}"}


def test_only_unknown_formats(app: Application) -> None:
    """Where there is nothing else, they are named."""
    client = api(app, {"application/yaml": {"schema": OBJECT}})
    answer = send(client, b"a: 1", "application/yaml")
    assert (answer.status_code, answer.headers["Accept"]) == (415, "application/yaml")


def test_formats_of_the_application(app: Application) -> None:
    """A deserialiser in the config reads what we don't."""

    def load(raw: bytes, **_: str) -> dict[str, int]:
        return {"a": int(raw.decode().removeprefix("a: "))}

    extra: Any = {"application/yaml": load}
    config = openapi_core.Config(extra_media_type_deserializers=extra)
    client = api(app, {"application/yaml": {"schema": OBJECT}}, config=config)
    assert send(client, b"a: 1", "application/yaml").json() == {"body": "{'a': 1}"}


@pytest.mark.parametrize("kind", ["*/*", "application/*"])
def test_ranges(app: Application, kind: str) -> None:
    """JSON under a range is JSON; what the schema can't tell is 415."""
    client = api(app, {kind: {"schema": OBJECT}})
    assert send(client, b'{"a": 1}', "application/json").json() == {"body": "{'a': 1}"}
    assert send(client, b'{"a": "x"}', "application/json").status_code == 400
    assert send(client, b"a=1", "application/x-www-form-urlencoded").json() == {
        "body": "{'a': 1}"
    }
    assert send(client, b"a", "application/yaml").status_code == 415
    multipart = "multipart/form-data; boundary=x"
    assert send(client, b"a", multipart).status_code == 415


def test_ranges_without_a_content_type(app: Application) -> None:
    """A body of unknown type is octets (RFC 9110 §8.3)."""
    client = api(app, {"*/*": {}})
    assert client.post("/a", body=b"x").json() == {"body": "b'x'"}
    assert send(client, b"x", "a/b").json() == {"body": "b'x'"}


def test_forms_under_a_range(app: Application) -> None:
    """A multipart form under a range is a form, where somebody parses it."""

    class Field:
        value = "1"
        filename = None

    parser: Any = {"a": Field()}.copy
    client = api(app, {"*/*": {"schema": OBJECT}}, form_parser=one(lambda _: parser()))
    answer = send(client, b"x", "multipart/form-data; boundary=x")
    assert answer.json() == {"body": "{'a': 1}"}


@pytest.mark.parametrize(
    ("kinds", "sent", "found"),
    [
        (["application/json; charset=utf-8"], "application/json", 0),
        (["application/json"], "application/json; charset=utf-8", 0),
        (["a/b;v=1", "a/b;v=2"], "a/b; v=2", 1),
        (["a/b;v=1", "a/b;v=2"], "a/b", 0),
        (["a/b;v=1"], "a/b;v=3", None),
        (["a/b", "a/b;v=1"], "a/b;v=1", 1),
        (["*/*", "a/*", "a/b"], "a/b", 2),
        (["*/*", "a/*", "a/b"], "a/c", 1),
        (["*/*", "a/*", "a/b"], "c/c", 0),
        (["*/*", "a/*"], "", 0),
        (["A/B"], "a/b", 0),
        (["a/b"], "", None),
    ],
)
def test_kind_that_fits_best(kinds: list[str], sent: str, found: int | None) -> None:
    """The most exact one, whose parameters agree as far as both have them."""
    name, _, rest = sent.partition(";")
    key, _, value = rest.strip().partition("=")
    options = {key: value} if key else {}
    expected = None if found is None else kinds[found]
    assert MediaKinds(kinds).find(name, options) == expected


def test_parameters_of_media_types(app: Application) -> None:
    """A version in the type chooses the schema."""
    number = {"schema": {"type": "integer"}}
    content = {"a/b+json;v=1": number, "a/b+json;v=2": {"schema": TEXT}}
    client = api(app, content)
    assert send(client, b"1", "a/b+json;v=1").status_code == 200
    assert send(client, b"1", "a/b+json;v=2").status_code == 400
    assert send(client, b"1", "a/b+json;v=3").status_code == 415


@pytest.mark.parametrize(
    ("media", "reading"),
    [
        ({"schema": {"contentMediaType": "text/csv"}}, "text"),
        ({"schema": {"type": "string", "contentEncoding": "base64"}}, "text"),
        ({"schema": {"oneOf": [BINARY, {"type": "null"}]}}, "octets"),
        ({"schema": {"type": "array"}}, "unreadable"),
    ],
)
def test_readings(media: Any, reading: str) -> None:
    """The schema tells text from octets."""
    document = Document({"openapi": "3.1.1", "info": {}}, check=False)
    assert find_reading(document, "application/x", media) == reading


@pytest.mark.parametrize(
    ("kind", "media", "body", "status"),
    [
        ("text/csv", {"schema": TEXT}, b"a,b", 200),
        ("image/png", {"schema": BINARY}, OCTETS, 200),
        ("image/png", {"schema": BINARY | {"maxLength": 2}}, OCTETS, 500),
        ("*/*", {"schema": OBJECT}, b'{"a": 1}', 200),
        ("*/*", {"schema": OBJECT}, b'{"a": "x"}', 500),
        ("application/xml", {"schema": OBJECT}, b"<a/>", 200),
        ("application/json; charset=utf-8", {"schema": OBJECT}, b'{"a": 1}', 200),
        ("text/csv", {"schema": TEXT}, OCTETS, 500),
    ],
)
def test_answers(
    app: Application, kind: str, media: Any, body: bytes, status: int
) -> None:
    """Answers are read in the same ways; those that can't be are left alone."""
    get = {"responses": {"200": {"description": "ok", "content": {kind: media}}}}
    raw = {
        "openapi": "3.1.1",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"get": get}},
    }
    sent = "application/json" if kind == "*/*" else kind.partition(";")[0]
    app.set_route("/a", lambda _: Response(body, sent))
    app.install(OpenAPI(raw, validate_responses="raise"))
    client = Client(app)
    assert [client.get("/a").status_code for _ in range(2)] == [status, status]
