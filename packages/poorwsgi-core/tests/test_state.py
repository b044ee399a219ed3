"""Facts about status codes, methods, and the deprecation helper."""

import functools
import http.client
import importlib.metadata
import warnings
from http import HTTPStatus
from typing import Any

import pytest

from poorwsgi_core import state

_CODES = """
CONTINUE=100 SWITCHING_PROTOCOLS=101 PROCESSING=102
OK=200 CREATED=201 ACCEPTED=202 NON_AUTHORITATIVE=203 NO_CONTENT=204
RESET_CONTENT=205 PARTIAL_CONTENT=206 MULTI_STATUS=207 ALREADY_REPORTED=208
IM_USED=226
MULTIPLE_CHOICES=300 MOVED_PERMANENTLY=301 MOVED_TEMPORARILY=302 SEE_OTHER=303
NOT_MODIFIED=304 USE_PROXY=305 TEMPORARY_REDIRECT=307 PERMANENT_REDIRECT=308
BAD_REQUEST=400 UNAUTHORIZED=401 PAYMENT_REQUIRED=402 FORBIDDEN=403 NOT_FOUND=404
METHOD_NOT_ALLOWED=405 NOT_ACCEPTABLE=406 PROXY_AUTHENTICATION_REQUIRED=407
REQUEST_TIME_OUT=408 CONFLICT=409 GONE=410 LENGTH_REQUIRED=411
PRECONDITION_FAILED=412 REQUEST_ENTITY_TOO_LARGE=413 REQUEST_URI_TOO_LARGE=414
UNSUPPORTED_MEDIA_TYPE=415 RANGE_NOT_SATISFIABLE=416 EXPECTATION_FAILED=417
I_AM_A_TEAPOT=418 UNPROCESSABLE_ENTITY=422 LOCKED=423 FAILED_DEPENDENCY=424
UPGRADE_REQUIRED=426 PRECONDITION_REQUIRED=428 TOO_MANY_REQUESTS=429
REQUEST_HEADER_FIELDS_TOO_LARGE=431 CONNECTION_CLOSED_WITHOUT_RESPONSE=444
UNAVAILABLE_FOR_LEGAL_REASONS=451 CLIENT_CLOSED_REQUEST=499
INTERNAL_SERVER_ERROR=500 NOT_IMPLEMENTED=501 BAD_GATEWAY=502
SERVICE_UNAVAILABLE=503 GATEWAY_TIME_OUT=504 VERSION_NOT_SUPPORTED=505
VARIANT_ALSO_VARIES=506 INSUFFICIENT_STORAGE=507 LOOP_DETECTED=508
NOT_EXTENDED=510 NETWORK_AUTHENTICATION_REQUIRED=511
NETWORK_CONNECT_TIMEOUT_ERROR=599
"""
_PAIRS = [pair.split("=") for pair in _CODES.split()]

_METHODS = {
    "HEAD": 1,
    "GET": 2,
    "POST": 4,
    "PUT": 8,
    "DELETE": 16,
    "TRACE": 32,
    "OPTIONS": 64,
    "CONNECT": 128,
    "PATCH": 256,
}


@pytest.mark.parametrize(("name", "code"), _PAIRS)
def test_status_constant(name: str, code: str) -> None:
    """Each documented constant has its code, and is public."""
    assert getattr(state, f"HTTP_{name}") == int(code)
    assert f"HTTP_{name}" in state.__all__


def test_no_constant_is_left_out() -> None:
    """The documented constants are all there are."""
    names = [name for name in vars(state) if name.startswith("HTTP_")]
    assert sorted(names) == sorted(f"HTTP_{name}" for name, _ in _PAIRS)


@pytest.mark.parametrize(("name", "code"), _PAIRS)
def test_each_constant_has_a_phrase(name: str, code: str) -> None:
    """A response can carry every constant, 444, 499 and 599 too (P8)."""
    phrase = state.phrases[getattr(state, f"HTTP_{name}")]
    assert phrase
    assert state.status_lines[int(code)] == f"{code} {phrase}"


def test_declined_is_no_status() -> None:
    """DECLINED is zero, which no response can carry."""
    assert state.DECLINED == 0
    assert state.DECLINED not in state.phrases


def test_phrases_are_those_of_the_library() -> None:
    """Only the teapot is spelt as documented."""
    assert state.phrases[418] == "I'm a teapot"
    others = {code: text for code, text in state.phrases.items() if code != 418}
    assert others == {
        **{status.value: status.phrase for status in HTTPStatus if status != 418},
        444: "Connection Closed Without Response",
        499: "Client Closed Request",
        599: "Network Connect Timeout Error",
    }


def test_table_of_the_library_is_left_alone() -> None:
    """The codes that are added stand in no table but our own."""
    assert http.client.responses == {
        status.value: status.phrase for status in HTTPStatus
    }


def test_methods_are_bits_in_order() -> None:
    """Each method is one bit; the pairs come in the order of the bits."""
    assert list(state.methods.items()) == list(_METHODS.items())
    assert state.sorted_methods == list(_METHODS.items())


@pytest.mark.parametrize(("name", "bit"), _METHODS.items())
def test_method_constant(name: str, bit: int) -> None:
    """The constant of a method is its bit, and is public."""
    assert getattr(state, f"METHOD_{name}") == bit
    assert f"METHOD_{name}" in state.__all__


def test_method_sets() -> None:
    """GET_POST has HEAD too, ALL has every method."""
    assert state.METHOD_GET_POST == 7
    assert sum(_METHODS.values()) == state.METHOD_ALL


def test_version_is_that_of_the_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    """The version comes from the metadata, when somebody asks for it."""
    versions = {"poorwsgi-core": "3.14.15"}
    monkeypatch.setattr(importlib.metadata, "version", versions.__getitem__)
    assert state.__version__ == "3.14.15"


def test_date_is_text() -> None:
    """The date of the release is written year first."""
    assert [len(part) for part in state.__date__.split("-")] == [4, 2, 2]


def test_no_other_attribute_is_made_up() -> None:
    """An unknown name is an AttributeError that names module and name."""
    with pytest.raises(AttributeError, match=r"poorwsgi_core\.state.*HTTP_NOTHING"):
        getattr(state, "HTTP_" + "NOTHING")


def test_deprecated_warns_and_calls() -> None:
    """Each call warns with name and reason, at the line of the caller."""

    @state.deprecated("Use other() since 2.6.")
    def add(left: int, right: int = 1) -> int:
        """Add."""
        return left + right

    for _ in range(2):
        with pytest.warns(DeprecationWarning, match=r"add.*Use other\(\)") as caught:
            assert add(1, right=2) == 3
        assert [warning.filename for warning in caught] == [__file__]
    assert (add.__name__, add.__doc__) == ("add", "Add.")


def test_deprecated_needs_no_reason() -> None:
    """Without a reason the name is all that the text says."""

    @state.deprecated()
    def old() -> str:
        return "old"

    with pytest.warns(DeprecationWarning, match="old"):
        assert old() == "old"


def test_deprecated_takes_a_callable_without_a_name() -> None:
    """A partial has no name, so its representation says what it is."""
    old = state.deprecated("Why.")(functools.partial(int, base=2))
    with pytest.warns(DeprecationWarning, match=r"functools\.partial.*Why"):
        assert old("101") == 5


def test_decorating_does_not_warn() -> None:
    """Only calling warns: a module with deprecated names imports silently."""
    with warnings.catch_warnings(record=True) as caught:
        state.deprecated("Why.")(int)
    assert caught == []


def test_caller_is_the_user() -> None:
    """What is ours is passed over on the way to it."""
    scope: dict[str, Any] = {"__name__": "poorwsgi_core.x"}
    scope["find_caller"] = state.find_caller
    exec("def look(): return find_caller()", scope)  # noqa: S102 - our own text
    assert scope["look"]()[0] == state.find_caller()[0] == __file__


def test_no_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all is ours, there is no file."""
    monkeypatch.setattr(state, "is_ours", bool)
    assert state.find_caller() == ("", 0)
