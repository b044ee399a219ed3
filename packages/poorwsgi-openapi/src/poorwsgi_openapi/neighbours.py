"""Several documents in one application, such as those of ``/v1`` and ``/v2``.

Each has an extension of its own, with files, a page and paths that no other has.
"""

from collections.abc import Collection
from typing import Any

from poorwsgi_core import Application, SimpleRequest
from poorwsgi_openapi.checks.dispatch import Dispatcher
from poorwsgi_openapi.document.document import Document

__all__ = ["Neighbour", "check_prefix", "find_owners"]

_MOST_NAMED = 5


def find_owners(app: Application[Any]) -> list[object]:
    """List what the before handlers of an application are methods of."""
    return [getattr(hook, "__self__", None) for hook in app.before]


class Neighbour:
    """What the documents of one application know of each other.

    Args:
        document: the document.
        files: paths where it is served.

    Attributes:
        document: likewise.
        files: likewise.
        beside: the others.
        dispatcher: that of the document, since it is installed.
    """

    def __init__(self, document: Document, files: Collection[str | None]) -> None:
        self.document = document
        self.beside: list[Neighbour] = []
        self.files = {path for path in files if path is not None}
        self.dispatcher: Dispatcher

    def __repr__(self) -> str:
        return f"<Neighbour {self.document!r}>"

    @property
    def documents(self) -> list[Document]:
        """The other documents."""
        return [each.document for each in self.beside]

    def is_elsewhere(self, req: SimpleRequest) -> bool:
        """Tell whether a request is for another API of the application."""
        return any(each.dispatcher.is_api(req) for each in self.beside)

    def settle(self, app: Application[Any]) -> None:
        """Come to an application.

        Raises:
            RuntimeError: another document has a path of this one.
        """
        owners = (getattr(owner, "neighbour", None) for owner in find_owners(app))
        others = [each for each in owners if isinstance(each, Neighbour)]
        for other in others:
            self._check(other)
        self.beside = others
        for other in others:
            other.beside.append(self)
            other.use(other.dispatcher)

    def use(self, dispatcher: Dispatcher, document: Document | None = None) -> None:
        """Keep a dispatcher from what is in the other documents.

        Args:
            dispatcher: that of the document.
            document: the document as it is now, if it is another.
        """
        self.dispatcher = dispatcher
        self.document = document or self.document
        for other in self.beside:
            dispatcher.leave(other.document.list_claims())

    def _check(self, other: "Neighbour") -> None:
        both = self.document.list_claims() & other.document.list_claims()
        shared = [f"GET {path}" for path in sorted(self.files & other.files)]
        shared += [f"{method} {shape}" for shape, method in sorted(both)]
        if shared:
            rest = f" and {len(shared) - _MOST_NAMED} more"
            raise RuntimeError(
                f"{self.document!r} and {other.document!r} both have "
                f"{', '.join(shared[:_MOST_NAMED])}{rest * (len(shared) > _MOST_NAMED)}"
                ": give one of them prefix='/v2', or another server"
            )


def check_prefix(prefix: str) -> None:
    """Check where all of a document is put below.

    Raises:
        ValueError: it is no path, or ends with a slash.
    """
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ValueError(f"prefix is {prefix!r}: write it as '/v1'")
