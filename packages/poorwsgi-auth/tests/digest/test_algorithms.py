"""Facts about the algorithms of RFC 7616, and what they compute."""

import hashlib
from typing import Any

import pytest

from poorwsgi_auth.digest import algorithms
from poorwsgi_auth.digest.algorithms import (
    ALGORITHMS,
    compute_response,
    find_algorithm,
    hexdigest,
)

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
    known = ALGORITHMS.values()
    digits = [len(algorithm.hash("text")) for algorithm in known]
    assert digits == [algorithm.digits for algorithm in known]


def test_sha_512_256_is_not_a_shortened_sha_512() -> None:
    """It has other initial values (FIPS 180-4 §5.3.6)."""
    digest = ALGORITHMS["SHA-512-256"].hash("abc")
    assert digest.startswith("53048e2681941ef9")


def test_build_of_python_may_lack_an_algorithm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is said when the algorithm is offered, and what to do."""
    monkeypatch.setattr(algorithms, "_EMPTY_SHA512_256", None)
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


def test_name_of_an_algorithm_for_a_hash() -> None:
    """A hash is made by a constructor."""
    name: Any = "sha256"
    with pytest.raises(TypeError, match=r"takes hashlib.sha256 .* not 'sha256'"):
        hexdigest("ann", "R", "secret", name)
