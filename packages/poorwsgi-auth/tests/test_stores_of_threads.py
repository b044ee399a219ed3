"""What threads share stays whole, however often they take turns."""

from pathlib import Path
from time import time

import pytest
from rushing import rush

from poorwsgi_auth.digest.nonce_stores.memory import MemoryNonces
from poorwsgi_auth.digest.nonce_stores.sqlite import SQLiteNonces
from poorwsgi_auth.digest.nonces import OLDEST
from poorwsgi_auth.passwords.password_map import PasswordMap
from poorwsgi_auth.sessions.stores.memory import MemorySessions

pytestmark = pytest.mark.needs("threads")

NONCE = b"\xff" * 18
DIGEST = "0" * 32


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_each_count_is_used_once(kind: str, tmp_path: Path) -> None:
    """Of 8 threads that use the counts 1 to 10, one can use each."""
    path = tmp_path / "nonces.db"
    store = MemoryNonces() if kind == "memory" else SQLiteNonces(path)

    def work(_: int) -> list[int]:
        return [count for count in range(1, 11) if store.use(NONCE, count, OLDEST)]

    rushed = rush(work, 8)
    if isinstance(store, SQLiteNonces):
        store.close()
    used = [count for counts in rushed for count in counts]
    assert sorted(used) == [*range(1, 11)]


def test_sessions_of_memory() -> None:
    """What one thread has written is not changed by others, and the bound holds."""
    sessions = MemorySessions(600)

    def work(thread: int) -> list[bytes | None]:
        ends, found = time() + 3600, list[bytes | None]()
        for number in range(40):
            key, data = f"{thread}:{number}", b"%d" % number
            sessions.add(key, b"", ends)
            assert sessions.get(key) == b""
            assert sessions.replace(key, data, ends)
            assert sessions.move(key, f"{key}'", data, ends, ends)
            found.append(sessions.get(f"{key}'"))
            assert sessions.delete(f"{key}'")
        return found

    assert rush(work) == [[b"%d" % number for number in range(40)]] * 12
    assert len(sessions) == 0


def test_users_who_are_added_while_others_are_asked_for() -> None:
    """Each is found, and none is lost."""
    users = PasswordMap()
    users.set("R", "ann", DIGEST)

    def work(thread: int) -> list[bool]:
        found: list[bool] = []
        for number in range(40):
            users.set(f"R{number}", f"u{thread}", DIGEST)
            found.append(users.verify("R", "ann", DIGEST))
        return found

    assert rush(work) == [[True] * 40] * 12
    assert all(len(users[f"R{number}"]) == 12 for number in range(40))
