"""The bookshelf, in process."""

import re
from base64 import b64encode
from pathlib import Path

import pytest
from bookshelf import app, books, users

from poorwsgi_auth.sessions.stores.memory import MemorySessions
from poorwsgi_core.testing import Answer, Client

PNG = b"\x89PNG\r\n\x1a\n and so on"

PASSWORD = "correct horse"
BASIC = "Basic " + b64encode(f"ann:{PASSWORD}".encode()).decode()


def find_token(answer: Answer) -> str:
    """Return what the forms of a page carry."""
    found = re.search('name="csrf_token" value="([0-9a-f]+)"', answer.text)
    assert found is not None
    return found[1]


def log_in(visitor: Client, password: str = PASSWORD) -> Answer:
    """Send the form of the login."""
    token = find_token(visitor.get("/login"))
    form = {"name": "ann", "password": password, "csrf_token": token}
    return visitor.post("/login", form=form)


@pytest.fixture
def visitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return somebody who looks at an empty shelf."""
    monkeypatch.setattr(books, "path", tmp_path / "books.db")
    monkeypatch.setattr(users, "path", tmp_path / "books.db")
    monkeypatch.setattr("bookshelf.sessions", MemorySessions())
    monkeypatch.setattr("bookshelf.COVERS", tmp_path / "covers")
    users.set("ann", PASSWORD)
    return Client(app)


@pytest.fixture
def client(visitor: Client) -> Client:
    """Return ann, who has logged in; her forms carry the token in a header."""
    log_in(visitor)
    token = find_token(visitor.get("/"))
    client = Client(app, HTTP_X_CSRF_TOKEN=token, HTTP_AUTHORIZATION=BASIC)
    client.cookies = visitor.cookies
    return client


def add_book(client: Client, title: str = "R.U.R.") -> str:
    """Add a book by the form and return its path."""
    answer = client.post("/add", form={"title": title, "author": "Karel Čapek"})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def test_book_is_on_the_shelf(client: Client) -> None:
    """A book that was added is listed and has a page; a number alone isn't one."""
    path = add_book(client)
    assert f'<a href="{path}">R.U.R.</a>' in client.get("/").text
    assert "<h1>R.U.R.</h1>" in client.get(path).text
    for number in (9, 2**64):
        assert client.get(f"/book/{number}").status_code == 404


def test_titles_are_escaped(client: Client) -> None:
    """A title is text, whatever it looks like."""
    add_book(client, "<script>")
    assert "&lt;script&gt;" in client.get("/").text
    assert "<script>" not in client.get("/").text


def test_form_comes_back(client: Client) -> None:
    """What is incomplete is shown again, with what was typed."""
    answer = client.post("/add", form={"title": "R.U.R."})
    assert answer.status_code == 400
    assert 'value="R.U.R."' in answer.text


def upload(client: Client, path: str, content: bytes) -> int:
    """Send a file as a browser does and return the status."""
    body = (
        b"--frontier\r\n"
        b'Content-Disposition: form-data; name="cover"; filename="a.png"\r\n\r\n'
        + content
        + b"\r\n--frontier--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=frontier"}
    return client.post(f"{path}/cover", body=body, headers=headers).status_code


def test_cover_is_kept(client: Client) -> None:
    """A picture comes back as it was sent, with its type."""
    path = add_book(client)
    assert client.get(f"{path}/cover").status_code == 404
    assert upload(client, path, PNG) == 303
    answer = client.get(f"{path}/cover")
    assert (answer.headers["Content-Type"], answer.data) == ("image/png", PNG)


def test_cover_is_a_picture(client: Client) -> None:
    """Other files are refused, however they are called."""
    assert upload(client, add_book(client), b"<script>") == 400


def test_api(client: Client) -> None:
    """A book goes in and comes out as JSON."""
    book = {"title": "R.U.R.", "author": "Karel Čapek"}
    answer = client.post("/api/books", json=book)
    assert answer.status_code == 201
    assert client.get(answer.headers["Location"]).json() == {
        "number": 1,
        "cover": "",
        **book,
    }


@pytest.mark.parametrize(
    ("book", "status"),
    [({"title": " ", "author": "Anon"}, 400), ({"title": 7, "author": "Anon"}, 422)],
)
def test_api_refuses(client: Client, book: dict[str, object], status: int) -> None:
    """What is no book is refused, and not kept."""
    assert client.post("/api/books", json=book).status_code == status
    assert client.get("/api/books").json() == []


def test_errors_speak_the_language_of_who_asks(client: Client) -> None:
    """A page for people, JSON for programs."""
    assert "<h1>Not found</h1>" in client.get("/book/1").text
    assert client.get("/api/books/1").json() == {"error": "There is no book 1."}


def test_login_and_logout(visitor: Client) -> None:
    """Adding a book is for those who have logged in, until they log out."""
    assert visitor.get("/add").headers["Location"] == "/login"
    assert log_in(visitor).status_code == 303
    page = visitor.get("/add")
    assert page.status_code == 200
    visitor.post("/logout", form={"csrf_token": find_token(page)})
    assert visitor.get("/add").headers["Location"] == "/login"


def test_wrong_password(visitor: Client) -> None:
    """It is told, and nobody is logged in."""
    answer = log_in(visitor, "guess")
    assert (answer.status_code, "is wrong" in answer.text) == (403, True)
    assert visitor.get("/add").status_code == 303


@pytest.mark.parametrize("path", ["/add", "/logout", "/book/1/cover"])
def test_forged_form(visitor: Client, path: str) -> None:
    """What a page of somebody else sends is refused, cookie or not."""
    log_in(visitor)
    assert visitor.post(path, form={"title": "Spam"}).status_code == 403
    assert visitor.get("/api/books").json() == []


def test_api_asks_for_a_password(visitor: Client) -> None:
    """A program without one may read and not write."""
    assert visitor.post("/api/books", json={}).status_code == 401
    assert visitor.get("/api/books").status_code == 200
