"""The request of the tracker: it knows the data."""

from typing import NoReturn

import poorwsgi
import poorwsgi.request
from poorwsgi import abort, redirect
from tracker.attachments import Attachments
from tracker.database import Database
from tracker.issues import Issue, Issues
from tracker.settings import Settings
from tracker.users import Users

__all__ = ["Application", "Data", "Request"]


class Data:
    """All that is kept.

    Args:
        settings: tell where.
    """

    def __init__(self, settings: Settings) -> None:
        self.database = Database(settings.data / "tracker.db")
        self.issues = Issues(self.database)
        self.users = Users(self.database)
        self.attachments = Attachments(self.database, settings.data / "attachments")


class Request(poorwsgi.request.Request):
    """A request for the tracker."""

    db: Data

    def find_issue(self, number: int) -> Issue:
        """Return an issue, or answer 404."""
        return self.db.issues.get(number) or abort(
            404, error=f"There is no issue {number}."
        )

    def go_to(self, name: str, **params: object) -> NoReturn:
        """Send the browser on to a page, as it is done after a form."""
        redirect(self.url_for(name, **params), 303)


class Application(poorwsgi.Application[Request]):
    """An application whose handlers get that request."""

    request_class = Request
