"""Who gets in, and what others can't do."""

from typing import Any

from poorwsgi_core.testing import Client


def test_login_and_logout(ann: Client) -> None:
    """The session begins, and ends everywhere."""
    page = ann.get("/").html
    token = page.one("[name=csrf_token]")["value"]
    copy = dict(ann.cookies)
    assert page.one("header button").text == "Log out ann"
    ann.post("/logout", form={"csrf_token": token})
    ann.cookies.update(copy)
    assert ann.get("/").html.select("header button") == []


def test_wrong_password(key: str, log_in: Any) -> None:
    """The form comes again, with the name and without the reason."""
    answer = log_in("guess")
    assert (answer.status_code, bool(key)) == (403, True)
    assert answer.html.one("[role=alert]").text == "Name or password is wrong."
    assert answer.html.one("[name=name]")["value"] == "ann"


def test_login_leads_back(client: Client, key: str, log_in: Any) -> None:
    """Who was asked in between comes where they wanted, and nowhere else."""
    assert key
    asked = client.get("/issues/new")
    assert asked.headers["Location"] == "/login?next=%2Fissues%2Fnew"
    answer = log_in(to=asked.headers["Location"])
    assert answer.headers["Location"] == "/issues/new"
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert log_in(to=f"/login?next={evil}").headers["Location"] == "/"


def test_forged_form(ann: Client) -> None:
    """A form without the token, and one of another site, change nothing."""
    form = {"title": "Forged"}
    answer = ann.post("/issues/new", form=form)
    assert answer.status_code == 403
    assert "This form is out of date" in answer.text
    form["csrf_token"] = ann.get("/").html.one("[name=csrf_token]")["value"]
    foreign = {"Origin": "https://evil.example"}
    assert ann.post("/issues/new", form=form, headers=foreign).status_code == 403
    assert ann.get("/").html.one(".tabs span").text == "0 found"


def test_limit_of_attempts(client: Client) -> None:
    """Who guesses is stopped; others and other pages aren't."""
    tried = [client.post("/login").status_code for _ in range(11)]
    assert tried == [403] * 10 + [429]
    assert client.get("/login").status_code == 200
    other = client.post("/login", REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 403
