"""Sessions whose data stay on the server: the cookie holds an id alone.

The rules:

* The id is 256 random bits.  The store gets a hash of it together with the name
  of the cookie, so an id is good for that cookie alone.
* An id that the store doesn't know is never taken over from a client.
* What has ended stays so: a request that loaded the session before doesn't bring
  it back by writing it.
* No failure of the store loses a session: a new id is stored before the old one is
  given up, and both steps can be done again.
* Of two requests that change a session the last one wins, with all it has; one that
  changes nothing writes nothing.
"""

import logging
from collections.abc import Callable
from hashlib import sha256
from secrets import token_urlsafe
from time import time
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from poorwsgi_auth.guards.csrf import CSRF_KEY, replace_secret
from poorwsgi_auth.sessions.payload import decode_data, encode_data
from poorwsgi_auth.sessions.session import HeaderTarget, Session
from poorwsgi_auth.sessions.stores import (
    MovingStore,
    SessionStore,
    SessionStoreError,
)
from poorwsgi_core.request.settings import seconds

if TYPE_CHECKING:
    from http.cookies import SimpleCookie

__all__ = ["ServerSession"]

log = logging.getLogger("poorwsgi")

_ID_BYTES = 32
_ID_CHARACTERS = 43
_TIME_BYTES = 8
_DAY: Final = 86_400
_GRACE: Final = 60
"""Seconds that an id is known after another one has taken its place."""

_P = ParamSpec("_P")
_R = TypeVar("_R")


class ServerSession(Session):
    """A session of any size up to 64 KiB, which ends when you say so.

    Args:
        store: where the data are, see ``poorwsgi_auth.sessions.stores``.
        expires: see Session.
        max_age: see Session.
        domain: see Session.
        path: see Session.
        secure: see Session.
        same_site: see Session.
        sid: see Session.
        lifetime: seconds after which it ends; by default ``max_age``, else
            ``expires``, else a day.
        idle_timeout: seconds without a request after which it ends.
        partitioned: see Session.

    Raises:
        TypeError: it is no store, or no number of seconds.
        ValueError: see Session; it would end at once.
    """

    data: dict[str, Any]
    """What is kept, whatever JSON can hold."""

    def __init__(
        self,
        store: SessionStore,
        expires: int = 0,
        max_age: int | None = None,
        domain: str = "",
        path: str | None = "/",
        secure: bool = False,
        same_site: str | bool = False,
        sid: str = "SESSID",
        *,
        lifetime: float | None = None,
        idle_timeout: float | None = None,
        partitioned: bool = False,
    ) -> None:
        super().__init__(
            expires,
            max_age,
            domain,
            path,
            secure,
            same_site,
            sid,
            partitioned=partitioned,
        )
        _check_store(store)
        for name, value in (("lifetime", lifetime), ("idle_timeout", idle_timeout)):
            if value is not None:
                _check_seconds(name, value)
        self._store = store
        self._longest = max_age or expires or _DAY if lifetime is None else lifetime
        self._idle_timeout = idle_timeout
        self._id = ""
        self._next_id = ""
        self._replaced = ""
        self._stored = b""
        self._started = 0.0
        self._is_loaded = False
        self._has_ended = False

    def load(self, cookies: "SimpleCookie | None") -> None:
        """Take the data of the session that a request's cookie names.

        Args:
            cookies: of the request; without this session they change nothing.

        Raises:
            SessionError: there is no such session, or it has ended.
            SessionStoreError: the store can't be asked.
        """
        self._is_loaded = True
        super().load(cookies)

    def rotate(self) -> None:
        """Give the session a new id and a new lifetime when it is written.

        Do so at login, and whenever a user gets more rights: an id that somebody
        else has learnt, or planted, before is worth nothing then.  Nor are the
        tokens of ``csrf_token`` that were made before.

        Until the new id is stored, and for a minute after, the old one gives the
        data as they were before; what is written with it is dropped.
        """
        if CSRF_KEY in self.data:
            replace_secret(self.data)
        if self._id:
            self._replaced, self._id = self._replaced or self._key(self._id), ""

    def destroy(self) -> None:
        """End the session, for all who have its id.

        Raises:
            RuntimeError: it hasn't been loaded, so nobody knows which one to end.
            SessionStoreError: the store can't be asked.
        """
        if not (self._is_loaded or self._id):
            raise RuntimeError(
                "Which session shall end? Call load(req.cookies) before destroy()"
            )
        keys = [self._key(text) for text in (self._id, self._next_id) if text]
        for key in filter(None, (self._replaced, *keys)):
            self._ask(self._store.delete, key)
        self._id = self._next_id = self._replaced = ""
        super().destroy()

    def header(self, headers: HeaderTarget | None = None) -> list[tuple[str, str]]:
        """Write the session and return its header, ready to be sent.

        Args:
            headers: a Response, or Headers, to append it to.

        Returns:
            Nothing when somebody else has ended the session since it was loaded.

        Raises:
            SessionError: the data can't be kept.
            SessionStoreError: the store can't be asked.
        """
        self.write()
        return [] if self._has_ended else self._send(headers)

    def _no_data(self) -> Any:
        return {}

    def _encode(self) -> str:
        data = encode_data(self.data)
        if self._id:
            self._write_again(self._key(self._id), self._record(data))
        elif not self._has_ended:
            self._write_anew(data)
        return self._id

    def _write_again(self, key: str, record: bytes) -> None:
        store, ends = self._store, self._ends()
        if record == self._stored:
            # Or else it would undo what another request has changed meanwhile.
            is_there = self._ask(store.touch, key, ends)
        else:
            is_there = self._ask(store.replace, key, record, ends)
        if is_there:
            self._stored = record
        else:
            self._end()

    def _write_anew(self, data: bytes) -> None:
        # It stays until the store has taken it: asked again, the step is the same.
        self._next_id = self._next_id or token_urlsafe(_ID_BYTES)
        self._started = time()
        key, record, ends = self._key(self._next_id), self._record(data), self._ends()
        if not self._replaced:
            self._ask(self._store.add, key, record, ends)
        elif not self._ask(self._move, self._replaced, key, record, ends):
            self._end()
            return
        self._id, self._next_id, self._replaced = self._next_id, "", ""
        self._stored = record

    def _move(self, old: str, new: str, record: bytes, ends: float) -> bool:
        store = self._store
        if isinstance(store, MovingStore):
            return store.move(old, new, record, ends, time() + _GRACE)
        if store.get(old) is None:
            return store.get(new) is not None
        store.add(new, record, ends)
        try:
            # Whatever the answer: it may have been done, and asked for again.
            store.delete(old)
        except SessionStoreError:
            log.exception("Session %s: an old id lives on", self._sid)
        return True

    def _ask(self, ask: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return ask(*args, **kwargs)
        except SessionStoreError:
            log.exception("Session %s: the store can't be asked", self._sid)
            raise

    def _decode(self, text: str) -> dict[str, Any]:
        if len(text) != _ID_CHARACTERS:
            raise ValueError("no id of a session")
        key = self._key(text)
        record = self._ask(self._store.get, key)
        if record is None:
            raise ValueError("unknown, or it has ended")
        started = int.from_bytes(record[:_TIME_BYTES], "big") / 1000
        if time() - started > self._longest:
            self._ask(self._store.delete, key)
            raise ValueError("older than its lifetime")
        data = decode_data(record[_TIME_BYTES:])
        self._id, self._started, self._stored = text, started, record
        self._next_id = self._replaced = ""
        if self._idle_timeout is not None:
            self._ask(self._store.touch, key, self._ends())
        return data

    def _end(self) -> None:
        log.info("Session %s was ended meanwhile and isn't written", self._sid)
        self._id = self._next_id = self._replaced = ""
        self._has_ended = True

    def _record(self, data: bytes) -> bytes:
        return int(self._started * 1000).to_bytes(_TIME_BYTES, "big") + data

    def _ends(self) -> float:
        ends = self._started + self._longest
        if self._idle_timeout is None:
            return ends
        return min(ends, time() + self._idle_timeout)

    def _key(self, text: str) -> str:
        # A token has no "=", so name and id can't run into one another.
        named = f"{self._sid}={text}".encode("utf-8", "surrogatepass")
        return sha256(named).hexdigest()


def _check_store(store: object) -> None:
    if hasattr(store, "add") and not isinstance(store, type):
        return
    # The kind alone is told: an address may have a password inside.
    given = f"the class {store.__name__}" if isinstance(store, type) else type(store)
    raise TypeError(
        f"ServerSession takes a store, not {given}: write MemorySessions(), "
        "SQLiteSessions(path) or RedisSessions.from_url(address)"
    )


def _check_seconds(name: str, value: float) -> None:
    try:
        if seconds(value) > 0:
            return
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from error
    raise ValueError(f"{name}: a session of 0 seconds ends before it can be loaded")
