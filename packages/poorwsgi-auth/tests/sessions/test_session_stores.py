"""Facts that hold for every session store, and for each one alone."""

import os
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException
from redis.retry import Retry

from poorwsgi_auth.sessions.stores import MovingStore, SessionStore, SessionStoreError
from poorwsgi_auth.sessions.stores import memory as memory_module
from poorwsgi_auth.sessions.stores import sqlite as sqlite_module
from poorwsgi_auth.sessions.stores.memory import MemorySessions
from poorwsgi_auth.sessions.stores.redis import RedisSessions
from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions

HOUR = 3600


def soon() -> float:
    """Return a time at which the test is over."""
    return time.time() + HOUR


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SessionStore]:
    """Build each store in turn."""
    if request.param == "memory":
        yield MemorySessions()
    elif request.param == "redis":
        yield RedisSessions(request.getfixturevalue("redis_client"))
    else:
        with closing(SQLiteSessions(tmp_path / "sessions.db")) as sessions:
            yield sessions


def test_unknown_session_is_missing(store: SessionStore) -> None:
    """What was never added can't be read, changed or deleted."""
    assert store.get("a") is None
    assert not store.replace("a", b"data", soon())
    assert not store.touch("a", soon())
    assert not store.delete("a")
    assert store.get("a") is None


def test_session_is_kept_replaced_and_deleted(store: SessionStore) -> None:
    """The data are those of the last write, until the session is deleted."""
    store.add("a", b"\0one", soon())
    store.add("b", b"other", soon())
    assert store.get("a") == b"\0one"
    assert store.replace("a", b"two", soon())
    assert store.get("a") == b"two"
    assert store.touch("a", soon())
    assert (store.get("a"), store.get("b")) == (b"two", b"other")
    assert store.delete("a")
    assert not store.delete("a")
    assert (store.get("a"), store.get("b")) == (None, b"other")


def test_data_of_64_kib(store: SessionStore) -> None:
    """Any bytes are kept, up to the limit of sessions and beyond."""
    data = os.urandom(70_000)
    store.add("a", data, soon())
    assert store.get("a") == data


def test_session_that_has_ended_is_missing(store: SessionStore) -> None:
    """After its time a session is as if it had never been."""
    for key in ("read", "replaced", "touched", "deleted"):
        store.add(key, b"data", time.time() + 0.001)
    time.sleep(0.01)
    assert store.get("read") is None
    assert not store.replace("replaced", b"data", soon())
    assert not store.touch("touched", soon())
    assert not store.delete("deleted")
    for key in ("read", "replaced", "touched", "deleted"):
        assert store.get(key) is None


def test_touch_puts_off_the_end(store: SessionStore) -> None:
    """A session that was touched lives until the new time."""
    store.add("a", b"data", time.time() + 0.05)
    assert store.touch("a", soon())
    time.sleep(0.06)
    assert store.get("a") == b"data"


def moving(store: SessionStore) -> MovingStore:
    """Return a store as what it is."""
    assert isinstance(store, MovingStore)
    return store


def test_session_is_moved_in_one_step(store: SessionStore) -> None:
    """The old key keeps its data for a moment, to be read only."""
    store.add("old", b"one", soon())
    assert moving(store).move("old", "new", b"two", soon(), soon())
    assert (store.get("old"), store.get("new")) == (b"one", b"two")
    assert not store.replace("old", b"three", soon())
    assert not store.touch("old", soon())
    assert not store.delete("old")
    assert store.replace("new", b"three", soon())
    assert (store.get("old"), store.get("new")) == (b"one", b"three")


def test_move_may_be_repeated(store: SessionStore) -> None:
    """The second time it changes nothing, and says the same."""
    store.add("old", b"one", soon())
    for data in (b"two", b"again"):
        assert moving(store).move("old", "new", data, soon(), soon())
    assert (store.get("old"), store.get("new")) == (b"one", b"two")


def test_old_key_may_be_moved_once_more(store: SessionStore) -> None:
    """Its client may not have got the answer with the new one."""
    store.add("old", b"one", soon())
    assert moving(store).move("old", "lost", b"two", soon(), soon())
    assert moving(store).move("old", "new", b"three", soon(), soon())
    assert (store.get("old"), store.get("new")) == (b"one", b"three")


def test_old_key_is_forgotten_after_its_moment(store: SessionStore) -> None:
    """Then it is as if it had never been."""
    store.add("old", b"one", soon())
    assert moving(store).move("old", "new", b"two", soon(), time.time() + 0.02)
    time.sleep(0.04)
    assert store.get("old") is None
    assert not moving(store).move("old", "more", b"three", soon(), soon())
    assert (store.get("new"), store.get("more")) == (b"two", None)


def test_old_key_lives_no_longer_than_it_would_have(store: SessionStore) -> None:
    """To move a session puts off no end."""
    store.add("old", b"one", time.time() + 0.04)
    assert moving(store).move("old", "new", b"two", soon(), soon())
    time.sleep(0.06)
    assert (store.get("old"), store.get("new")) == (None, b"two")


def test_what_is_missing_or_has_ended_is_not_moved(store: SessionStore) -> None:
    """Nor is the new key made."""
    store.add("old", b"one", time.time() + 0.001)
    time.sleep(0.01)
    assert not moving(store).move("old", "new", b"two", soon(), soon())
    assert not moving(store).move("never", "new", b"two", soon(), soon())
    assert store.get("new") is None


def test_78_threads(store: SessionStore) -> None:
    """Of 32 threads that delete one session, one does; no write is lost."""
    store.add("shared", b"data", soon())
    deleted: list[bool] = []
    faults: list[object] = []
    start = threading.Barrier(32)

    def work(number: int) -> None:
        start.wait()
        key, data = f"own{number}", str(number).encode()
        store.add(key, data, soon())
        deleted.append(store.delete("shared"))
        for _ in range(5):
            store.replace(key, data * 2, soon())
            if store.get(key) != data * 2:
                faults.append(key)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (deleted.count(True), len(deleted), faults) == (1, 32, [])


# --- memory ------------------------------------------------------------------------


def test_memory_is_bounded() -> None:
    """The session that was written least recently makes room."""
    sessions = MemorySessions(3)
    for key in "abc":
        sessions.add(key, b"", soon())
    sessions.replace("a", b"", soon())
    sessions.touch("b", soon())
    sessions.add("d", b"", soon())
    assert len(sessions) == 3
    assert [key for key in "abcd" if sessions.get(key) is None] == ["c"]


def test_memory_is_not_emptied_by_visitors() -> None:
    """A session that was never loaded makes room first."""
    sessions = MemorySessions(3)
    for key in ("jana", "petr"):
        sessions.add(key, b"", soon())
        assert sessions.get(key) == b""
    for number in range(1000):
        sessions.add(f"visitor{number}", b"", soon())
    assert (len(sessions), sessions.get("visitor999")) == (3, b"")
    assert sessions.get("jana") == sessions.get("petr") == b""


def test_memory_of_moved_keys_is_bounded() -> None:
    """They take no more room than sessions do."""
    sessions = MemorySessions(2)
    sessions.add("0", b"", soon())
    for number in range(9):
        assert sessions.move(str(number), str(number + 1), b"", soon(), soon())
    alive = [str(number) for number in range(10) if sessions.get(str(number)) == b""]
    assert alive == ["7", "8", "9"]


def test_memory_drops_what_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions of the past take no room."""
    sessions = MemorySessions(3)
    for key in "abc":
        sessions.add(key, b"", soon())
    monkeypatch.setattr(memory_module, "time", lambda: soon() + HOUR)
    sessions.add("d", b"", soon() + 2 * HOUR)
    assert len(sessions) == 1


# --- SQLite ------------------------------------------------------------------------


def test_sqlite_is_shared(tmp_path: Path) -> None:
    """What one process adds, another one reads."""
    path = tmp_path / "sessions.db"
    code = (
        "import sys; from poorwsgi_auth.sessions.stores.sqlite import SQLiteSessions\n"
        "sessions = SQLiteSessions(sys.argv[1])\n"
        "sessions.add('a', b'data', 1e10)\n"
        "sessions.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)  # noqa: S603 - our own interpreter and code
    with closing(SQLiteSessions(path)) as sessions:
        assert sessions.get("a") == b"data"


def test_sqlite_is_bounded(tmp_path: Path) -> None:
    """The session that would end first makes room."""
    with closing(SQLiteSessions(tmp_path / "sessions.db", 3)) as sessions:
        for key, seconds in (("a", 30), ("b", 10), ("c", 20), ("d", 40)):
            sessions.add(key, b"", time.time() + seconds)
        assert [key for key in "abcd" if sessions.get(key) is None] == ["b"]


def test_sqlite_is_not_emptied_by_visitors(tmp_path: Path) -> None:
    """A session that was never loaded makes room first."""
    with closing(SQLiteSessions(tmp_path / "sessions.db", 3)) as sessions:
        for key in ("jana", "petr"):
            sessions.add(key, b"", soon())
            assert sessions.get(key) == b""
        for number in range(50):
            sessions.add(f"visitor{number}", b"", soon() + HOUR)
        assert sessions.get("jana") == sessions.get("petr") == b""
        assert sessions.get("visitor49") == b""


def test_sqlite_file_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    """At once, also for connections that are open; sessions are gone."""
    path = tmp_path / "sessions.db"
    with closing(SQLiteSessions(path)) as one, closing(SQLiteSessions(path)) as other:
        one.add("a", b"data", soon())
        path.unlink()
        assert one.get("a") is None
        one.add("b", b"data", soon())
        assert other.get("b") == b"data"


def test_sqlite_locked_by_another_process(tmp_path: Path) -> None:
    """Who waits too long gets a SessionStoreError, and reads go on meanwhile."""
    path = tmp_path / "sessions.db"
    code = (
        "import sqlite3, sys; connection = sqlite3.connect(sys.argv[1])\n"
        "connection.execute('BEGIN IMMEDIATE'); print('locked', flush=True)\n"
        "sys.stdin.read()"
    )
    with closing(SQLiteSessions(path, timeout=0.05)) as sessions:
        sessions.add("a", b"data", soon())
        command = [sys.executable, "-c", code, str(path)]
        with subprocess.Popen(command, stdin=-1, stdout=-1) as locker:  # noqa: S603 - our own interpreter and code
            assert locker.stdout is not None
            assert locker.stdout.readline() == b"locked\n"
            calls: list[Any] = [
                lambda: sessions.add("b", b"", soon()),
                lambda: sessions.replace("a", b"", soon()),
                lambda: sessions.move("a", "b", b"", soon(), soon()),
                lambda: sessions.delete("a"),
            ]
            for call in calls:
                with pytest.raises(SessionStoreError, match="locked"):
                    call()
            assert sessions.get("a") == b"data"
            locker.communicate()
        assert sessions.move("a", "b", b"more", soon(), soon())
        assert sessions.get("b") == b"more"


def test_sqlite_drops_what_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions of the past are deleted from the file."""
    with closing(SQLiteSessions(tmp_path / "sessions.db")) as sessions:
        for key in "abc":
            sessions.add(key, b"", soon())
        monkeypatch.setattr(sqlite_module, "time", lambda: soon() + HOUR)
        sessions.add("d", b"", soon() + 2 * HOUR)
        monkeypatch.undo()
        assert [key for key in "abcd" if sessions.get(key) is None] == ["a", "b", "c"]


def test_sqlite_file_is_private(tmp_path: Path) -> None:
    """Its owner alone may read the file, and what SQLite lays beside it."""
    with closing(SQLiteSessions(tmp_path / "sessions.db")) as sessions:
        sessions.add("a", b"", soon())
        modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {0o600}


def test_sqlite_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """A folder that doesn't exist is a SessionStoreError."""
    with pytest.raises(SessionStoreError, match="opened"):
        SQLiteSessions(tmp_path / "missing" / "sessions.db")


def test_sqlite_file_that_is_none(tmp_path: Path) -> None:
    """A file of another kind is a SessionStoreError, and stays as it is."""
    path = tmp_path / "text"
    path.write_text("no database at all, but some lines of text\n" * 100)
    with pytest.raises(SessionStoreError):
        SQLiteSessions(path)
    assert path.read_text().startswith("no database")


# --- Redis -------------------------------------------------------------------------


def test_redis_drops_what_has_ended(redis_client: Any) -> None:
    """Redis itself knows when a session ends, and how the key is called."""
    RedisSessions(redis_client, prefix="sid:").add("a", b"data", soon())
    assert redis_client.keys() == [b"sid:a"]
    assert HOUR - 60 < redis_client.ttl("sid:a") <= HOUR


def test_redis_client_that_decodes(redis_socket: str) -> None:
    """It can't read sessions, and the error says what to change (a mistake)."""
    client: Any
    with redis.Redis(unix_socket_path=redis_socket, decode_responses=True) as client:
        store = RedisSessions(client)
        store.add("a", b"\xff", soon())
        with pytest.raises(SessionStoreError, match="without decode_responses"):
            store.get("a")


def test_redis_that_does_not_answer() -> None:
    """Every method raises SessionStoreError, from the cause."""
    once = Retry(NoBackoff(), 0)
    with (
        socket.socket() as nobody,
        redis.Redis(port=bind(nobody), retry=once) as client,
    ):
        store = RedisSessions(client)
        calls: list[Any] = [
            lambda: store.get("a"),
            lambda: store.add("a", b"", soon()),
            lambda: store.replace("a", b"", soon()),
            lambda: store.touch("a", soon()),
            lambda: store.delete("a"),
            lambda: store.move("a", "b", b"", soon(), soon()),
        ]
        for call in calls:
            with pytest.raises(SessionStoreError, match="asked") as error:
                call()
            assert isinstance(error.value.__cause__, redis.RedisError)


class Cluster:
    """A client of a cluster, whose nodes don't have all slots.

    The real one is asked by tests/servers/test_redis_cluster.py.
    """

    def register_script(self, _: str) -> object:
        """Take a script."""
        return self.get

    def keyslot(self, key: str) -> int:
        """Return the slot of a key."""
        return len(key)

    def get(self, *_: object, **__: object) -> bytes:
        """Fail as the library does, by an error that is no RedisError."""
        raise RedisClusterException("Slot is not covered")


@pytest.mark.parametrize("prefix", ["poorwsgi:session:", "{}:", "{session"])
def test_cluster_needs_a_hash_tag(prefix: str) -> None:
    """Without one a session could not be moved, so it is told at once."""
    client: Any = Cluster()
    with pytest.raises(ValueError, match=r"a hash tag; write one, as in '\{session"):
        RedisSessions(client, prefix=prefix)


def test_cluster_that_lacks_slots() -> None:
    """Errors of the cluster are those of the store too."""
    client: Any = Cluster()
    store = RedisSessions(client, prefix="{session}:")
    with pytest.raises(SessionStoreError, match="asked: Slot is not covered"):
        store.get("a")
    with pytest.raises(SessionStoreError, match="asked: Slot is not covered"):
        store.move("a", "b", b"", soon(), soon())


def bind(nobody: socket.socket) -> int:
    """Return a port on which nobody listens."""
    nobody.bind(("127.0.0.1", 0))
    port: int = nobody.getsockname()[1]
    return port


def test_redis_is_imported_by_its_store_alone() -> None:
    """Who keeps sessions elsewhere needs no redis."""
    code = (
        "import sys; import poorwsgi_auth.sessions.server_session\n"
        "import poorwsgi_auth.sessions.stores.memory\n"
        "import poorwsgi_auth.sessions.stores.sqlite\n"
        "print('redis' in sys.modules)"
    )
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert answer.stdout.strip() == "False"
