"""Facts about many requests: threads, memory, descriptors, clean ends.

All of it goes through whole applications, and through ``wsgiref.validate``.
"""

import ast
import gc
import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from recording import count_descriptors

import poorwsgi_core
from poorwsgi_core.application import Application
from poorwsgi_core.request import Request
from poorwsgi_core.response import (
    BaseResponse,
    FileObjResponse,
    FileResponse,
    GeneratorResponse,
    HTTPException,
    JSONGeneratorResponse,
    JSONResponse,
    NoContentResponse,
    NotModifiedResponse,
    PartialResponse,
    RedirectResponse,
    Response,
    StrGeneratorResponse,
    TextResponse,
    abort,
)
from poorwsgi_core.state import METHOD_ALL, METHOD_GET, METHOD_POST
from poorwsgi_core.testing import Client, build_environ

Check = Callable[[Client, int], bool]


def fail(_: Request) -> None:
    """Fail."""
    raise LookupError


def user(req: Request, number: int) -> dict[str, Any]:
    """Answer with the path arguments."""
    return {"args": req.path_args, "number": number}


def stream(_: Request, number: int) -> Iterator[bytes]:
    """Yield many chunks."""
    for __ in range(50):
        yield b"%d," % number


@pytest.fixture
def mixed(app: Application, www: Path) -> Application:
    """Build an application with a bit of everything."""
    app.document_root, app.document_index = str(www), True
    app.set_route("/static", lambda _: "static")
    app.set_route("/user/<number:int>", user)
    app.set_route("/query", lambda req: dict(req.args))
    app.set_route("/cookie", lambda req: req.cookies["a"].value)
    app.set_route("/echo", lambda req: req.data or b"", METHOD_POST)
    app.set_route("/stream/<number:int>", stream)
    app.set_route("/fail", fail)
    app.set_route("/abort", lambda req: abort(409, error=req.query))
    app.set_route("/empty", lambda _: None)
    app.set_http_state(410, lambda _: ("gone", 410))
    app.set_route("/gone", lambda _: abort(410))
    return app


CHECKS: list[Check] = [
    lambda client, _: client.get("/static").data == b"static",
    lambda client, n: client.get(f"/user/{n}").json()["args"] == {"number": n},
    lambda client, n: client.get(f"/query?a={n}&a=b").json() == {"a": [str(n), "b"]},
    lambda client, n: client.get("/cookie", HTTP_COOKIE=f"a={n}").text == str(n),
    lambda client, n: client.post("/echo", body=b"%d" % n).data == b"%d" % n,
    lambda client, n: client.get(f"/stream/{n}").data == b"%d," % n * 50,
    lambda client, _: client.get("/fail").status_code == 500,
    lambda client, n: f">{n}<" in client.get(f"/abort?{n}").text,
    lambda client, _: client.get("/empty").status_code == 204,
    lambda client, _: client.get("/gone").text == "gone",
    lambda client, n: client.get(f"/none/{n}").status_code == 404,
    lambda client, _: client.put("/static").status_code == 405,
    lambda client, _: client.options("/static").status_code == 204,
    lambda client, _: client.head("/static").data == b"",
    lambda client, _: client.get("/file.txt").data == b"0123456789",
    lambda client, _: client.head("/file.txt").data == b"",
    lambda client, _: (
        client.get("/file.txt", HTTP_RANGE="bytes=2-3").data == b"23"
        and client.get("/file.txt", HTTP_RANGE="bytes=99-").status_code == 416
    ),
    lambda client, _: client.get("/file.txt", HTTP_IF_NONE_MATCH="*").data == b"",
    lambda client, _: client.get("/file.txt", HTTP_IF_MATCH='"x"').status_code == 412,
    lambda client, _: "file.txt" in client.get("/").text,
    lambda client, _: client.get("/dir").status_code == 301,
    lambda client, _: client.get("/.htpasswd").status_code == 404,
    lambda client, _: client.get("/pipe").status_code == 403,
    lambda client, _: client.get("/%ff").status_code == 400,
    lambda client, _: client.get("/static", HTTP_ACCEPT=";;q=,").data == b"static",
]


@pytest.fixture
def silent() -> Iterator[None]:
    """Keep log records out of the memory that is measured."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.needs("threads")
@pytest.mark.usefixtures("silent")
def test_threads(mixed: Application) -> None:
    """32 threads x 40 mixed requests are right while routes change (bar 92)."""
    client = Client(mixed)
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            mixed.set_route(f"/new/{number}", lambda _: "new")
            mixed.set_route(f"/new/<x:int>/{number}", lambda _, *__: "new")
            mixed.set_http_state(411, lambda _: "length")
            mixed.set_error_handler(KeyError, lambda _, __: "key")
            mixed.pop_error_handler(KeyError, METHOD_GET)
            mixed.pop_http_state(411, METHOD_POST)
            mixed.pop_route(f"/new/{number}", METHOD_GET)
            mixed.pop_route(f"/new/<x:int>/{number}", METHOD_GET)
            stop.wait(0.001)

    def work(worker: int) -> list[int]:
        numbers = [worker * 1000 + index for index in range(40)]
        return [n for n in numbers if not CHECKS[n % len(CHECKS)](client, n)]

    changer = threading.Thread(target=change)
    changer.start()
    try:
        with ThreadPoolExecutor(32) as pool:
            wrong = [n for found in pool.map(work, range(32)) for n in found]
    finally:
        stop.set()
        changer.join()
    assert wrong == []


def read_memory() -> int:
    """Return the resident memory of the process in bytes."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the system doesn't tell"
)
@pytest.mark.usefixtures("silent")
def test_memory_and_descriptors(mixed: Application) -> None:
    """3000 requests take less than 8 MiB and 2 descriptors (bar 9, 92)."""
    client = Client(mixed)

    def work(count: int) -> list[int]:
        return [n for n in range(count) if not CHECKS[n % len(CHECKS)](client, n)]

    assert work(500) == []
    gc.collect()
    memory, descriptors = read_memory(), count_descriptors()
    assert work(3000) == []
    gc.collect()
    assert read_memory() - memory < 8 * 1024 * 1024
    assert count_descriptors() - descriptors <= 2


@pytest.mark.usefixtures("silent")
@pytest.mark.needs("files")
@pytest.mark.parametrize("number", range(len(CHECKS)))
def test_requests_leave_no_cycles(mixed: Application, number: int) -> None:
    """Nothing of an answered request waits for the collector with a file open."""
    client = Client(mixed)
    assert CHECKS[number](client, number)
    gc.collect()
    gc.disable()
    try:
        before = count_descriptors()
        assert CHECKS[number](client, number)
        assert count_descriptors() == before
    finally:
        gc.enable()


# --- PEP 3333 ---


def partial_response() -> BaseResponse:
    """Build a 206 response by hand."""
    response = PartialResponse("ab")
    response.make_range([(0, 1)], full=10)
    return response


def ranges(
    response: BaseResponse, *pairs: tuple[int | None, int | None]
) -> BaseResponse:
    """Ask a response for ranges."""
    response.make_partial(pairs)
    return response


RESPONSES: dict[str, tuple[int, Callable[[], Any]]] = {
    "Response": (200, Response),
    "Response with a body": (200, lambda: Response("text")),
    "Response 418": (418, lambda: Response("text", status_code=418)),
    "Response 204": (204, lambda: Response("text", status_code=204)),
    "Response 304": (
        304,
        lambda: Response("text", headers={"ETag": '"a"'}, status_code=304),
    ),
    "TextResponse": (200, lambda: TextResponse("text")),
    "JSONResponse": (200, lambda: JSONResponse(a=1)),
    "PartialResponse": (206, partial_response),
    "range": (206, lambda: ranges(Response("0123456789"), (1, 2))),
    "two ranges": (206, lambda: ranges(Response("0123456789" * 99), (1, 2), (5, 6))),
    "range of a generator": (
        206,
        lambda: ranges(GeneratorResponse([b"01", b"23"], content_length=4), (1, 2)),
    ),
    "unsatisfiable range": (416, lambda: ranges(Response("0"), (1, 2))),
    "FileObjResponse": (200, lambda: FileObjResponse(BytesIO(b"text"))),
    "FileResponse": (200, lambda: FileResponse(__file__)),
    "GeneratorResponse": (200, lambda: GeneratorResponse([b"a", b"b"])),
    "StrGeneratorResponse": (200, lambda: StrGeneratorResponse(["a", "č"])),
    "JSONGeneratorResponse": (200, lambda: JSONGeneratorResponse(a=range(9))),
    "NoContentResponse": (204, NoContentResponse),
    "NoContentResponse 200": (200, lambda: NoContentResponse(status_code=200)),
    "NotModifiedResponse": (304, lambda: NotModifiedResponse(etag='"a"')),
    "RedirectResponse": (302, lambda: RedirectResponse("/č")),
    "None": (204, lambda: None),
    "status": (404, lambda: abort(404)),
    "unknown status": (501, lambda: abort(700)),
    "failure": (500, lambda: 1 / 0),
}


@pytest.mark.usefixtures("silent")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("kind", RESPONSES)
def test_each_response_is_valid(app: Application, kind: str, method: str) -> None:
    """Every class and error passes the validator, with one start (bar 90)."""
    status, build = RESPONSES[kind]
    app.set_route("/", lambda _: build(), METHOD_ALL)
    starts: list[str] = []

    def counting(environ: Any, start_response: Any) -> Any:
        def start(status: str, *rest: Any) -> Any:
            starts.append(status)
            return start_response(status, *rest)

        return app(environ, start)

    answer = Client(counting).request(method)
    if method == "HEAD" and "range" in kind:
        status = 200
    assert (answer.status_code, len(starts)) == (status, 1)
    if method == "HEAD":
        assert answer.data == b""
    elif "Content-Length" in answer.headers:
        assert answer.headers["Content-Length"] == str(len(answer.data))


class Source:
    """A body that counts how often it is closed."""

    def __init__(self) -> None:
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield b"a"
        yield b"b"

    def close(self) -> None:
        """Count."""
        self.closed += 1


@pytest.mark.parametrize("read", [0, 1, 9])
def test_close_reaches_the_source(app: Application, read: int) -> None:
    """However much the server has read, closing ends at the user's body (bar 91)."""
    sources: list[Source] = []

    @app.route("/")
    def handler(_: Request) -> Source:
        sources.append(Source())
        return sources[-1]

    body: Any = app(build_environ(), lambda _, __, ___=None, /: print)
    for _, __ in zip(range(read), body, strict=False):
        pass
    body.close()
    assert [source.closed for source in sources] == [1]


def test_close_ends_a_generator(app: Application) -> None:
    """A generator that was started gets its GeneratorExit (bar 91)."""
    ended: list[str] = []

    @app.route("/")
    def handler(_: Request) -> Iterator[bytes]:
        try:
            yield b"a"
            yield b"b"
        finally:
            ended.append("ended")

    body: Any = app(build_environ(), lambda _, __, ___=None, /: print)
    assert next(iter(body)) == b"a"
    body.close()
    assert ended == ["ended"]


def test_close_of_what_was_replaced_by_an_error(app: Application) -> None:
    """What an unsatisfiable range leaves is closed (bar 91)."""
    source = Source()

    @app.route("/")
    def handler(_: Request) -> BaseResponse:
        response = GeneratorResponse(source)
        response.make_partial([(5, 6)])
        return response

    assert Client(app).get().status_code == 416
    assert source.closed == 1


# --- the package itself ---

BANNED = {"pickle", "marshal", "random", "subprocess", "shelve", "dbm", "ctypes"}
BANNED_CALLS = {"eval", "exec", "compile", "__import__", "system", "popen"}


def sources() -> list[Path]:
    """List the modules of the package."""
    return sorted(Path(poorwsgi_core.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", sources(), ids=str)
def test_nothing_dangerous_is_used(path: Path) -> None:
    """No pickle, marshal, random, subprocess, eval or exec, nor assert (bar 11, 93)."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in BANNED]
        elif isinstance(node, ast.ImportFrom) and node.module in BANNED:
            found.append(node.module)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found += [node.func.id] if node.func.id in BANNED_CALLS else []
        elif isinstance(node, ast.Attribute):
            found += [node.attr] if node.attr in {"system", "popen"} else []
        elif isinstance(node, ast.Name) and node.id == "__debug__":
            found.append("__debug__")
        elif isinstance(node, ast.Assert):
            found.append("assert")
        elif isinstance(node, ast.ExceptHandler) and node.type is None:
            found.append("bare except")
    assert found == []


def test_httpexception_in_a_stream_reaches_the_server(app: Application) -> None:
    """Once the head is sent nothing can be answered; the server learns of it (9.5)."""

    @app.route("/")
    def handler(_: Request) -> Iterator[bytes]:
        yield b"a"
        raise HTTPException(404)

    with pytest.raises(HTTPException):
        Client(app).get()
