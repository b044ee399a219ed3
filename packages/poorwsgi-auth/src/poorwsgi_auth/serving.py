"""What requests, Digest and guards ask of the application that serves them.

The application stands above them and knows them, so their side of it is stated
here, as a class that every Application of this package is made from.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from poorwsgi_auth.keys import read_keys, warn_of_short
from poorwsgi_core.request.settings import Setting
from poorwsgi_core.request.serving import Serving as CoreServing

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

    _auth_type: str | None = None

    @property
    def auth_type(self) -> str | None:
        """``Digest`` once it is set, in any case; needs ``secret_key``."""
        return self._auth_type

    @auth_type.setter
    def auth_type(self, value: str) -> None:
        auth_type = value.capitalize()
        if auth_type != "Digest":
            raise ValueError(f"auth_type: takes 'Digest', not {value!r}")
        keys = read_keys(self.secret_key)
        if not keys:
            raise ValueError(
                "auth_type: nonces need a key, so set secret_key before, such as "
                "secrets.token_bytes(32)"
            )
        warn_of_short(keys)
        self._auth_type = auth_type

    @property
    @abstractmethod
    def auth_hash(self) -> Callable[..., Any]:
        """Constructor of the hash of ``auth_algorithm``, for ``hexdigest``."""
