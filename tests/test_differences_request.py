"""Differences with nothing to do: a request's way, requests, forms and JSON, variables.

Each test is named after a row of the tables, and has an application written for 2.x.
"""

# Handlers of 2.x have no annotations.
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUnknownMemberType=false

import io
import os
from collections.abc import Callable
from typing import Any, BinaryIO

import pytest

from poorwsgi import Application, state
from poorwsgi.fieldstorage import valid_boundary
from poorwsgi.request import (
    HTTPException,
    JsonDict,
    JsonList,
    Request,
    SimpleRequest,
    parse_json_request,
)
from poorwsgi.response import GeneratorResponse
from poorwsgi_core.testing import Answer, Client, build_environ

FORM = {"Content-Type": "multipart/form-data; boundary=b"}
PART = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\n'


def ask(
    handler: Callable[..., Any],
    method: str = "GET",
    route: str = "/",
    path: str = "/",
    setting: dict[str, Any] | None = None,
    **request: Any,
) -> Answer:
    """Ask a handler something; what it shows is text."""
    app = Application("2.x")
    for name, value in (setting or {}).items():
        setattr(app, name, value)
    app.set_route(route, handler, state.METHOD_ALL)
    return Client(app, validate=False).request(method, path, **request)


def show(read: Callable[[Any], Any], method: str = "GET", **request: Any) -> str:
    """Return the ``repr`` of what a handler reads, or the status of a failure."""

    def handler(req: Request) -> str:
        return repr(read(req))

    answer = ask(handler, method, **request)
    return answer.text if answer.status_code == 200 else str(answer.status_code)


# --- a request's way ---------------------------------------------------------------


@pytest.mark.parametrize("length", ["x", "-5", "1, 2"])
def test_malformed_lengths_queries(length: str) -> None:
    """The client is told, and no handler sees it."""
    assert show(lambda req: req.data, "POST", CONTENT_LENGTH=length) == "400"


def test_unknown_methods_ran() -> None:
    """A method that nobody knows doesn't reach a handler."""
    assert ask(lambda _: "x", "BREW").status_code == 501


@pytest.mark.parametrize("status", [200, 204, 304])
def test_body_sent_head(status: int) -> None:
    """No body is sent, and the iterable is closed."""
    closed: list[bool] = []

    def pieces() -> Any:
        try:
            yield b"body"
        finally:
            closed.append(True)

    body = pieces()
    next(body)
    method = "HEAD" if status == 200 else "GET"
    headers = {"ETag": '"x"'}
    answer = ask(
        lambda _: GeneratorResponse(body, headers=headers, status_code=status), method
    )
    assert (answer.status_code, answer.data, closed) == (status, b"", [True])


def test_route_get_alone() -> None:
    """HEAD is answered as GET is."""
    app = Application("2.x")
    app.set_route("/", lambda _: "text", state.METHOD_GET)
    answer = Client(app).head("/")
    assert (answer.status_code, answer.headers["Content-Length"]) == (200, "4")


def test_405_without_allow() -> None:
    """Default handlers still come first; else it is 405 with what is allowed."""
    app = Application("2.x")
    app.set_route("/u/<name>", lambda _, name: name)
    answer = Client(app).post("/u/x")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "HEAD, GET, OPTIONS")
    app.set_default(lambda _: "default", state.METHOD_POST)
    assert Client(app).post("/u/x").text == "default"


def test_connectionerror_handler() -> None:
    """The client gets an answer."""

    def handler(_: Request) -> None:
        raise ConnectionError

    assert ask(handler).status_code == 500


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_keyboardinterrupt_became_500(kind: type[BaseException]) -> None:
    """The server ends as it should."""

    def handler(_: Request) -> None:
        raise kind

    with pytest.raises(kind):
        ask(handler)


def test_missing_path_info() -> None:
    """The root page is answered."""
    environ = build_environ("/")
    del environ["PATH_INFO"]
    app = Application("2.x")
    app.set_route("/", lambda req: req.path)
    assert b"".join(app(environ, lambda *_: print)) == b"/"


# --- the request -------------------------------------------------------------------


def test_accept_xhtml_looked() -> None:
    """Both types are known."""
    for kind in ("text/xhtml", "application/xhtml+xml"):
        assert show(lambda req: req.accept_xhtml, headers={"Accept": kind}) == "True"


def test_authorization() -> None:
    """What 2.x read is read the same, and more is."""
    for sent, kind in (("Basic dTpw", "Basic"), ("Bearer t", "Bearer"), ("", "")):
        headers = {"Authorization": sent}
        assert show(lambda r: r.authorization["type"], headers=headers) == repr(kind)
    digest = {"Authorization": 'Digest username="a\\"b", nc=00000001'}
    found = show(
        lambda r: (r.authorization["username"], r.authorization["nc"]), headers=digest
    )
    assert found == repr(('a"b', "00000001"))


def test_read_after_read() -> None:
    """What is left is read, and then nothing."""
    found = show(lambda r: (r.read(2), r.read(), r.read()), "POST", body=b"abcde")
    assert found == repr((b"ab", b"cde", b""))


def test_chunk_extensions() -> None:
    """They are nothing to an application."""
    chunks = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": None}
    body = b"3;x=1\r\nabc\r\n0\r\n\r\n"
    found = show(
        lambda r: (r.read_chunk(), r.read_chunk()), "POST", body=body, **chunks
    )
    assert found == repr((b"abc", b""))


def test_server_port_without() -> None:
    """It isn't known."""
    environ = build_environ("/")
    del environ["SERVER_PORT"]
    environ["REQUEST_STARTTIME"] = 0.0
    assert SimpleRequest(environ, Application("2.x")).server_port is None


def test_groups_headers_documented() -> None:
    """They are what they were documented to be."""

    def handler(req: Request, _: str) -> str:
        return str((req.groups == req.path_args, req.headers_in is req.headers))

    assert ask(handler, route="/<x>", path="/a").text == "(True, True)"


# --- forms and JSON ----------------------------------------------------------------


@pytest.mark.parametrize("size", [65340, 65364, 65365, 65366, 65400, 131000])
def test_timeouterror_or_corrupted(size: int) -> None:
    """A file is what was sent, wherever blocks end."""
    content = (b"line\r\n" * (size // 6 + 1))[:size]
    body = PART + content + b"\r\n--b--\r\n"
    found = show(
        lambda r: r.form["f"].file.read() == content, "POST", body=body, headers=FORM
    )
    assert found == "True"


def test_body_without_line() -> None:
    """It is accepted at once."""
    body = PART + b"x\r\n--b--"
    found = show(lambda r: r.form["f"].value, "POST", body=body, headers=FORM)
    assert found == "b'x'"


def test_valid_boundary_parser() -> None:
    """Boundaries that are ones are taken."""
    assert [valid_boundary(each) for each in ("b", b"b", "b\n")] == [True, True, False]


def test_filename_name_not() -> None:
    """The plain name is the one that is used."""
    head = PART.replace(b'"a.txt"', b"\"a.txt\"; filename*=UTF-8''b.txt")
    body = head + b"x\r\n--b--\r\n"
    found = show(lambda r: r.form["f"].filename, "POST", body=body, headers=FORM)
    assert found == "'a.txt'"


def test_encoded_word_name() -> None:
    """Names without an encoded word are as they were."""
    body = PART.replace(b"a.txt", b"=a=.txt") + b"x\r\n--b--\r\n"
    found = show(lambda r: r.form["f"].filename, "POST", body=body, headers=FORM)
    assert found == "'=a=.txt'"


@pytest.mark.parametrize(("count", "expected"), [(6, "b'x'"), (9, "431")])
def test_headers_part_without(count: int, expected: str) -> None:
    """What clients send is far below the limit."""
    more = b"".join(b"X-%d: y\r\n" % number for number in range(count))
    body = PART[:-2] + more + b"\r\nx\r\n--b--\r\n"
    found = show(lambda r: r.form["f"].value, "POST", body=body, headers=FORM)
    assert found == expected


def test_blank_values_are() -> None:
    """A blank value is one, in both kinds of forms."""
    found = show(
        lambda r: r.form.getfirst("a", "default"),
        "POST",
        form={"a": ""},
        setting={"keep_blank_values": 1},
    )
    assert found == "''"
    assert show(lambda r: r.form.getfirst("a", 5), "POST", form={"a": ""}) == "5"


def test_urlencoded_fields_lacked() -> None:
    """Fields of both kinds may be read alike."""
    found = show(
        lambda r: (r.form["a"].type, r.form["a"].length, r.form["a"].disposition),
        "POST",
        form={"a": "1"},
    )
    assert found == repr(("text/plain", -1, ""))


def test_file_callback_returning() -> None:
    """It is called once for a file, whatever it returns."""
    made: list[BinaryIO] = []

    def callback(_: str) -> BinaryIO:
        made.append(io.BytesIO())
        return made[-1]

    content = b"x\r\n" * 9000
    body = PART + content + b"\r\n--b--\r\n"
    found = show(
        lambda r: r.form["f"].file.read() == content and r.form["f"].file is made[0],
        "POST",
        body=body,
        headers=FORM,
        setting={"file_callback": callback},
    )
    assert (found, len(made)) == ("True", 1)


def test_types_such_application() -> None:
    """JSON is JSON under each of its names."""
    for kind in ("application/json", "application/problem+json", "Application/JSON"):
        headers = {"Content-Type": kind}
        assert show(lambda r: r.json, "POST", body=b"[1]", headers=headers) == "[1]"


def test_any_exception_while() -> None:
    """What can't be decoded is a 400; what ends the process does so."""

    def stop(_: Any) -> None:
        raise SystemExit

    for raw, charset in ((b"{", "utf-8"), (b"1", "unknown"), (b"\xff", "utf-8")):
        with pytest.raises(HTTPException) as caught:
            parse_json_request(raw, charset)
        assert caught.value.status_code == 400
    with pytest.raises(SystemExit):
        show(lambda r: r.json, "POST", json=1, setting={"json_loads": stop})


def test_json_byte_order() -> None:
    """It is read, with and without the mark."""
    for mark in (b"", b"\xef\xbb\xbf"):
        headers = {"Content-Type": "application/json"}
        found = show(lambda r: r.json, "POST", body=mark + b"[1]", headers=headers)
        assert found == "[1]"


def test_missing_form_json() -> None:
    """What catches ``KeyError`` goes on doing so."""

    def read(req: Request) -> Any:
        try:
            return req.args["missing"]
        except KeyError:
            return "caught"

    assert show(read) == "'caught'"


def test_func_fce() -> None:
    """The old word works, with a warning."""
    with pytest.warns(DeprecationWarning, match="func"):
        assert JsonDict(a="1").getfirst("a", fce=int) == 1


def test_getfirst_empty_jsonlist() -> None:
    """The default is given."""
    assert JsonList([]).getfirst(default=1) == 1
    assert JsonDict(a=[]).getfirst("a", 2) == 2


def test_jsonlist_getlist_wanted() -> None:
    """With a key, as in 2.8, and without."""
    assert JsonList([1]).getlist("key") == JsonList([1]).getlist() == [1]


def test_form_bytes_read() -> None:
    """It is how much of the body was read."""

    def read(req: Any) -> Any:
        return req.form.bytes_read

    body = PART + b"x\r\n--b--\r\n"
    found = show(read, "POST", body=body, headers=FORM)
    assert found == str(len(body))


# --- 2.5 to 2.7 --------------------------------------------------------------------


def test_cookies_tuple() -> None:
    """What is done with an empty tuple works."""
    found = show(lambda r: (bool(r.cookies), "SESSID" in r.cookies, [*r.cookies]))
    assert found == repr((False, False, []))


def test_none_dict_list() -> None:
    """Bytes in a list are sent one after the other."""
    assert ask(lambda _: [b"a", b"b"]).data == b"ab"


def test_mini_field_storage() -> None:
    """A field has name and value."""
    found = show(lambda r: (r.form["a"].name, r.form["a"].value), "POST", form={"a": 1})
    assert found == repr(("a", "1"))


def test_path_args_order() -> None:
    """They come in the order of the path."""

    def handler(req: Request, *_: str) -> str:
        return ",".join(req.path_args)

    assert ask(handler, route="/<b>/<a>", path="/1/2").text == "b,a"


# --- variables ---------------------------------------------------------------------


def test_looked_up_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's word wins over that of the process."""
    monkeypatch.setitem(os.environ, "poor_SecretKey", "process")
    assert show(lambda r: r.secret_key) == "'process'"
    assert show(lambda r: r.secret_key, poor_SecretKey="server") == "'server'"


def test_poor_autoargs_poor() -> None:
    """Without them the settings hold."""
    assert show(lambda r: r.args, path="/?a=1") == "{'a': '1'}"
    assert show(lambda r: r.args, path="/?a=1", poor_AutoArgs="Off") == "{}"


def test_percent_of_names() -> None:
    """A name with a quote is what the user has typed."""
    head = b'--b\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\n'
    answer = ask(
        lambda req: req.form['a"b'].value,
        "POST",
        body=head + b"1\r\n--b--\r\n",
        headers=FORM,
    )
    assert answer.data == b"1"


def test_repr_of_fields() -> None:
    """A line end in a field is no line end of the log."""
    answer = ask(
        lambda req: repr(req.form["a"]),
        "POST",
        body=b"a=1%0A2",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.data == rb"FieldStorage('a', '1\n2')"
