"""What is wrong with a request, found by whichever check.

It names places, not values: what a client sent is told only when the application
is in debug.
"""

from collections.abc import Sequence
from typing import Any

from poorwsgi_core import SimpleRequest
from poorwsgi_core.state import phrases

__all__ = ["Fault", "Problem", "ProblemFound"]

_SHOWN = 200


class Fault:
    """One thing that is wrong.

    Attributes:
        place: ``path``, ``query``, ``header``, ``cookie``, ``body`` or ``security``.
        code: what is wrong in one word, such as ``maxLength``.
        message: the same for people, without values of the client.
        name: name of the parameter or security scheme.
        pointer: JSON pointer into the body or parameter, ``""`` for all of it.
        value: what the client sent; shown in debug only.
    """

    __slots__ = ("code", "message", "name", "place", "pointer", "value")

    def __init__(
        self,
        place: str,
        code: str,
        message: str,
        *,
        name: str = "",
        pointer: str | None = None,
        value: object = None,
    ) -> None:
        self.place = place
        self.code = code
        self.message = message
        self.name = name
        self.pointer = pointer
        self.value = value

    @property
    def where(self) -> str:
        """Name, or else pointer, for people."""
        return self.name or self.pointer or ""

    @property
    def label(self) -> str:
        """Place and where in it, for people."""
        return f"{self.place} {self.where}".rstrip()

    def __repr__(self) -> str:
        return f"<Fault {self.label}: {self.code}>"

    def describe(self, *, debug: bool = False) -> dict[str, str]:
        """Return the members of the ``errors`` array."""
        members = {"in": self.place}
        if self.name:
            members["name"] = self.name
        if self.pointer is not None and (self.pointer or not self.name):
            members["pointer"] = self.pointer
        members["code"] = self.code
        members["message"] = self.message
        if debug and self.value is not None:
            members["value"] = repr(self.value)[:_SHOWN]
        return members


class Problem:
    """Why a request is refused.

    Attributes:
        status: status code of the answer.
        detail: one sentence.
        faults: all that is wrong.
        headers: headers that the answer has to have.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = tuple(headers)

    def __str__(self) -> str:
        return self.detail

    @property
    def title(self) -> str:
        """Phrase of the status code."""
        return phrases[self.status]

    def describe(self, req: SimpleRequest) -> dict[str, Any]:
        """Return the members of the problem document."""
        members: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            debug = req.debug
            members["errors"] = [fault.describe(debug=debug) for fault in self.faults]
        return members


class ProblemFound(ValueError):
    """A request doesn't pass.

    Attributes:
        problem: why, with the status of the answer.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem
