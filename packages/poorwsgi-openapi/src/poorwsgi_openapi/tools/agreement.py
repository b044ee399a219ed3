"""Whether routes and document agree, asked when an application starts.

What differs stops the start, is logged, or is let pass, as the application
says.  What is compared, and how, is in ``route_check``.
"""

import logging
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from poorwsgi_core import Application
from poorwsgi_openapi.document.document import Document

if TYPE_CHECKING:
    from poorwsgi_openapi.tools.route_check import Difference

__all__ = ["Agreement", "Check", "Differs", "left_to_the_caller", "report"]

log = logging.getLogger("poorwsgi")

Check: TypeAlias = Literal["error", "warn", "off"]
"""What is done when they differ."""

_MOST_NAMED = 10
_is_left: ContextVar[bool] = ContextVar("_is_left", default=False)


class Differs(RuntimeError):
    """Routes and document differ.

    Attributes:
        places: where and what.
    """

    def __init__(self, differences: "Sequence[Difference]") -> None:
        from poorwsgi_openapi.tools.route_check import format_differences

        lines = format_differences(differences).replace("\n", "\n  ")
        super().__init__(
            "Routes and document differ; correct the document, or the application "
            f"and start it again:\n  {lines}"
        )
        self.places = [(each.where, each.message) for each in differences]


@contextmanager
def left_to_the_caller() -> Generator[None]:
    """Let nothing be compared by itself; the caller does it and reports."""
    token = _is_left.set(True)
    try:
        yield
    finally:
        _is_left.reset(token)


class Agreement:
    """Compares the routes of an application with a document.

    Attributes:
        is_open: nobody has compared them yet, and somebody wants it.

    Args:
        mode: what is done with errors.
        undocumented: routes that are left out of the document on purpose;
            ``/admin/*`` are all that begin so.

    Raises:
        TypeError: *undocumented* is one text.
    """

    def __init__(self, mode: Check, undocumented: Collection[str] = ()) -> None:
        if isinstance(undocumented, str):
            raise TypeError(
                f"undocumented takes several routes: write {{{undocumented!r}}}"
            )
        self._mode: Check = mode
        self._left_out = frozenset(undocumented)
        self._prefixes = tuple(
            rule.removesuffix("*") for rule in undocumented if rule.endswith("*")
        )
        self.is_open = mode != "off"

    def compare(
        self,
        document: Document,
        app: Application[Any],
        webhooks: Collection[str],
        beside: Collection[Document] = (),
    ) -> "list[Difference]":
        """List all differences.

        Args:
            document: the document.
            app: the application.
            webhooks: routes that are in no path of the document.
            beside: other documents of the application.
        """
        from poorwsgi_openapi.tools.route_check import check_routes

        ignored = self._left_out.union(webhooks)
        return check_routes(
            document, app, ignore=ignored, below=self._prefixes, beside=beside
        )

    def check_again(self, found: "Sequence[Difference]") -> None:
        """Raise what is wrong with another document, if that is to be told.

        Raises:
            Differs: there are errors.
        """
        if self._mode == "error":
            _raise_errors(found)

    def check_once(self, compare: "Callable[[], list[Difference]]") -> None:
        """Compare, until nothing is wrong or nobody minds.

        Args:
            compare: lists the differences.

        Raises:
            Differs: there are errors, and they are to be raised.
        """
        if not self.is_open or _is_left.get():
            return
        found = compare()
        try:
            report(found)
        except Differs as error:
            if self._mode == "error":
                raise
            log.warning("%s", error)
        self.is_open = False


def report(found: "Sequence[Difference]") -> None:
    """Log what isn't documented, in one line, and raise what is wrong.

    Raises:
        Differs: there are errors.
    """
    warned = [each.where for each in found if each.level == "warning"]
    if warned:
        rest = f" and {len(warned) - _MOST_NAMED} more" * (len(warned) > _MOST_NAMED)
        log.warning(
            "OpenAPI: the document doesn't have %s%s: document them, or name them in "
            "OpenAPI(undocumented=...)",
            ", ".join(warned[:_MOST_NAMED]),
            rest,
        )
    _raise_errors(found)


def _raise_errors(found: "Sequence[Difference]") -> None:
    """Raise differences that are errors.

    Raises:
        Differs: there are some.
    """
    errors = [each for each in found if each.level == "error"]
    if errors:
        raise Differs(errors)
