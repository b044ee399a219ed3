"""Documented usage, as type checkers see it."""

from dataclasses import dataclass
from io import BytesIO, FileIO
from typing import Any, TypedDict, assert_type

import poorwsgi_core
from poorwsgi_core.request.arguments import EmptyForm
from poorwsgi_core.state import METHOD_POST
from poorwsgi_forms import (
    Application,
    FieldStorage,
    FieldStorageParser,
    InvalidData,
    JsonDict,
    JsonList,
    Limits,
    Part,
    Request,
)
from poorwsgi_forms.serving import Serving


@dataclass
class User:
    """A body as a dataclass."""

    name: str


class Options(TypedDict):
    """A body as a TypedDict."""

    verbose: bool


class OwnRequest(Request):
    """A request of an application's own."""

    login: str = ""


class OwnApplication(Application[OwnRequest]):
    """An application with that request."""

    request_class = OwnRequest


app = Application(__name__)
own = OwnApplication(f"{__name__}.own")

assert_type(app, Application[Request])
serving: Serving = app
own_serving: Serving = own
assert_type(app.auto_form, bool)
assert_type(app.auto_json, bool)
assert_type(app.strict_json, bool)
assert_type(app.json_mime_types, list[str])
assert_type(app.form_mime_types, list[str])
assert_type(app.max_form_parts, int | None)
assert_type(app.max_form_files, int | None)
assert_type(app.max_form_memory_size, int | None)
assert_type(app.max_json_size, int | None)
assert_type(app.form_limits(), Limits)

app.auto_form = False
app.max_form_files = None
app.file_callback = FileIO
app.file_callback = None


@app.route("/form", METHOD_POST)
def form(req: Request) -> str:
    """Read the values of a form."""
    assert_type(req.app, Serving)
    assert_type(req.form, FieldStorage | EmptyForm)
    assert_type(req.form.getfirst("id", 0, int), int)
    assert_type(req.form.getfirst("id", func=int), int | None)
    assert_type(req.form.getlist("id", func=int), list[int])
    if isinstance(req.form, FieldStorage):
        assert_type(req.form.list, list[FieldStorage])
        assert_type(req.form.list[0].filename, str | None)
    return "done"


@app.route("/json", METHOD_POST)
def json(req: Request) -> str:
    """Read JSON, and JSON as a type."""
    assert_type(req.json, Any)
    try:
        user = req.json_as(User)
    except InvalidData as error:
        assert_type(error.errors, list[dict[str, str]])
        raise
    assert_type(user, User)
    assert_type(req.json_as(Options), Options)
    assert_type(req.json_as(list[int]), list[int])
    return user.name


@app.route("/parts", METHOD_POST)
def parts(req: Request) -> str:
    """Read the parts of a form while they arrive."""
    for part in req.form_parts():
        assert_type(part, Part)
        assert_type(part.name, str | None)
        assert_type(part.filename, str | None)
        assert_type(part.content_type, str)
        for chunk in part:
            assert_type(chunk, bytes)
    return "done"


@own.route("/own", METHOD_POST)
def login(req: OwnRequest) -> str:
    """Have a request of one's own with a form."""
    assert_type(req.login, str)
    assert_type(req.form, FieldStorage | EmptyForm)
    return req.login


def store(filename: str) -> BytesIO:
    """Keep a file in memory."""
    return BytesIO(filename.encode())


def parse(req: Request) -> FieldStorage:
    """Parse a form by hand."""
    parser = FieldStorageParser(req.input, req.headers, file_callback=store)
    assert_type(parser.bytes_read, int)
    req.form = parser.parse()
    return parser.parse()


def values(data: JsonDict, items: JsonList) -> None:
    """Get values of JSON."""
    assert_type(data.getfirst("a", 0, int), int)
    assert_type(data.getlist("a", None, int), list[int])
    assert_type(items.getlist(), Any)


def core_has_no_forms(
    app: poorwsgi_core.Application, req: poorwsgi_core.Request
) -> None:
    """A core application that asks for a form is a type error."""
    app.auto_form = False  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert req.form  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
