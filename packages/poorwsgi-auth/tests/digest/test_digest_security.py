"""Items 80 to 88 of the security bar: what a client can't do, and what it can."""

import hashlib
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from time import time
from typing import Any, TypeAlias

import pytest

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest import digest
from poorwsgi_auth.digest.algorithms import compute_response
from poorwsgi_auth.digest.digest import check_digest, hexdigest
from poorwsgi_auth.digest.nonce_stores.memory import MemoryNonces
from poorwsgi_auth.digest.nonce_stores.redis import RedisNonces
from poorwsgi_auth.digest.nonce_stores.sqlite import SQLiteNonces
from poorwsgi_auth.request import Request
from poorwsgi_core.http.authorization import parse_authorization
from poorwsgi_core.testing import Answer, Client

Sign: TypeAlias = Callable[..., str]

REALM = 'Zóna "7"'
HARD_NAMES = ["Ondřej", "José", 'a"b\\c', "a b,c=d", "日本 🔑"]
PATHS = [
    "/",
    "/two words",
    "/ďábelské ódy",
    "/🔑/🗝",
    "/100%/a+b",
    "/%61",
    "/a?b",
    "/x//y/../z",
]


def quote_path(path: str) -> str:
    """Percent-encode all but letters and slashes of a path."""
    return "".join(
        chr(byte)
        if byte == 47 or (chr(byte).isalpha() and byte < 128)
        else f"%{byte:02x}"
        for byte in path.encode()
    )


@pytest.fixture
def app(app: Application) -> Application:
    """Build an application with some users and pages."""
    app.secret_key = b"k" * 32
    app.auth_type = "Digest"
    app.auth_algorithm = "SHA-256"
    names = ["user", *HARD_NAMES]
    hashes = {n: hexdigest(n, REALM, "secret", app.auth_hash) for n in names}
    app.auth_map = {REALM: hashes}

    @check_digest(REALM)
    def page(req: Request) -> tuple[str, str]:
        return f"{req.user} {req.full_path}", "text/plain; charset=utf-8"

    for path in PATHS:
        app.set_route(path, page)
    app.set_route("/mounted", page)
    app.set_route("", page)
    return app


@pytest.fixture
def send(client: Client) -> Callable[..., Answer]:
    """Return a function that sends one Authorization."""

    def send(header: str, path: str = "/", **environ: Any) -> Answer:
        return client.get(path, headers={"Authorization": header}, **environ)

    return send


@pytest.fixture
def get(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> Callable[..., Answer]:
    """Return a function that gets the root as a user would: 401 first."""
    return lambda *args, **kwargs: send(sign(client.get("/"), *args or ["/"], **kwargs))


def is_stale(answer: Answer) -> bool:
    """Tell whether the client shall try again without asking its user."""
    assert answer.status_code == 401
    return ",stale=true" in answer.headers["WWW-Authenticate"]


# --- 80: algorithms and wrong credentials ----------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "nobody"},
        {"password": "Secret"},
        {"method": "POST"},
        {"sent": {"realm": "Zone"}},
        {"sent": {"username": "Ondřej"}},
    ],
    ids=["user", "password", "method", "realm", "name"],
)
def test_80_wrong_credentials_are_refused(
    get: Callable[..., Answer], wrong: dict[str, Any]
) -> None:
    """Of whatever they are; and never with ``stale`` (bar 87)."""
    assert not is_stale(get(**wrong))


# --- 81: nonces --------------------------------------------------------------------


def test_81_nonce_expires(
    app: Application,
    client: Client,
    sign: Sign,
    send: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After ``auth_timeout``, with ``stale``; zero and ``None`` are for ever (A5)."""
    refused, start = client.get("/"), time()
    for nc, age, expected in ((1, 299, 200), (2, 301, 401)):
        monkeypatch.setattr(digest, "time", lambda age=age: start + age)
        assert send(sign(refused, nc=nc)).status_code == expected
    assert is_stale(send(sign(refused, nc=3)))
    for nc, timeout in ((4, 0), (5, None)):
        app.auth_timeout = timeout
        assert send(sign(refused, nc=nc)).status_code == 200


def test_81_nonce_of_the_future_is_refused(
    client: Client,
    sign: Sign,
    send: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A minute is the difference of clocks, more a clock that was wrong."""
    refused, start = client.get("/"), time()
    monkeypatch.setattr(digest, "time", lambda: start - 50)
    assert send(sign(refused)).status_code == 200
    monkeypatch.setattr(digest, "time", lambda: start - 70)
    assert is_stale(send(sign(refused, nc=2)))


def test_81_made_up_nonce_is_not_stale(get: Callable[..., Answer]) -> None:
    """The response wasn't made with it, so the password is unknown (A11, bar 87)."""
    assert not is_stale(get(sent={"nonce": "0" * 102}))


def test_81_nonce_of_another_key_is_stale(
    app: Application, client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """With the right password the client gets a new one at once."""
    header = sign(client.get("/"))
    app.secret_key = [b"n" * 32, b"k" * 32]
    assert send(header).status_code == 200
    app.secret_key = b"n" * 32
    assert is_stale(send(header))


def test_81_no_state_before_the_first_use(app: Application, client: Client) -> None:
    """Thousands who never sign in fill no store (bar 83)."""
    for _ in range(100):
        client.get("/")
    store = app.auth_nonces
    assert isinstance(store, MemoryNonces)
    assert len(store) == 0


@pytest.mark.parametrize("host", ["one.example", "two.example"])
def test_81_hosts_with_one_key_serve_one_user(
    app: Application, client: Client, sign: Sign, send: Callable[..., Answer], host: str
) -> None:
    """Also when their server names differ; the nonce has signed the opaque value."""
    header = sign(client.get("/"))
    assert send(header, SERVER_NAME=host).status_code == 200
    assert app.name


# --- 82: nonce counts ---------------------------------------------------------------


def test_82_replay_is_refused_with_a_new_nonce(
    app: Application, client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """The handler isn't called, and the client may go on silently."""
    calls: list[str] = []

    @app.route("/count")
    @check_digest(REALM)
    def count(req: Request) -> None:
        calls.append(req.user)

    header = sign(client.get("/count"), "/count")
    assert send(header, "/count").status_code == 204
    replayed = send(header, "/count")
    assert is_stale(replayed)
    assert calls == ["user"]
    assert send(sign(replayed, "/count"), "/count").status_code == 204


def test_82_counts_may_overtake(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """A browser sends several requests at once."""
    refused = client.get("/")
    codes = [send(sign(refused, nc=nc)).status_code for nc in (3, 1, 2, 3, 99, 35, 36)]
    assert codes == [200, 200, 200, 401, 200, 401, 200]


def test_82_count_is_recorded_only_when_verified(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """A stranger can't use up the counts of a user."""
    refused = client.get("/")
    assert not is_stale(send(sign(refused, password="wrong")))
    assert send(sign(refused)).status_code == 200


def test_82_nonce_without_qop_serves_once(
    app: Application, client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """There is no count in what is hashed, so another one proves nothing."""
    app.auth_qop = None
    refused = client.get("/")
    assert send(sign(refused)).status_code == 200
    assert is_stale(send(sign(refused, sent={"nc": "00000002"})))


@pytest.mark.parametrize(
    "nc", ["0", "1", "00000000", "0000000g", "000000001", "+0000001", "٠٠٠٠٠٠٠١", ""]
)
def test_82_count_is_eight_hex_digits(get: Callable[..., Answer], nc: str) -> None:
    """And counts from one."""
    assert not is_stale(get(sent={"nc": nc}))


@pytest.mark.parametrize("kind", ["memory", "sqlite", "redis"])
def test_82_one_of_32_parallel_replays_is_let_in(
    app: Application,
    client: Client,
    sign: Sign,
    send: Callable[..., Answer],
    kind: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    """Whatever the store; the others get a new nonce."""
    if kind == "sqlite":
        app.auth_nonces = store = SQLiteNonces(tmp_path / "nonces.db")
        request.addfinalizer(store.close)
    elif kind == "redis":
        app.auth_nonces = RedisNonces(request.getfixturevalue("redis_client"))
    barrier, header = Barrier(32), sign(client.get("/"))

    def replay(_: int) -> int:
        barrier.wait()
        answer = send(header)
        return answer.status_code if answer.status_code == 200 else is_stale(answer)

    with ThreadPoolExecutor(32) as pool:
        assert sorted(pool.map(replay, range(32))) == [True] * 31 + [200]


# --- 84: uri ------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("query", ["", "?a=%2Fb&c=d", "?", "?q=a%20b+c%C3%A9"])
def test_84_uri_is_the_target(
    client: Client, sign: Sign, send: Callable[..., Answer], path: str, query: str
) -> None:
    """With blanks, diacritics and emoji in the path, and any query (A8)."""
    target = quote_path(path) + query
    answer = send(sign(client.get(target), target), target)
    assert answer.status_code == 200
    assert answer.text.startswith(f"user {path}")


@pytest.mark.parametrize(
    ("target", "uri"),
    [
        ("/", "/x"),
        ("/", "/evil/"),
        ("/", "/?a=1"),
        ("/?a=1", "/"),
        ("/?a=1", "/?a=%31"),
        ("/?a=1&b=2", "/?b=2&a=1"),
        ("/mounted", "/evil/mounted"),
        ("/mounted", "/Mounted"),
        ("/mounted", "/%256dounted"),
        ("/%2561", "/%61"),
        ("/a%3Fb", "/a?b"),
        ("/", ""),
        ("/", "*"),
        ("/", "http://evil.example/"),
        ("/", "http://localhost.evil.example/"),
        ("/", "https://localhost/"),
        ("/", "//localhost/"),
    ],
)
def test_84_uri_of_another_target_is_refused(
    client: Client, sign: Sign, send: Callable[..., Answer], target: str, uri: str
) -> None:
    """Credentials are for one target, exactly (A7)."""
    assert not is_stale(send(sign(client.get(target), uri), target))


@pytest.mark.parametrize("uri", ["http://localhost/", "HTTP://LocalHost/", "/%2f/../z"])
def test_84_other_forms_of_the_same_target(
    client: Client, sign: Sign, send: Callable[..., Answer], uri: str
) -> None:
    """The absolute form of this host; a path is compared when decoded once."""
    target = "/x//y/../z" if "z" in uri else "/"
    uri = uri.replace("/%2f", "/x%2f/y") if "z" in uri else uri
    assert send(sign(client.get(target), uri), target).status_code == 200


def test_84_mounted_application_has_its_prefix_in_the_uri(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """The client knows nothing of SCRIPT_NAME."""
    for prefix, expected in (("/app", 200), ("", 401), ("/other", 401)):
        header = sign(client.get("/mounted"), f"{prefix}/mounted")
        answer = send(header, "/mounted", SCRIPT_NAME="/app")
        assert answer.status_code == expected


def test_84_root_may_be_an_empty_path(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """PEP 3333 allows it."""
    assert send(sign(client.get("/"), "/"), PATH_INFO="").status_code == 200
    header = sign(client.get("/"), "/app")
    assert send(header, PATH_INFO="", SCRIPT_NAME="/app").status_code == 200


# --- 85: what was offered -----------------------------------------------------------


@pytest.mark.parametrize("value", [None, "", "x", "é", "MD5", "AUTH", "auth-int"])
@pytest.mark.parametrize("parameter", ["algorithm", "qop", "realm", "opaque"])
def test_85_parameters_are_the_offered_ones(
    get: Callable[..., Answer], parameter: str, value: str | None
) -> None:
    """A missing one is not."""
    assert not is_stale(get(sent={parameter: value}))


def test_85_algorithm_in_any_case(get: Callable[..., Answer]) -> None:
    """It is a token of the protocol."""
    assert get(sent={"algorithm": "sha-256"}).status_code == 200


def test_85_qop_is_refused_where_it_was_not_offered(
    app: Application, client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """Only what the challenge had."""
    header = sign(client.get("/"))
    app.auth_qop = None
    assert not is_stale(send(header))


# --- 86: malformed fields -----------------------------------------------------------

PARAMETERS = [
    "username",
    "realm",
    "nonce",
    "uri",
    "algorithm",
    "opaque",
    "response",
    "qop",
    "cnonce",
    "nc",
]


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_86_missing_parameter_is_refused(
    get: Callable[..., Answer], parameter: str
) -> None:
    """With a fresh challenge (A9)."""
    assert not is_stale(get(sent={parameter: None}))


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_86_repeated_parameter_is_refused(
    client: Client, sign: Sign, send: Callable[..., Answer], parameter: str
) -> None:
    """Two values prove nothing, not even two equal ones."""
    header = sign(client.get("/"))
    match = re.search(rf"\b{parameter}=[^,]+", header)
    assert match is not None
    assert not is_stale(send(f"{header}, {match.group()}"))


@pytest.mark.parametrize(
    "value", ["", "é", "\x01", "\t", "a\nb", "\x80", "💥", '"', "\0"]
)
@pytest.mark.parametrize("parameter", PARAMETERS)
def test_86_odd_values_are_refused(
    app: Application, client: Client, sign: Sign, parameter: str, value: str
) -> None:
    """Never 500; a response that isn't ASCII is just wrong (A9)."""
    header = sign(client.get("/"), sent={parameter: "VALUE"})
    odd = header.replace("VALUE", value.encode("utf-8", "replace").decode("latin-1"))
    # What the validator refuses, a careless server may let through.
    careless = Client(app, validate=False, HTTP_AUTHORIZATION=odd)
    assert not is_stale(careless.get("/"))


@pytest.mark.parametrize(
    "header",
    [
        "Digest " + "a" * 60_000,
        "Digest " + "," * 60_000,
        "Digest " + 'username="' * 6_000,
        "Digest " + '\\"' * 30_000,
        "Digest " + "nc=0, " * 10_000,
        'Digest username="' + "\\" * 60_000,
        "Digest " + " " * 8_180,
        "Digest " + "," * 8_180,
        "Digest " + ', a="' * 1_600,
        'Digest uri="' + "%" * 8_100 + '"',
        'Digest username="' + '\\"' * 4_000 + '"',
        "digest",
        "Digest",
        "Digest =",
        'Digest "',
    ],
    ids=lambda header: f"{len(header)} {header[:17]}",
)
def test_86_hostile_headers_are_refused(
    send: Callable[..., Answer], header: str
) -> None:
    """400 when too long, else 401 with a challenge; ``bench`` has the times."""
    answer = send(header)
    if len(header) > 8192:
        assert answer.status_code == 400
    else:
        assert not is_stale(answer)


def test_86_changed_headers_are_refused(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """Whatever character of credentials is replaced, nothing fails."""
    chance = random.Random(7)  # noqa: S311 - the same each time
    for _ in range(300):
        header = sign(client.get("/"))
        place = chance.randrange(7, len(header))
        changed = header[:place] + chance.choice('",=\\ %é;0') + header[place + 1 :]
        same = parse_authorization(changed) == parse_authorization(header)
        assert send(changed).status_code == (200 if same else 401)


# --- 87: unknown users ----------------------------------------------------------------


@pytest.mark.parametrize(("algorithm", "digits"), [("SHA-256", 64), ("MD5-sess", 32)])
def test_87_unknown_user_costs_the_same_hashing(
    app: Application,
    client: Client,
    sign: Sign,
    send: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
    algorithm: str,
    digits: int,
) -> None:
    """And gets the same answer, but for the nonce."""
    app.auth_algorithm = algorithm
    app.auth_map = {REALM: {"user": hexdigest("user", REALM, "secret", app.auth_hash)}}
    hashed: list[list[int]] = []
    answers: list[str] = []
    original = compute_response

    def count(fields: Any, secret: str, *arguments: Any, **options: Any) -> str:
        hashed[-1].append(len(secret))
        return original(fields, secret, *arguments, **options)

    monkeypatch.setattr(digest, "compute_response", count)
    for name in ("user", "nobody"):
        header = sign(client.get("/"), username=name, password="wrong")
        hashed.append([])
        answer = send(header)
        answers.append(re.sub("nonce=[^,]+", "", repr(answer.headers)) + answer.text)
    assert hashed[0] == hashed[1] == [digits]
    assert answers[0] == answers[1]
    assert app.name


# --- 88: names ------------------------------------------------------------------------


@pytest.mark.parametrize("user", HARD_NAMES)
def test_88_names_are_quoted_utf8(get: Callable[..., Answer], user: str) -> None:
    """With quotes, backslashes, commas and any script."""
    assert get(username=user).text == f"{user} /"


def test_88_name_may_be_latin_1(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """Old clients send it; the hash is the same."""
    header = sign(client.get("/"), username="José")
    latin = header.replace("José".encode().decode("latin-1"), "José")
    assert latin != header
    assert send(latin).text == "José /"


def test_88_name_may_be_extended(
    client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """RFC 8187 in ``username*``, without ``username`` and ``userhash``."""
    extended = "username*=UTF-8''Ond%C5%99ej"
    header = sign(client.get("/"), username="Ondřej", sent={"username": None})
    assert send(f"{header}, {extended}").text == "Ondřej /"
    header = sign(client.get("/"), username="Ondřej")
    assert not is_stale(send(f"{header}, {extended}"))


def test_88_name_may_be_a_hash(
    app: Application, client: Client, sign: Sign, send: Callable[..., Answer]
) -> None:
    """With ``userhash``, when the challenge offers it."""

    def build(name: str, *more: str, realm: str = REALM) -> str:
        hashed = hashlib.sha256(f"{name}:{realm}".encode()).hexdigest()
        sent = {"username": hashed}
        header = sign(client.get("/"), username=name, sent=sent)
        return ", ".join([header, "userhash=true", *more])

    assert not is_stale(send(build("Ondřej")))
    app.auth_userhash = True
    assert send(build("Ondřej")).text == "Ondřej /"
    chromium = build("Ondřej", realm=REALM.encode().decode("latin-1"))
    assert send(chromium).text == "Ondřej /"
    assert not is_stale(send(build("nobody")))
    assert not is_stale(send(build("Ondřej", "username*=UTF-8''Ond%C5%99ej")))
    plain = sign(client.get("/"))
    assert send(f"{plain}, userhash=false").status_code == 200
