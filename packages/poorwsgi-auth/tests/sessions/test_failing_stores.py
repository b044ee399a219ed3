"""What becomes of a session, and of its user, when the store fails.

The Redis is a real one, which is stopped, killed and filled.
"""

import logging
import os
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.redis_client import build_redis
from poorwsgi_auth.request import Request
from poorwsgi_auth.sessions.server_session import ServerSession
from poorwsgi_auth.sessions.session import SessionError
from poorwsgi_auth.sessions.stores import SessionStore, SessionStoreError
from poorwsgi_auth.sessions.stores.memory import MemorySessions
from poorwsgi_auth.sessions.stores.redis import RedisSessions
from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions
from poorwsgi_core import Response
from poorwsgi_core.http.cookies import load_cookies
from poorwsgi_core.testing import Client

BASKET = {"basket": ["apple"]}


class Plain:
    """A store of somebody else: the five methods and no more."""

    def __init__(self) -> None:
        self.sessions = MemorySessions()
        self.get, self.replace = self.sessions.get, self.sessions.replace
        self.touch = self.sessions.touch

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Keep a session."""
        self.sessions.add(key, data, ends)

    def delete(self, key: str) -> bool:
        """End a session."""
        return self.sessions.delete(key)


class Repeating(Plain):
    """A store whose client asks again, because the answer got lost."""

    def delete(self, key: str) -> bool:
        """End a session twice."""
        super().delete(key)
        return super().delete(key)


class Full(Plain):
    """A store that can take nothing new."""

    def add(self, key: str, data: bytes, ends: float) -> None:
        """Fail."""
        raise SessionStoreError("full")


class Stubborn(Plain):
    """A store that can't delete."""

    def delete(self, key: str) -> bool:
        """Fail."""
        raise SessionStoreError("gone")


def begin(store: SessionStore) -> str:
    """Start a session with a basket and return its id."""
    session = ServerSession(store)
    session.data = dict(BASKET)
    return session.write()


def load(store: SessionStore, text: str) -> ServerSession:
    """Load a session by its id."""
    session = ServerSession(store)
    session.load(load_cookies(f"SESSID={text}"))
    return session


def log_in(store: SessionStore, text: str) -> ServerSession:
    """Do what a login does, up to the header."""
    session = load(store, text)
    session.data["user"] = "jana"
    session.rotate()
    return session


@pytest.mark.parametrize("kind", [Plain, Repeating])
def test_rotation_in_a_store_without_move(kind: type[Plain]) -> None:
    """The new id is there, and what the old one's end answers doesn't matter."""
    store = kind()
    text = begin(store)
    session = log_in(store, text)
    new = session.write()
    assert load(store, new).data == {**BASKET, "user": "jana"}
    with pytest.raises(SessionError):
        load(store, text)


def test_rotation_in_a_full_store_loses_nothing() -> None:
    """The old id lives, until a new one could be stored."""
    store = Plain()
    text = begin(store)
    session = log_in(store, text)
    store.add = Full().add  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(SessionStoreError, match="full"):
            session.header()
    assert load(store, text).data == BASKET
    store.add = store.sessions.add  # type: ignore[method-assign]
    assert load(store, session.write()).data == {**BASKET, "user": "jana"}


def test_rotation_in_a_store_that_cannot_delete(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The user is signed in, and the log tells of the old id."""
    store = Stubborn()
    text = begin(store)
    new = log_in(store, text).write()
    assert load(store, new).data["user"] == "jana"
    assert "an old id lives on" in caplog.text


def test_rotation_of_what_has_ended_brings_nothing_back() -> None:
    """In a store without move, too."""
    store = Plain()
    text = begin(store)
    session = log_in(store, text)
    load(store, text).destroy()
    assert session.header() == []
    assert len(store.sessions) == 0


def test_end_of_a_session_that_was_being_moved() -> None:
    """Neither id is good for anything when the store had done it after all."""

    class Mute(MemorySessions):
        def move(
            self, old: str, new: str, data: bytes, ends: float, old_ends: float
        ) -> bool:
            super().move(old, new, data, ends, old_ends)
            raise SessionStoreError("no answer")

    store = Mute()
    session = log_in(store, begin(store))
    with pytest.raises(SessionStoreError):
        session.write()
    session.destroy()
    assert len(store) == 0


def build_shop(app: Application, store: SessionStore) -> Client:
    """Build an application with a basket and a login."""

    @app.route("/basket")
    def basket(req: Request) -> Response:
        session = ServerSession(store)
        session.load(req.cookies)
        session.data.setdefault("basket", []).append("apple")
        response = Response(str(session.data))
        session.header(response)
        return response

    @app.route("/login")
    def login(req: Request) -> Response:
        session = ServerSession(store)
        session.load(req.cookies)
        session.data["user"] = "jana"
        session.rotate()
        response = Response(str(session.data))
        session.header(response)
        return response

    return Client(app)


@contextmanager
def stopped(process: int) -> Generator[None]:
    """Stop a process for a while."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


@pytest.fixture
def redis_store(own_redis: tuple[str, int]) -> Iterator[RedisSessions]:
    """Build a store whose client waits for 50 ms."""
    client: Any
    with build_redis(f"unix://{own_redis[0]}", 0.05) as client:
        yield RedisSessions(client)


def test_redis_that_is_stopped_is_a_503_and_keeps_the_basket(
    app: Application, own_redis: tuple[str, int], redis_store: RedisSessions
) -> None:
    """It does the login after all, and the client, who got no answer, asks again."""
    client = build_shop(app, redis_store)
    client.get("/basket")
    before = dict(client.cookies)
    with stopped(own_redis[1]):
        assert client.get("/login").status_code == 503
        assert client.get("/basket").status_code == 503
    assert client.cookies == before
    assert client.get("/login").text == "{'basket': ['apple'], 'user': 'jana'}"
    assert client.cookies != before
    expected = "{'basket': ['apple', 'apple'], 'user': 'jana'}"
    assert client.get("/basket").text == expected


def test_redis_that_does_the_move_and_cannot_answer(
    own_redis: tuple[str, int], redis_store: RedisSessions
) -> None:
    """The old id is good for another try, and so is the session object."""
    text = begin(redis_store)
    session, other = log_in(redis_store, text), log_in(redis_store, text)
    with stopped(own_redis[1]), pytest.raises(SessionStoreError):
        session.header()
    assert load(redis_store, text).data == BASKET
    assert load(redis_store, session.write()).data == {**BASKET, "user": "jana"}
    assert load(redis_store, other.write()).data == {**BASKET, "user": "jana"}


def test_redis_that_was_killed_is_a_503(
    app: Application,
    own_redis: tuple[str, int],
    redis_store: RedisSessions,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log has the reason, and the client hasn't."""
    client = build_shop(app, redis_store)
    client.get("/basket")
    os.kill(own_redis[1], signal.SIGKILL)
    with caplog.at_level(logging.ERROR, "poorwsgi"):
        answer = client.get("/basket")
    assert answer.status_code == 503
    assert "Redis" not in answer.text
    assert "Redis can't be asked" in caplog.text


def test_redis_that_is_full_is_a_503_and_keeps_the_basket(
    app: Application, redis_store: RedisSessions
) -> None:
    """With ``noeviction`` it refuses to write, and goes on reading."""
    client = build_shop(app, redis_store)
    client.get("/basket")
    redis: Any = vars(redis_store)["_client"]
    redis.config_set("maxmemory-policy", "noeviction")
    redis.config_set("maxmemory", "1")
    assert client.get("/login").status_code == 503
    assert client.get("/basket").status_code == 503
    redis.config_set("maxmemory", "0")
    assert client.get("/login").text == "{'basket': ['apple'], 'user': 'jana'}"


def test_redis_that_is_paused_answers_late_or_not(
    app: Application, redis_store: RedisSessions
) -> None:
    """A pause of writes is a 503; what was read before it is there after it."""
    client = build_shop(app, redis_store)
    client.get("/basket")
    redis: Any = vars(redis_store)["_client"]
    redis.execute_command("CLIENT", "PAUSE", 60_000, "WRITE")
    assert client.get("/login").status_code == 503
    redis.execute_command("CLIENT", "UNPAUSE")
    assert client.get("/login").text == "{'basket': ['apple'], 'user': 'jana'}"


def test_sqlite_that_is_locked_is_a_503_and_keeps_the_basket(
    app: Application, tmp_path: Path
) -> None:
    """Whoever holds the lock, the session is there when it is released."""
    path = tmp_path / "sessions.db"
    with (
        closing(SQLiteSessions(path, timeout=0.05)) as store,
        closing(SQLiteSessions(path)) as other,
    ):
        client = build_shop(app, store)
        client.get("/basket")
        with vars(other)["_file"].transaction():
            assert client.get("/login").status_code == 503
        assert client.get("/login").text == "{'basket': ['apple'], 'user': 'jana'}"


def test_state_handler_may_answer_for_the_store(app: Application) -> None:
    """It is the one of 503."""
    client = build_shop(app, Full())

    @app.http_state(503)
    def apologize(_: Request) -> tuple[str, str, dict[str, str], int]:
        return "Try again.", "text/plain", {"Retry-After": "5"}, 503

    answer = client.get("/basket")
    assert (answer.text, answer.headers["Retry-After"]) == ("Try again.", "5")


@pytest.mark.parametrize("build", [RedisSessions.from_url, build_redis])
def test_client_of_redis_asks_once(build: Callable[..., Any]) -> None:
    """And connects at the first command, so it may be built before a fork."""
    built = build("redis://127.0.0.1:1/0", 0.25)
    redis = vars(built)["_client"] if isinstance(built, RedisSessions) else built
    options = redis.connection_pool.connection_kwargs
    assert vars(options["retry"])["_retries"] == 0
    assert options["socket_timeout"] == options["socket_connect_timeout"] == 0.25
    redis.close()
