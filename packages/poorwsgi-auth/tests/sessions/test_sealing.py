"""Facts about sealed texts."""

import base64
import logging
import re
import secrets
from typing import Any

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV, ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from poorwsgi_auth.sessions import sealing
from poorwsgi_auth.sessions.sealing import Sealer

CIPHERS: dict[int, Any] = vars(sealing)["_CIPHERS"]
NOW = 1_700_000_000.0
KEY = secrets.token_bytes(32)
OTHER = secrets.token_bytes(32)


def set_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Set the clock of the module."""
    monkeypatch.setattr(sealing, "time", lambda: seconds)


def encode(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Undo it."""
    return base64.urlsafe_b64decode(text + "==")


def refuse(_: bytes) -> Any:
    """Build no cipher, like an OpenSSL that doesn't have it."""
    raise UnsupportedAlgorithm("not here")


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_data_come_back(data: bytes, context: bytes) -> None:
    """What was sealed opens, in its context."""
    sealer = Sealer([KEY])
    assert sealer.open(sealer.seal(data, context), context) == data


def test_70_layout_and_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody with the secret can open a text by what the module says."""
    set_time(monkeypatch, NOW)
    text = Sealer([KEY]).seal(b"data", b"SESSID")
    assert re.fullmatch("[0-9A-Za-z_-]+", text)
    raw = decode(text)
    derived = HKDF(SHA256(), 36, None, b"poorwsgi session v1").derive(KEY)
    assert (raw[:1], raw[1:5]) == (b"\1", derived[32:])
    cipher = AESGCMSIV(derived[:32])
    plain = cipher.decrypt(raw[5:17], raw[17:], b"\1SESSID")
    assert plain == int(NOW * 1000).to_bytes(8, "big") + b"data"


def test_70_nonce_is_new_each_time() -> None:
    """The same data twice are two texts."""
    sealer = Sealer([KEY])
    texts = {sealer.seal(b"data", b"") for _ in range(100)}
    assert len({decode(text)[5:17] for text in texts}) == 100


def test_70_chacha_where_there_is_no_gcm_siv(monkeypatch: pytest.MonkeyPatch) -> None:
    """An OpenSSL without AES-GCM-SIV seals by ChaCha20-Poly1305; all open that."""
    with monkeypatch.context() as patch:
        patch.setitem(CIPHERS, 1, refuse)
        text = Sealer([KEY]).seal(b"data", b"SESSID")
    raw = decode(text)
    derived = HKDF(SHA256(), 36, None, b"poorwsgi session v2").derive(KEY)
    assert (raw[:1], raw[1:5]) == (b"\2", derived[32:])
    cipher = ChaCha20Poly1305(derived[:32])
    assert cipher.decrypt(raw[5:17], raw[17:], b"\2SESSID")[8:] == b"data"
    assert Sealer([KEY]).open(text, b"SESSID") == b"data"


def test_no_cipher_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any cipher nothing is sealed in some weaker way."""
    for version in CIPHERS:
        monkeypatch.setitem(CIPHERS, version, refuse)
    with pytest.raises(RuntimeError, match="wheels"):
        Sealer([KEY])


def test_71_any_bit_flipped() -> None:
    """A text with one bit changed, in whatever place, doesn't open."""
    sealer = Sealer([KEY, OTHER])
    raw = decode(sealer.seal(b"some data", b"SESSID"))
    for position in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(ValueError):
            sealer.open(encode(bytes(changed)), b"SESSID")


def test_71_any_cut() -> None:
    """A text that was cut, at either end, doesn't open."""
    sealer = Sealer([KEY])
    text = sealer.seal(b"some data", b"SESSID")
    for length in range(len(text)):
        for part in (text[:length], text[len(text) - length :]):
            with pytest.raises(ValueError):
                sealer.open(part, b"SESSID")


@given(st.data())
def test_71_any_change(data: st.DataObject) -> None:
    """A text in which one character was replaced, left out or put in."""
    sealer = Sealer([KEY])
    text = sealer.seal(b"some data", b"SESSID")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 2, len(text))))
    changed = text[:start] + data.draw(st.text(max_size=2)) + text[end:]
    if changed != text:
        with pytest.raises(ValueError):
            sealer.open(changed, b"SESSID")


@given(st.text())
def test_71_junk(text: str) -> None:
    """Any other text is refused."""
    with pytest.raises(ValueError):
        Sealer([KEY]).open(text, b"SESSID")


@pytest.mark.parametrize(
    ("keys", "context"), [([OTHER], b"SESSID"), ([KEY], b"OTHER"), ([KEY], b"")]
)
def test_71_other_key_or_context(keys: list[bytes], context: bytes) -> None:
    """A text doesn't open with another key, nor for another purpose."""
    text = Sealer([KEY]).seal(b"data", b"SESSID")
    with pytest.raises(ValueError):
        Sealer(keys).open(text, context)


def test_71_spelt_in_another_way() -> None:
    """Base64 that means the same bytes isn't the text that was sealed."""
    sealer = Sealer([KEY])
    text = sealer.seal(b"12345", b"")
    assert len(text) % 4 != 0
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [text[:-1] + each for each in last if each != text[-1]]
    for other in [*others, text + "=", text + "\n", f"{text[:8]} {text[8:]}"]:
        with pytest.raises(ValueError):
            sealer.open(other, b"")


def test_72_first_key_seals_and_all_open() -> None:
    """A new key in front takes over, while the old ones still open."""
    old, new = Sealer([OTHER]), Sealer([KEY, OTHER])
    assert new.open(old.seal(b"data", b""), b"") == b"data"
    with pytest.raises(ValueError, match="another key"):
        old.open(new.seal(b"data", b""), b"")


@pytest.mark.parametrize(
    ("later", "is_good"),
    [(0, True), (10, True), (10.002, False), (-60, True), (-60.002, False)],
)
def test_73_age(monkeypatch: pytest.MonkeyPatch, later: float, is_good: bool) -> None:
    """Nothing opens past its age, and nothing from the future."""
    set_time(monkeypatch, NOW)
    sealer = Sealer([KEY])
    text = sealer.seal(b"data", b"")
    set_time(monkeypatch, NOW + later)
    if is_good:
        assert sealer.open(text, b"", 10) == b"data"
        return
    with pytest.raises(ValueError, match=r"too old|future"):
        sealer.open(text, b"", 10)


def test_73_no_age(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an age a text opens as long as there is its key."""
    set_time(monkeypatch, NOW)
    sealer = Sealer([KEY])
    text = sealer.seal(b"data", b"")
    set_time(monkeypatch, NOW * 2)
    assert sealer.open(text, b"") == b"data"


@pytest.mark.parametrize(("size", "number"), [(15, 1), (16, 0)])
def test_75_short_key_is_a_warning(
    caplog: pytest.LogCaptureFixture, size: int, number: int
) -> None:
    """Less than 16 bytes are a WARNING, which doesn't tell the key."""
    key = b"k" * size
    with caplog.at_level(logging.WARNING, "poorwsgi"):
        Sealer([key])
    assert len(caplog.records) == number
    assert key.decode() not in caplog.text
