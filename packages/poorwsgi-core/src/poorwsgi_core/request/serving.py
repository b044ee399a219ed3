"""What a request asks of the application that serves it.

A request and its application know each other.  The application stands above, so
the request's side of it is stated here, as the class that every Application is
made from: settings, and the few questions that handlers and pages ask.

It is no Protocol, because type checkers don't agree on whether a descriptor such
as a setting fits one.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from poorwsgi_core.request.settings import Settings
from poorwsgi_core.response import BaseResponse

__all__ = ["Serving"]


class Serving(Settings):
    """The application, as far as requests, pages and handlers see it."""

    _name: str

    @property
    def name(self) -> str:
        """Name of the application."""
        return self._name

    def challenge(self, req: Any, realm: str | None, stale: object) -> Sequence[str]:
        """Build the WWW-Authenticate values of the 401 page.

        The core has no authentication, so there are none; a part that has
        overrides this.

        Args:
            req: the request that is refused.
            realm: protection space (RFC 9110 §11.5), as given to HTTPException.
            stale: true when only the nonce is too old.
        """
        return ()

    def template_context(self, req: Any) -> Mapping[str, Any]:
        """Return what each template gets; a part may override this and add to it.

        Args:
            req: the request; may be a SimpleRequest.
        """
        return {"req": req, "url_for": req.url_for}

    @abstractmethod
    def state_from_table(
        self, request: Any, status_code: int, **kwargs: Any
    ) -> BaseResponse:
        """Answer with a status: the user's state handler, else the page.

        Args:
            request: may be a SimpleRequest.
            status_code: any code; one without a phrase is answered 501.
            **kwargs: for the handler, as far as it accepts them.
        """

    @abstractmethod
    def allowed_methods(self, req: Any) -> str:
        """Build the Allow header of a 405 that a handler or a hook answers.

        Args:
            req: the request, whose method isn't among them.
        """

    @abstractmethod
    def url_for(
        self, name_or_handler: str | Callable[..., Any], /, **params: Any
    ) -> str:
        """Build the path of a route.

        Args:
            name_or_handler: the handler, or its name or that of the route.
            **params: the values in the path; the others go into the query.

        Raises:
            ValueError: there is no such path.
        """
