"""Facts about passkeys: a device of our own, and what it can do wrong."""

import hashlib
import json
import logging
import struct
import subprocess
import sys
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from poorwsgi_auth import PoorSession
from poorwsgi_auth.passkeys import Passkey, PasskeyError, Passkeys
from poorwsgi_core.http.cookies import load_cookies

ORIGIN = "https://example.com"
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def encode(data: bytes) -> str:
    """Encode as WebAuthn does, without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Decode what has no padding."""
    return urlsafe_b64decode(text + "==")


class Device:
    """A device with one passkey.

    Attributes:
        flags: what it says of its user.
        count: how often it has signed.
        origin: of the page that asks.
        domain: that it is asked for.
        framed: whether that page is in a frame of another origin.
    """

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = b"passkey of this test"
        self._user = b""
        self.flags = PRESENT | VERIFIED
        self.count = 0
        self.origin = ORIGIN
        self.domain = "example.com"
        self.framed = False

    def _data(self, flags: int) -> bytes:
        domain = hashlib.sha256(self.domain.encode()).digest()
        return domain + struct.pack(">BI", flags, self.count)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        page = {"origin": self.origin, "crossOrigin": self.framed}
        return json.dumps({"type": kind, "challenge": challenge, **page}).encode()

    def _answer(self, **response: str) -> dict[str, Any]:
        text = encode(self._id)
        kind: dict[str, Any] = {"type": "public-key", "clientExtensionResults": {}}
        return {"id": text, "rawId": text, "response": response, **kind}

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make the passkey."""
        cbor: Any = import_module("cbor2")
        self._user = decode(options["user"]["id"])
        point = self._key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (point.x, point.y))
        key = cbor.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        data = self._data(self.flags | WITH_KEY) + bytes(16)
        data += struct.pack(">H", len(self._id)) + self._id + key
        statement = cbor.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        return self._answer(
            clientDataJSON=encode(client_data), attestationObject=encode(statement)
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Sign a challenge."""
        data = self._data(self.flags)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signed = data + hashlib.sha256(client_data).digest()
        return self._answer(
            clientDataJSON=encode(client_data),
            authenticatorData=encode(data),
            signature=encode(self._key.sign(signed, ec.ECDSA(SHA256()))),
            userHandle=encode(self._user),
        )


@pytest.fixture
def passkeys() -> Passkeys:
    """Return what an application sets up."""
    return Passkeys("example.com", ORIGIN, name="Example")


@pytest.fixture
def session() -> PoorSession:
    """Return a new session."""
    return PoorSession(b"k" * 32)


@pytest.fixture
def device() -> Device:
    """Return a device without a passkey."""
    return Device()


@pytest.fixture
def passkey(passkeys: Passkeys, session: PoorSession, device: Device) -> Passkey:
    """Register a passkey."""
    options = passkeys.begin_registration(session, "u-7", "Jana")
    return passkeys.finish_registration(session, device.create(options))


def _find(*known: Passkey) -> Callable[[str], Passkey | None]:
    return {passkey.id: passkey for passkey in known}.get


def test_registration_and_login(
    passkeys: Passkeys, session: PoorSession, device: Device, passkey: Passkey
) -> None:
    """The application gets whose passkey it is; the session keeps no challenge."""
    assert (passkey.user, passkey.sign_count, passkey.is_backed_up) == ("u-7", 0, False)
    options = passkeys.begin_login(session)
    device.count = 5
    found = passkeys.finish_login(session, device.get(options), _find(passkey))
    assert found == replace(passkey, sign_count=5)
    assert session.data == {}


def test_options_are_strict(passkeys: Passkeys, session: PoorSession) -> None:
    """The device has to verify its user, and to keep the user's id."""
    known = Passkey(id="AAAA", public_key="", user="u-7")
    options = passkeys.begin_registration(session, "u-7", "Jana", known=[known])
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["rp"] == {"name": "Example", "id": "example.com"}
    assert decode(options["user"]["id"]) == b"u-7"
    assert [each["id"] for each in options["excludeCredentials"]] == ["AAAA"]
    options = passkeys.begin_login(session)
    assert options["userVerification"] == "required"
    assert options["rpId"] == "example.com"
    assert options["timeout"] == 300_000
    assert len(decode(options["challenge"])) == 32


def test_challenge_goes_along_with_the_session(
    passkeys: Passkeys, session: PoorSession, device: Device, passkey: Passkey
) -> None:
    """The second request finds it in the cookie of the first one."""
    answer = device.get(passkeys.begin_login(session))
    later = PoorSession(b"k" * 32)
    later.load(load_cookies(f"SESSID={session.write()}"))
    assert passkeys.finish_login(later, answer, _find(passkey)) == passkey


@pytest.mark.parametrize(
    ("change", "value", "reason"),
    [
        ("origin", "https://evil.example", "origin"),
        ("origin", "https://sub.example.com", "origin"),
        ("domain", "evil.example", "RP ID"),
        ("framed", True, "frame"),
        ("flags", PRESENT, "verif"),
        ("flags", VERIFIED, "present"),
    ],
)
def test_what_a_device_can_say_wrong(
    passkeys: Passkeys,
    session: PoorSession,
    device: Device,
    passkey: Passkey,
    change: str,
    value: object,
    reason: str,
) -> None:
    """Another page, another domain, nobody there: 403, for both ceremonies."""
    setattr(device, change, value)
    options = passkeys.begin_registration(session, "u-8", "Karel")
    with pytest.raises(PasskeyError, match=reason) as raised:
        passkeys.finish_registration(session, device.create(options))
    assert raised.value.status_code == 403
    options = passkeys.begin_login(session)
    with pytest.raises(PasskeyError, match=reason):
        passkeys.finish_login(session, device.get(options), _find(passkey))


def test_challenge_serves_once(
    passkeys: Passkeys, session: PoorSession, device: Device, passkey: Passkey
) -> None:
    """Also when the first try has failed."""
    answer = device.get(passkeys.begin_login(session))
    passkeys.finish_login(session, answer, _find(passkey))
    with pytest.raises(PasskeyError, match="no challenge"):
        passkeys.finish_login(session, answer, _find(passkey))
    answer = device.get(passkeys.begin_login(session))
    with pytest.raises(PasskeyError, match="no such passkey"):
        passkeys.finish_login(session, answer, _find())
    with pytest.raises(PasskeyError, match="no challenge"):
        passkeys.finish_login(session, answer, _find(passkey))


def test_challenge_of_the_other_ceremony(
    passkeys: Passkeys, session: PoorSession, device: Device, passkey: Passkey
) -> None:
    """A login can't be finished with what a registration began."""
    options = passkeys.begin_registration(session, "u-7", "Jana")
    with pytest.raises(PasskeyError, match="no challenge"):
        passkeys.finish_login(session, device.get(options), _find(passkey))
    options = passkeys.begin_login(session)
    with pytest.raises(PasskeyError, match="no challenge"):
        passkeys.finish_registration(session, device.get(options))


def test_challenge_of_somebody_else(
    passkeys: Passkeys, session: PoorSession, device: Device, passkey: Passkey
) -> None:
    """A signature is for one challenge."""
    answer = device.get(passkeys.begin_login(PoorSession(b"k" * 32)))
    passkeys.begin_login(session)
    with pytest.raises(PasskeyError, match="challenge"):
        passkeys.finish_login(session, answer, _find(passkey))


def test_late_answer(
    passkeys: Passkeys,
    session: PoorSession,
    device: Device,
    passkey: Passkey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A challenge serves for its time."""
    answer = device.get(passkeys.begin_login(session))
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(PasskeyError, match="too late"):
        passkeys.finish_login(session, answer, _find(passkey))


def test_copied_key(
    passkeys: Passkeys, session: PoorSession, device: Device, passkey: Passkey
) -> None:
    """A sign count that doesn't grow is refused."""
    for count in (5, 4, 0):
        device.count = count
        answer = device.get(passkeys.begin_login(session))
        known = replace(passkey, sign_count=5)
        with pytest.raises(PasskeyError, match="count"):
            passkeys.finish_login(session, answer, _find(known))


def test_signature_of_another_key(
    passkeys: Passkeys, session: PoorSession, passkey: Passkey
) -> None:
    """An id alone is worth nothing."""
    device = Device()
    answer = device.get(passkeys.begin_login(session))
    with pytest.raises(PasskeyError, match="signature"):
        passkeys.finish_login(session, answer, _find(passkey))


def test_passkey_of_another_user(
    passkeys: Passkeys, session: PoorSession, device: Device, passkey: Passkey
) -> None:
    """What the device says of its user is compared."""
    answer = device.get(passkeys.begin_login(session))
    answer["response"]["userHandle"] = encode(b"u-1")
    with pytest.raises(PasskeyError, match="another user"):
        passkeys.finish_login(session, answer, _find(passkey))


@pytest.mark.parametrize(
    "answer",
    [None, [], "x", "{}", {}, {"id": 7}, {"id": "é", "response": []}, {"response": 1}],
    ids=repr,
)
def test_answer_of_any_shape(
    passkeys: Passkeys, session: PoorSession, passkey: Passkey, answer: object
) -> None:
    """It is 403, whatever somebody sends."""
    passkeys.begin_registration(session, "u-7", "Jana")
    with pytest.raises(PasskeyError):
        passkeys.finish_registration(session, answer)
    passkeys.begin_login(session)
    with pytest.raises(PasskeyError):
        passkeys.finish_login(session, answer, lambda _: passkey)


@pytest.mark.parametrize("value", ["", "AA", "é", 7, None, [], {}, "x" * 5000])
@pytest.mark.parametrize(
    "name",
    [
        *("clientDataJSON", "attestationObject", "authenticatorData", "signature"),
        "userHandle",
    ],
)
def test_answer_with_a_broken_piece(
    passkeys: Passkeys,
    session: PoorSession,
    device: Device,
    passkey: Passkey,
    name: str,
    value: object,
) -> None:
    """So is each piece of it."""
    created = device.create(passkeys.begin_registration(session, "u-7", "Jana"))
    if name in created["response"]:
        created["response"][name] = value
        with pytest.raises(PasskeyError):
            passkeys.finish_registration(session, created)
    got = device.get(passkeys.begin_login(session))
    if name in got["response"]:
        got["response"][name] = value
        with pytest.raises(PasskeyError):
            passkeys.finish_login(session, got, _find(passkey))


def test_refusal_is_logged_and_not_told(
    passkeys: Passkeys, session: PoorSession, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has the reason on one line."""
    with caplog.at_level(logging.INFO), pytest.raises(PasskeyError) as raised:
        passkeys.finish_login(session, {}, _find())
    assert raised.value.args[1] == {"error": "The passkey was refused"}
    assert caplog.messages == ["A passkey was refused: no challenge is waiting for it"]


@pytest.mark.parametrize(
    ("domain", "origins"),
    [
        ("https://example.com", ORIGIN),
        ("example.com:443", ORIGIN),
        ("Example.com", ORIGIN),
        ("", ORIGIN),
        ("example.com", []),
        ("example.com", "http://example.com"),
        ("example.com", "https://example.com/"),
        ("example.com", "https://example.org"),
        ("example.com", "https://badexample.com"),
        ("example.com", "example.com"),
        ("example.com", [ORIGIN, "https://example.com.evil.example"]),
    ],
)
def test_wiring_mistakes(domain: str, origins: str | list[str]) -> None:
    """What no browser would accept is told at the start."""
    with pytest.raises(ValueError, match="write 'http"):
        Passkeys(domain, origins or [])


@pytest.mark.parametrize(
    "origin",
    [ORIGIN, "https://shop.example.com:8443"],
)
def test_origins(origin: str) -> None:
    """The domain itself, and what is below it."""
    assert Passkeys("example.com", [ORIGIN, origin])
    assert Passkeys("localhost", "http://localhost:8080")


@pytest.mark.parametrize("user", ["", "x" * 65, "é" * 33])
def test_id_of_a_user(passkeys: Passkeys, session: PoorSession, user: str) -> None:
    """It has 1 to 64 bytes."""
    with pytest.raises(ValueError, match="1 to 64 bytes"):
        passkeys.begin_registration(session, user, "Jana")


def test_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is told when they are built, and not by the first login."""
    monkeypatch.setitem(sys.modules, "webauthn", None)
    with pytest.raises(RuntimeError, match=r"poorwsgi-auth\[passkeys\]"):
        Passkeys("localhost", "http://localhost")


def test_library_is_imported_when_it_is_used() -> None:
    """Importing the module doesn't need it."""
    code = (
        "import sys; from poorwsgi_auth.passkeys import Passkeys\n"
        "Passkeys('localhost', 'http://localhost'); print('webauthn' in sys.modules)"
    )
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    assert answer.stdout == "False\n"
