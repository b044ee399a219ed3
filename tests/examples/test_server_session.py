"""The example server_session.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Example, run_example
from visiting import Visitor, find_cookie


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example with an empty directory."""
    with run_example("server_session", tmp_path_factory.mktemp("server")) as example:
        yield example


def test_login_and_logout(visitor: Visitor) -> None:
    """Who logs in sees the private page, until the log out."""
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Location"]) == (302, "login")
    answer = visitor.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "private")
    _, attributes = find_cookie(answer)
    assert attributes == {"HttpOnly", "Max-Age=86400", "Path=/", "SameSite=Lax"}
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "<td>ann</td>" in answer.text
    answer = visitor.submit("/private", "logout")
    assert answer.headers["Location"] == "login"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert dict(visitor.session.cookies) == {}
    assert visitor.open("/private").status_code == 302


def test_login_gives_another_number(visitor: Visitor) -> None:
    """Who planted the number of before the login has nothing of it."""
    planted, _ = find_cookie(visitor.open("/login"))
    value, _ = find_cookie(visitor.log_in())
    assert value != planted
    visitor.take_cookie(planted)
    assert visitor.open("/private").status_code == 302


def test_logout_holds_for_copies(visitor: Visitor) -> None:
    """Who copied the cookie is logged out too."""
    copy, _ = find_cookie(visitor.log_in())
    visitor.submit("/private", "logout")
    visitor.take_cookie(copy)
    assert visitor.open("/private").status_code == 302


def test_logout_here(example: Example) -> None:
    """A log out leaves the user's other browsers alone."""
    one, other = Visitor(example), Visitor(example)
    one.log_in()
    other.log_in()
    one.submit("/private", "logout")
    assert other.open("/private").status_code == 200


def test_logout_everywhere(example: Example) -> None:
    """All browsers of the user are logged out, and may log in again."""
    one, other = Visitor(example), Visitor(example)
    one.log_in()
    other.log_in()
    assert one.submit("/private", "logout-everywhere").status_code == 303
    assert one.open("/private").status_code == 302
    assert other.open("/private").status_code == 302
    other.log_in()
    assert other.open("/private").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("ann", "guess"), ("eve", "secret")])
def test_wrong_password(visitor: Visitor, name: str, password: str) -> None:
    """It is told, the name stays in the form, and the form can be sent again."""
    answer = visitor.log_in(name, password)
    assert answer.status_code == 403
    assert "Name or password is wrong." in answer.text
    assert f'name="username" value="{name}"' in answer.text
    assert visitor.open("/private").status_code == 302
    assert visitor.log_in().status_code == 303


@pytest.mark.parametrize("path", ["/login", "/logout", "/logout-everywhere"])
def test_each_form_is_protected(visitor: Visitor, path: str) -> None:
    """Without the token of the form a post does nothing, that of the login too."""
    fields = {"username": "ann", "password": "secret"}
    assert visitor.post(path, fields).status_code == 403
    visitor.log_in()
    assert visitor.post(path, fields).status_code == 403
    assert visitor.open("/private").status_code == 200


def test_sessions_outlive_a_restart(tmp_path: Path) -> None:
    """They are in a file; nobody is logged out when the application ends."""
    folder = str(tmp_path / "kept")
    with run_example("server_session", tmp_path, app_data=folder) as example:
        visitor = Visitor(example)
        value, _ = find_cookie(visitor.log_in())
    with run_example("server_session", tmp_path, app_data=folder) as example:
        visitor = Visitor(example)
        visitor.take_cookie(value)
        assert visitor.open("/private").status_code == 200
