"""Facts about the computation of RFC 7616, and its parameters."""

import hashlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poorwsgi_auth import credentials
from poorwsgi_auth.credentials import (
    ALGORITHMS,
    build_challenge,
    build_info,
    build_opaque,
    compute_response,
    find_algorithm,
    hexdigest,
    is_target,
    order_challenges,
    quote,
    read_count,
)
from poorwsgi_core.authorization import parse_authorization

# The example of RFC 7616 section 3.9.1.
FIELDS = {
    "username": "Mufasa",
    "realm": "http-auth@example.org",
    "uri": "/dir/index.html",
    "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    "nc": "00000001",
    "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    "qop": "auth",
}
RESPONSES = {
    "MD5": "8ca523f5e9506fed4657c9700eebdbec",
    "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
}


@pytest.mark.parametrize("algorithm", RESPONSES)
def test_response_is_that_of_the_standard(algorithm: str) -> None:
    """For both examples of the RFC."""
    constructor = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]
    realm, password = FIELDS["realm"], "Circle of Life"
    secret = hexdigest("Mufasa", realm, password, constructor)
    response = compute_response(
        FIELDS, secret, "GET", ALGORITHMS[algorithm], has_qop=True
    )
    assert response == RESPONSES[algorithm]


def test_response_is_that_of_rfc_2069_without_qop() -> None:
    """The example of RFC 2617 section 3.5, without its quality of protection."""
    fields = {"nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "uri": "/dir/index.html"}
    response = compute_response(
        fields,
        "939e7578ed9e3c518a452acee763bce9",
        "GET",
        ALGORITHMS["MD5"],
        has_qop=False,
    )
    assert response == "670fd8c2df070c60b045671b8b24ff02"


@pytest.mark.parametrize("name", ["nonce", "uri", "nc", "cnonce", "qop"])
def test_missing_parameter_is_a_key_error(name: str) -> None:
    """It is asked for, whatever the algorithm."""
    fields = {key: value for key, value in FIELDS.items() if key != name}
    for algorithm in ALGORITHMS.values():
        with pytest.raises(KeyError, match=name):
            compute_response(fields, "", "GET", algorithm, has_qop=True)


def test_hash_has_as_many_digits_as_it_says() -> None:
    """A stored one is measured by that."""
    algorithms = ALGORITHMS.values()
    digits = [len(algorithm.hash("text")) for algorithm in algorithms]
    assert digits == [algorithm.digits for algorithm in algorithms]


def test_sha_512_256_is_not_a_shortened_sha_512() -> None:
    """It has other initial values (FIPS 180-4 §5.3.6)."""
    digest = ALGORITHMS["SHA-512-256"].hash("abc")
    assert digest.startswith("53048e2681941ef9")


def test_build_of_python_may_lack_an_algorithm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is said when the algorithm is offered, and what to do."""
    monkeypatch.setattr(credentials, "_EMPTY_SHA512_256", None)
    with pytest.raises(ValueError, match="don't offer it"):
        ALGORITHMS["SHA-512-256"].hash("")


def test_algorithm_is_found_in_any_spelling() -> None:
    """By case, and with or without the hyphen."""
    spellings = [
        "md5",
        "MD5-SESS",
        "sha256",
        "SHA256-sess",
        "sha-512-256",
        "SHA-512256",
    ]
    found = [find_algorithm(spelling) for spelling in spellings]
    names = [algorithm and algorithm.name for algorithm in found]
    expected = ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"]
    assert names == [*expected, "SHA-512-256", "SHA-512-256"]
    assert find_algorithm("") is None


def test_single_challenge_stays_alone() -> None:
    """Whatever it is."""
    assert order_challenges(["MD5", "MD5"]) == ["MD5"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("00000001", 1), ("fFfFfFfF", 0xFFFFFFFF), ("1", 0), ("0000000x", 0), ("", 0)],
)
def test_count_is_eight_hex_digits(value: str, expected: int) -> None:
    """Anything else is no count, which is 0."""
    assert read_count(value) == expected


@given(st.text())
@example("nothing special")
@example('"\\"')
def test_quoted_text_is_read_back(text: str) -> None:
    """What is quoted is parsed to the same; controls are refused."""
    if re.search("[\x00-\x1f\x7f]", text):
        with pytest.raises(ValueError, match="control characters"):
            quote(text)
    else:
        header = f"Digest realm={quote(text)}"
        octets = header.encode("utf-8", "replace").decode("latin-1")
        sent = text.encode("utf-8", "replace").decode()
        assert parse_authorization(octets).get("realm") == sent


@given(
    st.text(st.characters(max_codepoint=255), max_size=20),
    st.text(st.characters(max_codepoint=255, exclude_characters="?"), max_size=20),
)
def test_target_is_never_an_error(path: str, uri: str) -> None:
    """Any octets on both sides; the encoded path is the target."""
    assert is_target(uri, path, "") in (True, False)
    encoded = "".join(f"%{ord(character):02X}" for character in path)
    assert is_target(encoded, path, "")


def test_opaque_value_needs_no_name() -> None:
    """A server need not have one."""
    assert build_opaque(None) == hashlib.sha256(b"").hexdigest()


def test_challenge_has_all_its_parts() -> None:
    """In the documented order."""
    value = build_challenge(
        "MD5", 'R"', "N", "O", qop="auth", userhash=True, stale=True
    )
    assert value == (
        r'Digest realm="R\"",qop="auth",algorithm="MD5",nonce="N",opaque="O",'
        "charset=UTF-8,userhash=true,stale=true"
    )


def test_info_without_qop_has_no_count() -> None:
    """There is none."""
    assert build_info({}, "r", None) == 'rspauth="r"'
    assert build_info({}, "r", "n") == 'rspauth="r",nextnonce="n"'
