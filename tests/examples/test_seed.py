"""The examples of the description, tidied: examples/seed, each handler once."""

import gzip
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from poorwsgi import Application
from poorwsgi_core.testing import Client

FOLDER = Path(__file__).parents[2] / "examples" / "seed"


@cache
def load(name: str) -> ModuleType:
    """Import a file once, under a name that is nobody else's."""
    spec = importlib.util.spec_from_file_location(f"seed_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def client_of(name: str, app: str = "app") -> Client:
    """Return a client of an application."""
    application: Application = getattr(load(name), app)
    return Client(application)


def upload(content: bytes = b"hello", filename: str = "note.txt") -> dict[str, object]:
    """Build the keywords of a request that uploads a file."""
    disposition = f'form-data; name="upload"; filename="{filename}"'
    head = f"--x\r\nContent-Disposition: {disposition}\r\n\r\n"
    return {
        "body": head.encode() + content + b"\r\n--x--\r\n",
        "headers": {"Content-Type": "multipart/form-data; boundary=x"},
    }


@pytest.fixture(autouse=True)
def _empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# --- returning values --------------------------------------------------------------

COUNTED = b"".join(b"%d -> %x\n" % (i, i) for i in range(10))
TEAPOT = {"message": "I'm teapot :-)", "numbers": [0, 1, 2, 3, 4]}


@pytest.mark.parametrize(
    ("path", "status", "content_type", "body"),
    [
        (
            "/some/path",
            200,
            "text/html; charset=utf-8",
            b"This is content for some path",
        ),
        (
            "/other/path",
            200,
            "text/html; charset=utf-8",
            b"This is content for some path",
        ),
        ("/list/of/bytes", 200, "text/html; charset=utf-8", b"Hello world!"),
        ("/generator/of/bytes", 200, "text/html; charset=utf-8", COUNTED),
        ("/handler/is/generator", 200, "text/html; charset=utf-8", COUNTED),
        ("/text/message", 200, "text/plain", b"Hello world!"),
        ("/generator/with/type", 200, "text/plain", COUNTED),
        ("/hello", 200, "text/plain", b"Hello world!"),
        ("/nowhere", 404, "text/plain", b"Page not Found"),
        ("/gone", 410, "text/plain", b""),
        ("/teapot", 418, "text/plain", b"I'm teapot :-)"),
        ("/write", 200, "text/plain", b"first\nsecond\n"),
        ("/text", 200, "text/plain; charset=utf-8", b"Nazdar"),
        ("/generator", 200, "text/plain", b"0\n1\n2\n"),
        ("/str/generator", 200, "text/plain", "č. 0\nč. 1\nč. 2\n".encode()),
        ("/no/content", 204, None, b""),
    ],
)
def test_values(path: str, status: int, content_type: str | None, body: bytes) -> None:
    """Each value a handler may return, and each class, is the answer it says."""
    answer = client_of("returning").get(path)
    got = (answer.status_code, answer.headers.get("Content-Type"), answer.data)
    assert got == (status, content_type, body)


@pytest.mark.parametrize(
    ("path", "status", "value"),
    [
        ("/json", 200, {"msg": "Message", "type": "object"}),
        ("/list", 200, [["key", "value"], ["route", "/list"], ["type", "list"]]),
        ("/json/teapot", 418, TEAPOT),
        ("/json/generator", 418, TEAPOT),
    ],
)
def test_json(path: str, status: int, value: object) -> None:
    """A dict, a list and two classes are JSON."""
    answer = client_of("returning").get(path)
    assert (answer.status_code, answer.json()) == (status, value)


def test_headers_of_values() -> None:
    """One flat pair is a header, and a redirect has its own."""
    client = client_of("returning")
    assert client.get("/hello").headers["X-Attribute"] == "hello world"
    answer = client.get("/old/url")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/new/url")


@pytest.fixture
def document_root(tmp_path: Path) -> Iterator[Path]:
    """Give the application a directory with two files."""
    app = load("returning").app
    (tmp_path / "filename").write_bytes(bytes(range(200)))
    (tmp_path / "favicon.ico").write_bytes(b"icon")
    app.document_root = str(tmp_path)
    yield tmp_path
    app.document_root = ""


def test_files(document_root: Path) -> None:
    """A file is sent by its path, an open one too."""
    client = client_of("returning")
    answer = client.get("/favicon.ico")
    assert (answer.data, answer.headers["Content-Length"]) == (b"icon", "4")
    assert client.get("/open/file").data == (document_root / "filename").read_bytes()


@pytest.mark.usefixtures("document_root")
def test_not_modified() -> None:
    """Conditions that the handler compares end in 304."""
    client = client_of("returning")
    etag = client.get("/static/filename").headers["ETag"]
    answer = client.get("/static/filename", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.headers["ETag"]) == (304, etag)
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    assert client.get("/static/filename", headers=later).status_code == 304


@pytest.mark.usefixtures("document_root")
def test_partial_content() -> None:
    """Parts are cut by the framework, or by the handler in a unit of its own."""
    client = client_of("returning")
    answer = client.get("/last/100/bytes")
    assert (answer.status_code, len(answer.data)) == (206, 100)
    assert answer.headers["Content-Range"] == "bytes 900-999/1000"
    answer = client.get("/var/log/messages", headers={"Range": "bytes=5-7"})
    assert (answer.status_code, answer.data) == (206, b"\x05\x06\x07")
    assert client.get("/var/log/messages").status_code == 200
    answer = client.get("/some/range")
    assert (answer.status_code, len(answer.text)) == (206, 100)
    assert answer.headers["Content-Range"] == "unicodes 100-199/200"


# --- exceptions --------------------------------------------------------------------


def test_exceptions() -> None:
    """A handler is stopped with a status or with a response."""
    client, ajax = client_of("failing"), {"X-Requested-With": "XMLHttpRequest"}
    assert client.get("/some/url").text == "Some message"
    assert client.get("/some/url", headers=ajax).status_code == 400
    answer = client.get("/other/url", headers=ajax)
    assert (answer.status_code, answer.json()) == (400, {"reason": "Ajax not suported"})
    assert client.get("/nothing").status_code == 204
    assert client.get("/crash").status_code == 500
    assert client.get("/elsewhere").headers["Location"] == "/some/url"
    assert client.get("/forbidden").status_code == 403


def test_declined() -> None:
    """Declined is no answer: the server is told nothing."""
    calls: list[object] = []

    def start_response(*args: object) -> None:
        calls.append(args)

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/declined"}
    body = load("failing").app(environ, start_response)
    assert (list(body), calls) == ([], [])


def test_handlers_of_errors() -> None:
    """A status and a class of exceptions have their handlers."""
    client = client_of("failing")
    answer = client.get("/nowhere")
    expected = (404, "Your request /nowhere not found.")
    assert (answer.status_code, answer.text) == expected
    answer = client.get("/value/41")
    expected = (400, "Value Error: Not a valid value")
    assert (answer.status_code, answer.text) == expected
    assert client.get("/value/42").text == "Yep!"


# --- routing -----------------------------------------------------------------------

GROUPS = {"variable0": "a", "variable1": "b", "variable2": "c"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/some/path", "Data of some path"),
        ("/some/other/path", "Data of other path"),
        ("/user/Karel", "Name is Karel"),
        ("/Nováková/42", "Surname is: Nováková and age is: 42"),
        ("/login/jana@example.org", "Users email is jana@example.org"),
        ("/fF", "Number is fF that is 255 so ff"),
        ("/test/a/b/c", "Parse 3 parameters ('a', 'b', 'c')"),
        ("/groups/a/b/c", f"All input variables from url path: {GROUPS}"),
    ],
)
def test_routes(path: str, text: str) -> None:
    """Static routes, groups, filters and expressions find their handlers."""
    assert client_of("routing").get(path).text == text


def test_methods_and_default() -> None:
    """A path may have more methods; what has no route goes to the default."""
    client = client_of("routing")
    assert client.post("/some/other/path").text == "Data of other path"
    assert client.post("/some/path").status_code == 405
    # The validator wants a content type, which this answer needn't have.
    plain = Client(load("routing").app, validate=False)
    answer = plain.options("/no/such/path/at/all")
    assert answer.headers["Allow"] == "OPTIONS, GET, HEAD"
    assert client.get("/no/such/path/at/all").status_code == 404


# --- hooks -------------------------------------------------------------------------


def test_hooks() -> None:
    """They run around each handler, around one that fails too."""
    module, client = load("hooking"), client_of("hooking")
    module.SEEN.clear()
    client.get("/long")
    client.get("/crash")
    expected = [
        "before /long",
        "after /long: 200",
        "before /crash",
        "after /crash: 500",
    ]
    assert list(module.SEEN) == expected


def test_output_filter() -> None:
    """Text is compressed for who takes it, and for nobody else."""
    client = client_of("hooking")
    plain = client.get("/long", headers={"Accept-Encoding": "gzip;q=0"})
    answer = client.get("/long", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert gzip.decompress(answer.data) == plain.data
    assert len(answer.data) < len(plain.data)
    assert plain.headers["Vary"] == answer.headers["Vary"] == "Accept-Encoding"


# --- arguments, forms, JSON, uploads -----------------------------------------------


def test_arguments_and_fields() -> None:
    """Both are read in the same way."""
    client = client_of("reading")
    answer = client.get("/test/get?name=Jana&color=1&color=2")
    assert answer.text == "Get arguments are Jana, [1, 2]"
    answer = client.post("/test/post?id=7", form={"name": "Jana", "color": ["1", "2"]})
    assert answer.text == "Post arguments for 7 are Jana, [1, 2]"


def test_json_body() -> None:
    """A JSON body is parsed by its content type."""
    client = client_of("reading")
    value = {"test": "Test message", "count": 42, "note": None}
    answer = client.put("/test/json", json=value)
    assert answer.json() == {"Status": "200", "Message": "Ok"}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"a": 1}, "JsonDict"),
        ([1, 2], "JsonList"),
        ("text", "str"),
        (4, "int"),
        (4.5, "float"),
        (True, "bool"),
    ],
)
def test_types_of_json(value: object, kind: str) -> None:
    """What req.json is, the body says."""
    assert client_of("reading").post("/test/json/type", json=value).text == kind


def test_bad_json() -> None:
    """Bad JSON is 400, or None where the application says so."""
    client, app = client_of("reading"), load("reading").app
    bad = {"body": b"{", "headers": {"Content-Type": "application/json"}}
    assert client.post("/test/json/type", **bad).status_code == 400
    app.strict_json = False
    try:
        assert client.post("/test/json/type", **bad).text == "NoneType"
    finally:
        app.strict_json = True


def test_upload(tmp_path: Path) -> None:
    """An uploaded file is copied."""
    client = client_of("reading")
    assert client.post("/test/upload", **upload()).text == "note.txt is stored"
    assert (tmp_path / "my_file_storage").read_bytes() == b"hello"
    assert client.get("/test/upload").text == "There is no file"


def test_cached_input() -> None:
    """A large body is read line by line through a buffer."""
    body = b"line\r\n" * 20_000
    headers = {"Content-Type": "text/plain"}
    answer = client_of("reading").post("/test/cached", body=body, headers=headers)
    assert answer.text == "CachedInput: 20000 lines"


def test_own_file_callback(tmp_path: Path) -> None:
    """An upload goes into a new file of a directory."""
    client = client_of("storing")
    assert client.post("/upload", **upload()).text == "Storage"
    assert (tmp_path / "upload" / "note.txt").read_bytes() == b"hello"
    answer = client.post("/upload", **upload())
    assert (answer.status_code, answer.text) == (409, "File note.txt exist yet")


def test_file_callback_by_a_setting(tmp_path: Path) -> None:
    """An upload goes where the setting says."""
    client = client_of("storing", "simple_app")
    assert client.post("/upload", **upload()).text == "FileIO"
    assert (tmp_path / "note.txt").read_bytes() == b"hello"


# --- configuration, options, headers -----------------------------------------------


def test_own_parsing() -> None:
    """With automatic parsing off, a before handler parses, and may forgive."""
    client = client_of("configuring")
    answer = client.post("/parsed?a=1", form={"b": "2"})
    assert answer.json() == {"arg": "1", "field": "2"}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/parsed?a", body=b"b", headers=kind)
    assert answer.json() == {"arg": None, "field": None}


def test_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables with the prefix app_ are options."""
    for name, value in (("db_file", "mywebapp.db"), ("tmp_path", "tmp")):
        monkeypatch.setenv(f"app_{name}", value)
    lines = client_of("configuring").get("/options").text.splitlines()
    assert {"db_file = mywebapp.db", "tmp_path = tmp"} <= set(lines)


def test_headers() -> None:
    """A header comes, and another one goes; a number is one."""
    answer = client_of("configuring").get("/some/path", headers={"X-Param": "21"})
    assert answer.headers["S-Param"] == "42"
    for name in ("X-Powered-By", "Content-Type", "Content-Length"):
        assert name in answer.headers


def test_properties() -> None:
    """What the description lists of a request is there, parsed."""
    headers = {
        "Accept": "text/html, application/json;q=0.5",
        "Accept-Encoding": "gzip",
        "Cookie": "a=1; b=2",
        "Referer": "/before",
        "User-Agent": "test",
        "X-Forwarded-For": "192.0.2.1",
        "X-Requested-With": "XMLHttpRequest",
    }
    value = client_of("configuring").get("/properties", headers=headers).json()
    expected = {
        "accept": [["text/html", 1.0], ["application/json", 0.5]],
        "accept_encoding": [["gzip", 1.0]],
        "accept_html": True,
        "accept_json": True,
        "accept_xhtml": False,
        "authorization": {"type": ""},
        "content_length": -1,
        "cookies": ["a", "b"],
        "forwarded_for": "192.0.2.1",
        "headers": True,
        "is_xhr": True,
        "referer": "/before",
        "user_agent": "test",
    }
    assert {name: value[name] for name in expected} == expected


def test_variables_of_a_request() -> None:
    """The names that are left to applications are None in each request."""
    client = client_of("configuring")
    for _ in range(2):
        assert client.get("/variables").json() == [None, None, None, None]
