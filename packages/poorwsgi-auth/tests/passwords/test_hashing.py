"""Facts about hashes of passwords."""

import re
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest
from argon2 import DEFAULT_MEMORY_COST, DEFAULT_TIME_COST, PasswordHasher

from poorwsgi_auth.passwords import hashing
from poorwsgi_auth.passwords.hashing import (
    check_password,
    hash_password,
    needs_rehash,
    same_secret,
    to_nfc,
)

inside: Any = hashing

# RFC 7914 §12, the second; of "password".
SCRYPT = (
    "$scrypt$ln=10,r=8,p=16$TmFDbA$"
    "/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2D"
    "YMvfoswGQA"
)
# Of "žluť", with parameters that take no time.
ARGON2 = (
    "$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$"
    "bPtG3ColcUK0OlzFXD0HBlmniP2hHF4KxqevSDqlEEk"
)


@pytest.mark.parametrize(
    ("text", "composed"),
    [
        ("e\u0301", "\u00e9"),
        ("e\u0301" * 2000, "\u00e9" * 2000),
        ("a" + "\u0300\u0316" * 200_000, "a" + "\u0300\u0316" * 200_000),
    ],
    ids=["short", "long", "too long"],
)
def test_composed_text(text: str, composed: str) -> None:
    """A text that is longer than any password isn't put in order, which takes long."""
    assert to_nfc(text) == composed


@pytest.fixture(params=["scrypt", "argon2"])
def scheme(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Have argon2 there, or not."""
    param: str = cast("Any", request).param
    yield from use(param, monkeypatch)


@pytest.fixture
def without_argon2(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have no argon2."""
    yield from use("scrypt", monkeypatch)


def use(scheme: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have argon2 there, or not; hashes take no time, as there are many."""
    caches = (inside._has_argon2, inside._argon2, inside._build_unmatched)
    if scheme == "scrypt":
        monkeypatch.setitem(sys.modules, "argon2", None)
        monkeypatch.setattr(hashing, "_LOG_N", 4)
    else:
        cheap = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
        monkeypatch.setattr(hashing, "_argon2", lambda: cheap)
    for cache in caches:
        cache.cache_clear()
    yield scheme
    for cache in caches:
        cache.cache_clear()


# --- secrets -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "given", "expected"),
    [
        ("secret", "secret", True),
        ("secret", "secre", False),
        ("secret", "", False),
        ("žluť", "žluť", True),
        ("žluť", "zlut", False),
        ("\udc80", "\udc80", True),
    ],
)
def test_same_secret(known: str, given: str, expected: bool) -> None:
    """Any text is compared, also what no character set has."""
    assert same_secret(known, given) is expected


# --- hashes ------------------------------------------------------------------


@pytest.mark.parametrize("password", ["secret", "", "žluť 🐎", "\udc80", "x" * 5000])
@pytest.mark.usefixtures("scheme")
def test_password_is_right(password: str) -> None:
    """The password that was hashed is right, another one is wrong."""
    stored = hash_password(password)
    assert check_password(password, stored)
    assert not check_password(f"{password}.", stored)


def test_form(scheme: str) -> None:
    """A hash tells its algorithm and parameters, in ASCII without colons."""
    beginnings = {
        "argon2": r"\$argon2id\$v=19\$",
        "scrypt": r"\$scrypt\$ln=4,r=8,p=3\$",
    }
    assert re.fullmatch(beginnings[scheme] + r"[!-9;-~]{60,100}", hash_password("x"))


def test_parameters_of_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without argon2 they are those that OWASP has, with 32 MiB."""
    monkeypatch.setattr(hashing, "_has_argon2", lambda: False)
    assert hash_password("secret").startswith("$scrypt$ln=15,r=8,p=3$")


def test_parameters_of_argon2() -> None:
    """They are those that the library has by default."""
    costs = f"m={DEFAULT_MEMORY_COST},t={DEFAULT_TIME_COST},"
    assert hash_password("secret").startswith(f"$argon2id$v=19${costs}")


@pytest.mark.usefixtures("scheme")
def test_salt() -> None:
    """One password has another hash each time."""
    assert hash_password("secret") != hash_password("secret")


@pytest.mark.usefixtures("scheme")
def test_password_may_be_composed_or_not() -> None:
    """Keyboards differ in it, and users don't see it (RFC 7617 §2.1)."""
    composed, decomposed = "p\xe4ssword", "pa\u0308ssword"
    assert check_password(decomposed, hash_password(composed))
    assert check_password(composed, hash_password(decomposed))
    assert check_password(decomposed, hash_password(decomposed))
    assert not check_password("password", hash_password(composed))


@pytest.mark.usefixtures("scheme")
def test_passwords_that_only_look_alike_differ() -> None:
    """NFKC would make one of them."""
    assert not check_password("fi2", hash_password("\ufb01\xb2"))


@pytest.mark.usefixtures("without_argon2")
def test_hash_that_was_not_composed_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was made before passwords were."""
    with monkeypatch.context() as before:
        before.setattr(inside, "to_nfc", str)
        stored = hash_password("pa\u0308ss")
    assert check_password("pa\u0308ss", stored)
    assert not check_password("p\xe4ss", stored)


@pytest.mark.usefixtures("scheme")
def test_nothing_is_hashed_for_the_hash_of_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So the first unknown user of a process waits no longer than others."""
    monkeypatch.setattr(inside, "_scrypt", None)
    kind, *_, salt, digest = inside._build_unmatched().split("$")[1:]
    assert kind in ("scrypt", "argon2id")
    assert len(salt) == 22
    assert len(digest) == 43


@pytest.mark.parametrize("password", ["", "secret"])
@pytest.mark.usefixtures("scheme")
def test_unknown_user(password: str) -> None:
    """Where there is no hash, no password is right, not even the empty one."""
    assert not check_password(password, None)


@pytest.mark.usefixtures("without_argon2")
def test_unknown_user_costs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """For an unknown user a hash of today's parameters is made (bar 87)."""
    assert not check_password("secret", None)
    calls: list[tuple[int, int, int]] = []
    scrypt = inside._scrypt

    def watched(
        password: bytes, salt: bytes, parameters: tuple[int, int, int], size: int
    ) -> bytes:
        calls.append(parameters)
        return bytes(scrypt(password, salt, parameters, size))

    monkeypatch.setattr(hashing, "_scrypt", watched)
    assert not check_password("secret", None)
    assert not check_password("secret", hash_password(""))
    assert calls == [(4, 8, 3)] * 3


def test_known_answers() -> None:
    """Hashes with other parameters are checked by these."""
    assert check_password("password", SCRYPT)
    assert not check_password("Password", SCRYPT)
    assert check_password("žluť", ARGON2)


def test_scrypt_stays_valid_when_argon2_comes(scheme: str) -> None:
    """What is stored outlives a change of the algorithm."""
    assert scheme
    assert check_password("password", SCRYPT)


@pytest.mark.usefixtures("without_argon2")
def test_argon2_that_is_gone() -> None:
    """The error tells what to install."""
    with pytest.raises(RuntimeError, match=r"pip install 'poorwsgi-auth\[argon2\]'"):
        check_password("žluť", ARGON2)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "secret",
        "$scrypt$",
        "$scrypt$ln=0,r=8,p=1$TmFDbA$TmFDbA",
        "$scrypt$ln=40,r=8,p=1$TmFDbA$TmFDbA",
        "$scrypt$ln=99,r=8,p=1$TmFDbA$TmFDbA",
        "$scrypt$ln=17,r=8,p=99$TmFDbA$TmFDbA",
        "$scrypt$ln=٤,r=8,p=1$TmFDbA$TmFDbA",
        "$scrypt$ln=4,r=8,p=1$TmFDb$TmFDbA\n",
        "$scrypt$ln=4,r=8,p=1$A$TmFDbA",
        "$argon2id$v=19$m=65536,t=99999,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8",
        "$argon2",
    ],
)
def test_no_hash(stored: str) -> None:
    """What is stored and is no hash is an error of the program."""
    with pytest.raises(ValueError):
        check_password("secret", stored)


# --- rehash ------------------------------------------------------------------


def test_rehash_of_a_fresh_one(scheme: str) -> None:
    """A hash of today is good."""
    assert not needs_rehash(hash_password(scheme))


def test_rehash_of_other_parameters(scheme: str) -> None:
    """A hash of other parameters, or of the other algorithm, is not."""
    assert (scheme, needs_rehash(SCRYPT)) == (scheme, True)
    assert (scheme, needs_rehash(ARGON2)) == (scheme, True)


@pytest.mark.usefixtures("without_argon2")
def test_rehash_of_no_hash() -> None:
    """What is no hash is an error here too."""
    with pytest.raises(ValueError, match="hash_password"):
        needs_rehash("secret")
