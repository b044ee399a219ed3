"""Facts about challenges, and the server's own proof."""

import hashlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poorwsgi_auth.digest.challenges import (
    build_challenge,
    build_info,
    build_opaque,
    order_challenges,
    quote,
)
from poorwsgi_core.http.authorization import parse_authorization


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


def test_single_challenge_stays_alone() -> None:
    """Whatever it is."""
    assert order_challenges(["MD5", "MD5"]) == ["MD5"]


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
