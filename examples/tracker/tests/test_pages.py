"""The pages, as people use them."""

from typing import Any

from tracker.request import Data

from poorwsgi_core.testing import Answer, Client


def send(client: Client, page: str, path: str, **options: Any) -> Answer:
    """Send a form with the token of the page that has it."""
    token = client.get(page).html.select("[name=csrf_token]")[0]["value"]
    form = {"csrf_token": token, **options.pop("form", {})}
    return client.post(path, form=form, follow_redirects=True, **options)


def add_issue(client: Client, title: str = "It leaks") -> Answer:
    """Open an issue by the form."""
    form = {"title": title, "text": "Under the <b>sink</b>"}
    return send(client, "/issues/new", "/issues/new", form=form)


def test_nothing_yet(client: Client) -> None:
    """Somebody who comes first sees that there is nothing."""
    page = client.get("/").html
    assert page.one("main .empty").text == "There is nothing here."
    assert [link.text for link in page.select("header nav a")] == ["API", "Log in"]


def test_new_issue(ann: Client) -> None:
    """It has a page, and stands in the list; text is text."""
    page = add_issue(ann).html
    assert page.one("h1").text == "It leaks #1"
    assert page.one(".text").text == "Under the <b>sink</b>"
    listed = ann.get("/").html
    assert [each.text for each in listed.select(".issues a")] == ["It leaks"]


def test_blank_title(ann: Client) -> None:
    """It is refused, and what was written isn't lost."""
    answer = add_issue(ann, "  ")
    assert answer.status_code == 400
    assert answer.html.one("[role=alert]").text == "An issue needs a title."
    assert answer.html.one("textarea").text == "Under the <b>sink</b>"


def test_comment_and_state(ann: Client) -> None:
    """The history tells who did what."""
    add_issue(ann)
    send(ann, "/issues/1", "/issues/1/comment", form={"text": "Here too"})
    page = send(ann, "/issues/1", "/issues/1/close").html
    assert page.one(".badge").text == "Closed"
    assert page.one(".history .text").text == "Here too"
    kinds = [each.text.split()[:2] for each in page.select(".history p")]
    assert kinds == [["ann", "opened"], ["ann", "commented"], ["ann", "closed"]]
    assert send(ann, "/issues/1", "/issues/1/reopen").html.one(".badge").text == "Open"
    assert send(ann, "/issues/1", "/issues/1/comment").status_code == 400


def test_attachments(ann: Client, data: Data) -> None:
    """Files of any size go to the disk, and come back as they were, to be saved."""
    add_issue(ann)
    content = bytes(range(256)) * 4096
    files = [("p\xe1ge.html", content, "text/html"), ("b.txt", b"b", "text/plain")]
    page = send(ann, "/issues/1", "/issues/1/files", files={"file": files}).html
    names = [each.text for each in page.select(".files li")]
    assert names == ["p\xe1ge.html 1 MiB", "b.txt 1 B"]
    answer = ann.get(page.select(".files a")[0]["href"])
    assert answer.data == content
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert ann.get("/issues/1/files/abcd").status_code == 404
    told = [each.text for each in data.issues.history(1)]
    assert told[1:] == ["p\xe1ge.html", "b.txt"]


def test_upload_without_a_file(ann: Client) -> None:
    """It is refused with what to do."""
    add_issue(ann)
    answer = send(ann, "/issues/1", "/issues/1/files", files={"file": ("", b"", "a/b")})
    assert answer.status_code == 400
    assert "Please choose a file." in answer.text


def test_list_page_by_page(client: Client, data: Data) -> None:
    """Twenty are on a page; words and state narrow it down."""
    for number in range(45):
        data.issues.add(f"Leak {number}", "", "ann")
    page = client.get("/?page=3&words=leak").html
    assert [each.text for each in page.select(".issues a")][-1] == "Leak 0"
    assert page.one("[rel=prev]")["href"] == "/?state=open&words=leak&page=2"
    assert page.select("[rel=next]") == []
    assert client.get("/?words=leak+1").html.one(".tabs span").text == "11 found"
    assert client.get("/?state=closed").html.one(".tabs span").text == "0 found"


def test_page_that_is_none(client: Client) -> None:
    """Whatever stands in the address, there is a page."""
    for page in ("x", "-1", "0", "9" * 30):
        assert client.get(f"/?page={page}").status_code == 200


def test_missing_issue(client: Client) -> None:
    """The page of the error looks like the others."""
    for number in ("7", "-1", "9" * 30):
        answer = client.get(f"/issues/{number}")
        assert answer.status_code == 404
        assert answer.html.one("h1").text == "404 Not Found"
        assert f"There is no issue {number}." in answer.text
        assert answer.html.one(".brand").text == "Tracker"
