"""The API, for programs and for pages of other origins.

Its OpenAPI document is made of the types here; ``/docs`` shows it.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from poorwsgi_openapi import Answer, Api, Credentials, Path, Query, Schema
from tracker.issues import Change, Issue, Kind, Listing, State
from tracker.request import Request

__all__ = ["build_api"]

MISSING: dict[int | str, Any] = {404: "There is no such issue"}

Number = Annotated[int, Path(ge=1, le=2**53)]
Text = Annotated[str, Schema(max_length=20_000)]


@Schema(keywords={"additionalProperties": False}, example={"title": "It leaks"})
@dataclass
class NewIssue:
    """An issue that somebody opens."""

    title: Annotated[str, Schema(min_length=1, max_length=200, pattern=r"\S")]
    text: Text = ""


@Schema(keywords={"additionalProperties": False}, example={"text": "Here too"})
@dataclass
class NewComment:
    """A comment."""

    text: Annotated[Text, Schema(min_length=1, pattern=r"\S")]


@dataclass
class NewState:
    """What an issue is to be."""

    state: State


def check_key(req: Request, credentials: Credentials) -> str | None:
    """Return whose key it is."""
    return req.db.users.find(credentials.value)


def list_issues(
    req: Request,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    state: State = "open",
    words: Annotated[str, Query(description="In the title")] = "",
) -> Listing:
    """List issues, the newest first."""
    return req.db.issues.find(page, state, words)


def get_issue(req: Request, number: Number) -> Issue:
    """Look at an issue."""
    return req.find_issue(number)


def get_history(req: Request, number: Number) -> list[Change]:
    """List what happened to an issue."""
    return req.db.issues.history(req.find_issue(number).number)


def open_issue(req: Request, new: NewIssue) -> Annotated[Issue, Answer(status=201)]:
    """Open an issue."""
    return req.find_issue(req.db.issues.add(new.title, new.text, req.user))


def add_comment(
    req: Request, number: Number, new: NewComment
) -> Annotated[Change, Answer(status=201)]:
    """Comment an issue."""
    issue = req.find_issue(number)
    return req.db.issues.change(issue.number, "commented", req.user, new.text)


def set_state(req: Request, number: Number, new: NewState) -> Issue:
    """Close an issue, or open it again."""
    issue = req.find_issue(number)
    if issue.state != new.state:
        kind: Kind = "closed" if new.state == "closed" else "reopened"
        req.db.issues.change(issue.number, kind, req.user)
    return req.find_issue(number)


def build_api() -> Api:
    """Say which handler answers where, and who may ask."""
    api = Api(
        "Tracker",
        "1.0",
        servers=["/api/v1"],
        validate_responses="log",
        docs_assets="try",
    )
    scheme = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
    api.security("key", scheme)(check_key)
    one = "/issues/<number>"
    api.get("/issues")(list_issues)
    api.get(one, answers=MISSING)(get_issue)
    api.get(f"{one}/history", answers=MISSING)(get_history)
    api.post("/issues", security="key")(open_issue)
    api.post(f"{one}/comments", security="key", answers=MISSING)(add_comment)
    api.patch(one, security="key", answers=MISSING)(set_state)
    return api
