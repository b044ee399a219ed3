"""Facts about sessions in a cookie."""

import bz2
import gc
import gzip
import logging
import secrets
import subprocess
import sys
import threading
import time
import zlib
from functools import partial
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from poorwsgi_auth.sessions import sealing, session
from poorwsgi_auth.sessions.aes_session import AESSession
from poorwsgi_auth.sessions.session import (
    NoCompress,
    PoorSession,
    Session,
    SessionError,
)
from poorwsgi_core import Headers, Response
from poorwsgi_core.http.cookies import load_cookies

KEY = secrets.token_bytes(32)
NOW = 1_700_000_000.0
LATER = "Tue, 14 Nov 2023 22:14:20 GMT"


class FakeRequest:
    """What PoorSession wants of a request."""

    def __init__(self, secret_key: Any, cookies: SimpleCookie) -> None:
        self.secret_key = secret_key
        self.cookies = cookies


def send(text: str, sid: str = "SESSID") -> SimpleCookie:
    """Return the cookies of a client that sends a session."""
    return load_cookies(f"{sid}={text}")


def seal(data: Any, **options: Any) -> SimpleCookie:
    """Return the cookies of a client that got some data."""
    sealed = PoorSession(KEY, **options)
    sealed.data = data
    return send(sealed.write(), options.get("sid", "SESSID"))


@pytest.fixture
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock."""
    monkeypatch.setattr(session, "time", lambda: NOW)
    monkeypatch.setattr(sealing, "time", lambda: NOW)


# --- Session -------------------------------------------------------------------


def test_session_is_empty_at_first() -> None:
    """A new session has no data, and its cookie no value."""
    plain = Session()
    assert (plain.data, plain.sid, plain.cookie["SESSID"].value) == ("", "SESSID", "")


def test_session_of_plain_text() -> None:
    """A Session holds a text, and can be fed back."""
    plain, other = Session(), Session()
    plain.data = "some text"
    assert plain.write() == "some text"
    other.load(plain.cookie)
    assert other.data == "some text"


def test_session_writes_any_value_as_text() -> None:
    """What is no text is written as one."""
    plain = Session()
    plain.data = 42
    assert plain.write() == "42"


@pytest.mark.parametrize("cookies", [None, {"SESSID": "x"}, [], "SESSID=x"])
def test_load_ignores_what_is_no_simple_cookie(cookies: Any) -> None:
    """Dictionaries of text, and other things, change nothing."""
    plain = Session()
    plain.data = "kept"
    plain.load(cookies)
    assert plain.data == "kept"


@pytest.mark.parametrize("text", ["OTHER=x", "SESSID=", ""])
def test_load_ignores_an_absent_or_empty_cookie(text: str) -> None:
    """Without this session the data stay as they are."""
    sealed = PoorSession(KEY)
    sealed.data = {"kept": True}
    sealed.load(load_cookies(text))
    assert sealed.data == {"kept": True}


def test_header_returns_and_appends() -> None:
    """The header is returned, and appended to a Response or to Headers."""
    plain, response, headers = Session(), Response(), Headers()
    expected = [("Set-Cookie", "SESSID=; Path=/; HttpOnly")]
    assert plain.header() == expected
    assert plain.header(response) == expected
    assert plain.header(headers) == expected
    assert response.headers["Set-Cookie"] == expected[0][1]
    assert headers.items() == tuple(expected)


@pytest.mark.usefixtures("_clock")
@pytest.mark.parametrize(
    ("options", "attributes"),
    [
        ({}, "Path=/; HttpOnly"),
        ({"path": None}, "HttpOnly"),
        ({"path": "/a"}, "Path=/a; HttpOnly"),
        ({"domain": "a.example"}, "Domain=a.example; Path=/; HttpOnly"),
        ({"expires": 60}, f"Expires={LATER}; Path=/; HttpOnly"),
        ({"max_age": 60}, "Max-Age=60; Path=/; HttpOnly"),
        ({"max_age": 0}, "Max-Age=0; Path=/; HttpOnly"),
        ({"max_age": "60"}, "Max-Age=60; Path=/; HttpOnly"),
        ({"same_site": "Lax"}, "Path=/; SameSite=Lax; HttpOnly"),
        ({"same_site": 0}, "Path=/; HttpOnly"),
        ({"secure": True}, "Path=/; Secure; HttpOnly"),
        (
            {"secure": True, "same_site": "None", "partitioned": True},
            "Path=/; SameSite=None; Secure; HttpOnly; Partitioned",
        ),
    ],
    ids=str,
)
def test_76_attributes(options: dict[str, Any], attributes: str) -> None:
    """HttpOnly and Path are always there; what is asked for is sent."""
    assert Session(**options).header() == [("Set-Cookie", f"SESSID=; {attributes}")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"same_site": "lax"}, "is not valid"),
        ({"same_site": True}, "is not valid"),
        ({"same_site": "None"}, "requires secure=True"),
        ({"partitioned": True}, "secure=True"),
        ({"sid": "__Host-SESSID"}, "secure=True"),
        ({"sid": "__host-SESSID"}, "secure=True"),
        ({"sid": "__SECURE-SESSID"}, "secure=True"),
        ({"sid": "__Host-SESSID", "secure": True, "path": "/a"}, "path='/'"),
        ({"sid": "__Host-SESSID", "secure": True, "domain": "a.b"}, "no domain"),
        ({"sid": "a session"}, "no cookie name"),
        ({"path": "/;Secure"}, "no cookie path"),
        ({"domain": "a\r\nb"}, "no cookie domain"),
    ],
    ids=str,
)
def test_76_bad_attributes_are_refused_at_once(
    options: dict[str, Any], message: str
) -> None:
    """What browsers would refuse is a ValueError where it is asked for."""
    with pytest.raises(ValueError, match=message):
        Session(**options)
    with pytest.raises(ValueError, match=message):
        PoorSession(KEY, **options)


def test_wrong_order_of_arguments() -> None:
    """What is no number of seconds is told with what is likely meant."""
    with pytest.raises(
        TypeError, match=r"expires takes seconds, not 'Lax'.*by its name"
    ):
        PoorSession(KEY, "Lax")  # type: ignore[arg-type]


def test_76_prefixes() -> None:
    """A session with a prefix that keeps its rules is sent and read."""
    options: dict[str, Any] = {"sid": "__Host-SESSID", "secure": True}
    sealed = PoorSession(KEY, **options)
    sealed.load(seal({"a": 1}, **options))
    assert sealed.data == {"a": 1}


@pytest.mark.parametrize("data", ["a;b", "a\nb", "a\x00"])
def test_text_that_cannot_be_in_a_cookie(data: str) -> None:
    """A text that would break the header is refused, nothing is appended."""
    plain, headers = Session(), Headers()
    plain.data = data
    with pytest.raises(SessionError, match="value"):
        plain.header(headers)
    assert len(headers) == 0


@pytest.mark.parametrize("kind", [Session, partial(PoorSession, KEY)], ids=["p", "s"])
@pytest.mark.parametrize("options", [{}, {"max_age": 60, "expires": 60}], ids=str)
def test_77_destroy(kind: Any, options: dict[str, Any]) -> None:
    """Nothing is left of the session, and the client is told to drop it."""
    sent = kind(path="/a", domain="a.example", secure=True, **options)
    empty = type(sent.data)()
    sent.data = {"user": "somebody"}
    sent.write()
    sent.destroy()
    expected = (
        "SESSID=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; "
        "Domain=a.example; Path=/a; Secure; HttpOnly"
    )
    assert (sent.data, sent.cookie["SESSID"].value) == (empty, "")
    assert sent.write() == ""
    assert sent.header() == sent.header() == [("Set-Cookie", expected)]


def test_77_destroy_leaves_other_sessions_alone() -> None:
    """Sessions that are built alike share nothing."""
    one, other = Session(max_age=60), Session(max_age=60)
    one.destroy()
    assert "Max-Age=60" in other.header()[0][1]


@pytest.mark.usefixtures("_clock")
def test_cookie_has_value_and_attributes() -> None:
    """The SimpleCookie tells what was written."""
    plain = Session(60, 60, "a.example", "/a", True, "Lax", "sid", partitioned=True)
    plain.data = 'a "quoted" text'
    plain.write()
    morsel = plain.cookie["sid"]
    names = ("expires", "max-age", "domain", "path", "secure", "samesite", "httponly")
    assert morsel.value == 'a "quoted" text'
    assert [morsel[name] for name in names] == [
        *(LATER, 60, "a.example", "/a", True, "Lax", True)
    ]


# --- PoorSession ------------------------------------------------------------------


def test_poor_session_keeps_a_dictionary() -> None:
    """Data go to the client and come back; nobody else can read them."""
    sealed, loaded = PoorSession(KEY), PoorSession(KEY)
    assert sealed.data == {}
    sealed.data["user"] = "Žaneta"
    text = sealed.write()
    loaded.load(send(text))
    assert loaded.data == {"user": "Žaneta"}
    assert sealed.cookie["SESSID"].value == text


def test_two_writes_differ() -> None:
    """The same data are another text each time."""
    sealed = PoorSession(KEY)
    assert sealed.write() != sealed.write()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_70_any_dictionary_comes_back(data: dict[str, Any]) -> None:
    """Whatever JSON can hold, and a cookie, is kept as it is."""
    sealed, loaded = PoorSession(KEY), PoorSession(KEY)
    sealed.data = data
    try:
        text = sealed.write()
    except SessionError:
        # JSON has no infinity, and a cookie has an end.
        return
    loaded.load(send(text))
    assert loaded.data == data


def test_lone_surrogates_come_back() -> None:
    """Text that isn't UTF-8 is text to JSON."""
    loaded = PoorSession(KEY)
    loaded.load(seal({"\ud800": "\udfff"}))
    assert loaded.data == {"\ud800": "\udfff"}


SEALED = seal({"user": "somebody"})["SESSID"].value


@given(st.integers(0, len(SEALED) - 1), st.characters())
def test_71_any_mutation_is_a_session_error(at: int, letter: str) -> None:
    """A changed text raises SessionError, nothing else; the data stay."""
    assume(letter != SEALED[at])
    cookies: SimpleCookie = SimpleCookie()
    cookies["SESSID"] = ""
    # Past its checks: a server of another kind may let more through.
    cookies["SESSID"]._value = SEALED[:at] + letter + SEALED[at + 1 :]  # type: ignore[attr-defined]
    loaded = PoorSession(KEY)
    loaded.data = {"kept": True}
    with pytest.raises(SessionError):
        loaded.load(cookies)
    assert loaded.data == {"kept": True}


@pytest.mark.parametrize(
    "options", [{"secret_key": b"x" * 32}, {"sid": "OTHER"}], ids=["key", "sid"]
)
def test_71_other_key_or_sid(options: dict[str, Any]) -> None:
    """A cookie of another key or another name is refused."""
    sid = options.get("sid", "SESSID")
    arguments: dict[str, Any] = {"secret_key": KEY, **options}
    loaded = PoorSession(**arguments)
    with pytest.raises(SessionError):
        loaded.load(send(seal({"a": 1})["SESSID"].value, sid))
    assert loaded.data == {}


@pytest.mark.parametrize("data", [[1], "text", 7, None])
def test_71_what_is_no_dictionary(
    caplog: pytest.LogCaptureFixture, data: object
) -> None:
    """An authentic payload of another type is refused, and isn't kept."""
    loaded = PoorSession(KEY)
    with (
        caplog.at_level(logging.INFO, "poorwsgi"),
        pytest.raises(SessionError, match="not a dictionary"),
    ):
        loaded.load(seal(data))
    assert loaded.data == {}
    (record,) = caplog.records
    assert (record.levelname, "not a dictionary" in record.message) == ("INFO", True)


def test_71_hostile_cookie_costs_little() -> None:
    """60 kB in a cookie are refused by their length, without being decoded."""
    with pytest.raises(SessionError, match="longer"):
        PoorSession(KEY).load(send("A" * 60_000))


def test_72_rotation() -> None:
    """The first key writes, all read, and a key that is gone doesn't."""
    cookies = seal({"a": 1})
    new = PoorSession([b"n" * 32, KEY])
    new.load(cookies)
    assert new.data == {"a": 1}
    with pytest.raises(SessionError):
        PoorSession(KEY).load(send(new.write()))


def test_72_more_than_8_keys_are_refused() -> None:
    """Eight keys are taken, nine are not."""
    PoorSession([bytes([n]) * 32 for n in range(1, 9)])
    with pytest.raises(SessionError, match="9 keys"):
        PoorSession([bytes([n]) * 32 for n in range(1, 10)])


@pytest.mark.parametrize(
    ("options", "age", "is_good"),
    [
        ({}, 10**9, True),
        ({"expires": 60}, 60, True),
        ({"expires": 60}, 60.01, False),
        ({"max_age": 60}, 60.01, False),
        ({"max_age": "60"}, 60.01, False),
        ({"max_age": 60, "expires": 10}, 60, True),
        ({"max_age": 0}, 1, False),
        ({}, -61, False),
    ],
    ids=str,
)
def test_73_age(
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    age: float,
    is_good: bool,
) -> None:
    """Max-Age, else Expires, holds on the server too, to the second."""
    monkeypatch.setattr(sealing, "time", lambda: NOW)
    cookies = seal({"a": 1})
    monkeypatch.setattr(sealing, "time", lambda: NOW + age)
    loaded = PoorSession(KEY, **options)
    if is_good:
        loaded.load(cookies)
        assert loaded.data == {"a": 1}
        return
    with pytest.raises(SessionError):
        loaded.load(cookies)


def test_74_cookie_of_4096_bytes_at_most() -> None:
    """What browsers would drop without a word is refused, with the remedy."""
    sealed, headers = PoorSession(KEY, compress=None), Headers()
    sealed.data = {"a": "x" * 3017}
    assert len("SESSID") + len(sealed.write()) == 4096
    sealed.data["a"] += "x"
    with pytest.raises(SessionError, match="ServerSession"):
        sealed.header(headers)
    assert len(headers) == 0


def test_74_64_kib_of_data_at_most() -> None:
    """More data are refused even when they would compress well."""
    sealed = PoorSession(KEY, compress=bz2)
    sealed.data = {"a": "x" * (65_536 - len('{"a":""}'))}
    assert len(sealed.write()) < 1000
    sealed.data["a"] += "x"
    with pytest.raises(SessionError, match="limit"):
        sealed.write()


@pytest.mark.parametrize("compress", [bz2, zlib, gzip], ids=["bz2", "zlib", "gzip"])
def test_74_decompression_is_bounded(
    monkeypatch: pytest.MonkeyPatch, compress: Any
) -> None:
    """A bomb that has the right key stops at the limit."""
    bomb: bytes = b"\1" + compress.compress(b"x" * 2_000_000, 9)

    def explode(*_: object) -> bytes:
        return bomb

    monkeypatch.setattr(session, "compress", explode)
    cookies = seal({}, compress=compress)
    with pytest.raises(SessionError, match="more than 65536"):
        PoorSession(KEY, compress=compress).load(cookies)


@pytest.mark.parametrize("key", ["", b"", None, [], ["", b""], 42, {}, [42]], ids=repr)
def test_75_no_key_is_a_session_error(key: Any) -> None:
    """A key that is missing, empty or of a wrong type is refused."""
    with pytest.raises(SessionError, match="secret_key"):
        PoorSession(key)


def test_75_text_is_a_key_by_its_utf8() -> None:
    """A key may be text; it is the same one as its bytes."""
    text = "klíč o délce šestnácti znaků"
    sealed, loaded = PoorSession(text), PoorSession(text.encode())
    loaded.load(send(sealed.write()))
    assert loaded.data == {}


def test_75_short_key_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """A short key works, and a WARNING says once that it is a bad one."""
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        PoorSession("too short").write()
        PoorSession("too short").write()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("key", ["short", b"a", [KEY, b"guess"]], ids=["5", "1", "old"])
@pytest.mark.parametrize("kind", [PoorSession, AESSession])
def test_75_key_of_a_few_bytes_is_a_session_error(
    kind: type[PoorSession], key: Any
) -> None:
    """Who guesses it can make sessions, also when it is an old one."""
    with pytest.raises(SessionError, match=r"use secrets\.token_bytes\(32\)"):
        kind(key)


def test_length_tells_nothing_of_a_secret() -> None:
    """A guess that is right makes the cookie no shorter, as it would compressed."""
    sizes: dict[str, set[int]] = {"short": set(), "long": set()}
    for guess in ("tok=7f3a9c", "tok=000000"):
        sealed = PoorSession(KEY)
        sealed.data = {"secret": "tok=7f3a9c", "text": guess * 4}
        sizes["short"].add(len(sealed.write()))
        sealed.data["pad"] = "x" * 10_000
        sizes["long"].add(len(sealed.write()))
    assert {name: len(found) for name, found in sizes.items()} == {
        "short": 1,
        "long": 1,
    }


@pytest.mark.parametrize("more", [-3000, -1, 0, 1, 2, 60_000])
@pytest.mark.parametrize("sid", ["SESSID", "a", "ab", "abc"])
def test_data_that_dont_fit_are_compressed_and_fill_the_cookie(
    more: int, sid: str
) -> None:
    """Those that just fit are left as they are; both are what bz2 reads."""
    # Sealing adds 41 bytes, and there is one for how they are compressed.
    room = (4096 - len(sid)) * 3 // 4 - 41 - 1 - len('{"text":""}')
    sealed = PoorSession(KEY, sid=sid)
    sealed.data = {"text": "x" * (room + more)}
    text = sealed.write()
    length = min(room + more, room) + 41 + 1 + len('{"text":""}')
    assert len(text) == -(-length * 4 // 3)
    assert len(sid) + len(text) <= 4096
    for loaded in (PoorSession(KEY, sid=sid), PoorSession(KEY, sid=sid, compress=bz2)):
        loaded.load(send(text, sid))
        assert loaded.data == sealed.data


def test_cookies_of_3_0_0a1_are_read() -> None:
    """There ``bz2`` compressed all that got shorter by it."""
    loaded = PoorSession(KEY)
    loaded.load(seal({"a": "x" * 1000}, compress=bz2))
    assert loaded.data == {"a": "x" * 1000}


@pytest.mark.parametrize("data", [{"a": object()}, {"a": {1, 2}}, {(1, 2): 3}], ids=str)
def test_data_that_json_doesnt_know(data: Any) -> None:
    """A type that can't be kept is a TypeError, as it is of json."""
    sealed = PoorSession(KEY)
    sealed.data = data
    with pytest.raises(TypeError):
        sealed.write()


def test_keys_become_text() -> None:
    """Keys of the data are text when they come back."""
    loaded = PoorSession(KEY)
    loaded.load(seal({1: "a"}))
    assert loaded.data == {"1": "a"}


def test_data_that_cannot_be_kept() -> None:
    """Numbers that JSON doesn't know, and endless data, are SessionErrors."""
    endless: dict[str, Any] = {}
    endless["a"] = endless
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"a": deep}
    sealed = PoorSession(KEY)
    for sealed.data in ({"a": float("nan")}, endless, deep):
        with pytest.raises(SessionError, match="can't be written"):
            sealed.write()
    # Freed step by step: an old collector goes as deep as the data.
    while deep:
        deep = deep["a"]
    gc.collect()


@pytest.mark.parametrize(
    "compress",
    [bz2, zlib, gzip, NoCompress, NoCompress(), None],
    ids=["bz2", "zlib", "gzip", "NoCompress", "object", "None"],
)
@pytest.mark.parametrize("size", [1, 2500])
def test_compressors(compress: Any, size: int) -> None:
    """Each compressor brings back small and large data."""
    loaded = PoorSession(KEY, compress=compress)
    loaded.load(seal({"a": "x" * size}, compress=compress))
    assert loaded.data == {"a": "x" * size}


@pytest.mark.parametrize("compress", [zlib, NoCompress, None], ids=str)
def test_other_compressor_is_refused(compress: Any) -> None:
    """What bz2 wrote is read with bz2 alone."""
    with pytest.raises(SessionError):
        PoorSession(KEY, compress=compress).load(seal({"a": 1}))


def test_request_instead_of_a_key(caplog: pytest.LogCaptureFixture) -> None:
    """The older form takes the key of a request, and loads, with a WARNING."""
    request: Any = FakeRequest(KEY, seal({"a": 1}))
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        loaded = [PoorSession(request) for _ in range(2)]
    assert [each.data for each in loaded] == [{"a": 1}] * 2
    (told,) = caplog.messages  # once of each place
    assert "deprecated" in told
    assert "then load(req.cookies)" in told
    assert f"({__file__}:" in told
    assert KEY.hex() not in told


WRITTEN_BY_2 = (  # {"login": "somebody"} by the key 0123456789abcdef0123
    # 2.5 to 2.7
    (
        "QlpoOTFBWSZTWeCl+asAAAb+eYEAACCAIAAgIGBBAQCBwAAAEIEAAgAASCAAIoANMjJtQoGmhkZM"
        "QkprOGI9Kxo4UBx8XckU4UJDgpfmrA=="
    ),
    # 2.8
    (
        "QlpoOTFBWSZTWZGwM8kAAAW/KwGCNAJIAAAQAgAQAIQiAAwAGAAgIAAigAGmGkKBpoZGTE5gwp7T"
        "oDt5lR2D/F3JFOFCQkbAzyQ=.e8Pwfdi1Lh6ZyBzmLW5VDc73osDOoQ9ueoinwKa0eP8="
    ),
    # 2.8, compress=None
    "eyJhIjogMX0=.e8Pwfdi1Lh6ZyBzmLW5VDc73osDOoQ9ueoinwKa0eP8=",
)


@pytest.mark.parametrize("text", WRITTEN_BY_2)
def test_request_with_a_session_of_2(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is worth as much as none, so that login and logout of 2.x go on working."""
    cookies = send(f'"{text}"')
    request: Any = FakeRequest("0123456789abcdef0123", cookies)
    loaded = PoorSession(request)
    assert loaded.data == {}
    assert "SESSID is of PoorWSGI 2" in caplog.text
    assert text not in caplog.text
    loaded.destroy()
    assert "SESSID=;" in loaded.header()[0][1]
    with pytest.raises(SessionError):
        PoorSession(request.secret_key).load(cookies)


@pytest.mark.parametrize(
    "text", ["junk", "a.b", f"{WRITTEN_BY_2[0]}.x", f"-{WRITTEN_BY_2[1]}", "Qlpo"]
)
def test_request_with_junk(text: str) -> None:
    """Whatever 2.x didn't write either is refused, as by ``load`` (71)."""
    request: Any = FakeRequest(KEY, send(text))
    with pytest.raises(SessionError):
        PoorSession(request)


def test_request_with_another_session() -> None:
    """What this version wrote with another key is refused."""
    request: Any = FakeRequest(secrets.token_bytes(32), seal({"a": 1}))
    with pytest.raises(SessionError):
        PoorSession(request)


@pytest.mark.parametrize("key", [None, ""])
def test_request_without_a_key(key: Any) -> None:
    """A request whose application has no key is a SessionError."""
    request: Any = FakeRequest(key, SimpleCookie())
    with pytest.raises(SessionError, match="secret_key"):
        PoorSession(request)


def test_78_threads() -> None:
    """32 threads write and read with one key, and nobody sees another's data."""
    faults: list[object] = []
    start = threading.Barrier(32)

    def work(number: int) -> None:
        start.wait()
        for turn in range(40):
            data = {"number": number, "turn": turn, "text": "x" * turn * 30}
            loaded = PoorSession([KEY, b"o" * 32])
            loaded.load(seal(data))
            if loaded.data != data:
                faults.append(loaded.data)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_78_no_pickle() -> None:
    """No module of the package turns a client's bytes into objects or code."""
    words = ("pickle", "marshal", "shelve", "eval(", "exec(", "import random")
    folder = Path(session.__file__).parent
    found = [
        (path.name, word)
        for path in folder.rglob("*.py")
        for word in words
        if word in path.read_text("utf-8")
    ]
    assert found == []


def test_time_is_that_of_the_clock() -> None:
    """A session that was just written isn't from the future."""
    before = time.time()
    loaded = PoorSession(KEY, max_age=60)
    loaded.load(seal({"at": before}))
    assert loaded.data == {"at": before}


def test_import_is_light() -> None:
    """What encrypts is loaded by the first session, not by the import."""
    code = (
        "import sys; from poorwsgi_auth.sessions.session import PoorSession\n"
        "print('cryptography' in sys.modules)\n"
        "PoorSession('k' * 32); print('cryptography' in sys.modules)"
    )
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert answer.stdout.split() == ["False", "True"]


@pytest.mark.parametrize("kind", [PoorSession, AESSession])
def test_each_cookie_of_the_name_is_tried(kind: type[PoorSession]) -> None:
    """A browser sends the old one first when path or domain have changed."""
    session = kind(KEY)
    session.data = {"user": "jana"}
    good, old = session.write(), kind(b"another key of 16").write()
    later = kind(KEY)
    later.load(load_cookies(f"SESSID={old}; other=1; SESSID=x; SESSID={good}"))
    assert later.data == {"user": "jana"}
    later.load(load_cookies(f"SESSID={good}; SESSID={old}"))
    assert later.data == {"user": "jana"}


def test_a_few_cookies_of_the_name_are_tried() -> None:
    """A client can't make the server decrypt without an end."""
    session = PoorSession(KEY)
    good = session.write()
    session.load(load_cookies("SESSID=x; " * 4 + f"SESSID={good}"))
    with pytest.raises(SessionError):
        session.load(load_cookies("SESSID=x; " * 5 + f"SESSID={good}"))


def test_empty_cookie_hides_no_other() -> None:
    """A session that was ended for one path may be alive for another."""
    session = PoorSession(KEY)
    session.data = {"user": "jana"}
    later = PoorSession(KEY)
    later.load(load_cookies(f"SESSID=; SESSID={session.write()}"))
    assert later.data == {"user": "jana"}
    later.load(load_cookies("SESSID="))
    assert later.data == {"user": "jana"}
