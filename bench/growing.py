"""What growth.py lets grow: each row builds so many of a thing, and a call with it."""

from collections.abc import Callable
from io import BytesIO
from itertools import count
from pathlib import Path
from random import Random
from time import time
from typing import Any, NamedTuple

from openapi_document import build_environ

__all__ = ["ROWS", "Place", "Row"]

Work = Callable[[], object]
_DAY = 86_400
_DATA = b"x" * 100


class Place(NamedTuple):
    """Where stores may be: a folder, and the address of Redis."""

    folder: str
    redis: str


class Row(NamedTuple):
    """How to build so many, and by how many parts a call is to be divided."""

    build: Callable[[int, Place], Work]
    parts: Callable[[int], int] = lambda _: 1


def _build_request(
    app: Any, path: str, method: str = "GET", kind: str = "", body: bytes = b""
) -> Work:
    environ = build_environ(method, path, "limit=10", body)
    if kind:
        environ["CONTENT_TYPE"] = kind

    def ask() -> object:
        status = ""

        def start_response(line: str, *_: object) -> None:
            nonlocal status
            status = line

        list(app({**environ, "wsgi.input": BytesIO(body)}, start_response))
        if status != "200 OK":
            raise RuntimeError(f"{path}: {status}")
        return status

    return ask


def _build_routes(size: int, _: Place, pattern: str = "") -> Work:
    from poorwsgi_core import Application

    app = Application(f"growth {size}")
    for number in range(size):
        app.set_route(f"/section{number}{pattern}", lambda _, *__: "text")
    return _build_request(app, f"/section{size - 1}{'/7' if pattern else ''}")


def _build_patterns(size: int, place: Place) -> Work:
    return _build_routes(size, place, "/<number:int>")


def _build_api(size: int, _: Place) -> Work:
    from apps.openapi_poorwsgi import build

    return _build_request(build(size), "/pets/5")


def _build_form(size: int, _: Place, kind: str = "", body: bytes = b"") -> Work:
    from poorwsgi_core.state import METHOD_POST
    from poorwsgi_forms import Application

    app = Application(f"growth {size}")
    app.max_form_parts = app.max_form_memory_size = None

    @app.route("/form", METHOD_POST)
    def read(req: Any) -> str:
        return str(len(req.form))

    return _build_request(app, "/form", "POST", kind, body)


def _build_urlencoded(size: int, place: Place) -> Work:
    body = "&".join(f"name{number}=value" for number in range(size)).encode()
    return _build_form(size, place, "application/x-www-form-urlencoded", body)


def _build_multipart(size: int, place: Place) -> Work:
    part = '--b\r\nContent-Disposition: form-data; name="name{}"\r\n\r\nvalue\r\n'
    body = "".join(part.format(number) for number in range(size)) + "--b--\r\n"
    return _build_form(size, place, "multipart/form-data; boundary=b", body.encode())


def _build_sessions(store: Any, size: int) -> Work:
    chance, ends = Random(1), time() + _DAY  # noqa: S311 - to be repeated
    for number in range(size):
        store.add(f"{number:064x}", _DATA, ends)

    def use() -> object:
        key = f"{chance.randrange(size):064x}"
        if store.get(key) != _DATA or not store.replace(key, _DATA, ends):
            raise RuntimeError("a session is missing")
        return key

    return use


def _sessions_in_memory(size: int, _: Place) -> Work:
    from poorwsgi_auth.sessions.stores.memory import MemorySessions

    return _build_sessions(MemorySessions(size), size)


def _sessions_in_sqlite(size: int, place: Place) -> Work:
    from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions

    return _build_sessions(SQLiteSessions(Path(place.folder, "s.db"), size), size)


def _sessions_in_redis(size: int, place: Place) -> Work:
    from poorwsgi_auth.sessions.stores.redis import RedisSessions

    store = RedisSessions.from_url(place.redis, 5, prefix=f"growth{size}:")
    return _build_sessions(store, size)


def _build_nonces(store: Any, size: int) -> Work:
    start = int((time() + 60) * 1000)
    numbers = count(start)

    def use() -> object:
        nonce = next(numbers).to_bytes(6, "big") + bytes(12)
        if not store.use(nonce, 1, b""):
            raise RuntimeError("a new nonce is refused")
        return nonce

    # Some have been dropped again, as in a store that is full for long.
    for _ in range(size + size // 2):
        use()
    return use


def _nonces_in_memory(size: int, _: Place) -> Work:
    from poorwsgi_auth.digest.nonce_stores.memory import MemoryNonces

    return _build_nonces(MemoryNonces(size), size)


def _nonces_in_sqlite(size: int, place: Place) -> Work:
    from poorwsgi_auth.digest.nonce_stores.sqlite import SQLiteNonces

    return _build_nonces(SQLiteNonces(Path(place.folder, "n.db"), size), size)


def _nonces_in_redis(size: int, place: Place) -> Work:
    from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces

    store = RedisNonces.from_url(place.redis, 5, size, prefix=f"growth{size}")
    return _build_nonces(store, size)


ROWS = {
    "routes: static": Row(_build_routes),
    "routes: patterns": Row(_build_patterns),
    "routes: OpenAPI paths": Row(_build_api),
    "parts: urlencoded": Row(_build_urlencoded, int),
    "parts: multipart": Row(_build_multipart, int),
    "sessions: memory": Row(_sessions_in_memory),
    "sessions: SQLite": Row(_sessions_in_sqlite),
    "sessions: Redis": Row(_sessions_in_redis),
    "nonces: memory": Row(_nonces_in_memory),
    "nonces: SQLite": Row(_nonces_in_sqlite),
    "nonces: Redis": Row(_nonces_in_redis),
}
"""Chart and line to what is built."""
