"""The pages: a list, an issue with its history, forms, attachments."""

from typing import NoReturn, get_args

from poorwsgi import Routes, abort
from poorwsgi.response import FileResponse
from poorwsgi_core.extensions.templates import TemplateResponse
from tracker.issues import IncompleteError, Kind, State
from tracker.login import needs_login
from tracker.look import templates
from tracker.request import Request

__all__ = ["pages"]

FORMS: dict[str, Kind] = {
    "comment": "commented",
    "close": "closed",
    "reopen": "reopened",
}

pages: Routes[Request] = Routes("", name="pages")


@pages.get("/")
def show_list(req: Request) -> TemplateResponse:
    """List issues: open or closed ones, with some words, page by page."""
    wanted = req.args.getfirst("state", "", str)
    state: State = "closed" if wanted == "closed" else "open"
    words = req.args.getfirst("words", "", str).strip()
    given = req.args.getfirst("page", "1", str)[:6]
    page = max(1, int(given)) if given.isdecimal() else 1
    since = req.db.issues.last_change()
    listing = req.db.issues.find(page, state, words)
    return templates.render(
        req,
        "list.html",
        listing=listing,
        state=state,
        states=get_args(State),
        words=words,
        since=since,
    )


@pages.get("/issues/new")
@needs_login
def show_form(req: Request) -> TemplateResponse:
    """Ask for an issue."""
    return templates.render(req, "new.html", title="", text="", error=None)


@pages.post("/issues/new")
@needs_login
def add_issue(req: Request) -> TemplateResponse:
    """Open the issue of the form, or show the form again."""
    title = req.form.getfirst("title", "", str)
    text = req.form.getfirst("text", "", str)
    try:
        number = req.db.issues.add(title, text, req.user)
        req.go_to("show_issue", number=number)
    except IncompleteError as error:
        return templates.render(
            req, "new.html", title=title, text=text, error=error, status_code=400
        )


@pages.get("/issues/<number:int>")
def show_issue(req: Request, number: int) -> TemplateResponse:
    """Show an issue."""
    since = req.db.issues.last_change()
    return templates.render(
        req,
        "issue.html",
        issue=req.find_issue(number),
        history=req.db.issues.history(number),
        attachments=req.db.attachments.of(number),
        since=since,
    )


@pages.post("/issues/<number:int>/<form:re:comment|close|reopen>")
@needs_login
def change_issue(req: Request, number: int, form: str) -> NoReturn:
    """Comment, close or open an issue again."""
    issue = req.find_issue(number)
    text = req.form.getfirst("text", "", str)
    try:
        req.db.issues.change(issue.number, FORMS[form], req.user, text)
    except IncompleteError as error:
        abort(400, error=str(error))
    req.go_to("show_issue", number=number)


# --- attachments -----------------------------------------------------------------


@pages.post("/issues/<number:int>/files")
@needs_login
def attach(req: Request, number: int) -> NoReturn:
    """Take files, block by block; the token stands in front of them in the form."""
    req.find_issue(number)
    count = 0
    for part in req.form_parts():
        if part.filename:
            req.db.attachments.add(number, part.filename, part)
            req.db.issues.change(number, "attached", req.user, part.filename)
            count += 1
    if not count:
        abort(400, error="Please choose a file.")
    req.go_to("show_issue", number=number)


@pages.get("/issues/<number:int>/files/<ident:hex>")
def send_attachment(req: Request, number: int, ident: str) -> FileResponse:
    """Send a file to be saved: whatever is in it, no browser runs it here."""
    found = req.db.attachments.find(number, ident)
    if found is None:
        abort(404, error="There is no such file.")
    attachment, path = found
    response = FileResponse(path, "application/octet-stream")
    response.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return response
