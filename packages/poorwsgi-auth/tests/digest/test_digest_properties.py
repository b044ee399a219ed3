"""Any Authorization is answered, and only the right one lets anybody in."""

from collections.abc import Callable
from typing import TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poorwsgi_auth.application import Application
from poorwsgi_auth.digest.digest import check_digest, hexdigest
from poorwsgi_core.http.authorization import parse_authorization
from poorwsgi_core.testing import Client

Sign: TypeAlias = Callable[..., str]

NAMES = st.sampled_from(
    [
        "username",
        "username*",
        "realm",
        "nonce",
        "uri",
        "response",
        "algorithm",
        "cnonce",
        "opaque",
        "qop",
        "nc",
        "userhash",
        "domain",
    ]
)
OCTETS = st.characters(max_codepoint=255)
VALUES = st.one_of(
    st.text(OCTETS, max_size=30),
    st.sampled_from(["", '""', '"', '"\\', "auth", "MD5", "true", "UTF-8''%ff", "%"]),
    st.text(OCTETS, max_size=30).map(lambda text: f'"{text}"'),
)
PARAMETERS = st.lists(st.tuples(NAMES, VALUES).map("=".join), max_size=15)

_settings = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


def build_client(app: Application) -> Client:
    """Build a client of an application with one user."""
    app.secret_key = b"k" * 32
    app.auth_type = "Digest"
    app.auth_map = {"Zone": {"user": hexdigest("user", "Zone", "secret")}}
    app.set_route("/", check_digest("Zone")(lambda _: "in"))
    # What a server would refuse, such as a control character, comes in here too.
    return Client(app, validate=False)


@given(header=st.one_of(st.text(OCTETS), PARAMETERS.map(", ".join)))
@_settings
def test_any_header_is_answered(app: Application, header: str) -> None:
    """By 401 with a challenge, whatever it has."""
    client = build_client(app)
    for value in (header, f"Digest {header}"):
        answer = client.get("/", HTTP_AUTHORIZATION=value)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith('Digest realm="Zone",')
        assert "stale" not in answer.headers["WWW-Authenticate"]


@given(name=NAMES, value=VALUES, data=st.data())
@_settings
def test_any_change_of_good_credentials_is_refused(
    app: Application, sign: Sign, name: str, value: str, data: st.DataObject
) -> None:
    """Unless it means the same."""
    client = build_client(app)
    header = sign(client.get("/"))
    start = data.draw(st.integers(7, len(header)))
    end = data.draw(st.integers(start, len(header)))
    for changed in (
        f"{header}, {name}={value}",
        header[:start] + value + header[end:],
        header[:start] + header[end:],
    ):
        good = parse_authorization(header)
        found = parse_authorization(changed)
        # Without a name the algorithm is MD5.
        same = all({"algorithm": "MD5", **found}.get(key) == good[key] for key in good)
        answer = client.get("/", HTTP_AUTHORIZATION=changed)
        assert answer.status_code in ((200, 401) if same else (401,))
