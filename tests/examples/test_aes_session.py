"""The example aes_session.py."""

from collections.abc import Iterator

import pytest
from running import Example, run_example
from visiting import Visitor, find_cookie


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    """Run the example."""
    with run_example("aes_session", tmp_path_factory.mktemp("aes")) as example:
        yield example


def test_login_and_logout(visitor: Visitor) -> None:
    """Who logs in sees the private page, until the log out."""
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Location"]) == (302, "login")
    before, _ = find_cookie(visitor.open("/login"))
    answer = visitor.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "private")
    value, attributes = find_cookie(answer)
    assert attributes == {"HttpOnly", "Max-Age=3600", "Path=/", "SameSite=Lax"}
    assert value != before
    answer = visitor.open("/private")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert "<td>ann</td>" in answer.text
    answer = visitor.submit("/private", "logout")
    assert answer.headers["Location"] == "login"
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert dict(visitor.session.cookies) == {}
    assert visitor.open("/private").status_code == 302


@pytest.mark.parametrize(("name", "password"), [("ann", "guess"), ("eve", "secret")])
def test_wrong_password(visitor: Visitor, name: str, password: str) -> None:
    """It is told, the name stays in the form, and the form can be sent again."""
    answer = visitor.log_in(name, password)
    assert answer.status_code == 403
    assert "Name or password is wrong." in answer.text
    assert f'name="username" value="{name}"' in answer.text
    assert visitor.open("/private").status_code == 302
    assert visitor.log_in().status_code == 303


@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_each_form_is_protected(visitor: Visitor, path: str) -> None:
    """Without the token of the form a post does nothing, that of the login too."""
    fields = {"username": "ann", "password": "secret"}
    assert visitor.post(path, fields).status_code == 403
    visitor.log_in()
    assert visitor.post(path, fields).status_code == 403
    assert visitor.open("/private").status_code == 200


def test_form_of_another_site(visitor: Visitor) -> None:
    """What says that it comes from elsewhere is refused, token or not."""
    visitor.log_in()
    visitor.session.headers["Origin"] = "https://evil.example"
    assert visitor.submit("/private", "logout").status_code == 403
    assert visitor.open("/private").status_code == 200


def test_bad_cookie(visitor: Visitor) -> None:
    """A session that can't be read is as good as none."""
    visitor.take_cookie("junk")
    assert visitor.open("/").status_code == 200
    assert visitor.open("/private").status_code == 302
