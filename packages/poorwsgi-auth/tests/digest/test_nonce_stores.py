"""Facts that hold for each nonce store, and those of one."""

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import time
from typing import Any, TypeAlias

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st
from redis.backoff import NoBackoff
from redis.retry import Retry

from poorwsgi_auth.digest.nonce_stores import WINDOW, NonceStore, NonceStoreError
from poorwsgi_auth.digest.nonce_stores.memory import MemoryNonces
from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces
from poorwsgi_auth.digest.nonce_stores.sqlite import SQLiteNonces
from poorwsgi_auth.digest.nonce_stores.window import use_count
from poorwsgi_auth.digest.nonces import OLDEST, first_nonce_of

BuildStore: TypeAlias = Callable[..., NonceStore]

ONCE = Retry(NoBackoff(), 0)

SQLITE = (
    "from poorwsgi_auth.digest.nonce_stores.sqlite import SQLiteNonces; "
    "s = SQLiteNonces({!r})"
)
REDIS = (
    "import redis; from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces; "
    "s = RedisNonces(redis.Redis(unix_socket_path={!r}))"
)
RACE = """
import sys
{store}
print("ready", flush=True)
sys.stdin.readline()
print([c for c in range(1, 201) if s.use(b"n" * 18, c, b"")])
"""


def nonce(number: int) -> bytes:
    """Build an identity; a larger number is a later one, all later than today."""
    return b"\xff" * 6 + number.to_bytes(12, "big")


@pytest.fixture(params=["memory", "sqlite", "redis"])
def build_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BuildStore]:
    """Return a function that builds an empty store of each kind."""
    if request.param == "memory":
        yield MemoryNonces
    elif request.param == "redis":
        client: redis.Redis = request.getfixturevalue("redis_client")
        yield lambda *size: RedisNonces(client, *size)
    else:
        stores: list[SQLiteNonces] = []

        def build(*size: int) -> SQLiteNonces:
            stores.append(SQLiteNonces(tmp_path / "nonces.db", *size))
            return stores[-1]

        yield build
        for store in stores:
            store.close()


def test_count_is_used_once(build_store: BuildStore) -> None:
    """The second use is a replay (bar 82)."""
    store = build_store()
    assert [store.use(nonce(1), 1, OLDEST) for _ in range(3)] == [True, False, False]
    assert store.use(nonce(1), 2, OLDEST)
    assert store.use(nonce(2), 1, OLDEST)


def test_counts_may_come_in_another_order(build_store: BuildStore) -> None:
    """Each one once, while it is in the window (bar 82)."""
    store = build_store()
    counts = [3, 1, 2, 40, 4, 39, 40, 3, 70, 6, 7, 71, 7, 8]
    expected = [1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1]
    assert [store.use(nonce(1), count, OLDEST) for count in counts] == [
        bool(number) for number in expected
    ]


def test_count_may_be_the_highest(build_store: BuildStore) -> None:
    """Eight hex digits are the limit of the protocol."""
    store = build_store()
    highest = 0xFFFFFFFF
    assert store.use(nonce(1), 1, OLDEST)
    assert store.use(nonce(1), highest, OLDEST)
    assert store.use(nonce(1), highest - 63, OLDEST)
    assert not store.use(nonce(1), highest - 64, OLDEST)
    assert not store.use(nonce(1), 1, OLDEST)


@given(counts=st.lists(st.integers(1, 200), max_size=60))
def test_stores_agree_with_the_window(
    redis_socket: str,
    counts: list[int],
) -> None:
    """Redis has its own computation, and it gives the same."""
    state, expected = 0, list[bool]()
    for count in counts:
        after = use_count(state, count)
        expected.append(after is not None)
        state = state if after is None else after
    client: Any
    with redis.Redis(unix_socket_path=redis_socket) as client:
        client.flushall()
        store = RedisNonces(client)
        assert [store.use(nonce(1), count, OLDEST) for count in counts] == expected


@given(counts=st.lists(st.integers(1, 200), max_size=60))
def test_window_never_takes_a_count_twice(counts: list[int]) -> None:
    """It takes what is above the highest, and what is new in the window."""
    state, taken = 0, list[int]()
    for count in counts:
        highest = max(taken, default=0)
        is_new = count > highest - WINDOW and count not in taken
        after = use_count(state, count)
        assert (after is not None) == is_new
        if after is not None:
            state = after
            taken.append(count)


def test_store_is_bounded_and_forgets_safely(build_store: BuildStore) -> None:
    """What a full store forgot is refused, and so is what is older (bar 83)."""
    store = build_store(3)
    assert [store.use(nonce(n), 1, OLDEST) for n in (5, 6, 7)] == [True] * 3
    assert store.use(nonce(8), 1, OLDEST)
    assert [store.use(nonce(n), 2, OLDEST) for n in (4, 5)] == [False, False]
    assert [store.use(nonce(n), 2, OLDEST) for n in (6, 7, 8)] == [True] * 3
    assert store.use(nonce(9), 1, OLDEST)


def test_forgotten_stays_forgotten(build_store: BuildStore) -> None:
    """Also when an older nonce comes late and is forgotten in its turn."""
    store = build_store(3)
    for number in (3, 5, 6, 7, 4, 8, 9):
        store.use(nonce(number), 1, OLDEST)
    assert not any(store.use(nonce(n), 1, OLDEST) for n in range(1, 10))


def test_expired_nonces_make_room(build_store: BuildStore) -> None:
    """Then nothing that is valid has to be forgotten (bar 83)."""
    store = build_store(3)
    assert [store.use(nonce(n), 1, OLDEST) for n in (5, 6, 7)] == [True] * 3
    assert [store.use(nonce(n), 1, nonce(7)) for n in (8, 9)] == [True, True]
    assert [store.use(nonce(n), 2, nonce(7)) for n in (7, 8, 9)] == [True] * 3


def test_expired_nonces_stay_forgotten(build_store: BuildStore) -> None:
    """Also for a host whose clock is behind, or when a clock is set back (bar 82)."""
    store = build_store()
    assert store.use(nonce(5), 1, OLDEST)
    assert store.use(nonce(8), 1, nonce(7))
    assert not store.use(nonce(5), 1, OLDEST)


def test_new_store_refuses_older_nonces(build_store: BuildStore) -> None:
    """Before it was there, they may have been used and recorded (bar 83)."""
    before = first_nonce_of(time() - 1) + b"r" * 12
    store = build_store()
    assert not store.use(before, 1, OLDEST)
    assert store.use(first_nonce_of(time()) + b"r" * 12, 1, OLDEST)


def test_one_of_32_parallel_uses_is_the_first(build_store: BuildStore) -> None:
    """However the threads meet (bar 82)."""
    store = build_store()
    with ThreadPoolExecutor(32) as pool:
        for number in range(1, 9):
            uses = pool.map(store.use, [nonce(number)] * 32, [1] * 32, [b""] * 32)
            assert sum(uses) == 1


def race(code: str, folder: Path) -> list[list[int]]:
    """Let four processes use the same counts; returns what each could use."""
    command = [sys.executable, "-c", RACE.format(store=code)]
    processes = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and code
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
        )
        for _ in range(4)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        return [eval(process.communicate()[0]) for process in processes]  # noqa: S307
    finally:
        for process in processes:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
def test_processes_share_a_store(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Each count is the first use in one of them alone (bar 83)."""
    if kind == "redis":
        request.getfixturevalue("redis_client")
        code = REDIS.format(request.getfixturevalue("redis_socket"))
    else:
        code = SQLITE.format(str(tmp_path / "nonces.db"))
    used = race(code, tmp_path)
    together = sorted(count for counts in used for count in counts)
    # One may run ahead of another by more than the window; none is used twice.
    assert len(set(together)) == len(together)
    assert together[-1] == 200


def test_memory_tells_how_many_it_holds() -> None:
    """For those who watch it."""
    store = MemoryNonces(2)
    for number in range(1, 5):
        store.use(nonce(number), 1, OLDEST)
    assert len(store) == 2


def test_sqlite_file_is_for_its_owner(tmp_path: Path) -> None:
    """So are the files that SQLite keeps beside it."""
    store = SQLiteNonces(tmp_path / "nonces.db")
    store.use(nonce(1), 1, OLDEST)
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()
    }
    store.close()
    assert modes
    assert set(modes.values()) == {0o600}


def test_sqlite_outlives_the_process(tmp_path: Path) -> None:
    """A new store of the same file knows the uses."""
    for expected in (True, False):
        store = SQLiteNonces(tmp_path / "nonces.db")
        assert store.use(nonce(1), 1, OLDEST) is expected
        store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_sqlite_works_in_a_forked_process(tmp_path: Path) -> None:
    """A connection isn't carried over; the uses are shared."""
    code = (
        "import os, sys; "
        f"{SQLITE.format(str(tmp_path / 'nonces.db'))}; "
        "s.use(b'1' * 18, 1, b''); child = os.fork(); "
        "used = [s.use(b'1' * 18, 1, b''), s.use(b'2' * 18, os.getpid(), b'')]; "
        "child or os._exit(used != [False, True]); "
        "status = os.waitpid(child, 0)[1]; s.close(); "
        "sys.exit(status or used != [False, True])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 - our code
    assert done.returncode == 0


def test_sqlite_file_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    """What may have been used before counts as used; new nonces are taken."""
    path = tmp_path / "nonces.db"
    store = SQLiteNonces(path)
    old = first_nonce_of(time() - 1) + b"n" * 12
    assert store.use(nonce(1), 1, OLDEST)
    path.unlink()
    assert not store.use(old, 1, OLDEST)
    assert [store.use(nonce(2), 1, OLDEST) for _ in range(2)] == [True, False]
    assert path.exists()
    store.close()


def test_redis_store_builds_a_client_that_asks_once() -> None:
    """A Redis that is gone holds no request for long."""
    store = RedisNonces.from_url("redis://127.0.0.1:1/0", 0.25, 7)
    with pytest.raises(NonceStoreError):
        store.use(nonce(1), 1, OLDEST)
    assert vars(store)["_size"] == 7


def test_sqlite_failure_is_told(tmp_path: Path) -> None:
    """With the file and the cause."""
    path = tmp_path / "nonces.db"
    with pytest.raises(NonceStoreError, match=r"[Ii]s a directory"):
        SQLiteNonces(tmp_path)
    store = SQLiteNonces(path)
    with sqlite3.connect(path) as other:
        other.execute("DROP TABLE nonces")
    other.close()
    with pytest.raises(NonceStoreError, match="no such table"):
        store.use(nonce(1), 1, OLDEST)
    store.close()


def test_redis_failure_is_told(tmp_path: Path) -> None:
    """A server that isn't there lets nobody in."""
    path = str(tmp_path / "none.sock")
    failure = pytest.raises(NonceStoreError, match="can't be asked")
    with redis.Redis(unix_socket_path=path, retry=ONCE) as client, failure:
        RedisNonces(client).use(nonce(1), 1, OLDEST)


def test_redis_keys_have_a_prefix_in_one_slot(redis_client: Any) -> None:
    """So that a cluster can run the script, and applications share a server."""
    for prefix in ("one", "two"):
        store = RedisNonces(redis_client, prefix=prefix)
        assert store.use(nonce(1), 1, OLDEST)
    keys = sorted(redis_client.scan_iter())
    assert keys == [b"{one}:order", b"{one}:used", b"{two}:order", b"{two}:used"]


@pytest.mark.parametrize("lost", [["used"], ["order"], ["used", "order"]])
def test_redis_that_loses_keys_lets_no_replay_in(
    redis_client: redis.Redis, lost: list[str]
) -> None:
    """Evicted, flushed, or gone with a restart; new nonces are good again."""
    store = RedisNonces(redis_client)
    used = first_nonce_of(time()) + b"r" * 12
    assert store.use(used, 1, OLDEST)
    while first_nonce_of(time()) <= used:
        pass
    redis_client.delete(*[f"{{poorwsgi:nonces}}:{name}" for name in lost])
    assert not store.use(used, 1, OLDEST)
    assert store.use(first_nonce_of(time()) + b"r" * 12, 1, OLDEST)


def test_redis_may_come_later(redis_client: redis.Redis) -> None:
    """A store can be built while there is none; then it lets nobody in."""
    client = redis.Redis(unix_socket_path="/nowhere/redis.sock", retry=ONCE)
    store = RedisNonces(client)
    with pytest.raises(NonceStoreError, match="can't be asked"):
        store.use(nonce(1), 1, OLDEST)
    client.connection_pool = redis_client.connection_pool
    assert store.use(nonce(1), 1, OLDEST)
