"""The example poor_session.py."""

from collections.abc import Iterator

import pytest
from running import Example, run_example
from visiting import Visitor, find_cookie

from poorwsgi.session import PoorSession

KEY = "k" * 32


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example with a key that is known."""
    folder = tmp_path_factory.mktemp("poor_session")
    with run_example("poor_session", folder, app_secret=KEY) as example:
        yield example


def test_login_and_logout(visitor: Visitor) -> None:
    """Who logs in sees the private page, until the log out."""
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Location"]) == (302, "login")
    answer = visitor.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "private")
    value, attributes = find_cookie(answer)
    assert attributes == {"HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Lax"}
    assert "ann" not in value
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "<td>ann</td>" in answer.text
    answer = visitor.submit("/private", "logout")
    assert answer.headers["Location"] == "login"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert dict(visitor.session.cookies) == {}
    assert visitor.open("/private").status_code == 302


def test_visits_are_counted(visitor: Visitor) -> None:
    """What the handler writes comes back with the next request."""
    visitor.log_in()
    for number in (1, 2, 3):
        assert f"<th>visits</th><td>{number}</td>" in visitor.open("/private").text


@pytest.mark.parametrize(("name", "password"), [("ann", "guess"), ("eve", "secret")])
def test_wrong_password(visitor: Visitor, name: str, password: str) -> None:
    """It is told, the name stays in the form, and there is no cookie."""
    answer = visitor.log_in(name, password)
    assert answer.status_code == 403
    assert "Name or password is wrong." in answer.text
    assert f'name="username" value="{name}"' in answer.text
    assert "Set-Cookie" not in answer.headers


def test_bad_cookie(visitor: Visitor) -> None:
    """A cookie of another key, or with a letter changed, is no login."""
    forged = PoorSession("another key " * 3, max_age=3600)
    forged.data["login"] = "ann"
    good, _ = find_cookie(visitor.log_in())
    changed = good[:-1] + ("A" if good[-1] != "A" else "B")
    for value in (forged.write(), changed, "junk"):
        visitor.take_cookie(value)
        answer = visitor.open("/private")
        assert (answer.status_code, answer.headers["Location"]) == (302, "login")


def test_logout_needs_the_form(visitor: Visitor) -> None:
    """Another site can't log anybody out, nor can a link."""
    visitor.log_in()
    visitor.open("/private")
    assert visitor.post("/logout", {}).status_code == 403
    assert visitor.open("/logout").status_code == 405
    assert visitor.open("/private").status_code == 200
