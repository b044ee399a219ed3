"""Visitors of an example: they keep cookies, and fill in forms as a browser does."""

import re
from html.parser import HTMLParser

from requests import Response, Session
from running import Example

__all__ = ["Visitor", "find_cookie"]

PASSWORD = "secret"


class _Forms(HTMLParser):
    """Finds the forms of a page: where each goes, and what it sends by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self._action = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what matters of a tag."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._action = values["action"]
            self.fields[self._action] = {}
        if tag == "input":
            self.fields[self._action][values["name"]] = values.get("value", "")


class Visitor:
    """Somebody with a browser that follows no redirects.

    Args:
        example: where to go.
    """

    def __init__(self, example: Example) -> None:
        self.session = Session()
        self.session.trust_env = False
        self._root = f"http://{example.address}"

    def take_cookie(self, value: str) -> None:
        """Have this cookie of a session, in place of all that came."""
        self.session.cookies.clear()
        self.session.cookies["SESSID"] = value

    def open(self, path: str) -> Response:
        """Open a page."""
        return self.session.get(self._root + path, allow_redirects=False, timeout=20)

    def post(self, path: str, fields: dict[str, str]) -> Response:
        """Send fields as a form does, without looking at the form."""
        url = self._root + path
        return self.session.post(url, fields, allow_redirects=False, timeout=20)

    def submit(self, path: str, action: str, **fields: str) -> Response:
        """Open a page, fill in one of its forms, and send it."""
        page = self.open(path)
        assert page.status_code == 200, page.headers
        sent = _Forms(page.text).fields[action]
        return self.post(f"/{action}", {**sent, **fields})

    def log_in(self, name: str = "ann", password: str = PASSWORD) -> Response:
        """Fill in the form of the login page."""
        return self.submit("/login", "login", username=name, password=password)


def find_cookie(answer: Response) -> tuple[str, set[str]]:
    """Return the value of the cookie that is set, and its attributes without dates."""
    value, *attributes = answer.headers["Set-Cookie"].split("; ")
    kept = {each for each in attributes if not re.match("expires", each, re.IGNORECASE)}
    return value.partition("=")[2], kept
