"""Facts about bodies that are asked for twice, and by whom."""

from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core import HTTPException
from poorwsgi_core.request.arguments import EmptyForm, MissingField
from poorwsgi_core.request.body import IncompleteBody
from poorwsgi_core.state import METHOD_ALL
from poorwsgi_core.testing import Client
from poorwsgi_forms import Application, FormError, Request
from poorwsgi_forms.errors import BodyAlreadyRead

Build = Callable[..., Request]
Encode = Callable[..., bytes]

URLENCODED = "application/x-www-form-urlencoded"
JSON = "application/json"
LARGE = 200_000

READERS: dict[str, Callable[[Any], Any]] = {
    "req.form": lambda req: req.form,
    "req.form_parts()": lambda req: [part.read() for part in req.form_parts()],
    "req.read()": lambda req: req.read(),
    "req.read(5)": lambda req: req.read(5),
    "req.read_chunk()": lambda req: req.read_chunk(),
    "req.input": lambda req: req.input.read(5),
}


@pytest.mark.parametrize("size", [10, LARGE])
@pytest.mark.parametrize("second", ["req.form", "req.form_parts()"])
@pytest.mark.parametrize("first", READERS)
def test_second_reader_of_a_multipart_form(
    build: Build, encode: Encode, stream: Any, first: str, second: str, size: int
) -> None:
    """It is the application's mistake, a RuntimeError that names both."""
    if first == second == "req.form":
        pytest.skip("that is the same form")
    body = encode(("f", "x.png", bytes(size)))
    request = build(body, stream=stream(body))
    READERS[first](request)
    with pytest.raises(BodyAlreadyRead) as caught:
        READERS[second](request)
    by = first if first in ("req.form", "req.form_parts()") else "req.read()"
    assert str(caught.value).startswith(f"{second} can't read the body")
    assert f"read already, by {by}" in str(caught.value)


@pytest.mark.parametrize("kind", [URLENCODED, JSON])
def test_second_reader_of_a_large_body(build: Build, stream: Any, kind: str) -> None:
    """A body that isn't kept is no empty form, and no bad JSON, the second time."""
    body = b'{"a": "%s"}' % (b"x" * LARGE)
    request: Any = build(body, kind, stream=stream(body))
    request.read(10)
    for _ in range(2):
        with pytest.raises(BodyAlreadyRead, match=r"req\.read\(\)"):
            _ = request.json if kind == JSON else request.form


def test_json_twice(build: Build, stream: Any) -> None:
    """What is read stays; only another reader comes too late."""
    body = b'"%s"' % (b"x" * LARGE)
    request: Any = build(body, JSON, stream=stream(body))
    assert request.json is request.json
    with pytest.raises(BodyAlreadyRead, match=r"by req\.json or req\.json_as"):
        request.json_as(str)


def test_application_that_reads_twice_is_500(
    app: Application, client: Client, encode: Encode, multipart_type: str, caplog: Any
) -> None:
    """The client isn't blamed, and the log says what happened."""

    def upload(req: Request) -> str:
        return str(req.form.getfirst("a")) + str([*req.form_parts()])

    app.set_route("/", upload, METHOD_ALL)
    answer = client.post("/", body=encode(("a", b"1")), CONTENT_TYPE=multipart_type)
    assert answer.status_code == 500
    assert "it was read already, by req.form" in caplog.text


def _multipart(encode: Encode) -> bytes:
    return encode(("f", "x.png", bytes(LARGE)))[:-20]


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("kind", "name"), [(URLENCODED, "form"), (JSON, "json"), ("", "form")]
)
def test_error_is_repeated(
    app: Application,
    build: Build,
    encode: Encode,
    stream: Any,
    multipart_type: str,
    kind: str,
    name: str,
    large: bool,
) -> None:
    """Asking again gives the first error again, not another one."""
    app.strict_parsing = 1
    text = b"x" * (LARGE if large else 10)
    body = _multipart(encode) if not kind else b'{"a": "%s' % text
    request = build(body, kind or multipart_type, stream=stream(body, 5000))
    errors: list[HTTPException] = []
    for _ in range(3):
        with pytest.raises(FormError) as caught:
            getattr(request, name)
        errors.append(caught.value)
    assert len({(type(e), e.status_code, str(e)) for e in errors}) == 1
    assert len({id(e) for e in errors}) == 3


def test_error_of_the_stream_is_repeated(build: Build, stream: Any) -> None:
    """One that isn't of this package, and has bases of its own, too."""
    body = b"a=" + b"x" * LARGE
    request = build(body, URLENCODED, stream=stream(body[:-1]))
    seen: set[Any] = set()
    for _ in range(2):
        with pytest.raises(IncompleteBody) as caught:
            _ = request.form
        seen.add((caught.value.status_code, str(caught.value.args)))
    assert len(seen) == 1


@pytest.mark.needs("msgspec")
def test_error_of_a_type_is_repeated(build: Build, stream: Any) -> None:
    """JSON that doesn't fit is 422 the second time as well."""
    body = b'"%s"' % (b"x" * LARGE)
    request = build(body, JSON, stream=stream(body))
    for _ in range(2):
        with pytest.raises(HTTPException) as caught:
            request.json_as(int)
        assert caught.value.status_code == 422


# --- error handlers ---------------------------------------------------------------


@pytest.mark.parametrize("kind", [URLENCODED, JSON, "multipart/form-data; boundary=B"])
@pytest.mark.parametrize("size", [10, LARGE])
def test_error_handlers_get_the_empty_value(
    app: Application, client: Client, kind: str, size: int
) -> None:
    """A body that was refused can't break the pages about it."""
    app.strict_parsing = 1
    body = b"{" + b"x" * size

    @app.route("/", METHOD_ALL)
    def read(req: Request) -> str:
        return str((req.form, req.json))

    @app.http_state(400, METHOD_ALL)
    def bad_request(req: Request) -> Any:
        text = f"{req.form.getfirst('a', 'no')} {req.json.getfirst('a', 'no')}"
        return text, "text/plain", (), 400

    @app.after_response()
    def note(req: Request, response: Any) -> Any:
        response.add_header("X-Form", str(len(req.form) + len(req.json)))
        return response

    answer = client.post("/", body=body, CONTENT_TYPE=kind)
    assert (answer.status_code, answer.text) == (400, "no no")
    assert answer.headers["X-Form"] == "0"


def test_after_handlers_may_look_at_a_streamed_form(
    app: Application, client: Client, encode: Encode, multipart_type: str
) -> None:
    """The form that a handler has streamed is empty to who comes later."""
    app.set_route("/", lambda req: f"{len([*req.form_parts()])}", METHOD_ALL)
    seen: list[Any] = []

    @app.after_response()
    def look(req: Request, response: Any) -> Any:
        seen.append(req.form)
        return response

    answer = client.post("/", body=encode(("a", b"1")), CONTENT_TYPE=multipart_type)
    assert (answer.status_code, answer.text) == (200, "1")
    assert [type(form) for form in seen] == [EmptyForm]


# --- fields that are missing ------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "name", "status"),
    [
        (URLENCODED, b"a=1", "form", 400),
        ("multipart", b"", "form", 400),
        ("text/plain", b"a=1", "form", 400),
        ("", b"", "form", 400),
        (JSON, b'{"a": 1}', "json", 400),
        (JSON, b"[1]", "json", 400),
        (JSON, b"", "json", 400),
        ("text/plain", b'{"title": 1}', "json", 415),
        ("", b"", "json", 415),
    ],
)
def test_missing_field_is_the_clients_mistake(
    app: Application,
    client: Client,
    encode: Encode,
    multipart_type: str,
    kind: str,
    body: bytes,
    name: str,
    status: int,
) -> None:
    """400 with its name; 415 where JSON has another type."""
    if kind == "multipart":
        kind, body = multipart_type, encode(("a", b"1"))
    app.set_route("/", lambda req: getattr(req, name)["title"], METHOD_ALL)
    answer = client.post("/", body=body, CONTENT_TYPE=kind)
    assert answer.status_code == status
    assert "title" in answer.text


def test_missing_field_is_a_key_error(build: Build) -> None:
    """Who catches a KeyError catches it, and other ways to ask raise nothing."""
    form = build(b"a=1", URLENCODED).form
    with pytest.raises(KeyError) as caught:
        form["b"]
    assert isinstance(caught.value, MissingField)
    assert ("b" in form, form.get("b"), form.getfirst("b"), [*form]) == (
        False,
        None,
        None,
        ["a"],
    )


# --- a field before the files -----------------------------------------------------


@pytest.mark.parametrize("size", [10, LARGE])
@pytest.mark.parametrize("reader", ["req.form", "req.form_parts()"])
def test_leading_field(
    build: Build, encode: Encode, stream: Any, reader: str, size: int
) -> None:
    """A token before the file is there without the file, which comes afterwards."""
    body = encode(("a", b"1"), ("token", "č".encode()), ("f", "x", bytes(size)))
    source = stream(body)
    request = build(body, stream=source)
    assert [request.leading_field("token"), request.leading_field("a")] == ["č", "1"]
    assert sum(source.sizes) <= max(65_536, len(body))
    got: Any = READERS[reader](request)
    if reader == "req.form":
        got = [field.value for field in got.list]
        assert got == ["1", "č", bytes(size)]
    else:
        assert got == [b"1", "č".encode(), bytes(size)]
    assert request.leading_field("token") is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"token=1", URLENCODED),
        (b'{"token": "1"}', JSON),
        (b"", "multipart/form-data; boundary=Boundary7"),
        (b"--Boundary7\r\nbroken", "multipart/form-data; boundary=Boundary7"),
    ],
)
def test_leading_field_of_another_body(build: Build, body: bytes, kind: str) -> None:
    """Only a multipart form has one; what is broken is left to who reads it."""
    assert build(body, kind).leading_field("token") is None


def test_leading_field_stands_before_the_files(build: Build, encode: Encode) -> None:
    """One behind a file isn't looked for: the file might be large."""
    body = encode(("a", b"1"), ("f", "x", b"2"), ("token", b"3"))
    assert build(body).leading_field("token") is None
    assert build(encode(("a", b"1"))).leading_field("token") is None


def test_leading_field_that_is_large(build: Build, encode: Encode, stream: Any) -> None:
    """What doesn't fit in 64 KiB isn't cut, it is none."""
    body = encode(("token", b"x" * LARGE))
    request = build(body, stream=stream(body))
    assert request.leading_field("token") is None
    assert request.form.getfirst("token") == "x" * LARGE


def test_leading_field_of_a_coded_body(build: Build, encode: Encode) -> None:
    """A coding isn't decoded for it."""
    body = encode(("token", b"1"))
    request = build(body, HTTP_CONTENT_ENCODING="gzip")
    assert request.leading_field("token") is None


def test_leading_field_with_a_bad_boundary(build: Build) -> None:
    """That is refused at once."""
    with pytest.raises(FormError, match="Invalid boundary"):
        build(b"x", "multipart/form-data").leading_field("token")
