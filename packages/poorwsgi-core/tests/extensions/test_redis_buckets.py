"""Facts about buckets in Redis, as far as they need none; poorwsgi-auth has one."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from poorwsgi_core.extensions.rate_limit import Grant
from poorwsgi_core.extensions.redis_buckets import RedisBuckets


class Client:
    """Answers as the script does."""

    def __init__(self, *answer: object) -> None:
        self.answer = [*answer]
        self.asked: list[object] = []

    def register_script(self, script: str) -> Callable[..., Any]:
        """Return what runs a script."""
        assert "redis.call('TIME')" in script

        def run(keys: list[str], args: list[float]) -> list[object]:
            self.asked += [keys, args]
            return self.answer

        return run


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((1, b"4.5"), Grant(True, 4, 0.0)),
        ((1, "0"), Grant(True, 0, 12.0)),
        ((0, "0.75"), Grant(False, 0, 3.0)),
    ],
)
def test_take(answer: tuple[object, ...], expected: Grant) -> None:
    """What the script returns becomes a grant."""
    client = Client(*answer)
    buckets = RedisBuckets(client, prefix="x:")
    assert buckets.take("user", 5, 60) == expected
    assert client.asked == [["x:user"], [5, 60]]


def test_from_url() -> None:
    """A client is built that fails at the first try."""
    redis = pytest.importorskip("redis")
    buckets = RedisBuckets.from_url("redis://127.0.0.1:1/", 0.2, prefix="x:")
    with pytest.raises(redis.ConnectionError):
        buckets.take("user", 5, 60)


def test_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is told, and no password."""
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.backoff", None)
    with pytest.raises(RuntimeError, match="pip install redis") as caught:
        RedisBuckets.from_url("redis://:secret@127.0.0.1:1/")
    assert "secret" not in str(caught.value)
