"""Facts about sessions whose data stay on the server."""

import logging
import re
import threading
from contextlib import suppress
from time import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_auth.guards.csrf import CSRF_KEY, csrf_token
from poorwsgi_auth.sessions import server_session
from poorwsgi_auth.sessions.server_session import ServerSession
from poorwsgi_auth.sessions.session import Session, SessionError
from poorwsgi_auth.sessions.stores import memory as memory_module
from poorwsgi_auth.sessions.stores.memory import MemorySessions
from poorwsgi_core import Headers, Response
from poorwsgi_core.http.cookies import load_cookies

NOW = 1_700_000_000.0


def set_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the clock of session and store."""
    monkeypatch.setattr(server_session, "time", lambda: seconds)
    monkeypatch.setattr(memory_module, "time", lambda: seconds)


@pytest.fixture
def store() -> MemorySessions:
    """Build an empty store."""
    return MemorySessions()


def start(store: MemorySessions, data: Any = None, **options: Any) -> str:
    """Start a session and return its id."""
    session = ServerSession(store, **options)
    session.data = {"user": "somebody"} if data is None else data
    return session.write()


def keys(store: MemorySessions) -> list[str]:
    """Return the keys of a store."""
    fields = vars(store)
    return [*fields["_unseen"], *fields["_seen"]]


def load(store: MemorySessions, text: str, **options: Any) -> ServerSession:
    """Load a session by its id."""
    session = ServerSession(store, **options)
    session.load(load_cookies(f"{session.sid}={text}"))
    return session


def test_data_stay_on_the_server(store: MemorySessions) -> None:
    """The client gets an id, and that id brings the data back."""
    text = start(store, {"user": "Žaneta", "basket": ["x" * 100] * 500})
    assert re.fullmatch("[0-9A-Za-z_-]{43}", text)
    assert load(store, text).data == {"user": "Žaneta", "basket": ["x" * 100] * 500}


def test_it_is_a_session(store: MemorySessions) -> None:
    """The interface is that of the other sessions, attributes too."""
    session, headers = ServerSession(store, 0, 60, "a.example", "/a", True), Headers()
    ((_, header),) = session.header(headers)
    text = session.cookie["SESSID"].value
    expected = "Max-Age=60; Domain=a.example; Path=/a; Secure; HttpOnly"
    assert isinstance(session, Session)
    assert header == headers["Set-Cookie"] == f"SESSID={text}; {expected}"


def test_store_has_neither_id_nor_cookie(store: MemorySessions) -> None:
    """Who reads the store can't use what is in it."""
    text = start(store)
    assert text not in repr(vars(store))
    (key,) = keys(store)
    with pytest.raises(SessionError):
        load(store, key[:43])


def test_id_stays_when_the_data_change(store: MemorySessions) -> None:
    """A session that was loaded is written under its own id."""
    text = start(store)
    session = load(store, text)
    session.data["more"] = 1
    assert session.write() == session.write() == text
    assert load(store, text).data == {"user": "somebody", "more": 1}
    assert len(store) == 1


@given(st.text(st.characters(exclude_categories=["Cc"]), max_size=60))
def test_71_unknown_ids_are_refused(text: str) -> None:
    """An id that the store doesn't know is a SessionError, and isn't taken over."""
    store = MemorySessions()
    session = ServerSession(store)
    cookies = load_cookies("SESSID=x")
    vars_of_morsel: Any = cookies["SESSID"]
    vars_of_morsel._value = text or "x"
    with pytest.raises(SessionError):
        session.load(cookies)
    assert (session.data, session.write() != text, len(store)) == ({}, True, 1)


def test_71_id_of_another_cookie_is_refused(store: MemorySessions) -> None:
    """In a shared store an id is good for the cookie that it was made for."""
    text = start(store, sid="VISITOR")
    with pytest.raises(SessionError):
        load(store, text, sid="ADMIN")
    assert load(store, text, sid="VISITOR").data == {"user": "somebody"}


def test_absent_cookie_changes_nothing(store: MemorySessions) -> None:
    """Without a cookie the session is a new one."""
    session = ServerSession(store)
    session.load(load_cookies(""))
    assert (session.data, len(store)) == ({}, 0)


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ({}, 86_400),
        ({"expires": 50}, 50),
        ({"expires": 50, "max_age": 20}, 20),
        ({"max_age": 20, "lifetime": 30}, 30),
    ],
    ids=str,
)
def test_73_lifetime(
    store: MemorySessions,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    seconds: float,
) -> None:
    """A session ends after its lifetime, however often it is written."""
    set_time(monkeypatch, NOW)
    text = start(store, **options)
    set_time(monkeypatch, NOW + seconds - 1)
    load(store, text, **options).write()
    set_time(monkeypatch, NOW + seconds + 0.01)
    with pytest.raises(SessionError, match="ended"):
        load(store, text, **options)


def test_73_shorter_lifetime_holds_at_once(
    store: MemorySessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lifetime that was made shorter holds for sessions that exist."""
    set_time(monkeypatch, NOW)
    text = start(store)
    set_time(monkeypatch, NOW + 61)
    with pytest.raises(SessionError, match="lifetime"):
        load(store, text, lifetime=60)
    assert len(store) == 0


def test_73_idle_timeout(
    store: MemorySessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each load puts the end off, up to the lifetime."""
    options: dict[str, Any] = {"idle_timeout": 10, "lifetime": 25}
    set_time(monkeypatch, NOW)
    busy, idle = start(store, **options), start(store, **options)
    for later in (9, 18, 24):
        set_time(monkeypatch, NOW + later)
        load(store, busy, **options)
    for text in (idle, busy):
        set_time(monkeypatch, NOW + 25.01)
        with pytest.raises(SessionError):
            load(store, text, **options)


def test_rotation_changes_the_id(
    store: MemorySessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data go on under a new id; the old one has what it had, for a minute."""
    old = start(store, {"basket": 1})
    session = load(store, old)
    session.data["user"] = "somebody"
    session.rotate()
    new = session.write()
    assert new not in ("", old)
    assert load(store, new).data == {"basket": 1, "user": "somebody"}
    assert session.write() == new
    assert load(store, old).data == {"basket": 1}
    set_time(monkeypatch, time() + 61)
    with pytest.raises(SessionError):
        load(store, old)


def test_request_in_flight_is_served_and_writes_nothing(
    store: MemorySessions,
) -> None:
    """Nor does it send the old id, which would sign the user out."""
    text = start(store, {"basket": 1})
    login = load(store, text)
    login.rotate()
    new = login.write()
    in_flight = load(store, text)
    assert in_flight.data == {"basket": 1}
    in_flight.data["basket"] = 2
    assert in_flight.header() == []
    assert load(store, new).data == {"basket": 1}


def test_login_may_be_sent_twice(store: MemorySessions) -> None:
    """When the first answer got lost, the browser has the old id only."""
    text = start(store, {"basket": 1})
    for _ in range(2):
        login = load(store, text)
        login.data["user"] = "jana"
        login.rotate()
        new = login.write()
        assert load(store, new).data == {"basket": 1, "user": "jana"}


def test_last_one_wins_with_all_it_has(store: MemorySessions) -> None:
    """Two requests that change one session don't mix their data."""
    text = start(store, {"basket": 1})
    one, other = load(store, text), load(store, text)
    one.data["one"] = other.data["other"] = True
    one.write()
    other.write()
    assert load(store, text).data == {"basket": 1, "other": True}


def test_who_changes_nothing_undoes_nothing(store: MemorySessions) -> None:
    """A page that only shows the session leaves what another request wrote."""
    text = start(store, {"basket": 1})
    basket, page = load(store, text), load(store, text)
    basket.data["basket"] = 2
    basket.write()
    assert len(page.header()) == 1
    assert load(store, text).data == {"basket": 2}
    page.data["seen"] = True
    page.write()
    assert load(store, text).data == {"basket": 1, "seen": True}


def test_rotation_ends_csrf_tokens(store: MemorySessions) -> None:
    """Who planted the id knows the secret of its tokens, too."""
    session = load(store, start(store))
    csrf_token(session)
    known = session.data[CSRF_KEY]
    session.rotate()
    assert session.data[CSRF_KEY] != known


def test_rotation_starts_a_lifetime(
    store: MemorySessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that got a new id lives as long as a new one."""
    set_time(monkeypatch, NOW)
    session = load(store, start(store, lifetime=60), lifetime=60)
    set_time(monkeypatch, NOW + 59)
    session.rotate()
    session.rotate()
    text = session.write()
    set_time(monkeypatch, NOW + 118)
    assert load(store, text, lifetime=60).data == {"user": "somebody"}


def test_rotation_of_a_new_session(store: MemorySessions) -> None:
    """A session without an id gets one, that is all."""
    session = ServerSession(store)
    session.rotate()
    assert load(store, session.write()).data == {}


def test_77_destroy_ends_it_everywhere(store: MemorySessions) -> None:
    """After destroy() nobody gets in with the id, and the cookie is dropped."""
    text = start(store)
    session = load(store, text)
    session.destroy()
    ((_, header),) = session.header()
    assert (session.data, len(store)) == ({}, 0)
    assert header.startswith("SESSID=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age")
    with pytest.raises(SessionError):
        load(store, text)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("redis://:password@localhost", "not <class 'str'>: write MemorySessions"),
        ({}, "not <class 'dict'>"),
        (MemorySessions, "not the class MemorySessions"),
    ],
)
def test_no_store(value: Any, told: str) -> None:
    """What is no store is told where the session is made, without its password."""
    with pytest.raises(TypeError, match=told) as raised:
        ServerSession(value)
    assert "password" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "kind", "told"),
    [
        ({"lifetime": "1d"}, TypeError, "lifetime: takes a number of seconds"),
        ({"lifetime": -1}, ValueError, "lifetime: takes seconds from 0 on"),
        ({"idle_timeout": 0}, ValueError, "idle_timeout: a session of 0 seconds"),
    ],
)
def test_no_time(
    store: MemorySessions, options: Any, kind: type[Exception], told: str
) -> None:
    """A session that would end before it is loaded is refused."""
    with pytest.raises(kind, match=told):
        ServerSession(store, **options)


def test_77_destroy_needs_load(store: MemorySessions) -> None:
    """Which session ends must be known, or nothing would."""
    with pytest.raises(RuntimeError, match="load"):
        ServerSession(store).destroy()


@pytest.mark.parametrize("cookie", ["", "SESSID=unknown"])
def test_77_destroy_of_no_session(store: MemorySessions, cookie: str) -> None:
    """A logout without a session drops the cookie and is no error."""
    session, response = ServerSession(store), Response()
    with suppress(SessionError):
        session.load(load_cookies(cookie))
    session.destroy()
    session.header(response)
    assert "Max-Age=0" in response.headers["Set-Cookie"]


def test_77_destroy_after_rotate(store: MemorySessions) -> None:
    """A session that was about to get a new id ends under the old one."""
    session = load(store, start(store))
    session.rotate()
    session.destroy()
    assert (session.write(), len(store)) == ("", 0)


def test_77_destroy_of_a_new_session(store: MemorySessions) -> None:
    """A session that was just written can be ended."""
    session = ServerSession(store)
    session.write()
    session.destroy()
    assert len(store) == 0


@pytest.mark.parametrize("rotates", [False, True])
def test_77_what_has_ended_is_not_brought_back(
    store: MemorySessions, caplog: pytest.LogCaptureFixture, rotates: bool
) -> None:
    """A request that loaded the session before it ended doesn't write it."""
    text = start(store)
    slow, quick, headers = load(store, text), load(store, text), Headers()
    quick.destroy()
    if rotates:
        slow.rotate()
    with caplog.at_level(logging.INFO, "poorwsgi"):
        assert slow.header(headers) == slow.header(headers) == []
    assert (len(store), len(headers), len(caplog.records)) == (0, 0, 1)


def test_74_64_kib_of_data_at_most(store: MemorySessions) -> None:
    """More data are a SessionError, and the stored ones stay."""
    text = start(store)
    session = load(store, text)
    session.data = {"a": "x" * 65_536}
    with pytest.raises(SessionError, match="limit"):
        session.write()
    assert load(store, text).data == {"user": "somebody"}


def test_broken_record_is_refused(store: MemorySessions) -> None:
    """What somebody else wrote into the store is a SessionError."""
    text = start(store)
    (key,) = keys(store)
    for record in (b"", b"x", int(NOW * 1e6).to_bytes(8, "big") + b"{"):
        store.replace(key, record, 1e12)
        with pytest.raises(SessionError):
            load(store, text)
        store.add(key, b"", 1e12)


def test_78_threads(store: MemorySessions) -> None:
    """32 threads with a session of their own don't meet."""
    faults: list[object] = []
    begin = threading.Barrier(32)

    def work(number: int) -> None:
        begin.wait()
        text = start(store, {"number": number})
        for turn in range(40):
            session = load(store, text)
            if session.data.get("number") != number:
                faults.append(session.data)
            session.data["turn"] = turn
            if turn % 10 == 0:
                session.rotate()
            text = session.write()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (faults, len(store)) == ([], 32)
