"""The example session.py."""

import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from running import Example, run_example
from visiting import Visitor, find_cookie

KEY = "k" * 32


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example with a key that is known."""
    folder = tmp_path_factory.mktemp("session")
    with run_example("session", folder, app_secret=KEY) as example:
        yield example


def test_login_and_logout(visitor: Visitor) -> None:
    """Who logs in sees the private page, until the log out."""
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Location"]) == (302, "login")
    answer = visitor.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "private")
    token, attributes = find_cookie(answer)
    assert attributes == {"HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Lax"}
    assert jwt.decode(token, KEY, algorithms=["HS256"])["sub"] == "ann"
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "<td>ann</td>" in answer.text
    assert "Cookie" in answer.headers["Vary"]
    answer = visitor.submit("/private", "logout")
    assert answer.headers["Location"] == "login"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert dict(visitor.session.cookies) == {}
    assert visitor.open("/private").status_code == 302


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "guess"), ("eve", "secret"), ("ann", ""), ("", "")]
)
def test_wrong_password(visitor: Visitor, name: str, password: str) -> None:
    """It is told, the name stays in the form, and there is no cookie."""
    answer = visitor.log_in(name, password)
    assert answer.status_code == 403
    assert "Name or password is wrong." in answer.text
    assert f'name="username" value="{name}"' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_name_is_escaped(visitor: Visitor) -> None:
    """What was typed is text."""
    answer = visitor.log_in('"><script>', "x")
    assert 'value="&quot;&gt;&lt;script&gt;"' in answer.text


def claims(**others: object) -> dict[str, object]:
    """Return what a good token says, or almost."""
    return {"sub": "ann", "exp": time.time() + 60, **others}


@pytest.mark.parametrize(
    "token",
    [
        jwt.encode(claims(), "another key " * 3, "HS256"),
        jwt.encode(claims(), "", "none"),
        jwt.encode(claims(exp=time.time() - 60), KEY, "HS256"),
        "no.token.at-all",
        "junk",
    ],
)
def test_bad_token(visitor: Visitor, token: str) -> None:
    """A token of another key, none or too old is no login."""
    visitor.take_cookie(token)
    assert visitor.open("/private").status_code == 302


def test_logout_needs_the_form(visitor: Visitor) -> None:
    """Another site can't log anybody out, nor can a link."""
    visitor.log_in()
    assert visitor.post("/logout", {}).status_code == 403
    assert visitor.post("/logout", {"csrf_token": "0" * 64}).status_code == 403
    assert visitor.open("/logout").status_code == 405
    assert visitor.open("/private").status_code == 200


def test_another_start_ends_sessions(tmp_path: Path) -> None:
    """Without app_secret each start has a key of its own."""
    with run_example("session", tmp_path) as other:
        visitor = Visitor(other)
        token = jwt.encode(claims(), KEY, "HS256")
        visitor.take_cookie(token)
        assert visitor.open("/private").status_code == 302
        assert visitor.log_in().status_code == 303
