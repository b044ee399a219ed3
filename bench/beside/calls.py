"""Calls documented functions and classes, and reads requests, in each version.

``calls.txt`` has an expression in each line, ``reads.toml`` what handlers read.  What
they give has to be equal in both.
"""

import io
import tomllib
from http.cookies import SimpleCookie
from pathlib import Path

from poorwsgi import (
    Application,
    abort,
    fieldstorage,
    headers,
    make_response,
    redirect,
    request,
    response,
    results,
    session,
    state,
    wsgi,
)
from poorwsgi.digest import PasswordMap, get_re_type, hexdigest
from poorwsgi.fieldstorage import FieldStorageParser
from poorwsgi.headers import Headers
from poorwsgi.response import HTTPException

_FOLDER = Path(__file__).parent


def call_all():
    """Yield each call, and what it gives."""
    for line in (_FOLDER / "calls.txt").read_text("utf-8").splitlines():
        yield line, evaluate(line, {})


def read_all(ask):
    """Yield what handlers read, and what they get.

    Args:
        ask: gets an application, method, path, headers, body and more of the environ.
    """
    cases = tomllib.loads((_FOLDER / "reads.toml").read_text("utf-8"))["read"]
    for number, case in enumerate(cases):
        app = Application(f"read {number}")
        for name, value in case.get("settings", {}).items():
            setattr(app, name, value)
        seen = []

        def handler(req, case=case, app=app, seen=seen):
            seen.append(evaluate(case["expression"], {"req": req, "app": app}))
            return ""

        app.set_route("/x", handler, state.METHOD_ALL)
        body = case.get("body", "x" * case.get("size", 0)).encode()
        given = case.get("method", "GET"), "/x", case.get("headers", {}), body
        answer = ask(*given, app=app, environ=case.get("environ", {}))
        yield str(case), seen or answer


def evaluate(expression, names):
    """Return what an expression gives, as text; of an exception its name."""
    try:
        return repr(eval(expression, NAMES, names))  # noqa: S307 - of our own files
    except HTTPException as error:
        return f"HTTPException {error.args[0]!r}"
    except Exception as error:  # noqa: BLE001 - whichever it is, it is compared
        return type(error).__name__


def send(res):
    """Return what a response sends."""
    head = []
    body = res(lambda status, fields, *_: head.append((status, sorted(fields))))
    return head[0], b"".join(body)


def fail(call):
    """Return what is raised, and the answer in it."""
    try:
        return call()
    except HTTPException as error:
        return error.args, error.response and send(error.response)


def form(body, kind, **options):
    """Parse a form."""
    fields = Headers({"Content-Type": kind, "Content-Length": str(len(body))})
    found = FieldStorageParser(io.BytesIO(body), fields, **options).parse()
    return [(each.name, each.filename, each.value) for each in found.list]


def part(*lines, body="x"):
    """Write a form of one part."""
    return "\r\n".join(["--b", *lines, "", body, "--b--", ""]).encode()


NAMES = {
    name: value
    for module in (fieldstorage, headers, request, response, session)
    for name, value in vars(module).items()
    if name[0] != "_"
}
NAMES.update(
    MULTIPART="multipart/form-data; boundary=b",
    Application=Application,
    PasswordMap=PasswordMap,
    SimpleCookie=SimpleCookie,
    abort=abort,
    fail=fail,
    form=form,
    get_re_type=get_re_type,
    hexdigest=hexdigest,
    io=io,
    make_response=make_response,
    part=part,
    redirect=redirect,
    request=request,
    response=response,
    results=results,
    send=send,
    session=session,
    state=state,
    wsgi=wsgi,
)
"""What expressions can name."""
