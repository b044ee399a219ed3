"""Sequences of items: divided, checked one by one, in requests and answers."""

import logging
from collections.abc import Iterable
from typing import Any

import pytest
from lambdas import one

from poorwsgi_core import Application
from poorwsgi_core.response import GeneratorResponse
from poorwsgi_core.state import METHOD_GET, METHOD_POST
from poorwsgi_core.testing import Answer, Client
from poorwsgi_openapi import OpenAPI
from poorwsgi_openapi.checks.engine import Engine, Purse
from poorwsgi_openapi.checks.media import MediaPlan
from poorwsgi_openapi.checks.sequences import ItemError, Splitter, build_media
from poorwsgi_openapi.document.document import Document

LINES = "application/jsonl"
EVENTS = "text/event-stream"
ITEM = {
    "type": "object",
    "required": ["on"],
    "properties": {"on": {"type": "string", "format": "date"}},
}
DATA = {"type": "object", "properties": {"data": {"type": "string", "maxLength": 3}}}
GOOD, BAD = b'{"on": "2026-01-31"}\n', b'{"on": 1}\n'


def document(media: Any, kind: str = LINES) -> dict[str, Any]:
    """Build a document whose POST takes, and whose GET gives, these items."""
    content = {"content": {kind: media}}
    answer = {"200": {"description": "ok"}}
    return {
        "openapi": "3.2.0",
        "info": {"title": "A", "version": "1"},
        "paths": {
            "/a": {
                "post": {
                    "requestBody": {"required": True, **content},
                    "responses": answer,
                },
                "get": {"responses": {"200": {"description": "ok", **content}}},
            }
        },
    }


def split(kind: str, pieces: Iterable[bytes], most: int | None = None) -> list[Any]:
    """Return the items of octets that come in pieces."""
    splitter = Splitter(kind, most)
    found = [item for piece in pieces for item in splitter.feed(piece)]
    return [*found, *splitter.finish()]


@pytest.mark.parametrize(
    ("kind", "raw", "items"),
    [
        (LINES, b'{"a": 1}\r\n\n"x"', [{"a": 1}, "x"]),
        (LINES, b"", []),
        ("application/json-seq", b"\x1e1\n\x1e[2]\n", [1, [2]]),
        (
            EVENTS,
            b"data: a\ndata:b\r\n\r\nid: 5\r\rretry: 7\n\n",
            [{"data": "a\nb"}, {"id": "5"}, {"retry": 7}],
        ),
        (
            EVENTS,
            b"\xef\xbb\xbf: kept alive\n\nevent: e\nodd: 1\nretry: x\ndata",
            [{"event": "e", "data": ""}],
        ),
    ],
)
def test_items_are_divided(kind: str, raw: bytes, items: list[Any]) -> None:
    """The items are the same, however the octets come."""
    assert split(kind, [raw]) == items
    assert split(kind, (raw[i : i + 1] for i in range(len(raw)))) == items


def test_broken_items() -> None:
    """An item that can't be read is named by its number, and so is a large one."""
    with pytest.raises(ItemError, match="Item 1 can't be read") as broken:
        split(LINES, [b"1\n{\n"])
    assert not broken.value.is_large
    for pieces in ([b"1\n", b"2" * 9], [b"1\n" + b"2" * 9 + b"\n"]):
        with pytest.raises(ItemError) as large:
            split(LINES, pieces, 8)
        assert (large.value.index, large.value.is_large) == (1, True)


def test_purse_grows_with_the_octets() -> None:
    """The first 64 KiB have the steps of the setting, and others as many."""
    purse = Purse(100)
    for size, left in ((65_536, 100), (32_768, 150), (32_768, 200)):
        purse.add(size)
        assert purse.left == left


@pytest.mark.parametrize(
    ("kind", "media", "is_items"),
    [
        (LINES, {"itemSchema": ITEM}, True),
        (LINES, {"schema": {"type": "array"}}, True),
        (LINES, {"schema": {"type": "string"}}, False),
        ("application/json", {"itemSchema": ITEM}, False),
    ],
)
def test_what_is_a_sequence(kind: str, media: Any, is_items: bool) -> None:
    """Media type and schema tell; a text is a text."""
    raw = Document(document(media, kind), check=False)
    keys = ("paths", "/a", "post", "requestBody", "content", kind)
    plan = build_media(Engine(raw).request, kind, media, keys)
    assert (plan.reading == "items", type(plan) is not MediaPlan) == (is_items,) * 2


# --- requests ------------------------------------------------------------------------


def post(app: Application, media: Any, body: Any, **options: Any) -> Answer:
    """Send items to a handler that lists them."""

    def handler(req: Any) -> Any:
        return {"items": [str(item) for item in req.api.body]}

    app.set_route("/a", handler, METHOD_POST)
    app.set_route("/a", handler, METHOD_GET)
    app.install(OpenAPI(document(media), check_document=False, **options))
    return Client(app).post("/a", body=body, headers={"Content-Type": LINES})


@pytest.mark.parametrize(
    "media", [{"itemSchema": ITEM}, {"itemSchema": ITEM, "schema": {"type": "array"}}]
)
def test_items_of_a_request(app: Application, media: Any) -> None:
    """Each is a typed value, whether they are read one by one or all at once."""
    answer = post(app, media, GOOD * 2)
    expected = "{'on': datetime.date(2026, 1, 31)}"
    assert answer.json() == {"items": [expected] * 2}


def test_a_request_may_have_no_items(app: Application) -> None:
    """Nothing is a sequence of nothing, unless the whole has to be more."""
    assert post(app, {"itemSchema": ITEM}, b"").json() == {"items": []}
    other, least = Application(f"{app.name} of some"), {"minItems": 1}
    media = {"schema": {"type": "array", **least}, "itemSchema": ITEM}
    assert post(other, media, b"").json()["errors"][0]["code"] == "minItems"


def test_list_without_a_schema_of_items(app: Application) -> None:
    """The schema of the whole is that of a list."""
    media = {"schema": {"type": "array", "anyOf": [{"maxItems": 2}]}}
    assert post(app, media, b"1\n2\n").json() == {"items": ["1", "2"]}
    answer = Client(app).post("/a", body=b"1\n2\n3", headers={"Content-Type": LINES})
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("", "anyOf")


@pytest.mark.parametrize("whole", [{}, {"schema": {"type": "array"}}])
@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [(GOOD + BAD, "/1/on", "type"), (GOOD + b"{", "/1", "format")],
)
def test_wrong_items(
    app: Application,
    caplog: pytest.LogCaptureFixture,
    whole: Any,
    body: bytes,
    pointer: str,
    code: str,
) -> None:
    """One that is wrong is refused with its place, also while the handler runs."""
    answer = post(app, {"itemSchema": ITEM, **whole}, body)
    (record,) = (each for each in caplog.records if each.levelname == "WARNING")
    expected = f"400 - Bad Request: POST /a (-): body {pointer} {code}"
    assert record.getMessage() == expected
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    (fault,) = answer.json()["errors"]
    assert (fault["in"], fault["pointer"], fault["code"]) == ("body", pointer, code)


def test_browser_gets_a_page(app: Application) -> None:
    """It says what is wrong."""
    post(app, {"itemSchema": ITEM}, b"")
    headers = {"Content-Type": LINES, "Accept": "text/html"}
    answer = Client(app).post("/a", body=BAD, headers=headers)
    assert answer.status_code == 400
    assert "The request body is invalid" in answer.text
    assert "<td><code>/0/on</code></td>" in answer.text


def test_large_items(app: Application) -> None:
    """The size of an item is limited, that of the body isn't."""
    answer = post(app, {"itemSchema": ITEM}, GOOD * 5, max_body_size=40)
    assert answer.status_code == 200
    long = b'{"on": "' + b"x" * 50 + b'"}\n'
    answer = Client(app).post("/a", body=long, headers={"Content-Type": LINES})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "size")


def test_costly_items(app: Application) -> None:
    """They have the steps of a body together."""
    item = {"anyOf": [{"type": "integer"}]}
    answer = post(app, {"itemSchema": item}, b"1\n" * 20, max_validation_steps=30)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "cost")


# --- answers -------------------------------------------------------------------------


def get(app: Application, chunks: Any, kind: str = LINES, **options: Any) -> Client:
    """Build a client of a stream."""
    item = DATA if kind == EVENTS else ITEM
    handler = one(lambda _: GeneratorResponse(iter(chunks), kind))
    app.set_route("/a", handler)
    app.set_route("/a", handler, METHOD_POST)
    raw = document({"itemSchema": item}, kind)
    app.install(OpenAPI(raw, check_document=False, **options))
    return Client(app)


@pytest.mark.parametrize("mode", ["log", "raise"])
def test_streams_that_fit(app: Application, mode: Any) -> None:
    """A stream passes as it is."""
    chunks = [b": hello\n\n", b"data: a", b"\n\ndata: b\n\n", b""]
    client = get(app, chunks, EVENTS, validate_responses=mode)
    assert client.get("/a").data == b"".join(chunks)
    assert client.request("HEAD", "/a").status_code == 200


@pytest.mark.parametrize(
    ("bad", "words"), [(BAD, "body /1/on: has to be of"), (b"{\n", "body /1: can't be")]
)
def test_streams_that_differ(
    app: Application, caplog: pytest.LogCaptureFixture, bad: bytes, words: str
) -> None:
    """An item that differs is in the log, once, and the stream goes on."""
    chunks = [GOOD, bad, BAD, GOOD]
    client = get(app, chunks, validate_responses="log")
    with caplog.at_level(logging.ERROR, "poorwsgi"):
        assert client.get("/a").data == b"".join(chunks)
    (record,) = caplog.records
    assert words in record.getMessage()


def test_first_item_that_differs_is_500(app: Application) -> None:
    """Nothing has been sent by then; later the stream breaks off."""
    client = get(app, [BAD], validate_responses="raise")
    assert client.get("/a").status_code == 500


def test_later_item_that_differs(app: Application) -> None:
    """What has an item that differs isn't sent."""
    client = get(app, [GOOD, BAD], validate_responses="raise")
    with pytest.raises(RuntimeError, match="/1/on: has to be of type string"):
        client.get("/a")


def test_items_in_memory(app: Application) -> None:
    """An answer that is no stream is looked at as a whole."""
    app.set_route("/a", one(lambda _: (GOOD + BAD, LINES)))
    app.set_route("/a", one(str), METHOD_POST)
    raw = document({"itemSchema": ITEM})
    app.install(OpenAPI(raw, check_document=False, validate_responses="raise"))
    assert Client(app).get("/a").status_code == 500
