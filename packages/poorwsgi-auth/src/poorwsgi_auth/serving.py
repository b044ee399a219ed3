"""What requests, Digest and guards ask of the application that serves them.

The application stands above them and knows them, so their side of it is stated
here, as a class that every Application of this package is made from.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from poorwsgi_core.request.serving import Serving as CoreServing
from poorwsgi_core.request.settings import Setting

__all__ = ["Serving"]


class Serving(CoreServing):
    """The application, as far as those see it who ask for users.

    The settings are described where they are set, in
    ``poorwsgi_auth.application``.
    """

    auth_algorithm: Setting[str]
    auth_map: Setting[Any]
    auth_maps: Setting[dict[str, Any]]
    auth_nonces: Setting[Any]
    auth_qop: Setting[str | None]
    auth_timeout: Setting[int | None]
    auth_userhash: Setting[bool]

    @property
    @abstractmethod
    def auth_type(self) -> str | None:
        """``Digest``, or ``None`` when no challenge is sent."""

    @property
    @abstractmethod
    def auth_offers(self) -> Mapping[str, Any]:
        """Names of the algorithms that are offered, each with its map."""

    @property
    @abstractmethod
    def auth_hash(self) -> Callable[..., Any]:
        """Constructor of the hash of ``auth_algorithm``, for ``hexdigest``."""
