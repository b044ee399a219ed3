"""Facts about the request: forms, JSON, types and parts."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast

import pytest

from poorwsgi_core import HTTPException
from poorwsgi_core.request.arguments import EmptyForm
from poorwsgi_core.state import METHOD_ALL, METHOD_POST
from poorwsgi_core.testing import Client
from poorwsgi_forms import (
    Application,
    FieldStorage,
    FieldStorageParser,
    FormError,
    InvalidData,
    JsonDict,
    JsonList,
    Request,
    UnsupportedBody,
)

Build = Callable[..., Request]
Encode = Callable[..., bytes]

URLENCODED = "application/x-www-form-urlencoded"
JSON = "application/json"


@dataclass
class Point:
    """What a body is decoded into."""

    x: int


class Forbidden(BytesIO):
    """A stream that nobody may read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Fail."""
        raise AssertionError("the body was read")


def status_of(function: Callable[[], object]) -> tuple[int, str]:
    """Return status and reason of the HTTPException that a call raises."""
    with pytest.raises(HTTPException) as caught:
        function()
    status, keywords = caught.value.args
    return cast("int", status), str(keywords["error"])


# --- nothing is read that nobody asks for ----------------------------------------


@pytest.mark.parametrize("kind", [URLENCODED, JSON, "multipart/form-data; boundary=B"])
@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/missing", 404)])
def test_body_that_nobody_asks_for_is_not_read(
    app: Application, client: Client, kind: str, path: str, status: int
) -> None:
    """A gigabyte for a handler that doesn't look, or for nobody, stays unread."""
    app.set_route("/", lambda _: "done", METHOD_ALL)
    app.add_before_response(lambda req: setattr(req, "kind", req.mime_type))
    answer = client.post(
        path,
        CONTENT_TYPE=kind,
        CONTENT_LENGTH=str(2**30),
        **{"wsgi.input": Forbidden()},
    )
    assert answer.status_code == status


@pytest.mark.parametrize("kind", [URLENCODED, JSON, "multipart/form-data"])
def test_broken_body_harms_only_who_asks(
    app: Application, client: Client, kind: str
) -> None:
    """A handler that doesn't look at the body can't fail because of it."""
    app.strict_parsing = 1
    app.set_route("/", lambda _: "done", METHOD_ALL)
    assert client.post("/", body=b"{", CONTENT_TYPE=kind).status_code == 200


def test_each_is_parsed_once(build: Build) -> None:
    """Form and JSON are the same object each time."""
    form, json = build(b"a=1", URLENCODED), build(b"{}", JSON)
    assert form.form is form.form
    assert json.json is json.json


# --- forms -----------------------------------------------------------------------


def test_urlencoded_form(build: Build) -> None:
    """An urlencoded body is a form, and no JSON."""
    request = build(b"a=1&b=%C4%8D&a=2", URLENCODED)
    assert isinstance(request.form, FieldStorage)
    assert isinstance(request.json, EmptyForm)
    assert (request.form.getlist("a", func=int), request.form.getfirst("b")) == (
        [1, 2],
        "č",
    )
    assert (request.form.type, request.form.length) == (URLENCODED, 16)


def test_multipart_form(build: Build, encode: Encode) -> None:
    """A multipart body is a form with files, and no JSON."""
    request = build(encode(("a", b"1"), ("f", "x.png", b"content")))
    assert isinstance(request.json, EmptyForm)
    form = cast("FieldStorage", request.form)
    assert (form.getfirst("a", 0, int), form["f"].filename, form["f"].value) == (
        1,
        "x.png",
        b"content",
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
def test_method_does_not_matter(app: Application, client: Client, method: str) -> None:
    """A body is parsed whatever the method is (Q10)."""
    app.set_route("/form", lambda req: req.form.getfirst("a"), METHOD_ALL)
    app.set_route("/json", lambda req: req.json.getfirst("a"), METHOD_ALL)
    answers = (
        client.request(method, "/form", form={"a": "1"}).text,
        client.request(method, "/json", json={"a": "2"}).text,
    )
    assert answers == ("1", "2")


@pytest.mark.parametrize(
    ("kind", "is_form", "is_json"),
    [
        (URLENCODED, True, False),
        ("Application/X-WWW-Form-URLencoded; charset=x", True, False),
        ("application/json", False, True),
        ("APPLICATION/JSON; charset=utf-8", False, True),
        ("application/javascript", False, True),
        ("application/merge-patch+json", False, True),
        ("application/vnd.api+json", False, True),
        ("application/VND.api+JSON", False, True),
        ("text/plain", False, False),
        ("text/json", False, False),
        ("text/x+json", False, False),
        ("application/jsonx", False, False),
        ("", False, False),
    ],
)
def test_types_of_forms_and_json(
    build: Build, kind: str, is_form: bool, is_json: bool
) -> None:
    """Types are compared without case, and +json is JSON (Q5)."""
    form, json = build(b"1=1", kind).form, build(b"1", kind).json
    assert (isinstance(form, FieldStorage), json == 1) == (is_form, is_json)
    assert isinstance(form, EmptyForm) is not is_form


def test_types_can_be_added(app: Application, build: Build) -> None:
    """What stands in the lists is a form, or JSON."""
    app.json_mime_types.append("text/x-json")
    app.form_mime_types.append("multipart/mixed")
    body = b"--B\r\n\r\n1\r\n--B--"
    form = build(body, "multipart/mixed; boundary=B").form
    assert isinstance(form, FieldStorage)
    assert (form.list[0].value, build(b"1", "Text/X-JSON").json) == ("1", 1)


def test_types_can_be_removed(app: Application, build: Build) -> None:
    """What isn't in the lists any more is not parsed."""
    app.json_mime_types.clear()
    app.form_mime_types.clear()
    assert isinstance(build(b"1", JSON).json, EmptyForm)
    assert isinstance(build(b"a=1", URLENCODED).form, EmptyForm)


@pytest.mark.parametrize("kind", [URLENCODED, JSON, "multipart/form-data; boundary=B"])
@pytest.mark.parametrize("variables", [{}, {"CONTENT_LENGTH": "0"}])
def test_no_body_is_no_form(build: Build, kind: str, variables: Any) -> None:
    """Without a body, form and JSON are empty (bar 33)."""
    request = build(b"", kind, **variables)
    assert (type(request.form), dict(request.json)) == (EmptyForm, {})
    assert isinstance(request.json, EmptyForm)


@pytest.mark.parametrize("protocol", ["HTTP/0.9", "HTTP/1.0", "HTTP/1.1"])
def test_body_without_length_is_empty(build: Build, stream: Any, protocol: str) -> None:
    """Without a length there is no body, whatever the protocol (bar 33)."""
    source = stream(b"a=1")
    request = build(b"", URLENCODED, stream=source, SERVER_PROTOCOL=protocol)
    assert (type(request.form), source.sizes) == (EmptyForm, [])


def test_auto_form_off(app: Application, build: Build) -> None:
    """With auto_form off, the form is empty; JSON doesn't care."""
    app.auto_form = False
    assert isinstance(build(b"a=1", URLENCODED).form, EmptyForm)
    assert build(b"1", JSON).json == 1


def test_auto_json_off(app: Application, build: Build) -> None:
    """With auto_json off, JSON is empty; forms don't care."""
    app.auto_json = False
    assert isinstance(build(b"1", JSON).json, EmptyForm)
    assert build(b"a=1", URLENCODED).form.getfirst("a") == "1"


@pytest.mark.parametrize(
    ("setting", "before", "variable", "value", "expected"),
    [
        ("auto_form", True, "poor_AutoForm", "Off", None),
        ("auto_form", False, "poor_AutoForm", "on", {"a": "1"}),
        ("keep_blank_values", 0, "poor_KeepBlankValues", "On", {"a": "1", "b": ""}),
        ("keep_blank_values", 1, "poor_KeepBlankValues", "Off", {"a": "1"}),
        ("strict_parsing", 1, "poor_StrictParsing", "Off", {"a": "1"}),
    ],
)
@pytest.mark.parametrize("where", ["request", "process"])
def test_variables_of_the_server(
    app: Application,
    build: Build,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    setting: str,
    before: object,
    variable: str,
    value: str,
    expected: dict[str, str] | None,
) -> None:
    """Three variables win over the settings (decision 13)."""
    setattr(app, setting, before)
    if where == "process":
        monkeypatch.setenv(variable, value)
    variables = {variable: value} if where == "request" else {}
    form = build(b"a=1&b", URLENCODED, **variables).form
    got = {key: form.getvalue(key) for key in form} if form else None
    assert got == expected


def test_strict_parsing_by_variable(build: Build) -> None:
    """poor_StrictParsing makes a malformed field an error."""
    request = build(b"a=1&b", URLENCODED, poor_StrictParsing="On")
    with pytest.raises(FormError, match="Malformed form"):
        _ = request.form


def test_settings_of_values(app: Application, build: Build) -> None:
    """keep_blank_values and strict_parsing are those of the application."""
    app.keep_blank_values = 1
    assert list(build(b"a=1&b=", URLENCODED).form) == ["a", "b"]
    app.strict_parsing = 1
    assert status_of(lambda: build(b"a", URLENCODED).form)[0] == 400


def test_file_callback_of_the_application(
    app: Application, build: Build, encode: Encode
) -> None:
    """Files go where the application's callback says."""
    files: dict[str, BytesIO] = {}

    def store(filename: str) -> BytesIO:
        return files.setdefault(filename, BytesIO())

    app.file_callback = store
    form = cast("FieldStorage", build(encode(("f", "x.png", b"content"))).form)
    assert (form["f"].file, files["x.png"].getvalue()) == (files["x.png"], b"content")


def test_http_exception_of_the_callback_is_the_answer(
    app: Application, client: Client, encode: Encode, multipart_type: str
) -> None:
    """A callback may refuse a file with a status of its own."""

    def refuse(filename: str) -> BytesIO:
        raise HTTPException(409, error=f"{filename} exists")

    app.file_callback = refuse
    app.set_route("/", lambda req: req.form, METHOD_ALL)
    body = encode(("f", "x.png", b""))
    assert client.post("/", body=body, CONTENT_TYPE=multipart_type).status_code == 409


def test_error_of_the_callback_is_500(
    app: Application, client: Client, encode: Encode, multipart_type: str
) -> None:
    """A callback that fails is an error like any other."""

    def fail(filename: str) -> BytesIO:
        raise RuntimeError(filename)

    app.file_callback = fail
    app.set_route("/", lambda req: req.form, METHOD_ALL)
    body = encode(("f", "x.png", b""))
    assert client.post("/", body=body, CONTENT_TYPE=multipart_type).status_code == 500


def test_form_can_be_set_while_it_is_empty(
    app: Application, build: Build, encode: Encode
) -> None:
    """With auto_form off, a form of one's own takes its place, once."""
    app.auto_form = False
    request: Any = build(encode(("a", b"1")))
    parser = FieldStorageParser(request.input, request.headers)
    request.form = form = parser.parse()
    request.form = EmptyForm()
    assert (request.form is form, parser.bytes_read) == (True, request.content_length)


@pytest.mark.parametrize("chunked", [False, True])
def test_bytes_of_a_form(
    build: Build, encode: Encode, multipart_type: str, chunked: bool
) -> None:
    """A form tells how many bytes it was read from, a field has none."""
    for body, kind in ((encode(("a", b"1")), multipart_type), (b"a=1&b=2", URLENCODED)):
        request: Any = build(body, kind)
        if chunked:
            raw = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
            del request.environ["CONTENT_LENGTH"]
            request.environ["wsgi.input"] = BytesIO(raw)
            request.environ["HTTP_TRANSFER_ENCODING"] = "chunked"
        assert (request.form.bytes_read, request.form["a"].value) == (len(body), "1")
        assert request.form["a"].bytes_read == 0


def test_form_that_was_parsed_stays(build: Build) -> None:
    """A parsed form can't be replaced."""
    request = build(b"a=1", URLENCODED)
    request.form = EmptyForm()
    assert request.form.getfirst("a") == "1"


def test_json_is_read_only(build: Build) -> None:
    """The form of JSON is empty, and its value stays."""
    request = build(b"1", JSON)
    assert (request.json, isinstance(request.form, EmptyForm)) == (1, True)


@pytest.mark.parametrize("order", [("data", "json"), ("json", "data", "json")])
def test_small_json_and_data_in_any_order(build: Build, order: Any) -> None:
    """A body that fits in data_size is there for both (decision 1)."""
    request = build(b'{"a": 1}', JSON)
    for name in order:
        getattr(request, name)
    assert (request.data, request.json) == (b'{"a": 1}', {"a": 1})


def test_small_form_and_data_in_any_order(build: Build, encode: Encode) -> None:
    """A form that fits in data_size leaves the data as they are (decision 1)."""
    body = encode(("a", b"1"))
    first, second = build(body), build(body)
    assert (first.form.getfirst("a"), first.data) == ("1", body)
    assert (second.data, second.form.getfirst("a")) == (body, "1")


@pytest.mark.parametrize("size", [10, 70_000, 300_000])
def test_large_bodies(build: Build, stream: Any, size: int) -> None:
    """Bodies larger than what is kept are parsed as well, from short reads."""
    text = b"x" * size
    form = build(b"a=" + text, URLENCODED, stream=stream(b"a=" + text, 1000)).form
    json = build(b'"%s"' % text, JSON, stream=stream(b'"%s"' % text, 1000)).json
    assert (form.getfirst("a"), json) == (text.decode(), text.decode())


@pytest.mark.parametrize("size", [10, 300_000])
@pytest.mark.parametrize("kind", ["urlencoded", "multipart", "json"])
def test_chunked_bodies(
    build: Build, encode: Encode, multipart_type: str, stream: Any, size: int, kind: str
) -> None:
    """A chunked body is parsed where the server ends it itself."""
    text = b"x" * size
    body, content_type = {
        "urlencoded": (b"a=" + text, URLENCODED),
        "multipart": (encode(("a", text)), multipart_type),
        "json": (b'{"a": "%s"}' % text, JSON),
    }[kind]
    request = build(
        b"",
        content_type,
        stream=stream(body, 1000),
        HTTP_TRANSFER_ENCODING="chunked",
        **{"wsgi.input_terminated": True},
    )
    value = request.json if kind == "json" else request.form
    assert value.getfirst("a") == text.decode()


# --- JSON ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"a": 1}', JsonDict(a=1)),
        (b"[1]", JsonList([1])),
        (b'"a"', "a"),
        (b"1", 1),
        (b"1.5", 1.5),
        (b"true", True),
        (b"null", None),
    ],
)
def test_json_values(build: Build, raw: bytes, expected: object) -> None:
    """JSON is an object or array with access methods, or a scalar."""
    request = build(raw, JSON)
    assert (request.json, type(request.json)) == (expected, type(expected))
    assert isinstance(request.form, EmptyForm)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"NaN",
        b'"\xff"',
        pytest.param(b"[" * 100_000, marks=pytest.mark.needs("stack")),
    ],
)
def test_bad_json_is_400(
    app: Application, build: Build, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Bad JSON is 400 with one WARNING, that of the answer (decision 2)."""
    status, reason = status_of(lambda: build(raw, JSON).json)
    assert (status, reason.startswith("Invalid JSON")) == (400, True)
    assert caplog.records == []
    app.set_route("/", lambda req: req.json, METHOD_POST)
    headers = {"Content-Type": JSON}
    assert Client(app).post("/", body=raw, headers=headers).status_code == 400
    assert [(r.levelno, r.exc_info) for r in caplog.records] == [
        (logging.WARNING, None)
    ]


@pytest.mark.parametrize("how", ["setting", "variable"])
def test_bad_json_can_be_none(
    app: Application, build: Build, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Without strict_json, bad JSON is a WARNING and None (decision 2)."""
    app.strict_json = how != "setting"
    variables = {} if how == "setting" else {"poor_StrictJson": "Off"}
    assert build(b"{", JSON, **variables).json is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_variable_can_make_json_strict(app: Application, build: Build) -> None:
    """poor_StrictJson wins in both directions."""
    app.strict_json = False
    request = build(b"{", JSON, poor_StrictJson="On")
    assert status_of(lambda: request.json)[0] == 400


@pytest.mark.parametrize("strict", [True, False])
def test_json_in_another_charset_is_415(
    app: Application, build: Build, strict: bool
) -> None:
    """Another charset is no bad JSON: it is 415 (bar 54)."""
    app.strict_json = strict
    request = build(b"1", f"{JSON}; charset=iso-8859-2")
    status, reason = status_of(lambda: request.json)
    assert (status, "iso-8859-2" in reason) == (415, True)


def test_json_over_the_limit(app: Application, build: Build, stream: Any) -> None:
    """Larger JSON is 413 by the name of the limit, and isn't read (bar 54)."""
    app.max_json_size = 5
    source = stream(b'"1234"')
    status, reason = status_of(lambda: build(b'"1234"', JSON, stream=source).json)
    assert (status, "max_json_size" in reason, source.sizes) == (413, True, [])
    assert build(b'"123"', JSON).json == "123"


def test_json_without_limit(app: Application, build: Build) -> None:
    """None switches the limit off."""
    app.max_json_size = None
    assert build(b'"%s"' % (b"x" * 3_000_000), JSON).json == "x" * 3_000_000


def test_form_over_the_limit(app: Application, build: Build, stream: Any) -> None:
    """A larger urlencoded form is 413 by the name of the limit (bar 41)."""
    app.max_form_memory_size = 5
    source = stream(b"a=1234")
    status, reason = status_of(lambda: build(b"a=1234", URLENCODED, stream=source).form)
    assert (status, "max_form_memory_size" in reason, source.sizes) == (413, True, [])


# --- JSON as a type --------------------------------------------------------------


@pytest.mark.needs("msgspec")
def test_json_as_a_type(build: Build) -> None:
    """The body becomes an object of the type."""
    assert build(b'{"x": 1}', JSON).json_as(Point) == Point(1)


@pytest.mark.needs("msgspec")
def test_json_as_beside_json(build: Build) -> None:
    """A body that fits in data_size is there for both."""
    request = build(b'{"x": 1}', JSON)
    assert (request.json, request.json_as(Point)) == ({"x": 1}, Point(1))


@pytest.mark.needs("msgspec")
def test_json_as_does_not_need_auto_json(app: Application, build: Build) -> None:
    """Who asks for a type wants the body parsed."""
    app.auto_json = False
    assert build(b'{"x": 1}', JSON).json_as(Point) == Point(1)


@pytest.mark.needs("msgspec")
@pytest.mark.parametrize(
    ("raw", "kind", "error"),
    [
        (b'{"x": "a"}', JSON, InvalidData),
        (b"{", JSON, FormError),
        (b"", JSON, FormError),
        (b'{"x": NaN}', JSON, FormError),
        (b'{"x": 1}', "text/plain", UnsupportedBody),
        (b'{"x": 1}', "", UnsupportedBody),
        (b'{"x": 1}', f"{JSON}; charset=utf-16", UnsupportedBody),
    ],
)
def test_json_as_refuses(build: Build, raw: bytes, kind: str, error: Any) -> None:
    """What doesn't fit is 422, bad JSON 400, another type 415."""
    with pytest.raises(error) as caught:
        build(raw, kind).json_as(Point)
    assert type(caught.value) is error


def test_json_as_says_what_to_send(build: Build) -> None:
    """Clients that forget the Content-Type are told so."""
    with pytest.raises(UnsupportedBody, match="Content-Type: application/json"):
        build(b'{"x": 1}', "").json_as(Point)


def test_json_as_over_the_limit(app: Application, build: Build) -> None:
    """The limit of JSON holds here too."""
    app.max_json_size = 5
    with pytest.raises(HTTPException) as caught:
        build(b'{"x": 1}', JSON).json_as(Point)
    assert caught.value.status_code == 413


@pytest.mark.needs("msgspec")
def test_answer_to_data_that_do_not_fit(app: Application, client: Client) -> None:
    """The client gets the places that are wrong as problem+json."""
    app.set_route("/", lambda req: str(req.json_as(Point)), METHOD_ALL)
    answer = client.post("/", json={"x": "a"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        422,
        "application/problem+json",
    )
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Content",
        "status": 422,
        "errors": [{"pointer": "/x", "message": "Expected `int`, got `str`"}],
    }


# --- parts -----------------------------------------------------------------------


def test_form_parts(build: Build, encode: Encode) -> None:
    """Parts come one after the other with their content."""
    request = build(encode(("a", b"1"), ("f", "x.png", b"content")))
    assert [
        (part.name, part.filename, part.content_type, part.read())
        for part in request.form_parts()
    ] == [("a", None, "text/plain", b"1"), ("f", "x.png", "image/png", b"content")]


def test_form_parts_while_they_arrive(
    build: Build, encode: Encode, stream: Any
) -> None:
    """The first part of a large body is there before the body is."""
    body = encode(("a", b"1"), ("f", "x", bytes(10_000_000)))
    source = stream(body)
    parts: Iterator[Any] = build(body, stream=source).form_parts()
    assert next(parts).name == "a"
    assert sum(source.sizes) < 200_000


@pytest.mark.parametrize("setting", ["auto_form", "auto_data"])
def test_form_parts_do_not_need_settings(
    app: Application, build: Build, encode: Encode, setting: str
) -> None:
    """Parts are handed out whatever is parsed automatically."""
    setattr(app, setting, False)
    request = build(encode(("a", b"1")))
    assert [part.name for part in request.form_parts()] == ["a"]


def test_form_parts_have_the_limits(
    app: Application, build: Build, encode: Encode
) -> None:
    """The limits of a form are those of its parts."""
    app.max_form_parts = 1
    request = build(encode(("a", b"1"), ("b", b"2")))
    assert status_of(lambda: list(request.form_parts()))[0] == 413


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (URLENCODED, 415),
        ("multipart/mixed; boundary=B", 415),
        ("", 415),
        ("multipart/form-data", 400),
        ("Multipart/Form-Data; boundary=B", 400),
    ],
)
def test_form_parts_of_another_body(build: Build, kind: str, status: int) -> None:
    """Another type is 415; no boundary, or none in the body, is 400."""
    request = build(b"a=1", kind)
    assert status_of(lambda: list(request.form_parts()))[0] == status


def test_form_parts_of_another_body_fail_at_once(build: Build) -> None:
    """The type is checked by the call, before anything is iterated."""
    with pytest.raises(UnsupportedBody, match="multipart/form-data"):
        build(b"a=1", URLENCODED).form_parts()
